/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses an entry means, however it is written, and whose identities it is about. */
#include <errno.h>
#include <string.h>

#include "provider/checkpoint/checkpoint.h"
#include "unit.h"

static void test_ranges_of_a_line(void **state)
{
    static const struct {
        const char *text, *name; /* NULL: refused */
        size_t count;
    } table[] = {
        {"192.0.2.7", "192.0.2.7 vpn", 1},
        {"192.0.2.7/32", "192.0.2.7/32 vpn", 1},
        {"192.0.2.7/24", "192.0.2.0/24 vpn", 256},
        {"192.0.0.0/22", "192.0.0.0/22 vpn", 1024},
        {"192.0.0.0/21", "192.0.0.0/21 vpn", SIZE_MAX},
        {"0.0.0.0/0", "0.0.0.0/0 vpn", SIZE_MAX},
        {"192.0.2.255-192.0.3.1", "192.0.2.255-192.0.3.1 vpn", 3},
        {"192.0.2.1-192.0.2.1", "192.0.2.1 vpn", 1},
        {"192.0.0.0-192.0.4.0", "192.0.0.0-192.0.4.0 vpn", SIZE_MAX},
        {"255.255.255.254-255.255.255.255", "255.255.255.254-255.255.255.255 vpn", 2},
        {"2001:DB8:0::1", "2001:db8::1 vpn", 1},
        {"2001:db8::ffff-2001:db8::1:1", "2001:db8::ffff-2001:db8::1:1 vpn", 3},
        {"", NULL, 0},
        {"192.0.2", NULL, 0},
        {"192.0.2.0/", NULL, 0},
        {"192.0.2.0/33", NULL, 0},
        {"192.0.2.0/+8", NULL, 0},
        {"192.0.2.0/8/8", NULL, 0},
        {"192.0.2.0/255.255.255.0", NULL, 0},
        {"2001:db8::/64", NULL, 0},
        {"192.0.2.9-", NULL, 0},
        {"-192.0.2.9", NULL, 0},
        {"192.0.2.9-192.0.2.8", NULL, 0},
        {"192.0.2.9-2001:db8::1", NULL, 0},
        {"192.0.2.1-192.0.2.2-192.0.2.3", NULL, 0},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct buf name = BUF_INIT(256);
        struct ip_range range;
        struct value entry;
        const char *why = NULL;
        int r = checkpoint_read_range(table[i].text, "vpn", &b->arena, &entry, &why);

        assert_int_equal(r, table[i].name ? 0 : -EBADMSG);
        assert_int_equal(why != NULL, !table[i].name);
        if (r == 0) {
            assert_null(checkpoint_range_of(&entry, &range));
            assert_true(ip_range_count(&range) == table[i].count);
            assert_int_equal(checkpoint_entry_key(&entry, &name), 0);
            assert_string_equal(buf_text(&name), table[i].name);
        }
        buf_done(&name);
    }
}

/* Guide: any and vpn mean all sources; of most sources nobody says which client type they are. */
static void test_sources(void **state)
{
    static const struct {
        const char *source, *wanted;
        enum presence presence;
    } table[] = {
        {"Identity Awareness API (script)", "ida-api", PRESENCE_PRESENT},
        {"Identiy Awareness API (script)", "ida-api", PRESENCE_PRESENT},
        {"AD Query", "ad-query", PRESENCE_PRESENT},
        {"AD Query", "ida-api", PRESENCE_ABSENT},
        {"Identity Awareness API", "radius", PRESENCE_ABSENT},
        {"Somebody else", "ida-api", PRESENCE_UNKNOWN},
        {"Somebody else", "any", PRESENCE_PRESENT},
        {"Somebody else", "vpn", PRESENCE_PRESENT},
        {NULL, "radius", PRESENCE_UNKNOWN},
        {NULL, "any", PRESENCE_PRESENT},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        assert_int_equal(checkpoint_judge_source(table[i].source, table[i].wanted), table[i].presence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_ranges_of_a_line),
        cmocka_unit_test(test_sources),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
