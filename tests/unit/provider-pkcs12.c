/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS#12 files: what is read of them, and which certificate Convergate would trust at the management port. */
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "provider/ics/pkcs12.h"
#include "unit.h"

#define PASSWORD "p\xc3\xa4ss"

struct maker {
    X509 *root, *middle, *leaf;
    EVP_PKEY *root_key, *middle_key, *leaf_key;
};

static void add_extension(X509 *x, int nid, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    assert_non_null(e);
    X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
}

static X509 *make(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *by, const char *names, const char *usage)
{
    X509 *x = X509_new();
    X509_NAME *subject = X509_get_subject_name(x);
    static long serial = 1;

    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), serial++);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    if (name)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : subject);
    X509_set_pubkey(x, key);
    add_extension(x, NID_basic_constraints, names ? "CA:FALSE" : "critical,CA:TRUE");
    if (names)
        add_extension(x, NID_subject_alt_name, names);
    if (usage)
        add_extension(x, NID_ext_key_usage, usage);
    assert_true(X509_sign(x, by, EVP_sha256()) > 0);
    return x;
}

static void make_authorities(struct maker *m)
{
    m->root_key = EVP_EC_gen("P-256");
    m->middle_key = EVP_EC_gen("P-256");
    m->root = make("Root", m->root_key, NULL, m->root_key, NULL, NULL);
    m->middle = make("Middle", m->middle_key, m->root, m->root_key, NULL, NULL);
}

static void make_leaf(struct maker *m, EVP_PKEY *key, const char *names, const char *usage)
{
    X509_free(m->leaf);
    EVP_PKEY_free(m->leaf_key);
    m->leaf_key = key;
    m->leaf = make("gw.example.com", key, m->middle, m->middle_key, names, usage);
}

static void maker_done(struct maker *m)
{
    X509_free(m->root);
    X509_free(m->middle);
    X509_free(m->leaf);
    EVP_PKEY_free(m->root_key);
    EVP_PKEY_free(m->middle_key);
    EVP_PKEY_free(m->leaf_key);
}

/* The leaf packed with the authority in the middle, or without. */
static void pack(const struct maker *m, bool chain, struct secret *ret)
{
    STACK_OF(X509) *others = sk_X509_new_null();
    unsigned char *der = NULL;
    PKCS12 *p;
    int len;

    if (chain)
        sk_X509_push(others, m->middle);
    p = PKCS12_create(PASSWORD, "name", m->leaf_key, m->leaf, others, 0, 0, 0, 0, 0);
    assert_non_null(p);
    len = i2d_PKCS12(p, &der);
    assert_true(len > 0);
    assert_int_equal(secret_set(ret, (const char *)der, (size_t)len), 0);
    OPENSSL_free(der);
    PKCS12_free(p);
    sk_X509_free(others);
}

/* NULL where it is trusted, else why not. */
static const char *judge(struct bench *b, const struct maker *m, bool chain, const char *url, const char *pin,
                         bool with_ca)
{
    struct secret file = {0}, password = {0};
    struct buf why = BUF_INIT(4096);
    struct pkcs12 p = {0};
    struct access a = {.url = url, .pinned_public_key = pin};
    const char *said = NULL;
    FILE *f;

    if (with_ca) {
        a.ca_file = bench_file(b, "ca.pem", "", 0600);
        f = fopen(a.ca_file, "w");
        assert_non_null(f);
        PEM_write_X509(f, m->root);
        fclose(f);
    }
    pack(m, chain, &file);
    assert_int_equal(secret_set(&password, PASSWORD, strlen(PASSWORD)), 0);
    assert_int_equal(pkcs12_open(&file, &password, &p, &why), 0);
    if (!pkcs12_is_trusted(&p, &a, &why))
        said = arena_strdup(&b->arena, buf_text(&why));
    pkcs12_done(&p);
    buf_done(&why);
    secret_done(&file);
    secret_done(&password);
    return said;
}

static const struct {
    const char *names, *url;
    bool good;
} hosts[] = {
    {"DNS:gw.example.com", "https://gw.example.com", true},
    {"DNS:gw.example.com", "https://GW.example.com:8443", true},
    {"DNS:gw.example.com", "https://gw.example.org", false},
    {"DNS:*.example.com", "https://gw.example.com:443", true},
    {"DNS:*.example.com", "https://a.gw.example.com", false},
    {"DNS:g*.example.com", "https://gw.example.com", false},
    {"IP:192.0.2.1", "https://192.0.2.1:443", true},
    {"DNS:192.0.2.1", "https://192.0.2.1", false},
    {"IP:2001:db8::1", "https://[2001:db8::1]:8443", true},
    {"IP:2001:db8::1", "https://[2001:db8::2]", false},
    /* The name of the subject counts for nothing where there are others. */
    {"DNS:other.example.com", "https://gw.example.com", false},
};

static void test_hosts(void **state)
{
    struct bench *b = *state;
    struct maker m = {0};

    make_authorities(&m);
    for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
        const char *why;

        make_leaf(&m, EVP_EC_gen("P-256"), hosts[i].names, NULL);
        why = judge(b, &m, true, hosts[i].url, NULL, true);
        if (!why != hosts[i].good)
            fail_msg("%s at %s: %s", hosts[i].names, hosts[i].url, why ? why : "is trusted");
    }
    maker_done(&m);
}

static void test_chains(void **state)
{
    static const char names[] = "DNS:gw.example.com", url[] = "https://gw.example.com";
    struct bench *b = *state;
    struct maker m = {0};

    make_authorities(&m);
    make_leaf(&m, EVP_EC_gen("P-256"), names, NULL);
    assert_contains(judge(b, &m, false, url, NULL, true), "issuer certificate");
    assert_contains(judge(b, &m, true, url, NULL, false), "certificate");
    make_leaf(&m, EVP_EC_gen("P-256"), names, "serverAuth");
    assert_null(judge(b, &m, true, url, NULL, true));
    make_leaf(&m, EVP_EC_gen("P-256"), names, "clientAuth");
    assert_contains(judge(b, &m, true, url, NULL, true), "purpose");
    /* libcurl would not take so short a key either. */
    make_leaf(&m, EVP_RSA_gen(1024), names, NULL);
    assert_contains(judge(b, &m, true, url, NULL, true), "key too weak");
    maker_done(&m);
}

static const char *pin_of(struct bench *b, EVP_PKEY *key)
{
    unsigned char *der = NULL, md[EVP_MAX_MD_SIZE], text[64];
    int len = i2d_PUBKEY(key, &der);
    unsigned n;

    assert_int_equal(EVP_Digest(der, (size_t)len, md, &n, EVP_sha256(), NULL), 1);
    EVP_EncodeBlock(text, md, (int)n);
    OPENSSL_free(der);
    return arena_printf(&b->arena, "sha256//%s", (const char *)text);
}

/* A pin alone replaces chain and host; with an authority both must hold. */
static void test_pins(void **state)
{
    static const char good[] = "https://gw.example.com", bad[] = "https://gw.example.org";
    struct bench *b = *state;
    struct maker m = {0};
    const char *other, *own, *both;

    make_authorities(&m);
    make_leaf(&m, EVP_EC_gen("P-256"), "DNS:gw.example.com", NULL);
    other = pin_of(b, m.root_key);
    own = pin_of(b, m.leaf_key);
    both = arena_printf(&b->arena, "%s;%s", other, own);
    assert_null(judge(b, &m, false, bad, own, false));
    assert_null(judge(b, &m, false, bad, both, false));
    assert_contains(judge(b, &m, true, good, other, false), "not the pinned one");
    assert_null(judge(b, &m, true, good, both, true));
    assert_contains(judge(b, &m, true, good, other, true), "not the pinned one");
    assert_contains(judge(b, &m, true, bad, own, true), "mismatch");
    maker_done(&m);
}

static void refuse(const char *file, size_t len, const char *password, const char *words)
{
    struct secret f = {0}, p = {0};
    struct buf why = BUF_INIT(4096);
    struct pkcs12 opened = {0};

    assert_int_equal(secret_set(&f, file, len), 0);
    assert_int_equal(secret_set(&p, password, strlen(password)), 0);
    assert_int_equal(pkcs12_open(&f, &p, &opened, &why), -EBADMSG);
    assert_contains(buf_text(&why), words);
    buf_done(&why);
    secret_done(&f);
    secret_done(&p);
}

/* DER or its base64, with or without line ends; and nothing else. */
static void test_files(void **state)
{
    struct secret file = {0}, text = {0}, again = {0};
    struct buf lines = BUF_INIT(1 << 16);
    struct maker m = {0};

    make_authorities(&m);
    make_leaf(&m, EVP_EC_gen("P-256"), "DNS:gw.example.com", NULL);
    pack(&m, true, &file);
    assert_int_equal(pkcs12_encode(&file, &text), 0);
    assert_memory_equal(secret_reveal(&text), "MII", 3);
    assert_null(strchr(secret_reveal(&text), '\n'));
    assert_int_equal(pkcs12_encode(&text, &again), 0);
    assert_string_equal(secret_reveal(&again), secret_reveal(&text));
    for (size_t i = 0; i < text.len; i += 64) {
        buf_add(&lines, text.bytes + i, MIN(text.len - i, (size_t)64));
        buf_add_str(&lines, "\r\n");
    }
    assert_int_equal(secret_set(&again, buf_text(&lines), lines.len), 0);
    secret_done(&file);
    assert_int_equal(pkcs12_encode(&again, &file), 0);
    assert_string_equal(secret_reveal(&file), secret_reveal(&text));

    refuse(text.bytes, text.len, "another", "cannot be opened with the password");
    refuse(text.bytes, text.len / 2 / 4 * 4, PASSWORD, "is no PKCS#12 file");
    refuse(text.bytes, text.len - 1, PASSWORD, "is no PKCS#12 file");
    refuse("0\x82\x01", 3, PASSWORD, "is no PKCS#12 file");
    refuse("0", 1, PASSWORD, "is no PKCS#12 file");
    refuse("AAAA", 4, PASSWORD, "is no PKCS#12 file");
    buf_done(&lines);
    secret_done(&file);
    secret_done(&text);
    secret_done(&again);
    maker_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_hosts),
        BENCH_TEST(test_chains),
        BENCH_TEST(test_pins),
        BENCH_TEST(test_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
