/* SPDX-License-Identifier: Apache-2.0 */
/* Documents against their rows: what is accepted, and every complaint with its place. */
#include <errno.h>
#include <string.h>

#include "unit.h"

static const char *const colours[] = {"red", "green", "blue", NULL};

static const char *check_even(const struct value *v)
{
    return v->integer % 2 ? "must be even" : NULL;
}

static int prepare_pair(struct arena *a, struct value *record, const char **ret_why)
{
    if (value_get(record, "text") && value_get(record, "colour")) {
        *ret_why = "text and colour exclude each other";
        return -EBADMSG;
    }
    return 0;
}

/* "x:TEXT" is kept as TEXT; a text that is only blanks is none. */
static int normalise_tagged(struct arena *a, struct value *text, const char **ret_wrong)
{
    if (text->text[strspn(text->text, " ")] == '\0') {
        *ret_wrong = "is blank";
        return -EBADMSG;
    }
    if (strncmp(text->text, "x:", 2) == 0) {
        text->text = arena_strdup(a, text->text + 2);
        text->count -= 2;
    }
    return 0;
}

static const struct field a_tagged = {.name = "a tagged", .type = FIELD_TEXT, .normalise = normalise_tagged};
static const struct field item_members[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_KEY, .min = 1, .max = 8},
    {.name = "note", .type = FIELD_TEXT},
    {0},
};
static const struct field an_item = {
    .name = "an item", .type = FIELD_RECORD, .flags = FIELD_FROM_TEXT, .members = item_members};
static const struct field a_word = {.name = "a word", .type = FIELD_TEXT, .min = 1, .max = 8};
static const struct field a_pair = {.name = "a pair", .type = FIELD_LIST, .order = ORDER_WHOLE, .members = &a_word};
static const struct field inner_members[] = {
    {.name = "must", .type = FIELD_TEXT, .flags = FIELD_REQUIRED},
    {0},
};
static const struct field rows[] = {
    {.name = "text", .type = FIELD_TEXT, .min = 2, .max = 4},
    {.name = "free", .type = FIELD_TEXT},
    {.name = "colour", .type = FIELD_TEXT, .choices = colours},
    {.name = "flag", .type = FIELD_BOOL},
    {.name = "count", .type = FIELD_INT, .min = -10, .max = 1000, .check = check_even},
    {.name = "big", .type = FIELD_INT, .min = -999999999999999, .max = 999999999999999},
    {.name = "items", .type = FIELD_LIST, .order = ORDER_SET, .members = &an_item},
    {.name = "words", .type = FIELD_LIST, .order = ORDER_SET, .flags = FIELD_ONE_OR_MANY, .members = &a_word},
    {.name = "ordered", .type = FIELD_LIST, .order = ORDER_LIST, .members = &a_word},
    {.name = "whole", .type = FIELD_LIST, .order = ORDER_WHOLE, .members = &a_pair},
    {.name = "map", .type = FIELD_MAP, .members = &a_word},
    {.name = "some", .type = FIELD_MAP, .members = &a_word, .min = 1, .max = 2},
    {.name = "two", .type = FIELD_LIST, .order = ORDER_WHOLE, .members = &a_word, .min = 2, .max = 2},
    {.name = "any", .type = FIELD_LIST, .order = ORDER_SET, .members = &a_word, .min = 1},
    {.name = "inner", .type = FIELD_RECORD, .members = inner_members},
    {.name = "password", .type = FIELD_TEXT, .flags = FIELD_SECRET, .min = 1, .max = 4},
    {.name = "tagged", .type = FIELD_LIST, .order = ORDER_SET, .members = &a_tagged},
    {.name = "kept", .type = FIELD_LIST, .flags = FIELD_LIVE_ONLY, .members = &a_word, .help = "it is kept"},
    {.name = "hidden", .type = FIELD_TEXT, .flags = FIELD_LIVE_ONLY | FIELD_SECRET, .help = "set it there"},
    {0},
};
static const struct field root = {.name = "root", .type = FIELD_RECORD, .members = rows, .prepare = prepare_pair};

static void test_accepted(void **state)
{
    static const struct {
        const char *yaml, *json;
    } table[] = {
        {"{}", "{}"},
        {"text: no", "{\"text\":\"no\"}"},
        {"free: 23:59", "{\"free\":\"23:59\"}"},
        {"free: 0644", "{\"free\":\"0644\"}"},
        {"free: \"\"", "{\"free\":\"\"}"},
        {"colour: green", "{\"colour\":\"green\"}"},
        {"flag: true", "{\"flag\":true}"},
        {"flag: false", "{\"flag\":false}"},
        {"count: 0", "{\"count\":0}"},
        {"count: -10", "{\"count\":-10}"},
        {"count: 1000", "{\"count\":1000}"},
        {"big: 999999999999999", "{\"big\":999999999999999}"},
        {"items: [a, {name: b}, {name: c, note: d}]",
         "{\"items\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\",\"note\":\"d\"}]}"},
        {"items: []", "{\"items\":[]}"},
        {"words: one", "{\"words\":[\"one\"]}"},
        {"words: [one, two]", "{\"words\":[\"one\",\"two\"]}"},
        {"whole: [[a, b], [a, b]]", "{\"whole\":[[\"a\",\"b\"],[\"a\",\"b\"]]}"},
        {"map: {any: word, \"\": x}", "{\"map\":{\"any\":\"word\",\"\":\"x\"}}"},
        {"map: {}", "{\"map\":{}}"},
        {"some: {a: b, c: d}", "{\"some\":{\"a\":\"b\",\"c\":\"d\"}}"},
        {"two: [a, a]", "{\"two\":[\"a\",\"a\"]}"},
        {"any: [a, b, c]", "{\"any\":[\"a\",\"b\",\"c\"]}"},
        {"inner: {must: x}", "{\"inner\":{\"must\":\"x\"}}"},
        {"password: name", "{\"password\":\"name\"}"},
        {"tagged: [\"x:a\", b]", "{\"tagged\":[\"a\",\"b\"]}"},
        {"free: no PRIVATE KEY here", "{\"free\":\"no PRIVATE KEY here\"}"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        assert_string_equal(bench_print(b, bench_desired(b, &root, table[i].yaml)), table[i].json);
}

static bool read_yaml(struct bench *b, const char *yaml)
{
    struct value *v = bench_yaml(b, yaml);
    struct field_reader r = {.document = &b->document, .arena = &b->arena, .diags = &b->diags};

    assert_int_equal(field_read(&r, &root, v), 0);
    return !r.faulty;
}

static void test_refused(void **state)
{
    static const struct {
        const char *yaml, *code, *subject, *words;
    } table[] = {
        /* one form: what has none, and what is the same twice */
        {"tagged: [\" \"]", "bad-value", "f.yaml:1:10", "a tagged is blank"},
        {"tagged: [a, \"x:a\"]", "duplicate-item", "f.yaml:1:13", "'a' stands in this list twice"},
        /* what no document gives: neither its shape nor its value matters */
        {"kept: [a]", "bad-value", "f.yaml:1:7", "kept cannot be given by a document: it is kept"},
        {"kept: null", "bad-value", "f.yaml:1:7", "kept cannot be given"},
        {"hidden: [x]", "secret-in-file", "f.yaml:1:9", "hidden cannot be given by a document: set it there"},
        {"free: \"-----BEGIN RSA PRIVATE KEY-----\\nMIIC\"", "secret-in-file", "f.yaml:1:7",
         "free holds a private key"},
        {"text: \"-----BEGIN PRIVATE KEY-----\"", "secret-in-file", "f.yaml:1:7", "text holds a private key"},
        {"words: [\"-----BEGIN ENCRYPTED PRIVATE KEY-----\"]", "secret-in-file", "f.yaml:1:9", "a word holds"},
        /* unknown and missing */
        {"txet: x", "unknown-key", "f.yaml:1:1", "did you mean 'text'?"},
        {"free: x\ncolor: red", "unknown-key", "f.yaml:2:1", "did you mean 'colour'?"},
        {"zzzzzzzz: x", "unknown-key", "f.yaml:1:1", "unknown key 'zzzzzzzz'"},
        {"inner: {}", "missing-key", "f.yaml:1:8", "must is missing"},
        {"items:\n- note: x", "missing-key", "f.yaml:2:3", "name is missing"},
        {"inner: {must: x, other: y}", "unknown-key", "f.yaml:1:18", "other"},
        /* null */
        {"text:", "null-value", "f.yaml:1:6", "text has no value"},
        {"items: ~", "null-value", "f.yaml:1:8", "write []"},
        {"words: null", "null-value", "f.yaml:1:8", "write []"},
        {"items: [a, null]", "null-value", "f.yaml:1:12", "has no value"},
        {"inner: {must: }", "null-value", "f.yaml:1:15", "must has no value"},
        /* types */
        {"text: [a]", "wrong-type", "f.yaml:1:7", "text must be a text, not a list"},
        {"text: {a: b}", "wrong-type", "f.yaml:1:7", "not a map"},
        {"items: a", "wrong-type", "f.yaml:1:8", "items must be a list, not a text"},
        {"items: {a: b}", "wrong-type", "f.yaml:1:8", "not a map"},
        {"items: [[a]]", "wrong-type", "f.yaml:1:9", "must be a map, not a list"},
        {"inner: x", "wrong-type", "f.yaml:1:8", "must be a map, not a text"},
        {"map: [x]", "wrong-type", "f.yaml:1:6", "must be a map, not a list"},
        {"map: {k: [x]}", "wrong-type", "f.yaml:1:10", "must be a text"},
        {"flag: yes", "wrong-type", "f.yaml:1:7", "flag must be true or false"},
        {"flag: True", "wrong-type", "f.yaml:1:7", "true or false"},
        {"flag: on", "wrong-type", "f.yaml:1:7", "true or false"},
        {"flag: \"true\"", "wrong-type", "f.yaml:1:7", "write it without quotes"},
        {"flag: [true]", "wrong-type", "f.yaml:1:7", "true or false"},
        {"count: \"4\"", "wrong-type", "f.yaml:1:8", "write it without quotes"},
        {"count: 04", "wrong-type", "f.yaml:1:8", "a whole number"},
        {"count: 0x10", "wrong-type", "f.yaml:1:8", "a whole number"},
        {"count: 0o10", "wrong-type", "f.yaml:1:8", "a whole number"},
        {"count: +4", "wrong-type", "f.yaml:1:8", "a whole number"},
        {"count: -0", "wrong-type", "f.yaml:1:8", "a whole number"},
        {"count: 1_000", "wrong-type", "f.yaml:1:8", "a whole number"},
        {"count: 1e2", "wrong-type", "f.yaml:1:8", "a whole number"},
        {"count: 4.0", "wrong-type", "f.yaml:1:8", "a whole number"},
        {"count: 1:40", "wrong-type", "f.yaml:1:8", "a whole number"},
        {"count: \"\"", "wrong-type", "f.yaml:1:8", "a whole number"},
        {"big: 1000000000000000", "wrong-type", "f.yaml:1:6", "a whole number"},
        {"big: 99999999999999999999", "wrong-type", "f.yaml:1:6", "a whole number"},
        /* bounds, choices, hooks */
        {"text: x", "bad-value", "f.yaml:1:7", "2 to 4 bytes"},
        {"text: \"\"", "bad-value", "f.yaml:1:7", "2 to 4 bytes"},
        {"text: \"\xc3\xa9\xc3\xa9\xc3\xa9\"", "bad-value", "f.yaml:1:7", "2 to 4 bytes"},
        {"colour: gren", "bad-value", "f.yaml:1:9", "did you mean 'green'?"},
        {"colour: Red", "bad-value", "f.yaml:1:9", "red, green, blue"},
        {"count: 1002", "bad-value", "f.yaml:1:8", "between -10 and 1000"},
        {"count: -12", "bad-value", "f.yaml:1:8", "between -10 and 1000"},
        {"count: 3", "bad-value", "f.yaml:1:8", "count must be even"},
        {"text: ab\ncolour: red", "bad-value", "f.yaml:1:1", "exclude each other"},
        {"words: [\"\"]", "bad-value", "f.yaml:1:9", "1 to 8 bytes"},
        {"map: {k: much-too-long}", "bad-value", "f.yaml:1:10", "1 to 8 bytes"},
        /* how many */
        {"some: {}", "missing-key", "f.yaml:1:7", "some has 0 members but must have at least 1"},
        {"some: {a: b, c: d, e: f}", "bad-value", "f.yaml:1:7", "some has 3 members but must have at most 2"},
        {"two: [a]", "bad-value", "f.yaml:1:6", "two has 1 items but must have exactly 2"},
        {"two: [a, b, c]", "bad-value", "f.yaml:1:6", "must have exactly 2"},
        {"any: []", "bad-value", "f.yaml:1:6", "any has 0 items but must have at least 1"},
        /* doubles */
        {"words: [a, b, a]", "duplicate-item", "f.yaml:1:15", "'a' stands in this list twice; the first is at line 1"},
        {"ordered:\n- a\n- b\n- b", "duplicate-item", "f.yaml:4:3", "the first is at line 3"},
        {"items:\n- a\n- b\n- {name: a, note: x}", "duplicate-item", "f.yaml:4:3", "the first is at line 2"},
        /* secrets: the place, never the value */
        {"password: hunter2", "bad-value", "f.yaml:1:11", "1 to 4 bytes"},
        {"password: [hunter2]", "secret-in-file", "f.yaml:1:11", "not a list"},
        {"password: {hunter2: x}", "secret-in-file", "f.yaml:1:11", "not a map"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        if (read_yaml(b, table[i].yaml) || b->diags.n != 1)
            print_error("row %zu: %s\n", i, table[i].yaml);
        assert_null(strstr(bench_told(b), "hunter2"));
        assert_told_one(b, table[i].code, table[i].subject, table[i].words);
    }
}

/* All faults are told at once, in order of the document. */
static void test_all_faults(void **state)
{
    struct bench *b = *state;

    assert_false(read_yaml(b, "text: x\nflag: maybe\nitems:\n- {nmae: a}\n- b\nbogus: 1\n"));
    assert_int_equal(b->diags.n, 5);
    assert_contains(bench_told(b), "f.yaml:1:7: ");
    assert_contains(bench_told(b), "f.yaml:2:7: ");
    assert_contains(bench_told(b), "f.yaml:4:4: unknown key 'nmae' (did you mean 'name'?) [unknown-key]");
    assert_contains(bench_told(b), "f.yaml:4:3: name is missing here [missing-key]");
    assert_contains(bench_told(b), "f.yaml:6:1: unknown key 'bogus'");
}

/* One fault early on must not hide that a later part is good, nor the other way round. */
static void test_faulty_sticks(void **state)
{
    struct bench *b = *state;

    assert_false(read_yaml(b, "text: x\nitems: [a]\nwords: [b]\nmap: {}\n"));
    assert_int_equal(b->diags.n, 1);
}

static void test_kept_places(void **state)
{
    struct bench *b = *state;
    const struct value *v = bench_desired(b, &root, "items:\n- a\nwords: one\n");
    const struct value *item = &value_get(v, "items")->items[0], *words = value_get(v, "words");

    assert_int_equal(item->line, 2);
    assert_int_equal(item->column, 3);
    assert_int_equal(words->line, 3);
    assert_int_equal(words->items[0].column, 8);
}

/* Many items are sorted rather than compared one by one: the double must still be found. */
static void test_doubles_of_a_long_list(void **state)
{
    struct bench *b = *state;
    struct buf text = BUF_INIT(1 << 20);

    buf_add_str(&text, "words:\n");
    for (int i = 0; i < 2000; i++)
        buf_addf(&text, "- w%d\n", i * 7919 % 2003);
    buf_addf(&text, "- w%d\n", 1000 * 7919 % 2003);
    assert_false(read_yaml(b, buf_text(&text)));
    assert_told_one(b, "duplicate-item", "f.yaml:2002:3", "the first is at line 1002");
    buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_accepted),      BENCH_TEST(test_refused),     BENCH_TEST(test_all_faults),
        BENCH_TEST(test_faulty_sticks), BENCH_TEST(test_kept_places), BENCH_TEST(test_doubles_of_a_long_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
