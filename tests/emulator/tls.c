/* SPDX-License-Identifier: Apache-2.0 */

#include "tls.h"

#include "util.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

#define DAY (24 * 60 * 60L)

struct issuer {
    X509 *certificate;
    EVP_PKEY *key;
};

struct subject {
    const char *common_name, *alternative_names;
    EVP_PKEY *key;
    long from_days, to_days;
    bool is_ca;
};

static const char *const certificate_table[_CERTIFICATE_MAX] = {
    [CERTIFICATE_VALID] = "valid",
    [CERTIFICATE_EXPIRED] = "expired",
    [CERTIFICATE_UNTRUSTED] = "untrusted",
    [CERTIFICATE_WRONG_HOST] = "wrong-host",
    [CERTIFICATE_SELF_SIGNED] = "self-signed",
    [CERTIFICATE_OTHER_KEY] = "other-key",
};

const char *certificate_to_string(enum certificate certificate) {
    return certificate_table[certificate];
}

bool certificate_from_string(const char *text, enum certificate *ret) {
    for (int i = 0; i < _CERTIFICATE_MAX; i++)
        if (strcmp(text, certificate_table[i]) == 0) {
            *ret = (enum certificate) i;
            return true;
        }
    return false;
}

static EVP_PKEY *key_make(void) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    if (!key)
        util_die("no EC key");
    return key;
}

static void extension_add(X509 *x, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509_EXTENSION *extension;

    X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (!extension || X509_add_ext(x, extension, -1) != 1)
        util_die("no certificate extension");
    X509_EXTENSION_free(extension);
}

static void serial_set(X509 *x) {
    uint64_t serial;

    if (RAND_bytes((unsigned char *) &serial, sizeof(serial)) != 1)
        util_die("no random bytes");
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1);
}

/* Without an issuer the certificate signs itself. */
static X509 *certificate_make(const struct subject *subject, const struct issuer *issuer) {
    X509 *x = X509_new(), *parent = issuer ? issuer->certificate : x;
    X509_NAME *name = X509_get_subject_name(x);

    X509_set_version(x, X509_VERSION_3);
    serial_set(x);
    X509_gmtime_adj(X509_getm_notBefore(x), subject->from_days * DAY);
    X509_gmtime_adj(X509_getm_notAfter(x), subject->to_days * DAY);
    X509_set_pubkey(x, subject->key);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *) subject->common_name, -1,
                               -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(parent));

    extension_add(x, parent, NID_basic_constraints,
                  subject->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    extension_add(x, parent, NID_key_usage,
                  subject->is_ca ? "critical,keyCertSign,cRLSign" : "digitalSignature");
    extension_add(x, parent, NID_subject_key_identifier, "hash");
    extension_add(x, parent, NID_authority_key_identifier, "keyid:always");
    if (!subject->is_ca)
        extension_add(x, parent, NID_ext_key_usage, "serverAuth");
    if (subject->alternative_names)
        extension_add(x, parent, NID_subject_alt_name, subject->alternative_names);
    if (X509_sign(x, issuer ? issuer->key : subject->key, EVP_sha256()) == 0)
        util_die("cannot sign a certificate");
    return x;
}

static char *pem_take(BIO *memory) {
    char *data, *text;
    long size = BIO_get_mem_data(memory, &data);

    text = util_allocate((size_t) size + 1);
    memcpy(text, data, (size_t) size);
    BIO_free(memory);
    return text;
}

static char *certificate_to_pem(X509 *x) {
    BIO *memory = BIO_new(BIO_s_mem());
    if (PEM_write_bio_X509(memory, x) != 1)
        util_die("cannot write a certificate");
    return pem_take(memory);
}

static char *key_to_pem(EVP_PKEY *key) {
    BIO *memory = BIO_new(BIO_s_mem());
    if (PEM_write_bio_PKCS8PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL) != 1)
        util_die("cannot write a key");
    return pem_take(memory);
}

static char *key_to_pin(EVP_PKEY *key) {
    unsigned char *der = NULL, digest[EVP_MAX_MD_SIZE];
    _cleanup_free_ char *encoded = NULL;
    unsigned digest_size;
    int size = i2d_PUBKEY(key, &der);

    if (size < 0 || EVP_Digest(der, (size_t) size, digest, &digest_size, EVP_sha256(), NULL) != 1)
        util_die("cannot make the pin");
    OPENSSL_free(der);
    encoded = util_encode_base64(digest, digest_size);
    return util_format_text("sha256//%s", encoded);
}

static struct issuer issuer_make(const char *name) {
    struct issuer issuer = {.key = key_make()};

    issuer.certificate = certificate_make(
        &(struct subject){
            .common_name = name, .key = issuer.key, .from_days = -1, .to_days = 30, .is_ca = true},
        NULL);
    return issuer;
}

static void issuer_done(struct issuer *issuer) {
    X509_free(issuer->certificate);
    EVP_PKEY_free(issuer->key);
}

static void leaf_make(struct tls *tls, enum certificate kind, EVP_PKEY *key, const struct issuer *issuer) {
    struct subject subject = {
        .common_name = "appliance.example.com",
        .alternative_names = "DNS:localhost,IP:127.0.0.1,IP:::1",
        .key = key,
        .from_days = kind == CERTIFICATE_EXPIRED ? -20 : -1,
        .to_days = kind == CERTIFICATE_EXPIRED ? -10 : 30,
    };
    X509 *x;

    if (kind == CERTIFICATE_WRONG_HOST)
        subject.alternative_names = "DNS:elsewhere.example.com";
    x = certificate_make(&subject, issuer);
    tls->certificates[kind] = certificate_to_pem(x);
    tls->keys[kind] = key_to_pem(key);
    X509_free(x);
}

void tls_make(struct tls *ret) {
    struct issuer ca = issuer_make("Convergate emulator CA"), stranger = issuer_make("Unknown CA");
    EVP_PKEY *key = key_make(), *other = key_make();

    *ret = (struct tls){.ca = certificate_to_pem(ca.certificate), .pin = key_to_pin(key)};
    leaf_make(ret, CERTIFICATE_VALID, key, &ca);
    leaf_make(ret, CERTIFICATE_EXPIRED, key, &ca);
    leaf_make(ret, CERTIFICATE_WRONG_HOST, key, &ca);
    leaf_make(ret, CERTIFICATE_UNTRUSTED, key, &stranger);
    leaf_make(ret, CERTIFICATE_SELF_SIGNED, key, NULL);
    leaf_make(ret, CERTIFICATE_OTHER_KEY, other, &ca);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
    issuer_done(&ca);
    issuer_done(&stranger);
}

void tls_done(struct tls *tls) {
    free(tls->ca);
    free(tls->pin);
    for (int i = 0; i < _CERTIFICATE_MAX; i++) {
        free(tls->certificates[i]);
        free(tls->keys[i]);
    }
}
