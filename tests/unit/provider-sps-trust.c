/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of authorities and databases of users: laid under what is declared, and as they go onto the wire. */
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "certificates.h"
#include "provider/sps/sps.h"
#include "schema/merge.h"
#include "unit.h"
#include "value/json.h"

/* A text as JSON and as a quoted YAML text: both write line breaks as \n. */
static const char *quote(struct bench *b, const char *text)
{
    struct buf out = BUF_INIT(1 << 16);
    const char *copy;

    json_write_text(text, strlen(text), &out);
    copy = arena_strdup(&b->arena, buf_text(&out));
    buf_done(&out);
    return copy;
}

/* Replaces @ROOT@ and the like in a table's text. */
static const char *fill(struct bench *b, const char *text)
{
    static const struct {
        const char *word, *pem;
    } words[] = {{"@ROOT@", ROOT_PEM}, {"@SECOND@", SECOND_PEM}, {"@LEAF@", LEAF_PEM}};

    for (size_t i = 0; text && i < ARRAY_SIZE(words); i++) {
        const char *at;

        while ((at = strstr(text, words[i].word)))
            text = arena_printf(&b->arena, "%.*s%s%s", (int)(at - text), text, quote(b, words[i].pem),
                                at + strlen(words[i].word));
    }
    return text;
}

struct row {
    const char *live, *desired;
    const char *wire; /* NULL: nothing differs */
    const char *missing;
};

static void merge_rows(struct bench *b, const struct kind *k, const struct row *table, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct value *live = table[i].live ? bench_live(b, k->body, fill(b, table[i].live)) : NULL, after, wire;
        struct value *desired = bench_desired(b, k->body, fill(b, table[i].desired));
        struct merge m = {.arena = &b->arena, .like = live};
        bool differs;

        print_message("%s\n", table[i].desired);
        assert_int_equal(field_merge(&m, k->body, live, desired, &after, &differs), 0);
        assert_int_equal(differs, table[i].wire != NULL);
        assert_string_equal(buf_text(&m.missing), table[i].missing ? table[i].missing : "");
        assert_int_equal(field_wire(k->body, &after, false, &b->arena, &wire), 0);
        if (differs)
            assert_string_equal(bench_print(b, &wire), fill(b, table[i].wire));
        merge_done(&m);
    }
}

#define NO_CHECK                                                                                                 \
    "\"dn_check\":{\"altEmailAddress\":\"\",\"c\":\"\",\"cn\":\"\",\"emailAddress\":\"\",\"l\":\"\",\"o\":\"\"," \
    "\"ou\":\"\",\"st\":\"\"}"

static void test_bodies(void **state)
{
    static const char live[] = "{\"authorities\":[{\"certificate\":@ROOT@,\"crl\":null,\"new\":1}],\"dn_check\":"
                               "{\"cn\":\"gw\",\"uid\":\"x\"},\"dns_lookup\":false,\"new\":[true]}";
    static const struct row table[] = {
        {live, "{authorities: [@ROOT@]}", NULL, NULL},
        {live, "{authorities: [{certificate: @ROOT@, crl: \"\"}], dn_check: {cn: gw, st: \"\"}}", NULL, NULL},
        /* what no row knows stays, at every level */
        {live, "{authorities: [{certificate: @ROOT@, crl: \"http://c\"}, @SECOND@]}",
         "{\"authorities\":[{\"certificate\":@ROOT@,\"crl\":\"http://c\",\"new\":1},"
         "{\"certificate\":@SECOND@,\"crl\":\"\"}],\"dn_check\":{\"cn\":\"gw\",\"uid\":\"x\"},\"dns_lookup\":false,"
         "\"new\":[true]}",
         NULL},
        {live, "{dn_check: {o: Example}, dns_lookup: true}",
         "{\"authorities\":[{\"certificate\":@ROOT@,\"crl\":null,\"new\":1}],"
         "\"dn_check\":{\"cn\":\"gw\",\"uid\":\"x\",\"o\":\"Example\"},\"dns_lookup\":true,\"new\":[true]}",
         NULL},
        /* new: empty members are sent too */
        {NULL, "{authorities: [@ROOT@], dn_check: {}, dns_lookup: false, strict_hostcheck: true}",
         "{\"authorities\":[{\"certificate\":@ROOT@,\"crl\":\"\"}]," NO_CHECK
         ",\"dns_lookup\":false,\"strict_hostcheck\":true}",
         NULL},
        {NULL, "{authorities: []}", "{\"authorities\":[]}", "dn_check, dns_lookup, strict_hostcheck"},
    };

    merge_rows(*state, &sps_trusted_ca_lists, table, ARRAY_SIZE(table));
}

static void test_opens_up(void **state)
{
    static const struct {
        const char *live, *after;
        const char *why; /* NULL: it does not */
    } table[] = {
        {"{\"strict_hostcheck\":true}", "{\"strict_hostcheck\":false}", "strict_hostcheck"},
        {"{\"strict_hostcheck\":false}", "{\"strict_hostcheck\":true}", NULL},
        {"{\"strict_hostcheck\":false}", "{\"strict_hostcheck\":false}", NULL},
        {"{\"dns_lookup\":true}", "{\"dns_lookup\":false}", NULL},
        {"{\"dn_check\":{\"c\":\"\",\"o\":\"Example\"}}", "{\"dn_check\":{\"c\":\"\",\"o\":\"\"}}", "dn_check.o"},
        {"{\"dn_check\":{\"o\":\"Example\"}}", "{\"dn_check\":{\"o\":\"Other\"}}", NULL},
        {"{\"dn_check\":{\"o\":null}}", "{\"dn_check\":{\"o\":\"\"}}", NULL},
        {"{\"dn_check\":null}", "{\"dn_check\":{\"o\":\"x\"}}", NULL},
        {"{\"authorities\":[{\"certificate\":@ROOT@,\"crl\":\"u\"},{\"certificate\":@SECOND@,\"crl\":\"\"}]}",
         "{\"authorities\":[{\"certificate\":@SECOND@,\"crl\":\"u\"},{\"certificate\":@ROOT@,\"crl\":\"\"}]}",
         "CN=Example Root CA"},
        {"{\"authorities\":[{\"certificate\":@ROOT@,\"crl\":\"u\"}]}",
         "{\"authorities\":[{\"certificate\":@ROOT@,\"crl\":\"v\"},{\"certificate\":@LEAF@,\"crl\":\"\"}]}", NULL},
        {"{\"authorities\":[{\"certificate\":@ROOT@,\"crl\":null}]}",
         "{\"authorities\":[{\"certificate\":@ROOT@,\"crl\":\"\"}]}", NULL},
        /* an authority that goes is trusted no more */
        {"{\"authorities\":[{\"certificate\":@LEAF@,\"crl\":\"u\"},{\"certificate\":@ROOT@,\"crl\":\"u\"}]}",
         "{\"authorities\":[{\"certificate\":@ROOT@,\"crl\":\"u\"}]}", NULL},
        {"{\"authorities\":[]}", "{\"authorities\":[{\"certificate\":@ROOT@,\"crl\":\"\"}]}", NULL},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct buf why = BUF_INIT(4096);
        bool opens = sps_trusted_ca_lists.opens_up(bench_json(b, fill(b, table[i].live)),
                                                   bench_json(b, fill(b, table[i].after)), &why);

        assert_int_equal(opens, table[i].why != NULL);
        if (opens)
            assert_contains(buf_text(&why), table[i].why);
        buf_done(&why);
    }
}

/* Hundreds of notes must not keep out what else is to be told. */
static void test_many_remarks(void **state)
{
    struct bench *b = *state;
    const struct remark about = {.kind = &sps_trusted_ca_lists,
                                 .target = "sps",
                                 .object = "x",
                                 .file = "f.yaml",
                                 .now = 1577836800,
                                 .notes = &b->diags};
    struct buf text = BUF_INIT(1 << 20);

    buf_add_str(&text, "{\"authorities\":[{\"certificate\":@LEAF@}");
    for (int i = 0; i < LIMIT_REMARKS + 4; i++)
        buf_add_str(&text, ",{\"certificate\":@LEAF@},{\"certificate\":@ROOT@}");
    buf_add_str(&text, "]}");
    sps_trusted_ca_lists.remark(&about, bench_json(b, fill(b, buf_text(&text))));
    assert_int_equal(b->diags.n, LIMIT_REMARKS);
    assert_int_equal(b->diags.more, 5);
    assert_contains(b->diags.items[0].sentence, "trusted_ca_lists 'x': the certificate of CN=leaf.example.net");
    buf_done(&text);
}

enum { MANY = 400 };

/* The root with another number in its name: another certificate, though its signature does not fit. */
static struct value numbered(struct bench *b, int n)
{
    char pem[2048] = "", number[8];
    unsigned char der[1024];
    const char *from = strchr(ROOT_PEM, '\n') + 1, *to = strstr(ROOT_PEM, "-----END");
    size_t used = 0;
    unsigned char *at;
    int len;

    for (const char *p = from; p < to; p++)
        if (*p != '\n')
            pem[used++] = *p;
    len = EVP_DecodeBlock(der, (const unsigned char *)pem, (int)used);
    for (size_t i = used; pem[i - 1] == '='; i--)
        len--;
    snprintf(number, sizeof(number), "%04d", n);
    /* In the issuer and in the subject. */
    while ((at = memmem(der, (size_t)len, "Root", 4)))
        memcpy(at, number, 4);
    used = (size_t)snprintf(pem, sizeof(pem), "-----BEGIN CERTIFICATE-----\n");
    used += (size_t)EVP_EncodeBlock((unsigned char *)pem + used, der, len);
    snprintf(pem + used, sizeof(pem) - used, "\n-----END CERTIFICATE-----\n");
    return value_text(arena_strdup(&b->arena, pem));
}

/* Authorities FROM to below TO, those with an odd number last. */
static struct value authorities(struct bench *b, int from, int to)
{
    struct value list;
    uint32_t n = 0;

    assert_int_equal(value_new_list(&b->arena, (size_t)(to - from), &list), 0);
    for (int odd = 0; odd < 2; odd++)
        for (int i = from; i < to; i++)
            if (i % 2 == odd) {
                assert_int_equal(value_new_map(&b->arena, 2, &list.items[n]), 0);
                value_set_pair(&list.items[n], 0, "certificate", numbered(b, i));
                value_set_pair(&list.items[n++], 1, "crl", value_text("http://c"));
            }
    return list;
}

/* Hundreds of authorities in another order: one comes, one goes, and nothing takes long. */
static void test_many(void **state)
{
    struct bench *b = *state;
    const struct field *f = field_member(sps_trusted_ca_lists.body, "authorities");
    struct value live = authorities(b, 0, MANY), desired = authorities(b, 1, MANY + 1), after;
    struct field_reader reader = {.document = &b->document, .arena = &b->arena, .diags = &b->diags};
    struct merge m = {.arena = &b->arena};
    struct buf why = BUF_INIT(4096);
    bool differs;

    assert_int_equal(field_adopt(f, &live, &b->arena, &why), 0);
    assert_int_equal(field_read(&reader, f, &desired), 0);
    assert_false(reader.faulty);
    assert_int_equal(field_merge(&m, f, &live, &desired, &after, &differs), 0);
    assert_true(differs);
    assert_int_equal(after.count, MANY);
    assert_int_equal(m.n_items, 2);
    assert_contains(m.items[0].path, "CN=Example 0000 CA");
    assert_contains(m.items[1].path, "CN=Example 0400 CA");
    assert_int_equal(m.losses[0].removed, 1);
    buf_done(&why);
    merge_done(&m);
}

static void test_users(void **state)
{
    static const char live[] =
        "{\"users\":[{\"certificates\":[@LEAF@],\"new\":1,\"passwords\":[\"k-1\"],\"public_keys\":"
        "[{\"selection\":\"dsa\",\"value\":\"ssh-dss AAAAx a\"}],\"username\":\"alice\"}],\"new\":2}";
    static const char newer[] = "{\"users\":[{\"passwords\":[\"k-1\"],\"public_keys\":[],\"username\":\"alice\"}]}";
    static const struct row table[] = {
        {live, "users: [{username: alice}]", NULL, NULL},
        {live, "users: [{username: alice, certificates: [@LEAF@], public_keys: [{value: ssh-dss AAAAx b}]}]", NULL,
         NULL},
        {live, "users: [{username: alice, public_keys: []}, {username: bob}]",
         "{\"users\":[{\"certificates\":[@LEAF@],\"new\":1,\"passwords\":[\"k-1\"],\"public_keys\":[],\"username\":"
         "\"alice\"},"
         "{\"username\":\"bob\",\"certificates\":[],\"passwords\":[],\"public_keys\":[]}],\"new\":2}",
         NULL},
        {newer, "users: [{username: alice}, {username: bob}]",
         "{\"users\":[{\"passwords\":[\"k-1\"],\"public_keys\":[],\"username\":\"alice\"},"
         "{\"username\":\"bob\",\"passwords\":[],\"public_keys\":[]}]}",
         NULL},
        {NULL, "users: [{username: bob, certificates: [@ROOT@]}]",
         "{\"users\":[{\"username\":\"bob\",\"certificates\":[@ROOT@],\"passwords\":[],\"public_keys\":[]}]}", NULL},
        {NULL, "{}", "{}", "users"},
    };

    merge_rows(*state, &sps_user_databases, table, ARRAY_SIZE(table));
}

/* Readers see names and dates in place of PEM; the value itself stays whole. */
static void test_shown(void **state)
{
    static const struct {
        const struct kind *kind;
        const char *value, *shown; /* NULL: as it is */
    } table[] = {
        {&sps_trusted_ca_lists,
         "{\"authorities\":[{\"certificate\":@ROOT@,\"crl\":\"u\",\"new\":1}],\"dns_lookup\":true}",
         "{\"authorities\":[{\"certificate\":\"valid from 2020-01-01 until 2120-01-01\",\"crl\":\"u\",\"new\":1}],"
         "\"dns_lookup\":true}"},
        {&sps_user_databases, "{\"users\":[{\"certificates\":[@LEAF@],\"username\":\"alice\"}]}",
         "{\"users\":[{\"certificates\":[\"CN=leaf.example.net sha256:" LEAF_PEM_DIGEST
         "\"],\"username\":\"alice\"}]}"},
        {&sps_trusted_ca_lists, "{\"authorities\":[{\"certificate\":\"odd\"},{\"certificate\":null},7]}", NULL},
        {&sps_trusted_ca_lists, "[1]", NULL},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const char *text = fill(b, table[i].value);
        struct value *v = bench_json(b, text);

        assert_string_equal(bench_print(b, field_show(table[i].kind->body, v, &b->arena)),
                            table[i].shown ? table[i].shown : text);
        assert_string_equal(bench_print(b, v), text);
    }
}

static const char *key_of(struct bench *b, const char *value)
{
    struct value item, text = value_text(value);
    struct buf out = BUF_INIT(1024);
    const char *copy;

    assert_int_equal(value_new_map(&b->arena, 1, &item), 0);
    value_set_pair(&item, 0, "value", text);
    assert_int_equal(sps_public_key_key(&item, &out), 0);
    copy = arena_strdup(&b->arena, buf_text(&out));
    buf_done(&out);
    return copy;
}

static void test_public_keys(void **state)
{
    static const struct {
        const char *a, *b;
        bool same, same_key;
    } table[] = {
        {"ssh-rsa AAAAB3x alice", "ssh-rsa AAAAB3x", true, true},
        {"ssh-rsa  AAAAB3x\talice@home", "ssh-rsa AAAAB3x bob AAAAB3y", true, true},
        {"ssh-rsa AAAAB3x", "ssh-rsa AAAAB3y", false, false},
        {"ssh-rsa AAAAB3x", "ssh-rsa AAAAB3xx", false, false},
        /* the same key with other options, or another word for its type, is the same key changed */
        {"ssh-rsa AAAAB3x", "restrict ssh-rsa AAAAB3x", false, true},
        {"AAAAB3x", "ssh-rsa AAAAB3x", false, true},
        {"-----BEGIN PUBLIC KEY-----\nMFkw\nAAAA\n-----END PUBLIC KEY-----",
         "x\r\n-----BEGIN PUBLIC KEY-----\r\nMFkwAAAA-----END PUBLIC KEY-----\n", true, true},
        {"-----BEGIN PUBLIC KEY-----\nMFkw\nAAAA\n-----END PUBLIC KEY-----",
         "-----BEGIN PUBLIC KEY-----\nMFkx\nAAAA\n-----END PUBLIC KEY-----", false, false},
        /* what nobody knows the notation of */
        {"some  key", "some key", true, true},
        {"some key", "some other key", false, false},
        {"-----BEGIN PUBLIC KEY-----\nMFkw", "-----BEGIN PUBLIC KEY-----\nMFkx", false, false},
    };
    struct bench *b = *state;
    const struct field *users = field_member(sps_user_databases.body, "users")->members;
    const struct field *value = field_member(field_member(users, "public_keys")->members, "value");

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct value x = value_text(table[i].a), y = value_text(table[i].b);

        print_message("%s and %s\n", table[i].a, table[i].b);
        assert_int_equal(field_same(value, &x, &y), table[i].same);
        assert_int_equal(strcmp(key_of(b, table[i].a), key_of(b, table[i].b)) == 0, table[i].same_key);
    }
}

static void test_normalised_public_keys(void **state)
{
    static const struct {
        const char *text, *kept, *wrong;
    } table[] = {
        {"ssh-rsa AAAA x", "ssh-rsa AAAA x", NULL},
        {" \r\nssh-rsa AAAA x\r\n", "ssh-rsa AAAA x", NULL},
        {"", NULL, "is blank"},
        {" \n\t", NULL, "is blank"},
        {"-----BEGIN RSA PRIVATE KEY-----", NULL, "is a private key"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct value v = value_text(table[i].text);
        const char *wrong = NULL;
        int r = sps_normalise_public_key(&b->arena, &v, &wrong);

        assert_int_equal(r, table[i].kept ? 0 : -EBADMSG);
        assert_string_equal(v.text, table[i].kept ? table[i].kept : table[i].text);
        assert_int_equal(v.count, strlen(v.text));
        if (r < 0)
            assert_string_equal(wrong, table[i].wrong);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_bodies),      BENCH_TEST(test_opens_up),
        BENCH_TEST(test_many),        BENCH_TEST(test_many_remarks),
        BENCH_TEST(test_users),       BENCH_TEST(test_shown),
        BENCH_TEST(test_public_keys), BENCH_TEST(test_normalised_public_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
