/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: one form whatever the notation, a name from the bytes alone, and what they say of themselves. */
#include "provider/sps/certificate.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "certificates.h"
#include "unit.h"

/* The base64 between BEGIN and END of a PEM in its one form, in lines of WIDTH that end in BREAK. */
static const char *reflow(struct bench *b, const char *pem, size_t width, const char *line_break)
{
    struct buf text = BUF_INIT(1 << 16);
    const char *from = strchr(pem, '\n'), *to = strstr(pem, "-----END"), *copy;
    size_t column = 0;

    buf_addf(&text, "-----BEGIN CERTIFICATE-----%s", line_break);
    for (const char *p = from; p < to; p++) {
        if (*p == '\n')
            continue;
        buf_add_char(&text, *p);
        if (++column == width) {
            buf_add_str(&text, line_break);
            column = 0;
        }
    }
    buf_addf(&text, "%s-----END CERTIFICATE-----%s", column ? line_break : "", line_break);
    copy = arena_strdup(&b->arena, buf_text(&text));
    buf_done(&text);
    return copy;
}

static void assert_normal(struct bench *b, const char *text, const char *pem)
{
    struct value v = value_text(text);
    const char *wrong = NULL;

    assert_int_equal(certificate_normalise(&b->arena, &v, &wrong), 0);
    assert_null(wrong);
    assert_string_equal(v.text, pem);
    assert_int_equal(v.count, strlen(pem));
}

static void test_notations(void **state)
{
    static const char *const all[] = {GUIDE_PEM, ROOT_PEM, SECOND_PEM, LEAF_PEM, UMLAUT_PEM};
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        const char *pem = all[i];

        assert_normal(b, pem, pem);
        assert_normal(b, reflow(b, pem, 64, "\r\n"), pem);
        assert_normal(b, reflow(b, pem, 76, "\n"), pem);
        assert_normal(b, reflow(b, pem, 1, "\n"), pem);
        assert_normal(b, reflow(b, pem, 100000, "\n"), pem);
        /* as the guide shows it on the web interface, and as a folded YAML text comes */
        assert_normal(b, reflow(b, pem, 64, " "), pem);
        assert_normal(b, reflow(b, pem, 64, ""), pem);
        assert_normal(b, reflow(b, pem, 64, "\n\t \n"), pem);
        assert_normal(b, arena_printf(&b->arena, "Certificate:\n    Data:\n        Version: 3\n%s", pem), pem);
        assert_normal(b, arena_printf(&b->arena, "%sbehind it\n", pem), pem);
        assert_normal(b, arena_strndup(&b->arena, pem, strlen(pem) - 1), pem);
    }
}

static const char *without(struct bench *b, const char *text, const char *part)
{
    const char *at = strstr(text, part);

    return arena_printf(&b->arena, "%.*s%s", (int)(at - text), text, at + strlen(part));
}

static const char *with(struct bench *b, const char *text, size_t at, const char *what)
{
    return arena_printf(&b->arena, "%.*s%s%s", (int)at, text, what, text + at);
}

/* Base64 of bytes between BEGIN and END. */
static const char *armour(struct bench *b, const unsigned char *bytes, size_t n)
{
    char *base64 = arena_alloc(&b->arena, n * 2 + 8);

    EVP_EncodeBlock((unsigned char *)base64, bytes, (int)n);
    return arena_printf(&b->arena, "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n", base64);
}

static size_t der_of(struct bench *b, const char *pem, unsigned char **ret)
{
    BIO *in = BIO_new_mem_buf(pem, -1);
    unsigned char *bytes = NULL;
    long n = 0;

    assert_int_equal(PEM_bytes_read_bio(&bytes, &n, NULL, "CERTIFICATE", in, NULL, NULL), 1);
    *ret = arena_alloc(&b->arena, (size_t)n + 1);
    memcpy(*ret, bytes, (size_t)n);
    OPENSSL_free(bytes);
    BIO_free(in);
    return (size_t)n;
}

static void assert_wrong(struct bench *b, const char *text, const char *words)
{
    struct value v = value_text(text);
    struct certificate_facts facts;
    const char *wrong = NULL;

    assert_int_equal(certificate_normalise(&b->arena, &v, &wrong), -EBADMSG);
    assert_contains(wrong, words);
    assert_ptr_equal(v.text, text);
    assert_int_equal(certificate_read_facts(text, &facts), -EINVAL);
}

static void test_wrong(void **state)
{
    struct bench *b = *state;
    unsigned char *der;
    size_t n = der_of(b, ROOT_PEM, &der), body = strlen("-----BEGIN CERTIFICATE-----\n");

    assert_wrong(b, "", "no line '-----BEGIN CERTIFICATE-----'");
    assert_wrong(b, "MIIB", "no line '-----BEGIN");
    assert_wrong(b, "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n",
                 "no line '-----BEGIN");
    assert_wrong(b, "-----BEGIN TRUSTED CERTIFICATE-----\nMIIB\n-----END TRUSTED CERTIFICATE-----\n",
                 "no line '-----BEGIN");
    assert_wrong(b, without(b, ROOT_PEM, "-----END CERTIFICATE-----"), "no line '-----END CERTIFICATE-----'");
    assert_wrong(b, "-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n", "no line '-----END");
    assert_wrong(b, ROOT_PEM SECOND_PEM, "more than one");
    assert_wrong(b, ROOT_PEM ROOT_PEM, "more than one");
    /* base64 that the decoder would take for something else */
    assert_wrong(b, "-----BEGIN CERTIFICATE----------END CERTIFICATE-----", "not base64");
    assert_wrong(b, with(b, ROOT_PEM, body + 8, "!"), "not base64");
    assert_wrong(b, with(b, ROOT_PEM, body + 8, "===="), "not base64");
    assert_wrong(b, with(b, ROOT_PEM, body + 8, "A"), "not base64");
    assert_wrong(b, with(b, ROOT_PEM, body, "Proc-Type: 4,ENCRYPTED\n"), "not base64");
    assert_wrong(b, "-----BEGIN CERTIFICATE-----\n====\n-----END CERTIFICATE-----\n", "not base64");
    assert_wrong(b, "-----BEGIN CERTIFICATE-----\nAA-_\n-----END CERTIFICATE-----\n", "not base64");
    /* bytes that are no certificate, not all of it, or more than it */
    assert_wrong(b, armour(b, (const unsigned char *)"hello", 5), "no X.509 certificate");
    assert_wrong(b, armour(b, der, n - 1), "no X.509 certificate");
    assert_wrong(b, armour(b, der, n / 2), "no X.509 certificate");
    der[n] = 0;
    assert_wrong(b, armour(b, der, n + 1), "no X.509 certificate");
    der[0] = 0x31;
    assert_wrong(b, armour(b, der, n), "no X.509 certificate");
    der[0] = 0x30;
    assert_normal(b, armour(b, der, n), ROOT_PEM);
    /* a subject that is no UTF-8 though it says so */
    *(unsigned char *)memmem(der, n, "Root", 4) = 0xff;
    assert_wrong(b, armour(b, der, n), "no X.509 certificate");
}

static const char *name_of(struct bench *b, const char *text)
{
    struct buf out = BUF_INIT(4096);
    const char *copy;

    assert_int_equal(certificate_name(text, &out), 0);
    copy = arena_strdup(&b->arena, buf_text(&out));
    buf_done(&out);
    return copy;
}

static void test_nameless(void **state)
{
    static const char *const texts[] = {
        "",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMIA=\n-----END CERTIFICATE-----\n", /* a length that is not known */
        "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
    };
    struct bench *b = *state;
    struct buf out = BUF_INIT(4096);
    unsigned char *der;
    size_t n = der_of(b, ROOT_PEM, &der);

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        assert_int_equal(certificate_name(texts[i], &out), -EINVAL);
    /* Cut anywhere, nothing is read past the end. */
    for (size_t i = 0; i < n; i++)
        assert_int_equal(certificate_name(armour(b, der, i), &out), -EINVAL);
    buf_done(&out);
}

static void test_names(void **state)
{
    static const struct {
        const char *pem, *name;
    } table[] = {
        {GUIDE_PEM, "emailAddress=catail@balabit.hu,CN=balabit,OU=Documentation,O=Balabit,L=Toronto,ST=Ontario,C=CA "
                    "sha256:" GUIDE_PEM_DIGEST},
        {ROOT_PEM, "O=Example,CN=Example Root CA sha256:" ROOT_PEM_DIGEST},
        {LEAF_PEM, "CN=leaf.example.net sha256:" LEAF_PEM_DIGEST},
        {UMLAUT_PEM, "O=Example,CN=Pr\xc3\xbc"
                     "f-CA\\, Z\xc3\xbcrich \\\"1\\\" sha256:" UMLAUT_PEM_DIGEST},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        assert_string_equal(name_of(b, table[i].pem), table[i].name);
        assert_string_equal(name_of(b, reflow(b, table[i].pem, 10, "\r\n")), table[i].name);
    }
}

/* The root with another subject; its signature does not matter here. */
static const char *with_subject(struct bench *b, const char *cn, int len, int type)
{
    BIO *in = BIO_new_mem_buf(ROOT_PEM, -1);
    X509 *x = PEM_read_bio_X509(in, NULL, NULL, NULL);
    X509_NAME *name = X509_NAME_new();
    X509_NAME_ENTRY *entry;
    unsigned char *der = NULL;
    const char *pem;
    int n;

    entry = X509_NAME_ENTRY_create_by_NID(NULL, NID_commonName, type, (const unsigned char *)cn, len);
    assert_non_null(entry);
    if (len > 0)
        assert_int_equal(X509_NAME_add_entry(name, entry, -1, 0), 1);
    assert_int_equal(X509_set_subject_name(x, name), 1);
    /* Else the old encoding is written again. */
    assert_true(i2d_re_X509_tbs(x, NULL) > 0);
    n = i2d_X509(x, &der);
    assert_true(n > 0);
    pem = armour(b, der, (size_t)n);
    OPENSSL_free(der);
    X509_NAME_ENTRY_free(entry);
    X509_NAME_free(name);
    X509_free(x);
    BIO_free(in);
    return pem;
}

/* A subject is somebody else's text: it may be long, empty, broken, or meant to be obeyed by a terminal. */
static void test_strange_subjects(void **state)
{
    struct bench *b = *state;
    char text[2001];

    assert_contains(name_of(b, with_subject(b, "", 0, V_ASN1_UTF8STRING)), "(no subject) sha256:");
    assert_contains(name_of(b, with_subject(b, "a\x1b[31m\nb", 8, V_ASN1_UTF8STRING)), "CN=a\\1B[31m\\0Ab sha256:");
    assert_contains(name_of(b, with_subject(b, "a\0b", 3, V_ASN1_UTF8STRING)), "CN=a\\00b sha256:");
    assert_contains(name_of(b, with_subject(b, "caf\xe9", 4, V_ASN1_T61STRING)), "CN=caf\xc3\xa9 sha256:");
    /* Cut between characters: CN= and 126 of two bytes are 255. */
    for (size_t i = 0; i < 2000; i += 2)
        memcpy(text + i, "\xc3\xa9", 2);
    text[2000] = '\0';
    assert_contains(name_of(b, with_subject(b, text, 2000, V_ASN1_UTF8STRING)), "\xc3\xa9... sha256:");
    assert_int_equal(strlen(name_of(b, with_subject(b, text, 2000, V_ASN1_UTF8STRING))),
                     255 + strlen("... sha256:") + 64);
}

static void test_facts(void **state)
{
    static const struct {
        const char *pem;
        int64_t from, until; /* date -u +%s -d ... */
        bool is_ca;
    } table[] = {
        {GUIDE_PEM, 1461340826, 1492876826, true},   {ROOT_PEM, 1577836800, 4733510400, true},
        {EXPIRED_PEM, 1262304000, 1577836800, true}, {FUTURE_PEM, 4102444800, 4733510400, true},
        {LEAF_PEM, 1577836800, 4733510400, false},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct certificate_facts f;

        assert_int_equal(certificate_read_facts(table[i].pem, &f), 0);
        assert_int_equal(f.from, table[i].from);
        assert_int_equal(f.until, table[i].until);
        assert_int_equal(f.is_ca, table[i].is_ca);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_notations),        BENCH_TEST(test_wrong), BENCH_TEST(test_nameless), BENCH_TEST(test_names),
        BENCH_TEST(test_strange_subjects), BENCH_TEST(test_facts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
