/* SPDX-License-Identifier: Apache-2.0 */
/* Growing texts, arenas, secrets, diagnostics. */
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/secret.h"
#include "unit.h"

static void test_buf_grows(void **state)
{
    struct buf b = BUF_INIT(100000);

    assert_string_equal(buf_text(&b), "");
    for (int i = 0; i < 10000; i++)
        buf_addf(&b, "%04d,", i);
    assert_int_equal(b.error, 0);
    assert_int_equal(b.len, 50000);
    assert_memory_equal(buf_text(&b) + 49995, "9999,", 6);
    buf_clear(&b);
    assert_string_equal(buf_text(&b), "");
    buf_add_str(&b, "again");
    assert_string_equal(buf_text(&b), "again");
    buf_done(&b);
}

static void test_buf_ceiling(void **state)
{
    struct buf b = BUF_INIT(8);
    char *text = NULL;

    buf_add_str(&b, "12345678");
    assert_int_equal(b.error, 0);
    buf_add_char(&b, '9');
    assert_int_equal(b.error, -E2BIG);
    /* The first failure sticks: a later piece that would fit is not added behind a hole. */
    buf_clear(&b);
    buf_add_str(&b, "123456");
    buf_addf(&b, "%d", 789);
    assert_int_equal(b.error, -E2BIG);
    buf_add_char(&b, 'x');
    assert_string_equal(buf_text(&b), "123456");
    assert_int_equal(buf_take(&b, &text), -E2BIG);
    assert_null(text);
    buf_done(&b);
    /* Sizes near the end of the address space must not wrap around. */
    b = BUF_INIT(8);
    buf_add_str(&b, "1");
    buf_add(&b, "", SIZE_MAX);
    assert_int_equal(b.error, -E2BIG);
    buf_done(&b);
}

static void test_buf_take(void **state)
{
    struct buf b = BUF_INIT(8);
    char *text;

    assert_int_equal(buf_take(&b, &text), 0);
    assert_string_equal(text, "");
    free(text);
    buf_add_str(&b, "abc");
    assert_int_equal(buf_take(&b, &text), 0);
    assert_string_equal(text, "abc");
    assert_int_equal(b.len, 0);
    free(text);
    /* It keeps its ceiling. */
    buf_add_str(&b, "123456789");
    assert_int_equal(b.error, -E2BIG);
    buf_done(&b);
}

static void test_escaping(void **state)
{
    static const struct {
        const char *text, *escaped;
    } table[] = {
        {"plain text, 100%", "plain text, 100%"},
        {"a\nb\tc\r", "a\\x0ab\\x09c\\x0d"},
        {"\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
        {"\x07\x7f", "\\x07\\x7f"},
        {"\xc3\xa9\xe2\x82\xac", "\xc3\xa9\xe2\x82\xac"},
        {"\xc2\x9b"
         "31m",
         "\\u009b31m"},
        {"\xc2\x80\xc2\x9f\xc2\xa0", "\\u0080\\u009f\xc2\xa0"},
        {"\xc2", "\xc2"},
        {"", ""},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct buf b = BUF_INIT(1000);

        buf_add_escaped(&b, table[i].text, strlen(table[i].text));
        assert_string_equal(buf_text(&b), table[i].escaped);
        buf_done(&b);
    }
}

static void test_arena(void **state)
{
    struct arena a = {0};
    char *small[2000], *big, *text;

    for (size_t i = 0; i < ARRAY_SIZE(small); i++) {
        small[i] = arena_alloc(&a, i % 40 + 1);
        assert_non_null(small[i]);
        assert_int_equal((uintptr_t)small[i] % 8, 0);
        memset(small[i], (int)(i % 251), i % 40 + 1);
    }
    big = arena_zalloc(&a, 3, 1 << 20);
    assert_non_null(big);
    assert_true(big[0] == 0 && big[(3 << 20) - 1] == 0);
    for (size_t i = 0; i < ARRAY_SIZE(small); i++)
        assert_int_equal((unsigned char)small[i][i % 40], i % 251);
    text = arena_printf(&a, "%s-%d", "x", 7);
    assert_string_equal(text, "x-7");
    assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
    assert_string_equal(arena_strndup(&a, "", 0), "");
    assert_non_null(arena_zalloc(&a, 0, 16));
    assert_null(arena_zalloc(&a, SIZE_MAX / 2, 16));
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_alloc(&a, SIZE_MAX - 8));
    assert_null(arena_strndup(&a, "x", SIZE_MAX));
    assert_true(a.total > 3 << 20);
    arena_done(&a);
    assert_int_equal(a.total, 0);
}

static void test_secret(void **state)
{
    struct secret s = {0};

    assert_false(secret_is_set(&s));
    assert_string_equal(secret_reveal(&s), "");
    assert_int_equal(secret_set(&s, "hunter2xxx", 7), 0);
    assert_true(secret_is_set(&s));
    assert_string_equal(secret_reveal(&s), "hunter2");
    assert_int_equal(secret_set(&s, "other", 5), 0);
    assert_string_equal(secret_reveal(&s), "other");
    assert_int_equal(s.len, 5);
    secret_done(&s);
    assert_false(secret_is_set(&s));
    secret_done(&s);
}

static void test_diag_subjects(void **state)
{
    struct bench *b = *state;

    assert_int_equal(diag_add_place(&b->diags, DIAG_BAD_VALUE, (struct place){"f.yaml", 3, 7}, "x %d", 1), -EBADMSG);
    assert_told_one(b, "bad-value", "f.yaml:3:7", "x 1");
    diag_add_place(&b->diags, DIAG_BAD_VALUE, (struct place){"f.yaml", 3, 0}, "x");
    assert_told_one(b, "bad-value", "f.yaml:3:1", "x");
    diag_add_place(&b->diags, DIAG_YAML_EMPTY, (struct place){"f.yaml", 0, 0}, "x");
    assert_told_one(b, "yaml-empty", "f.yaml", "x");
    diag_add_target(&b->diags, DIAG_TIMEOUT, "vpn-fra", "x");
    assert_told_one(b, "timeout", "vpn-fra", "x");
    diag_add(&b->diags, DIAG_USAGE, "x");
    assert_told_one(b, "usage", NULL, "x");
    diag_add(&b->diags, DIAG_USAGE, "from outside: %s", "\x1b[2J\n\xc2\x9b");
    assert_told_one(b, "usage", NULL, "from outside: \\x1b[2J\\x0a\\u009b");
    assert_false(diag_any(&b->diags));
}

static void test_diag_ceiling(void **state)
{
    struct bench *b = *state;
    struct diag_list more = {0};

    for (int i = 0; i < 53; i++)
        assert_int_equal(diag_add(&b->diags, DIAG_USAGE, "%d", i), -EBADMSG);
    assert_int_equal(b->diags.n, 50);
    assert_int_equal(b->diags.more, 3);
    assert_string_equal(b->diags.items[49].sentence, "49");
    assert_int_equal(diag_oom(&b->diags), -ENOMEM);
    assert_int_equal(b->diags.more, 4);
    bench_forget(b);
    for (int i = 0; i < 40; i++)
        diag_add(&b->diags, DIAG_USAGE, "%d", i);
    for (int i = 0; i < 55; i++)
        diag_add(&more, DIAG_USAGE, "m%d", i);
    diag_move(&b->diags, &more);
    assert_int_equal(b->diags.n, 50);
    assert_int_equal(b->diags.more, 45);
    assert_string_equal(b->diags.items[49].sentence, "m9");
    assert_false(diag_any(&more));
}

static void test_diag_long_sentence(void **state)
{
    struct bench *b = *state;
    char *text = malloc(LIMIT_SENTENCE_BYTES + 2);

    memset(text, 'x', LIMIT_SENTENCE_BYTES + 1);
    text[LIMIT_SENTENCE_BYTES + 1] = '\0';
    diag_add(&b->diags, DIAG_USAGE, "%s", text);
    free(text);
    assert_told_one(b, "usage", NULL, "too long to show");
}

/* Codes are what scripts rely on: each has one, no two are the same. */
static void test_diag_codes(void **state)
{
    for (int i = 0; i < DIAG_CODE_MAX; i++) {
        const char *code = diag_code_to_string((enum diag_code)i);

        assert_int_equal(strspn(code, "abcdefghijklmnopqrstuvwxyz-"), strlen(code));
        for (int k = 0; k < i; k++)
            assert_string_not_equal(code, diag_code_to_string((enum diag_code)k));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buf_grows),  cmocka_unit_test(test_buf_ceiling), cmocka_unit_test(test_buf_take),
        cmocka_unit_test(test_escaping),   cmocka_unit_test(test_arena),       cmocka_unit_test(test_secret),
        BENCH_TEST(test_diag_subjects),    BENCH_TEST(test_diag_ceiling),      BENCH_TEST(test_diag_long_sentence),
        cmocka_unit_test(test_diag_codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
