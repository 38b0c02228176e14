/* SPDX-License-Identifier: Apache-2.0 */
/* YAML out: quoted wherever some reader would see anything but the text, and read back as what was written. */
#include <errno.h>
#include <string.h>

#include "unit.h"
#include "value/yaml.h"

static const char *write_yaml(struct bench *b, const struct value *v)
{
    struct buf out = BUF_INIT(1 << 20);
    const char *copy;

    assert_int_equal(yaml_write(v, &out), 0);
    copy = arena_strdup(&b->arena, buf_text(&out));
    buf_done(&out);
    return copy;
}

static struct value list_of(struct value *only)
{
    return (struct value){.type = VALUE_LIST, .count = 1, .items = only};
}

static void test_words_that_stay_plain(void **state)
{
    static const char *const words[] = {"abc",  "A",         "core-systems", "a_1",      "nobody",
                                        "only", "yesterday", "trueish",      "nullable", "x23"};
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        struct value text = value_text(words[i]), list = list_of(&text);

        assert_string_equal(write_yaml(b, &list), arena_printf(&b->arena, "- %s\n", words[i]));
    }
}

static void test_words_that_are_quoted(void **state)
{
    static const char *const words[] = {
        "",     "no",   "No",    "NO",   "n",     "N",           "yes",      "y",    "Y",          "on",   "On",
        "off",  "OFF",  "true",  "True", "FALSE", "false",       "null",     "Null", "NULL",       "~",    "nan",
        ".nan", ".inf", "-.inf", "0",    "12",    "0644",        "0o17",     "0x1f", "1_000",      "1e3",  "1.10",
        "0:00", "8:00", "23:59", "+1",   "-1",    "-",           "- x",      "?",    ": ",         "a: b", "a #b",
        "# x",  "=",    "<<",    "*x",   "&x",    "!x",          "%x",       "@x",   "2026-11-22", "a b",  " a",
        "a ",   "[",    "{}",    ",",    "a/b",   "ICS-QA/core", "\xc3\xa9", "'",    "`",
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        struct value text = value_text(words[i]), list = list_of(&text);

        assert_string_equal(write_yaml(b, &list), arena_printf(&b->arena, "- \"%s\"\n", words[i]));
    }
}

static void test_characters_that_are_escaped(void **state)
{
    static const struct {
        const char *text, *yaml;
    } rows[] = {
        {"a\nb", "- \"a\\nb\"\n"},
        {"a\n", "- \"a\\n\"\n"},
        {"\t", "- \"\\t\"\n"},
        {"a\"b\\c", "- \"a\\\"b\\\\c\"\n"},
        {"\x1b[31m", "- \"\\e[31m\"\n"},
        {"\x01", "- \"\\x01\"\n"},
        {"\x7f", "- \"\\x7F\"\n"},
        {"\xc2\x85", "- \"\\N\"\n"},     /* NEL is a line break to YAML 1.1 */
        {"\xe2\x80\xa8", "- \"\\L\"\n"}, /* so is U+2028 */
        {"\xc2\x9b", "- \"\\x9B\"\n"},   /* CSI: terminals obey it */
        {"\xef\xbb\xbf", "- \"\\uFEFF\"\n"},
        {"\xf0\x9f\x94\x91", "- \"\\U0001F511\"\n"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct value text = value_text(rows[i].text), list = list_of(&text);

        assert_string_equal(write_yaml(b, &list), rows[i].yaml);
    }
}

/* A certificate stands as it does in a file; whatever might be read otherwise is quoted. */
static void test_blocks(void **state)
{
    static const struct {
        const char *json, *yaml;
    } rows[] = {
        {"{\"a\":\"-----BEGIN X-----\\nMIIB=\\n-----END X-----\\n\"}",
         "a: |\n  -----BEGIN X-----\n  MIIB=\n  -----END X-----\n"},
        {"[\"---\\n...\\n\",\"# a\\n%b: [c\\n\"]", "- |\n  ---\n  ...\n- |\n  # a\n  %b: [c\n"},
        {"{\"a\":[{\"b\":\"x\\ny\\n\",\"c\":\"z\"}]}", "a:\n- b: |\n    x\n    y\n  c: z\n"},
        {"[\"x\\ny\"]", "- \"x\\ny\"\n"},
        {"[\"x\\ny\\n\\n\"]", "- \"x\\ny\\n\\n\"\n"},
        {"[\"\\nx\\n\"]", "- \"\\nx\\n\"\n"},
        {"[\" x\\ny\\n\"]", "- \" x\\ny\\n\"\n"},
        {"[\"x \\ny\\n\"]", "- \"x \\ny\\n\"\n"},
        {"[\"x\\r\\ny\\n\"]", "- \"x\\r\\ny\\n\"\n"},
        {"[\"x\\n\xc3\xa9\\n\"]", "- \"x\\n\xc3\xa9\\n\"\n"},
        {"{\"x\\ny\\n\":\"z\"}", "? \"x\\ny\\n\"\n: z\n"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct value *v = bench_json(b, rows[i].json);
        const char *yaml = write_yaml(b, v);

        assert_string_equal(yaml, rows[i].yaml);
        assert_true(value_equal(v, bench_yaml(b, yaml)));
    }
}

/* What is written reads back as the same tree: scalars as the text that they are. */
static void test_round_trip(void **state)
{
    static const char *const rows[] = {
        "[\"no\",\"on\",\"null\",\"23:59\",\"0644\",\"\",\"\xc3\xa9\",\"a\\nb\\n\",\"~\",\"true\"]",
        "{\"no\":\"x\",\"null\":\"y\",\"\":\"z\",\"23:59\":\"\",\"a: b\":\"c\",\"<<\":\"d\"}",
        "{\"a\":{\"b\":{\"c\":[]}},\"d\":{},\"e\":[[],{},[[\"8:00\",\"18:00\"],[\"19:00\",\"20:00\"]]]}",
        "[[[[[[\"deep\"]]]]],{\"x\":[{\"y\":[{\"z\":\"1\"}]}]}]",
        "[\"-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n\"]",
        "[\"  leading\",\"trailing  \",\"\\n\\n\",\"a\\tb\",\"x \\n y\"]",
        "\"just a text\"",
        "\"a\\nb\\n\"",
        "[]",
        "{}",
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct value *v = bench_json(b, rows[i]), *again = bench_yaml(b, write_yaml(b, v));

        if (!value_equal(v, again))
            fail_msg("%s came back as %s", rows[i], bench_print(b, again));
    }
}

static void test_strange_keys(void **state)
{
    struct bench *b = *state;
    char long_text[3001];
    const char *const keys[] = {"two\nlines", "\"quoted\"", " ", "\xf0\x9f\x94\x91", "? x", long_text};

    memset(long_text, 'k', sizeof(long_text) - 1);
    for (size_t i = 10; i < sizeof(long_text) - 1; i += 11)
        long_text[i] = ' ';
    long_text[sizeof(long_text) - 1] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        struct value map, *again;

        assert_int_equal(value_new_map(&b->arena, 2, &map), 0);
        value_set_pair(&map, 0, keys[i], value_text(keys[i]));
        value_set_pair(&map, 1, "next", value_text("x"));
        again = bench_yaml(b, write_yaml(b, &map));
        assert_true(value_equal(&map, again));
    }
}

static void test_types(void **state)
{
    struct bench *b = *state;
    const char *yaml = write_yaml(b, bench_json(b, "{\"a\":true,\"b\":false,\"c\":-5,\"d\":null,\"e\":1.5}"));

    assert_string_equal(yaml, "a: true\nb: false\nc: -5\nd: null\ne: 1.5\n");
}

static void test_flow(void **state)
{
    struct bench *b = *state;
    struct value *v = bench_json(b, "{\"Mon\":[[\"8:00\",\"18:00\"]]}");

    v->pairs[0].value.flags |= VALUE_FLOW;
    assert_string_equal(write_yaml(b, v), "Mon: [[\"8:00\", \"18:00\"]]\n");
}

static void test_ceiling(void **state)
{
    struct bench *b = *state;
    struct buf out = BUF_INIT(10);

    assert_int_equal(yaml_write(bench_json(b, "[\"a text longer than ten bytes\"]"), &out), -E2BIG);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_words_that_stay_plain),
        BENCH_TEST(test_words_that_are_quoted),
        BENCH_TEST(test_characters_that_are_escaped),
        BENCH_TEST(test_blocks),
        BENCH_TEST(test_round_trip),
        BENCH_TEST(test_strange_keys),
        BENCH_TEST(test_types),
        BENCH_TEST(test_flow),
        BENCH_TEST(test_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
