/* SPDX-License-Identifier: Apache-2.0 */
/* Who the rules of an ICS realm let in, and which change would shut out those who must stay in. */
#include <string.h>

#include "provider/ics/ics.h"
#include "unit.h"

#define RULE(access, address, mask) "{\"access\":\"" access "\",\"address\":\"" address "\",\"netmask\":\"" mask "\"}"
#define SELECTED(rules) "{\"customized\":\"selected-ip\",\"ips\":[" rules "]}"

static const struct {
    const char *after;
    const char *own, *management; /* one address and one network; NULL for none */
    bool locks_out;
} lock_outs[] = {
    {"{\"customized\":\"any-ip\",\"ips\":[]}", "192.0.2.1", NULL, false},
    {SELECTED(""), "192.0.2.1", NULL, true},
    {"{\"ips\":[]}", "192.0.2.1", NULL, true},
    {"{\"customized\":\"denied-ip\"}", "192.0.2.1", NULL, true},
    {SELECTED(RULE("allow", "192.0.2.0", "255.255.255.0")), "192.0.2.1", NULL, false},
    {SELECTED(RULE("allow", "192.0.2.1", "255.255.255.255")), "192.0.2.1", NULL, false},
    {SELECTED(RULE("allow", "192.0.2.2", "255.255.255.255")), "192.0.2.1", NULL, true},
    {SELECTED(RULE("allow", "192.0.3.0", "255.255.255.0")), "192.0.2.1", NULL, true},
    /* host bits in a rule do not narrow it */
    {SELECTED(RULE("allow", "192.0.2.77", "255.255.255.0")), "192.0.2.1", NULL, false},
    {SELECTED(RULE("allow", "0.0.0.0", "0.0.0.0")), "192.0.2.1", NULL, false},
    {SELECTED("{\"access\":\"allow\",\"address\":\"*\"}"), "192.0.2.1", NULL, false},
    {SELECTED("{\"access\":\"allow\",\"address\":\"*\"}"), "2001:db8::1", NULL, false},
    {SELECTED(RULE("allow", "0.0.0.0", "0.0.0.0")), "2001:db8::1", NULL, true},
    {SELECTED(RULE("allow", "2001:db8::", "32")), "2001:db8::1", NULL, false},
    {SELECTED(RULE("allow", "192.0.2.0", "255.255.255.0")), "::ffff:192.0.2.1", NULL, false},
    /* the first match decides */
    {SELECTED("{\"access\":\"deny\",\"address\":\"*\"}," RULE("allow", "192.0.2.1", "255.255.255.255")), "192.0.2.1",
     NULL, true},
    {SELECTED(RULE("allow", "192.0.2.1", "255.255.255.255") ",{\"access\":\"deny\",\"address\":\"*\"}"), "192.0.2.1",
     NULL, false},
    {SELECTED(RULE("deny", "192.0.2.0", "255.255.255.0") "," RULE("allow", "192.0.0.0", "255.255.0.0")), "192.0.2.1",
     NULL, true},
    {SELECTED(RULE("deny", "198.51.100.0", "255.255.255.0") "," RULE("allow", "192.0.0.0", "255.255.0.0")), "192.0.2.1",
     NULL, false},
    /* all of a network must get in */
    {SELECTED(RULE("allow", "192.0.2.0", "255.255.255.128")), NULL, "192.0.2.0/24", true},
    {SELECTED(RULE("allow", "192.0.2.0", "255.255.255.128") "," RULE("allow", "192.0.2.128", "255.255.255.128")), NULL,
     "192.0.2.0/24", false},
    {SELECTED(RULE("deny", "192.0.2.9", "255.255.255.255") "," RULE("allow", "192.0.2.0", "255.255.255.0")), NULL,
     "192.0.2.0/24", true},
    {SELECTED(RULE("allow", "192.0.2.0", "255.255.255.0") "," RULE("deny", "192.0.2.9", "255.255.255.255")), NULL,
     "192.0.2.0/24", false},
    {SELECTED(RULE("allow", "192.0.2.0", "255.255.255.0")), "192.0.2.1", "198.51.100.1", true},
    /* a rule that nobody can read lets nobody in, and may keep anybody out */
    {SELECTED(RULE("allow", "192.0.2.0", "255.0.255.0")), "192.0.2.1", NULL, true},
    {SELECTED(RULE("deny", "host", "255.255.255.255") "," RULE("allow", "0.0.0.0", "0.0.0.0")), "192.0.2.1", NULL,
     true},
    {SELECTED(RULE("allow", "host", "255.255.255.255") "," RULE("allow", "0.0.0.0", "0.0.0.0")), "192.0.2.1", NULL,
     false},
    {SELECTED("{\"address\":\"192.0.2.1\",\"netmask\":\"255.255.255.255\"}"), "192.0.2.1", NULL, true},
};

static struct value *list_of(struct bench *b, const char *text)
{
    return text ? bench_json(b, arena_printf(&b->arena, "[\"%s\"]", text)) : NULL;
}

static void test_lock_out(void **state)
{
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(lock_outs); i++) {
        const struct access access = {
            .login_realm = "R", .own = list_of(b, lock_outs[i].own), .management = list_of(b, lock_outs[i].management)};
        const struct value *after = bench_json(b, lock_outs[i].after);
        struct buf why = BUF_INIT(1000);

        if (ics_locks_out(&access, "R", NULL, after, &why) != lock_outs[i].locks_out)
            fail_msg("row %zu, %s: expected %s", i, lock_outs[i].after, lock_outs[i].locks_out ? "a lock-out" : "none");
        assert_int_equal(why.len > 0, lock_outs[i].locks_out);
        /* Another realm is nobody's way in, unless the settings say so. */
        buf_clear(&why);
        assert_false(ics_locks_out(&access, "Other", NULL, after, &why));
        buf_done(&why);
    }
}

static void test_realms_of_the_settings(void **state)
{
    struct bench *b = *state;
    const struct access access = {
        .login_realm = "R", .realms = bench_json(b, "[\"Break Glass\"]"), .own = list_of(b, "192.0.2.1")};
    struct buf why = BUF_INIT(1000);

    assert_true(ics_locks_out(&access, "Break Glass", NULL, bench_json(b, SELECTED("")), &why));
    assert_contains(buf_text(&why), "192.0.2.1");
    /* Whether the appliance tells cases apart is not known; another spelling must not walk around the guard. */
    assert_true(ics_locks_out(&access, "break glass", NULL, bench_json(b, SELECTED("")), &why));
    assert_false(ics_locks_out(&access, "Break", NULL, bench_json(b, SELECTED("")), &why));
    buf_done(&why);
}

static void test_open_up(void **state)
{
    static const struct {
        const char *live, *after;
        bool opens;
    } table[] = {
        {SELECTED(""), "{\"customized\":\"any-ip\"}", true},
        {"{\"customized\":\"any-ip\"}", "{\"customized\":\"any-ip\"}", false},
        {"{\"customized\":\"any-ip\"}", SELECTED(RULE("allow", "10.0.0.0", "255.0.0.0")), false},
        {SELECTED(""), SELECTED(RULE("allow", "10.0.0.0", "255.0.0.0")), false},
        {SELECTED(""), SELECTED(RULE("allow", "10.0.0.0", "254.0.0.0")), true},
        {SELECTED(""), SELECTED(RULE("allow", "0.0.0.0", "0.0.0.0")), true},
        {SELECTED(""), SELECTED("{\"access\":\"allow\",\"address\":\"*\"}"), true},
        {SELECTED(""), SELECTED("{\"access\":\"deny\",\"address\":\"*\"}"), false},
        {SELECTED("{\"access\":\"allow\",\"address\":\"*\"}"), SELECTED("{\"access\":\"allow\",\"address\":\"*\"}"),
         false},
        {SELECTED("{\"access\":\"deny\",\"address\":\"*\"}"), SELECTED("{\"access\":\"allow\",\"address\":\"*\"}"),
         true},
        /* no more than half of a /8, and one address more than a /8 */
        {SELECTED(RULE("deny", "10.0.0.0", "255.128.0.0") ",{\"access\":\"allow\",\"address\":\"*\"}"),
         SELECTED("{\"access\":\"allow\",\"address\":\"*\"}"), false},
        {SELECTED(""),
         SELECTED(RULE("allow", "10.0.0.0", "255.0.0.0") "," RULE("allow", "192.0.2.1", "255.255.255.255")), true},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct buf why = BUF_INIT(1000);

        if (ics_opens_up(bench_json(b, table[i].live), bench_json(b, table[i].after), &why) != table[i].opens)
            fail_msg("%s after %s: expected %s", table[i].after, table[i].live, table[i].opens ? "to open up" : "not");
        assert_int_equal(why.len > 0, table[i].opens);
        buf_done(&why);
    }
}

#define MINUTE ((uint64_t)60 * 1000 * 1000)

static void test_sessions(void **state)
{
    static const struct {
        const char *live, *after;
        uint64_t timeout_usec;
        bool locks_out;
    } table[] = {
        {"{\"idle-timeout\":10}", "{\"idle-timeout\":5}", 4 * MINUTE, false},
        {"{\"idle-timeout\":10}", "{\"idle-timeout\":5}", 5 * MINUTE - 1, false},
        {"{\"idle-timeout\":10}", "{\"idle-timeout\":5}", 5 * MINUTE, true},
        {"{\"idle-timeout\":10}", "{\"idle-timeout\":5}", 60 * MINUTE, true},
        {"{}", "{\"max-timeout\":5}", 5 * MINUTE, true},
        {"{}", "{\"max-timeout\":6}", 5 * MINUTE, false},
        {"{\"max-timeout\":4}", "{\"max-timeout\":5}", 5 * MINUTE, true},
        {"{\"idle-timeout\":\"odd\"}", "{\"idle-timeout\":5}", 5 * MINUTE, true},
        /* what is short already, and other options, are nobody's doing now */
        {"{\"idle-timeout\":5,\"max-timeout\":5}", "{\"idle-timeout\":5,\"max-timeout\":60}", 5 * MINUTE, false},
        {"{\"reminder-time\":9}", "{\"reminder-time\":1}", 5 * MINUTE, false},
        {"{}", "{\"idle-timeout\":\"never\"}", 5 * MINUTE, false},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const struct access access = {.timeout_usec = table[i].timeout_usec};
        struct buf why = BUF_INIT(1000);

        if (ics_session_locks_out(&access, ".Administrators", bench_json(b, table[i].live),
                                  bench_json(b, table[i].after), &why) != table[i].locks_out)
            fail_msg("row %zu, %s: %s", i, table[i].after, buf_text(&why));
        assert_int_equal(why.len > 0, table[i].locks_out);
        buf_done(&why);
    }
}

static void test_short_sessions(void **state)
{
    static const struct {
        const char *after;
        uint64_t interval_usec;
        bool told;
    } table[] = {
        {"{\"idle-timeout\":5}", 5 * MINUTE, false},     {"{\"idle-timeout\":5}", 5 * MINUTE + 1, true},
        {"{\"idle-timeout\":5}", MINUTE / 2, false},     {"{\"idle-timeout\":0}", MINUTE / 2, true},
        {"{\"idle-timeout\":9}", 600 * MINUTE, true},    {"{\"max-timeout\":5}", 600 * MINUTE, false},
        {"{\"idle-timeout\":\"x\"}", 9 * MINUTE, false}, {"{\"idle-timeout\":-1}", 9 * MINUTE, false},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const struct remark about = {.target = "vpn",
                                     .object = ".Administrators",
                                     .after = bench_json(b, table[i].after),
                                     .interval_usec = table[i].interval_usec,
                                     .notes = &b->diags};

        ics_session_remark(&about, bench_json(b, "{}"));
        if (table[i].told)
            assert_told_one(b, "short-session", "vpn", "'.Administrators'");
        else
            assert_string_equal(bench_told(b), "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_lock_out), BENCH_TEST(test_realms_of_the_settings), BENCH_TEST(test_open_up),
        BENCH_TEST(test_sessions), BENCH_TEST(test_short_sessions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
