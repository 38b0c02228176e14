/* SPDX-License-Identifier: Apache-2.0 */
/* The tree: equality, look-up, copies, doubles. */
#include <string.h>

#include "unit.h"

static void test_equal(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"null", "null", true},
        {"null", "false", false},
        {"null", "[]", false},
        {"0", "false", false},
        {"1", "\"1\"", false},
        {"999999999999999", "999999999999998", false},
        {"1.5", "1.5", true},
        {"\"a\"", "\"A\"", false},
        {"\"a\"", "\"ab\"", false},
        {"[1,2]", "[1,2]", true},
        {"[1,2]", "[2,1]", false},
        {"[1]", "[1,2]", false},
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true},
        {"{\"a\":1,\"b\":2}", "{\"a\":1}", false},
        {"{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", false},
        {"{\"a\":{\"x\":[1]}}", "{\"a\":{\"x\":[1]}}", true},
        {"{\"a\":{\"x\":[1]}}", "{\"a\":{\"x\":[2]}}", false},
        {"{}", "[]", false},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct value *x = bench_json(b, rows[i].a), *y = bench_json(b, rows[i].b);

        if (value_equal(x, y) != rows[i].same || value_equal(y, x) != rows[i].same)
            fail_msg("%s and %s: expected %s", rows[i].a, rows[i].b, rows[i].same ? "equal" : "different");
    }
}

static void test_get(void **state)
{
    struct bench *b = *state;
    const struct value *v = bench_json(b, "{\"a\":\"x\",\"ab\":2}");

    assert_string_equal(value_get_text(v, "a"), "x");
    assert_int_equal(value_get(v, "ab")->integer, 2);
    assert_null(value_get(v, "b"));
    assert_null(value_get(v, ""));
    assert_null(value_get_text(v, "ab"));
    assert_null(value_get(&v->pairs[0].value, "a"));
    assert_null(value_get(NULL, "a"));
}

static void test_empty(void **state)
{
    static const struct {
        const char *json;
        bool empty;
    } rows[] = {{"null", true}, {"\"\"", true},   {"[]", true},      {"{}", true},
                {"0", false},   {"false", false}, {"[null]", false}, {"\" \"", false}};
    struct bench *b = *state;

    assert_true(value_is_empty(NULL));
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        assert_int_equal(value_is_empty(bench_json(b, rows[i].json)), rows[i].empty);
}

static void test_copy_shares_nothing(void **state)
{
    struct bench *b = *state;
    struct value *v = bench_yaml(b, "a: [x, {b: y}]\n"), copy;

    assert_int_equal(value_copy(&b->arena, v, &copy), 0);
    assert_true(value_equal(v, &copy));
    assert_int_equal(copy.pairs[0].value.line, 1);
    assert_int_equal(copy.pairs[0].value.column, 4);
    assert_true(copy.pairs[0].value.items[0].flags & VALUE_PLAIN);
    memset((char *)(uintptr_t)v->pairs[0].value.items[0].text, '!', 1);
    v->pairs[0].value.items[1].pairs[0].value = value_int(1);
    assert_string_equal(bench_print(b, &copy), "{\"a\":[\"x\",{\"b\":\"y\"}]}");
}

static void test_duplicates(void **state)
{
    struct bench *b = *state;
    struct value map;
    size_t first, second;

    assert_int_equal(value_new_map(&b->arena, 5, &map), 0);
    for (size_t i = 0; i < 5; i++)
        value_set_pair(&map, i, (const char *const[]){"b", "a", "c", "ab", "d"}[i], value_int((int64_t)i));
    assert_int_equal(value_find_duplicate(&map, &first, &second), 0);
    assert_true(first == SIZE_MAX && second == SIZE_MAX);
    map.pairs[4].key = value_text("a");
    assert_int_equal(value_find_duplicate(&map, &first, &second), 0);
    assert_int_equal(first, 1);
    assert_int_equal(second, 4);
    map.count = 0;
    assert_int_equal(value_find_duplicate(&map, &first, &second), 0);
    assert_true(second == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_equal),      BENCH_TEST(test_get), BENCH_TEST(test_empty), BENCH_TEST(test_copy_shares_nothing),
        BENCH_TEST(test_duplicates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
