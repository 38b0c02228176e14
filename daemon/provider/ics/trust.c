/* SPDX-License-Identifier: Apache-2.0 */
/* Whether Convergate would accept a certificate from the appliance: what libcurl will ask of it. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "provider/ics/pkcs12.h"

/* As Debian's OpenSSL asks of a connection: 112 bits. */
enum { SECURITY_LEVEL = 2, PIN_BYTES = 44 };

static void store_freep(X509_STORE **s)
{
    X509_STORE_free(*s);
}

static void context_freep(X509_STORE_CTX **c)
{
    X509_STORE_CTX_free(*c);
}

/* SHA-256 of the public key in base64; false where memory is out. */
static bool read_pin(X509 *x, char ret[static PIN_BYTES + 1])
{
    unsigned char *der = NULL, md[EVP_MAX_MD_SIZE];
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
    unsigned n = 0;
    bool good = len > 0 && EVP_Digest(der, (size_t)len, md, &n, EVP_sha256(), NULL) == 1;

    OPENSSL_free(der);
    if (good)
        EVP_EncodeBlock((unsigned char *)ret, md, (int)n);
    return good;
}

/* One of several pins, joined by ';', is enough. */
static bool fits_pin(X509 *x, const char *pins)
{
    static const char prefix[] = "sha256//";
    char pin[PIN_BYTES + 1];

    if (!read_pin(x, pin))
        return false;
    for (const char *p = pins; p; p = strchr(p, ';')) {
        p += *p == ';';
        if (strncmp(p, prefix, sizeof(prefix) - 1) == 0 && strncmp(p + sizeof(prefix) - 1, pin, PIN_BYTES) == 0)
            return true;
    }
    return false;
}

/* The host of https://HOST, https://HOST:PORT or https://[ADDRESS]:PORT. */
static void take_host(const char *url, struct buf *out)
{
    const char *from = strstr(url, "//");

    from = from ? from + 2 : url;
    if (from[0] == '[')
        buf_add(out, from + 1, strcspn(from + 1, "]"));
    else
        buf_add(out, from, strcspn(from, ":/"));
}

static bool set_host(X509_VERIFY_PARAM *param, const char *host)
{
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1 || X509_VERIFY_PARAM_set1_host(param, host, 0) == 1;
}

/* Purpose, dates, strength, chain and host; a part of a chain that is trusted ends it, as it does in libcurl. */
static const char *verify(const struct pkcs12 *p, const char *ca_file, const char *host)
{
    _cleanup_(store_freep) X509_STORE *store = X509_STORE_new();
    _cleanup_(context_freep) X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_VERIFY_PARAM *param;

    if (!store || !context)
        return "memory ran out";
    if ((ca_file ? X509_STORE_load_file(store, ca_file) : X509_STORE_set_default_paths(store)) != 1)
        return "the authorities cannot be read";
    if (X509_STORE_CTX_init(context, store, p->leaf, p->chain) != 1)
        return "memory ran out";
    param = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
    X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
    if (!set_host(param, host))
        return "its host cannot be compared";
    return X509_verify_cert(context) == 1 ? NULL : X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
}

bool pkcs12_is_trusted(const struct pkcs12 *p, const struct access *a, struct buf *why)
{
    struct buf host = BUF_INIT(256);
    const char *wrong = NULL;

    take_host(a->url, &host);
    if (a->pinned_public_key && !fits_pin(p->leaf, a->pinned_public_key))
        wrong = "its public key is not the pinned one";
    else if (host.error)
        wrong = "memory ran out";
    else if (a->ca_file || !a->pinned_public_key)
        wrong = verify(p, a->ca_file, buf_text(&host));
    ERR_clear_error();
    buf_done(&host);
    buf_add_str(why, wrong ? wrong : "");
    return !wrong;
}
