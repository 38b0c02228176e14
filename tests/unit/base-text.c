/* SPDX-License-Identifier: Apache-2.0 */
/* Names, patterns, near words, durations. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "base/time-util.h"
#include "unit.h"

#define SIXTY "123456789012345678901234567890123456789012345678901234567890"

static void test_plain_names(void **state)
{
    static const char *const good[] = {"a", "A1", "vpn-fra", "0", "a_b.c-d", SIXTY "1234"};
    static const char *const bad[] = {"", "-a", ".a", "_a", "a b", "a/b", "\xc3\xa9", "a\n", "a*", SIXTY "12345"};

    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_true(is_plain_name(good[i]));
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        if (is_plain_name(bad[i]))
            fail_msg("'%s' should be refused", bad[i]);
}

static void test_patterns(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool match, is_pattern;
    } table[] = {
        {"vpn-fra", "vpn-fra", true, false},
        {"vpn-fra", "vpn-frax", false, false},
        {"vpn-*", "vpn-fra", true, true},
        {"vpn-*", "vpn-", true, true},
        {"vpn-*", "xvpn-fra", false, true},
        {"vpn-?", "vpn-a", true, true},
        {"vpn-?", "vpn-ab", false, true},
        {"vpn-[ab]", "vpn-b", true, true},
        {"vpn-[ab]", "vpn-c", false, true},
        {"*", "", true, true},
        {"*/source-ip/Admin Users", "vpn-fra/source-ip/Admin Users", true, true},
        {"vpn-*/source-ip/*", "vpn-a/source-ip/a/b", true, true},
        {"VPN-*", "vpn-a", false, true},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        assert_int_equal(pattern_match(table[i].pattern, table[i].text), table[i].match);
        assert_int_equal(has_pattern(table[i].pattern), table[i].is_pattern);
    }
}

static void test_near_words(void **state)
{
    static const char *const words[] = {"source-ip", "ad-groups", "ldap-groups", "userlists", "Mon"};
    static const struct {
        const char *text, *nearest;
    } table[] = {
        {"source-ip", "source-ip"},
        {"sourceip", "source-ip"},
        {"source_ip", "source-ip"},
        {"Source-IP", "source-ip"},
        {"ad-group", "ad-groups"},
        {"adgroups", "ad-groups"},
        {"user-lists", "userlists"},
        {"mon", "Mon"},
        {"completely", NULL},
        {"Monday-to-Friday", NULL},
        {"x", NULL},
        {SIXTY SIXTY, NULL},
    };
    char hint[128];

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const char *got = nearest_word(table[i].text, words, ARRAY_SIZE(words));

        if (table[i].nearest ? !got || strcmp(got, table[i].nearest) != 0 : got != NULL)
            fail_msg("near '%s' is '%s', got '%s'", table[i].text, table[i].nearest ? table[i].nearest : "nothing",
                     got ? got : "nothing");
    }
    assert_null(nearest_word("a", NULL, 0));
    assert_string_equal(did_you_mean("sourceip", words, ARRAY_SIZE(words), hint, sizeof(hint)),
                        " (did you mean 'source-ip'?)");
    assert_string_equal(did_you_mean("completely", words, ARRAY_SIZE(words), hint, sizeof(hint)), "");
}

static void test_order_of_bytes(void **state)
{
    assert_int_equal(compare_bytes("abc", 3, "abc", 3), 0);
    assert_true(compare_bytes("ab", 2, "abc", 3) < 0);
    assert_true(compare_bytes("b", 1, "abc", 3) > 0);
    assert_true(compare_bytes("", 0, "a", 1) < 0);
    assert_true(compare_bytes("\xc3", 1, "z", 1) > 0);
    assert_true(compare_bytes("a\0b", 3, "a\0c", 3) < 0);
}

static void test_durations(void **state)
{
    static const struct {
        const char *text;
        uint64_t msec; /* UINT64_MAX: refused */
    } table[] = {
        {"500ms", 500},
        {"90s", 90000},
        {"5m", 300000},
        {"1h", 3600000},
        {"0s", 0},
        {"007s", 7000},
        {"8784h", 8784ull * 3600000},
        {"8785h", UINT64_MAX},
        {"999999999h", UINT64_MAX},
        {"9999999999s", UINT64_MAX},
        {"", UINT64_MAX},
        {"5", UINT64_MAX},
        {"m", UINT64_MAX},
        {"5 m", UINT64_MAX},
        {" 5m", UINT64_MAX},
        {"5m ", UINT64_MAX},
        {"-5m", UINT64_MAX},
        {"+5m", UINT64_MAX},
        {"1.5h", UINT64_MAX},
        {"5M", UINT64_MAX},
        {"5min", UINT64_MAX},
        {"1h30m", UINT64_MAX},
        {"5d", UINT64_MAX},
        {"5us", UINT64_MAX},
        {"0x5s", UINT64_MAX},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        uint64_t usec = 77;
        int r = parse_duration(table[i].text, &usec);

        if (table[i].msec == UINT64_MAX ? r != -EINVAL || usec != 77 : r != 0 || usec != table[i].msec * 1000)
            fail_msg("'%s': returned %d, %llu us", table[i].text, r, (unsigned long long)usec);
    }
}

static void test_utc(void **state)
{
    char text[32];

    format_utc(0, text, sizeof(text));
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    format_utc(1795351500 * USEC_PER_SEC + 999999, text, sizeof(text));
    assert_string_equal(text, "2026-11-22T12:45:00Z");
    assert_true(now_usec() > 0);
    assert_true(now_real_usec() > 1700000000 * USEC_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_names),    cmocka_unit_test(test_patterns),  cmocka_unit_test(test_near_words),
        cmocka_unit_test(test_order_of_bytes), cmocka_unit_test(test_durations), cmocka_unit_test(test_utc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
