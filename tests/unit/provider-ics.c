/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, masks and names of Connect Secure; its kinds with the guide's own bodies. */
#include <errno.h>
#include <string.h>

#include "provider/ics/ics.h"
#include "schema/merge.h"
#include "unit.h"

static const struct field *body_of(const char *kind)
{
    return system_kind_by_name(&ics_system, kind)->body;
}

static void test_check_address(void **state)
{
    static const struct {
        const char *text, *wrong; /* NULL: good */
    } table[] = {
        {"10.1.0.0", NULL},
        {"0.0.0.0", NULL},
        {"255.255.255.255", NULL},
        {"10.0.0.0/8", NULL},
        {"10.1.2.3/32", NULL},
        {"10.1.2.2/31", NULL},
        {"0.0.0.0/0", NULL},
        {"192.0.2.0/28", NULL},
        {"*", NULL},
        {"2001:db8::1", NULL},
        {"::", NULL},
        {"::ffff:10.0.0.1", NULL},
        {"10.0.0.1/8", "behind its prefix"},
        {"128.0.0.0/0", "behind its prefix"},
        {"10.1.2.3/31", "behind its prefix"},
        {"192.0.2.8/28", "behind its prefix"},
        {"", "must be"},
        {"10.1", "must be"},
        {"10.1.0.256", "must be"},
        {"10.1.0.0.0", "must be"},
        {"010.1.0.0", "must be"},
        {" 10.1.0.0", "must be"},
        {"10.1.0.0 ", "must be"},
        {"10.0.0.0/", "must be"},
        {"10.0.0.0/33", "must be"},
        {"10.0.0.0/08", "must be"},
        {"10.0.0.0/-1", "must be"},
        {"10.0.0.0/8/8", "must be"},
        {"10.0.0.0/ 8", "must be"},
        {"10.0.0.0/100", "must be"},
        {"10.0.0.0/255.0.0.0", "must be"},
        {"/8", "must be"},
        {"*/8", "must be"},
        {"**", "must be"},
        {"any", "must be"},
        {"host.example.com", "must be"},
        {"2001:db8::/32", "must be"},
        {"10.0.0.0                                                        .1/8", "must be"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct value v = value_text(table[i].text);
        const char *wrong = ics_check_address(&v);

        if (!wrong != !table[i].wrong || (wrong && !strstr(wrong, table[i].wrong)))
            fail_msg("'%s': expected %s, got %s", table[i].text, table[i].wrong ? table[i].wrong : "good",
                     wrong ? wrong : "good");
    }
}

static void test_check_netmask(void **state)
{
    static const char *const good[] = {"0.0.0.0",         "128.0.0.0", "255.0.0.0", "255.255.255.240",
                                       "255.255.255.255", "64" /* what an IPv6 rule carries is passed on */};
    static const char *const bad[] = {"255.0.255.0", "0.0.0.255", "255.255.255.1", "0.255.0.0", "1.1.1.1"};

    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        struct value v = value_text(good[i]);

        assert_null(ics_check_netmask(&v));
    }
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct value v = value_text(bad[i]);

        assert_non_null(ics_check_netmask(&v));
    }
}

/* A document's rule as it is compared and sent. */
static void test_prepare_rule(void **state)
{
    static const struct {
        const char *rule, *prepared, *wrong;
    } table[] = {
        {"{address: 10.0.0.0/8}", "{\"address\":\"10.0.0.0\",\"netmask\":\"255.0.0.0\"}", NULL},
        {"{access: deny, address: 192.0.2.16/28}",
         "{\"access\":\"deny\",\"address\":\"192.0.2.16\",\"netmask\":\"255.255.255.240\"}", NULL},
        {"{address: 10.1.2.3/32}", "{\"address\":\"10.1.2.3\",\"netmask\":\"255.255.255.255\"}", NULL},
        {"{address: 0.0.0.0/0}", "{\"address\":\"0.0.0.0\",\"netmask\":\"0.0.0.0\"}", NULL},
        {"{address: 128.0.0.0/1}", "{\"address\":\"128.0.0.0\",\"netmask\":\"128.0.0.0\"}", NULL},
        {"{address: 10.1.0.0, netmask: 255.255.0.0}", "{\"address\":\"10.1.0.0\",\"netmask\":\"255.255.0.0\"}", NULL},
        {"{address: \"*\"}", "{\"address\":\"*\"}", NULL},
        {"{address: \"2001:db8::1\", netmask: \"64\"}", "{\"address\":\"2001:db8::1\",\"netmask\":\"64\"}", NULL},
        {"{address: 10.0.0.0/8, netmask: 255.0.0.0}", NULL, "a prefix and a netmask"},
        {"{address: 10.0.0.0}", NULL, "netmask is missing"},
        {"{address: \"2001:db8::1\"}", NULL, "netmask is missing"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct value *v = bench_yaml(b, table[i].rule);
        const char *why = NULL;
        int r = ics_prepare_rule(&b->arena, v, &why);

        assert_int_equal(r, table[i].wrong ? -EBADMSG : 0);
        if (table[i].wrong)
            assert_contains(why, table[i].wrong);
        else
            assert_string_equal(bench_print(b, v), table[i].prepared);
    }
}

static void test_rule_key(void **state)
{
    static const struct {
        const char *rule, *key; /* NULL: none */
    } table[] = {
        {"{\"address\":\"10.1.0.0\",\"netmask\":\"255.255.0.0\"}", "10.1.0.0/16"},
        {"{\"address\":\"10.1.0.0\",\"netmask\":\"255.255.0.0\",\"access\":\"deny\"}", "10.1.0.0/16"},
        {"{\"address\":\"0.0.0.0\",\"netmask\":\"0.0.0.0\"}", "0.0.0.0/0"},
        {"{\"address\":\"*\"}", "*"},
        {"{\"address\":\"*\",\"netmask\":\"0.0.0.0\"}", "*"},
        {"{\"address\":\"2001:DB8:0::1\",\"netmask\":\"64\"}", "2001:db8::1/64"},
        {"{\"address\":\"10.1.0.0\"}", "10.1.0.0"},
        {"{\"address\":\"10.1.0.0\",\"netmask\":null}", "10.1.0.0"},
        {"{\"address\":\"10.1.0.0\",\"netmask\":\"255.0.255.0\"}", "10.1.0.0/255.0.255.0"},
        {"{\"address\":\"\"}", NULL},
        {"{\"address\":null}", NULL},
        {"{\"netmask\":\"255.0.0.0\"}", NULL},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct buf key = BUF_INIT(1024);

        assert_int_equal(ics_rule_key(bench_json(b, table[i].rule), &key), table[i].key ? 0 : -EINVAL);
        assert_string_equal(buf_text(&key), table[i].key ? table[i].key : "");
        buf_done(&key);
    }
}

static void test_same_names(void **state)
{
    static const struct field dn = {.name = "dn", .type = FIELD_TEXT, .canon = ics_canon_dn};
    static const struct {
        const char *a, *b;
        bool same;
    } table[] = {
        {"CN=Administrators,CN=Builtin,DC=example,DC=net", "cn=administrators,cn=builtin,dc=example,dc=net", true},
        {"CN=a, OU=b , DC=c", "CN=a,OU=b,DC=c", true},
        {" CN = a,OU= b ", "CN=a,OU=b", true},
        {"CN=two words,DC=x", "cn=Two Words,dc=x", true},
        {"CN=two words,DC=x", "CN=twowords,DC=x", false},
        {"CN=a,OU=b", "OU=b,CN=a", false},
        {"CN=a,OU=b", "CN=a,OU=bb", false},
        {"CN=a\\,b,DC=x", "CN=a,b,DC=x", false},
        {"CN=a\\ ,DC=x", "CN=a,DC=x", false},
        {"CN=\xc3\xa9,DC=x", "cn=\xc3\xa9,dc=x", true},
        {"", "CN=a", false},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct value a = value_text(table[i].a), b = value_text(table[i].b);

        if (field_same(&dn, &a, &b) != table[i].same || field_same(&dn, &b, &a) != table[i].same)
            fail_msg("'%s' and '%s' should be %s", table[i].a, table[i].b, table[i].same ? "the same" : "different");
    }
}

/* The guide's bodies: what was read, laid under what is declared, as it goes onto the wire. */
static void test_bodies(void **state)
{
    static const struct {
        const char *kind, *live, *desired;
        const char *wire; /* NULL: nothing differs */
    } table[] = {
        {"ad-groups", "[{\"group\":\"ICS-QA/core\",\"name\":\"ICS-QA/core\",\"sid\":\"S-1-5-21-1\"}]", "[ICS-QA/core]",
         NULL},
        {"ad-groups", "[{\"group\":\"ICS-QA/core\",\"name\":\"ICS-QA/core\",\"sid\":\"S-1-5-21-1\"}]",
         "[ICS-QA/systems, {name: ICS-QA/core, group: ICS-QA/core}]",
         "[{\"group\":\"ICS-QA/core\",\"name\":\"ICS-QA/core\",\"sid\":\"S-1-5-21-1\"},"
         "{\"name\":\"ICS-QA/systems\",\"group\":\"ICS-QA/systems\"}]"},
        {"ad-groups", "null", "[]", NULL},
        {"ldap-groups",
         "[{\"dn\":\"CN=Administrators, CN=Builtin,DC=example,DC=net\",\"group-type\":\"static\","
         "\"name\":\"Administrators\"}]",
         "[{name: Administrators, dn: \"cn=Administrators,cn=Builtin,dc=example,dc=net\", group-type: static}]", NULL},
        {"source-ip", "{\"customized\":\"any-ip\",\"ips\":{\"ip\":[]}}", "{customized: any-ip, ips: []}", NULL},
        {"source-ip", "{\"customized\":\"any-ip\"}", "{ips: []}", NULL},
        {"source-ip", "{\"customized\":\"any-ip\",\"ips\":{\"ip\":[]},\"other\":\"true\"}",
         "{customized: selected-ip, ips: [{access: allow, address: 10.1.0.0, netmask: 255.255.0.0},"
         " {access: deny, address: 10.0.0.0/8}]}",
         "{\"customized\":\"selected-ip\",\"ips\":{\"ip\":[{\"access\":\"allow\",\"address\":\"10.1.0.0\","
         "\"netmask\":\"255.255.0.0\"},{\"access\":\"deny\",\"address\":\"10.0.0.0\",\"netmask\":\"255.0.0.0\"}]},"
         "\"other\":\"true\"}"},
        {"source-ip",
         "{\"customized\":\"selected-ip\",\"ips\":{\"ip\":[{\"access\":\"allow\",\"address\":\"10.0.0.0\","
         "\"netmask\":\"255.0.0.0\",\"ipv6\":null}]}}",
         "{ips: [{address: 10.0.0.0/8}]}", NULL},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const struct field *body = body_of(table[i].kind);
        struct value *live = bench_live(b, body, table[i].live), after, wire;
        struct merge m = {.arena = &b->arena};
        bool differs;

        assert_int_equal(field_merge(&m, body, live, bench_desired(b, body, table[i].desired), &after, &differs), 0);
        assert_int_equal(differs, table[i].wire != NULL);
        assert_string_equal(buf_text(&m.missing), "");
        assert_int_equal(field_wire(body, &after, true, &b->arena, &wire), 0);
        if (differs)
            assert_string_equal(bench_print(b, &wire), table[i].wire);
        merge_done(&m);
    }
}

/* One network twice would make the order of rules meaningless, however it is spelt. */
static void test_one_network_twice(void **state)
{
    struct bench *b = *state;
    const struct field *body = body_of("source-ip");
    struct value *v = bench_yaml(b, "ips:\n- {access: allow, address: 10.0.0.0/8}\n"
                                    "- {access: deny, address: 10.0.0.0, netmask: 255.0.0.0}\n");
    struct field_reader r = {.document = &b->document, .arena = &b->arena, .diags = &b->diags};

    assert_int_equal(field_read(&r, body, v), 0);
    assert_told_one(b, "duplicate-item", "f.yaml:3:3", "'10.0.0.0/8'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_check_address),     BENCH_TEST(test_check_netmask), BENCH_TEST(test_prepare_rule),
        BENCH_TEST(test_rule_key),          BENCH_TEST(test_same_names),    BENCH_TEST(test_bodies),
        BENCH_TEST(test_one_network_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
