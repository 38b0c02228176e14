/* SPDX-License-Identifier: Apache-2.0 */
/* Strict JSON in, exact JSON out. */
#include <errno.h>
#include <string.h>

#include "unit.h"
#include "value/json.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct refusal {
    const char *text;
    size_t len, offset;
    const char *what;
} refusals[] = {
    {BYTES(""), 0, "ends before"},
    {BYTES("  "), 2, "ends before"},
    {BYTES("{\"a\":1,\"a\":2}"), 13, "twice"},
    {BYTES("{\"o\":{\"a\":1,\"b\":2,\"a\":3}}"), 24, "twice"},
    {BYTES("{\"\":1,\"\":2}"), 11, "twice"},
    {BYTES("\"\\u0000x\""), 7, "NUL"},
    {BYTES("\"a\0b\""), 2, "control"},
    {BYTES("\"a\tb\""), 2, "control"},
    {BYTES("\"a\nb\""), 2, "control"},
    {BYTES("\"\x1f\""), 1, "control"},
    {BYTES("\"\xff\""), 1, "UTF-8"},
    {BYTES("\"\xc0\x80\""), 1, "UTF-8"},
    {BYTES("\"\xc1\xbf\""), 1, "UTF-8"},
    {BYTES("\"\xc3\""), 1, "UTF-8"},
    {BYTES("\"\xe0\x9f\xbf\""), 1, "UTF-8"},
    {BYTES("\"\xed\xa0\x80\""), 1, "UTF-8"},
    {BYTES("\"\xf0\x8f\xbf\xbf\""), 1, "UTF-8"},
    {BYTES("\"\xf4\x90\x80\x80\""), 1, "UTF-8"},
    {BYTES("\"\xf5\x80\x80\x80\""), 1, "UTF-8"},
    {BYTES("\"ok\xc3\xa9\x80\""), 5, "UTF-8"},
    {BYTES("01"), 1, "after the end"},
    {BYTES("[01]"), 2, "comma"},
    {BYTES("-01"), 2, "after the end"},
    {BYTES("1."), 2, "after the point"},
    {BYTES(".5"), 0, "not a JSON value"},
    {BYTES("-"), 1, "not a JSON value"},
    {BYTES("+1"), 0, "not a JSON value"},
    {BYTES("1e400"), 1, "exponent"},
    {BYTES("1E5"), 1, "exponent"},
    {BYTES("1.5e-3"), 3, "exponent"},
    {BYTES("9007199254740993"), 16, "15 digits"},
    {BYTES("1234567890123456"), 16, "15 digits"},
    {BYTES("0.1234567890123456"), 18, "15 digits"},
    {BYTES("[1] x"), 4, "after the end"},
    {BYTES("{}{}"), 2, "after the end"},
    {BYTES("[1]\0"), 3, "after the end"},
    {BYTES("\xef\xbb\xbf{}"), 0, "not a JSON value"},
    {BYTES("[1,]"), 3, "not a JSON value"},
    {BYTES("{\"a\":1,}"), 7, "without a name"},
    {BYTES("{a:1}"), 1, "without a name"},
    {BYTES("{\"a\" 1}"), 5, "colon"},
    {BYTES("[1 2]"), 3, "comma"},
    {BYTES("{\"a\":1"), 6, "ends before"},
    {BYTES("[1"), 2, "ends before"},
    {BYTES("\"abc"), 4, "cut short"},
    {BYTES("\"abc\\"), 5, "cut short"},
    {BYTES("\"\\u12"), 3, "cut short"},
    {BYTES("\"\\u12g4\""), 3, "hex"},
    {BYTES("\"\\x41\""), 2, "unknown escape"},
    {BYTES("\"\\'\""), 2, "unknown escape"},
    {BYTES("'a'"), 0, "not a JSON value"},
    {BYTES("tru"), 0, "not a JSON value"},
    {BYTES("True"), 0, "not a JSON value"},
    {BYTES("NaN"), 0, "not a JSON value"},
    {BYTES("nullx"), 4, "after the end"},
    {BYTES("// x\n{}"), 0, "not a JSON value"},
    /* half surrogate pairs */
    {BYTES("\"\\ud83d\""), 7, "surrogate"},
    {BYTES("\"\\ude00\""), 7, "surrogate"},
    {BYTES("\"\\ud83d\\u0041\""), 13, "surrogate"},
    {BYTES("\"\\ud83d\\ud83d\""), 13, "surrogate"},
    {BYTES("\"\\ud83dx\""), 7, "surrogate"},
};

static void test_refusals(void **state)
{
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
        const struct refusal *r = &refusals[i];
        struct json_fault fault = {0};
        struct value v = value_int(7);

        if (json_check(r->text, r->len, &fault) != -EBADMSG || !strstr(fault.what, r->what) ||
            fault.offset != r->offset)
            fail_msg("row %zu, %s: expected '%s' at %zu, told was '%s' at %zu", i, r->text, r->what, r->offset,
                     fault.what ? fault.what : "nothing", fault.offset);
        assert_int_equal(json_read(&b->arena, r->text, r->len, &v, &fault), -EBADMSG);
        assert_int_equal(v.integer, 7);
    }
}

static void test_accepted(void **state)
{
    static const struct {
        const char *text, *written; /* NULL: as it was */
    } rows[] = {
        {"null", NULL},
        {" true ", "true"},
        {"\t\r\n[ ]", "[]"},
        {"{ \"a\" : 1 , \"b\" : [ true , null ] }", "{\"a\":1,\"b\":[true,null]}"},
        {"0", NULL},
        {"-1", NULL},
        {"999999999999999", NULL},
        {"-999999999999999", NULL},
        {"3000000000", NULL},
        {"0.1", NULL},
        {"-123456.789", NULL},
        {"1.0", "1"},
        {"\"\"", NULL},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\u0008\\u000c\\n\\u000d\\u0009\""},
        {"\"\\u00e9\\u20ac\"", "\"\xc3\xa9\xe2\x82\xac\""},
        {"\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\""},
        {"\"\\uD83D\\uDE00\"", "\"\xf0\x9f\x98\x80\""},
        {"\"\\udbff\\udfff\"", "\"\xf4\x8f\xbf\xbf\""},
        {"\"\xf4\x8f\xbf\xbf\"", NULL},
        {"\"\x7f\"", "\"\\u007f\""},
        {"{\"A\":1,\"a\":2}", NULL},
        {"{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}", NULL},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        assert_string_equal(bench_print(b, bench_json(b, rows[i].text)),
                            rows[i].written ? rows[i].written : rows[i].text);
}

static void test_types(void **state)
{
    struct bench *b = *state;
    const struct value *v = bench_json(b, "[999999999999999, 1.5, true, \"x\", null, {}, []]");

    assert_int_equal(v->items[0].type, VALUE_INT);
    assert_true(v->items[0].integer == 999999999999999);
    assert_int_equal(v->items[1].type, VALUE_REAL);
    assert_true(v->items[1].real == 1.5);
    assert_int_equal(v->items[2].type, VALUE_BOOL);
    assert_int_equal(v->items[3].count, 1);
    assert_int_equal(v->items[4].type, VALUE_NULL);
    assert_int_equal(v->items[5].type, VALUE_MAP);
    assert_int_equal(v->items[6].type, VALUE_LIST);
}

/* Names are matched exactly: cJSON's own look-up would find `Name` for `name`. */
static void test_case(void **state)
{
    struct bench *b = *state;
    const struct value *v = bench_json(b, "{\"Name\":1,\"name\":2,\"NAME\":3}");

    assert_int_equal(value_get(v, "name")->integer, 2);
    assert_null(value_get(v, "nAME"));
}

static int check_nested(const char *open, const char *close, size_t n)
{
    struct buf text = BUF_INIT(64 << 20);
    struct json_fault fault;
    int r;

    for (size_t i = 0; i < n; i++)
        buf_add_str(&text, open);
    for (size_t i = 0; i < n && close[0]; i++)
        buf_add_str(&text, close);
    r = json_check(buf_text(&text), text.len, &fault);
    if (r < 0)
        assert_string_equal(fault.what, "nested too deep");
    buf_done(&text);
    return r;
}

static void test_depth(void **state)
{
    assert_int_equal(check_nested("[", "]", 32), 0);
    assert_int_equal(check_nested("[", "]", 33), -EBADMSG);
    assert_int_equal(check_nested("[{\"a\":", "1}]", 17), -EBADMSG);
    assert_int_equal(check_nested("[", "", 1 << 20), -EBADMSG);
}

/* Few names are compared one by one, many are sorted: both must find doubles, and only doubles. */
static void test_names_of_large_objects(void **state)
{
    static const struct {
        size_t n, twin_of; /* the last name repeats this one; SIZE_MAX for none */
    } rows[] = {{8, SIZE_MAX}, {8, 0}, {8, 6}, {9, SIZE_MAX}, {9, 0}, {9, 7}, {1000, SIZE_MAX}, {1000, 0}, {1000, 500}};

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct buf text = BUF_INIT(1 << 20);
        struct json_fault fault = {0};

        /* Inside another object, whose own names must survive. */
        buf_add_str(&text, "{\"k1\":0,\"k2\":{");
        for (size_t k = 0; k + 1 < rows[i].n; k++)
            buf_addf(&text, "\"k%zu\":%zu,", k * 7919 % 1009, k);
        buf_addf(&text, "\"k%zu\":0},\"k0\":1}", rows[i].twin_of == SIZE_MAX ? 5000 : rows[i].twin_of * 7919 % 1009);
        assert_int_equal(json_check(buf_text(&text), text.len, &fault), rows[i].twin_of == SIZE_MAX ? 0 : -EBADMSG);
        if (rows[i].twin_of != SIZE_MAX)
            assert_contains(fault.what, "twice");
        buf_done(&text);
    }
}

/* An escape in a name is read for what it means, and so is one name in two spellings. */
static void test_escapes_in_names(void **state)
{
    static const char twice[] = "[{\"a\":1,\"\\u0061\":2}]", once[] = "{\"\\u0061\":1,\"b\":2}";
    struct json_fault fault = {0};
    struct arena arena = {0};
    struct value v;

    assert_int_equal(json_read(&arena, twice, sizeof(twice) - 1, &v, &fault), -EBADMSG);
    assert_contains(fault.what, "twice");
    assert_int_equal(json_read(&arena, once, sizeof(once) - 1, &v, &fault), 0);
    assert_int_equal(value_get(&v, "a")->integer, 1);
    arena_done(&arena);
}

static void test_pretty(void **state)
{
    struct bench *b = *state;
    struct buf out = BUF_INIT(1000);

    json_write(bench_json(b, "{\"ad-group\":[{\"name\":\"a\"},[]],\"e\":{}}"), JSON_PRETTY, &out);
    assert_string_equal(buf_text(&out), "{\n  \"ad-group\": [\n    {\n      \"name\": \"a\"\n    },\n    []\n  ],\n"
                                        "  \"e\": {}\n}");
    buf_done(&out);
}

static void test_ceiling(void **state)
{
    struct bench *b = *state;
    struct buf out = BUF_INIT(8);

    json_write(bench_json(b, "[1,2,3,4,5,6,7]"), JSON_COMPACT, &out);
    assert_int_equal(out.error, -E2BIG);
    assert_true(out.len <= 8);
    buf_done(&out);
}

/* A text is not ended by a NUL where LEN ends it: the byte behind it must not be looked at. */
static void test_length_counts(void **state)
{
    struct bench *b = *state;
    struct json_fault fault;
    struct value v;

    assert_int_equal(json_read(&b->arena, "[12]garbage", 4, &v, &fault), 0);
    assert_int_equal(v.items[0].integer, 12);
    assert_int_equal(json_check("true", 3, &fault), -EBADMSG);
    assert_int_equal(json_check("\"\\u0041\"", 5, &fault), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_refusals),
        BENCH_TEST(test_accepted),
        BENCH_TEST(test_types),
        BENCH_TEST(test_case),
        BENCH_TEST(test_depth),
        BENCH_TEST(test_names_of_large_objects),
        BENCH_TEST(test_escapes_in_names),
        BENCH_TEST(test_pretty),
        BENCH_TEST(test_ceiling),
        BENCH_TEST(test_length_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
