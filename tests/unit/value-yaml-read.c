/* SPDX-License-Identifier: Apache-2.0 */
/* Strict YAML in: each thing that is refused, with its place; each scalar as the text that was written. */
#include <errno.h>
#include <string.h>

#include "unit.h"
#include "value/yaml.h"

static int read_bytes(struct bench *b, const char *text, size_t len)
{
    document_done(&b->document);
    b->document.file = strdup("f.yaml");
    return yaml_read(&b->document, text, len, &b->diags);
}

/* Text with its length, as some of it holds NUL. */
#define BYTES(text) text, sizeof(text) - 1

static const struct refusal {
    const char *text;
    size_t len;
    const char *code, *subject, *words;
} refusals[] = {
    /* anchors, aliases, tags, merge keys */
    {BYTES("a: &x 1\n"), "yaml-alias", "f.yaml:1:4", "anchors and aliases are not accepted"},
    {BYTES("a: 1\nb:\n  - &x {}\n"), "yaml-alias", "f.yaml:3:5", "anchors and aliases are not accepted"},
    {BYTES("a: *x\n"), "yaml-alias", "f.yaml:1:4", "anchors and aliases are not accepted"},
    {BYTES("*x : 1\n"), "yaml-alias", "f.yaml:1:1", "anchors and aliases are not accepted"},
    {BYTES("a: &a [*a]\n"), "yaml-alias", "f.yaml:1:4", "anchors and aliases are not accepted"},
    {BYTES("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n"), "yaml-alias", "f.yaml:1:4", "anchors"},
    {BYTES("a: !x 1\n"), "yaml-tag", "f.yaml:1:4", "tags are not accepted"},
    {BYTES("a: !!str 1\n"), "yaml-tag", "f.yaml:1:4", "tags are not accepted"},
    {BYTES("- !!map {a: 1}\n"), "yaml-tag", "f.yaml:1:3", "tags are not accepted"},
    {BYTES("<<: {a: 1}\n"), "yaml-merge-key", "f.yaml:1:1", "merge keys are not accepted"},
    {BYTES("b: 1\nc:\n  <<: {a: 1}\n"), "yaml-merge-key", "f.yaml:3:3", "merge keys are not accepted"},
    /* keys */
    {BYTES("? [a]\n: b\n"), "yaml-complex-key", "f.yaml:1:3", "a key must be"},
    {BYTES("[a]: b\n"), "yaml-complex-key", "f.yaml:1:1", "a key must be"},
    {BYTES("x: {{a: b}: c}\n"), "yaml-complex-key", "f.yaml:1:5", "a key must be"},
    {BYTES("a: 1\na: 2\n"), "duplicate-key", "f.yaml:2:1", "the first is at line 1"},
    {BYTES("a: 1\nb: 2\n\"a\": 3\n"), "duplicate-key", "f.yaml:3:1", "the first is at line 1"},
    {BYTES("x:\n  \"\\x61\": 1\n  a: 2\n"), "duplicate-key", "f.yaml:3:3", "the first is at line 2"},
    {BYTES("x: {a: 1, b: 2, 'a': 3}\n"), "duplicate-key", "f.yaml:1:17", "the first is at line 1"},
    /* documents and directives */
    {BYTES("a: 1\n---\nb: 2\n"), "yaml-documents", "f.yaml:2:1", "one file holds one document"},
    {BYTES("a: 1\n...\n---\n"), "yaml-documents", "f.yaml:3:1", "one file holds one document"},
    {BYTES(""), "yaml-empty", "f.yaml", "the file is empty"},
    {BYTES("# a comment only\n\n"), "yaml-empty", "f.yaml", "the file is empty"},
    {BYTES("%TAG !e! tag:example.com,2000:\n---\na: 1\n"), "yaml-directive", "f.yaml:1:1", "%TAG"},
    {BYTES("%YAML 2.0\n---\na: 1\n"), "yaml-syntax", "f.yaml:1:1", "incompatible"},
    {BYTES("%YAML 1.3\n---\na: 1\n"), "yaml-syntax", "f.yaml:1:1", "incompatible"},
    /* bytes */
    {BYTES("a: \"\\0\"\n"), "yaml-control-character", "f.yaml:1:4", "\\x00"},
    {BYTES("a: 1\nb: \"x\\e[31m\"\n"), "yaml-control-character", "f.yaml:2:4", "\\x1b"},
    {BYTES("\"a\\x9b\": 1\n"), "yaml-control-character", "f.yaml:1:1", "\\xc2"},
    {BYTES("a: \"\\x7f\"\n"), "yaml-control-character", "f.yaml:1:4", "\\x7f"},
    {BYTES("a: x\0y\n"), "yaml-encoding", "f.yaml:1:5", "control characters"},
    {BYTES("a: x\x01y\n"), "yaml-encoding", "f.yaml:1:5", "control characters"},
    {BYTES("a: x\x7fy\n"), "yaml-encoding", "f.yaml:1:5", "control characters"},
    {BYTES("\xff\xfe"
           "a\0:\0 \0"
           "1\0"),
     "yaml-encoding", "f.yaml:1:1", "UTF-8"},
    {BYTES("\xfe\xff\0a\0:\0 \0"
           "1"),
     "yaml-encoding", "f.yaml:1:1", "UTF-8"},
    {BYTES("a\0:\0 \0"
           "1\0"),
     "yaml-encoding", "f.yaml:1:2", "UTF-8"},
    {BYTES("a: \xff\n"), "yaml-encoding", "f.yaml:1:4", "UTF-8"},
    {BYTES("a: 1\n\xc3\xa9\xe2\x82\xac: \xff\n"), "yaml-encoding", "f.yaml:2:5", "UTF-8"},
    {BYTES("\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xfe"), "yaml-encoding", "f.yaml:1:3", "UTF-8"},
    {BYTES("a: \xc3"), "yaml-encoding", "f.yaml:1:4", "UTF-8"},
    {BYTES("a: \xc0\x80\n"), "yaml-encoding", "f.yaml:1:4", "UTF-8"},
    {BYTES("a: \xed\xa0\x80\n"), "yaml-encoding", "f.yaml:1:4", "UTF-8"},
    /* syntax */
    {BYTES("a: [1, 2\nb: 3\n"), "yaml-syntax", "f.yaml:2:2", "that began at line 1"},
    {BYTES("a: b: c\n"), "yaml-syntax", "f.yaml:1:5", "mapping values are not allowed"},
    {BYTES("a:\n\tb: 1\n"), "yaml-syntax", "f.yaml:2:1", "cannot start any token"},
    {BYTES("a: 1\n b: 2\n"), "yaml-syntax", "f.yaml:2:3", "mapping values are not allowed"},
    {BYTES("a: 1\n- b\n"), "yaml-syntax", "f.yaml:2:1", "that began at line 1"},
    {BYTES("a: \"\\ud800\"\n"), "yaml-syntax", "f.yaml:1:7", "Unicode"},
};

static void test_refusals(void **state)
{
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
        const struct refusal *r = &refusals[i];
        int k = read_bytes(b, r->text, r->len);

        if (k != -EBADMSG)
            fail_msg("row %zu: returned %d for: %s", i, k, r->text);
        if (b->diags.n != 1 || strcmp(b->diags.items[0].subject, r->subject) != 0)
            print_error("row %zu: %s\n", i, r->text);
        assert_told_one(b, r->code, r->subject, r->words);
    }
}

/* N times OPEN, then N times CLOSE, as one document. */
static int read_nested(struct bench *b, const char *open, const char *close, size_t n)
{
    struct buf text = BUF_INIT(64 << 20);
    int k;

    for (size_t i = 0; i < n; i++)
        buf_add_str(&text, open);
    for (size_t i = 0; i < n; i++)
        buf_add_str(&text, close);
    assert_int_equal(text.error, 0);
    k = read_bytes(b, buf_text(&text), text.len);
    buf_done(&text);
    return k;
}

static void test_depth(void **state)
{
    struct bench *b = *state;

    assert_int_equal(read_nested(b, "[", "]", 32), 0);
    assert_int_equal(read_nested(b, "[", "]", 33), -EBADMSG);
    assert_told_one(b, "too-deep", "f.yaml:1:33", "32 levels");
    assert_int_equal(read_nested(b, "- ", "", 32), 0);
    assert_int_equal(read_nested(b, "- ", "", 33), -EBADMSG);
    assert_told_one(b, "too-deep", "f.yaml:1:65", "32 levels");
    assert_int_equal(read_nested(b, "{a: ", "}", 33), -EBADMSG);
    assert_told_one(b, "too-deep", "f.yaml:1:129", "32 levels");
    assert_int_equal(read_nested(b, "[{a: ", "}]", 17), -EBADMSG);
    assert_told_one(b, "too-deep", "f.yaml:1:81", "32 levels");
}

/* Read to its end this would take a quarter of an hour: refused where the 33rd opens, it takes none. */
static void test_a_megabyte_of_brackets(void **state)
{
    struct bench *b = *state;

    assert_int_equal(read_nested(b, "[", "", 1 << 20), -EBADMSG);
    assert_told_one(b, "too-deep", "f.yaml:1:33", "32 levels");
    assert_int_equal(read_nested(b, "{", "", 1 << 20), -EBADMSG);
    assert_int_equal(b->diags.n, 1);
}

static void test_scalars_stay_text(void **state)
{
    static const char *const words[] = {
        "0:00", "23:59", "190:20:30", "no",   "on",   "off",  "yes",        "y", "true", "False", "0644", "0o644",
        "0x1f", "1_000", "1e3",       "1.10", ".inf", ".nan", "2001-01-01", "=", "nULL", "007",   "+1",   "a b",
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        const struct value *v = bench_yaml(b, arena_printf(&b->arena, "k: %s\nq: \"%s\"\n", words[i], words[i]));

        assert_int_equal(value_get(v, "k")->type, VALUE_TEXT);
        assert_string_equal(value_get(v, "k")->text, words[i]);
        assert_int_equal(value_get(v, "k")->count, strlen(words[i]));
        assert_true(value_get(v, "k")->flags & VALUE_PLAIN);
        assert_string_equal(value_get(v, "q")->text, words[i]);
        assert_false(value_get(v, "q")->flags & VALUE_PLAIN);
    }
}

static void test_nulls(void **state)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(nulls); i++) {
        const struct value *v = bench_yaml(b, arena_printf(&b->arena, "k: %s\nq: \"%s\"\n", nulls[i], nulls[i]));

        assert_int_equal(value_get(v, "k")->type, VALUE_NULL);
        assert_int_equal(value_get(v, "q")->type, VALUE_TEXT);
        assert_string_equal(value_get(v, "q")->text, nulls[i]);
    }
    /* A key is always a text. */
    assert_non_null(value_get(bench_yaml(b, "null: 1\n"), "null"));
    assert_non_null(value_get(bench_yaml(b, "~: 1\n"), "~"));
    assert_non_null(value_get(bench_yaml(b, "\"<<\": 1\n"), "<<"));
}

static void test_places(void **state)
{
    struct bench *b = *state;
    const struct value *v = bench_yaml(b, "a: 1\nb:\n  - x\n  - {c: y, \xc3\xa9: z}\n"), *list = value_get(v, "b");
    const struct pair *last = &list->items[1].pairs[1];

    assert_int_equal(v->line, 1);
    assert_int_equal(v->pairs[1].key.line, 2);
    assert_int_equal(list->line, 3);
    assert_int_equal(list->column, 3);
    assert_int_equal(list->items[0].column, 5);
    assert_int_equal(list->items[1].column, 5);
    /* Columns are characters, not bytes. */
    assert_int_equal(last->key.column, 12);
    assert_int_equal(last->value.column, 15);
    assert_int_equal(last->value.line, 4);
}

static void test_accepted(void **state)
{
    static const struct {
        const char *yaml, *json;
    } rows[] = {
        {"%YAML 1.1\n---\na: 1\n", "{\"a\":\"1\"}"},
        {"%YAML 1.2\n---\na: 1\n...\n", "{\"a\":\"1\"}"},
        {"\xef\xbb\xbf"
         "a: 1\n",
         "{\"a\":\"1\"}"},
        {"a: 1\r\nb: 2\r\n", "{\"a\":\"1\",\"b\":\"2\"}"},
        {"? a\n: b\n", "{\"a\":\"b\"}"},
        {"a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{\"a\":\"x\\ny\\n\",\"b\":\"x y\"}"},
        {"a: []\nb: {}\nc: [[], {}, \"\"]\n", "{\"a\":[],\"b\":{},\"c\":[[],{},\"\"]}"},
        {"a: 'it''s'\nb: \"\\u00e9\\t\"\n", "{\"a\":\"it's\",\"b\":\"\xc3\xa9\\u0009\"}"},
        {"a: [1, 2,]\n", "{\"a\":[\"1\",\"2\"]}"},
        {"a: x # comment\nb: x#y\n", "{\"a\":\"x\",\"b\":\"x#y\"}"},
        {"word\n", "\"word\""},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        assert_string_equal(bench_print(b, bench_yaml(b, rows[i].yaml)), rows[i].json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_refusals),          BENCH_TEST(test_depth), BENCH_TEST(test_a_megabyte_of_brackets),
        BENCH_TEST(test_scalars_stay_text), BENCH_TEST(test_nulls), BENCH_TEST(test_places),
        BENCH_TEST(test_accepted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
