/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/ics/pkcs12.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <string.h>
#include <time.h>

#include "base/base64.h"

static void pkcs12_freep(PKCS12 **p)
{
    PKCS12_free(*p);
}

static void key_freep(EVP_PKEY **k)
{
    EVP_PKEY_free(*k);
}

void pkcs12_done(struct pkcs12 *p)
{
    X509_free(p->leaf);
    sk_X509_pop_free(p->chain, X509_free);
    *p = (struct pkcs12){0};
}

/* DER begins with a sequence whose length takes more than one byte; base64 cannot have such a second byte. */
static bool is_der(const struct secret *file)
{
    return file->len > 2 && (unsigned char)file->bytes[0] == 0x30 && ((unsigned char)file->bytes[1] & 0x80);
}

/* The bytes that the base64 stands for. */
static int decode(const struct secret *file, struct secret *ret)
{
    struct base64_reader reader = {0};
    struct secret der = {.bytes = malloc(BASE64_DECODED(file->len) + 1)};
    int r;

    if (!der.bytes)
        return -ENOMEM;
    r = base64_read(&reader, file->bytes, file->len, (unsigned char *)der.bytes, &der.len);
    if (r == 0)
        r = base64_end(&reader);
    if (r == 0 && is_der(&der)) {
        *ret = der;
        return 0;
    }
    secret_done(&der);
    return -EBADMSG;
}

static int read_der(const struct secret *file, struct secret *ret)
{
    return is_der(file) ? secret_set(ret, file->bytes, file->len) : decode(file, ret);
}

int pkcs12_encode(const struct secret *file, struct secret *ret)
{
    _cleanup_(secret_done) struct secret der = {0};
    struct secret text = {0};
    int r = read_der(file, &der);

    if (r < 0)
        return r;
    text.bytes = malloc((der.len + 2) / 3 * 4 + 1);
    if (!text.bytes)
        return -ENOMEM;
    text.len = (size_t)EVP_EncodeBlock((unsigned char *)text.bytes, (const unsigned char *)der.bytes, (int)der.len);
    *ret = text;
    return 0;
}

/* What a file that was read holds; NULL, or what is wrong. */
static const char *take(PKCS12 *file, const struct secret *password, struct pkcs12 *p)
{
    _cleanup_(key_freep) EVP_PKEY *key = NULL;

    if (!PKCS12_mac_present(file))
        return "has no MAC, so that its password cannot be checked";
    if (PKCS12_verify_mac(file, secret_reveal(password), (int)password->len) != 1)
        return "cannot be opened with the password that `password` names";
    if (PKCS12_parse(file, secret_reveal(password), &key, &p->leaf, &p->chain) != 1)
        return "is encrypted in a way that OpenSSL no longer reads; write it anew with `openssl pkcs12 -export`";
    if (!key || !p->leaf)
        return "holds no private key with its certificate";
    if (X509_check_private_key(p->leaf, key) != 1)
        return "holds a private key that is not that of its certificate";
    return NULL;
}

int pkcs12_open(const struct secret *file, const struct secret *password, struct pkcs12 *ret, struct buf *why)
{
    _cleanup_(secret_done) struct secret der = {0};
    _cleanup_(pkcs12_freep) PKCS12 *read = NULL;
    const char *wrong = "is no PKCS#12 file, nor the base64 of one";
    struct pkcs12 p = {0};
    int r = read_der(file, &der);

    if (r == 0) {
        const unsigned char *from = (const unsigned char *)der.bytes;

        read = d2i_PKCS12(NULL, &from, (long)der.len);
    }
    if (read)
        wrong = take(read, password, &p);
    ERR_clear_error();
    if (wrong) {
        pkcs12_done(&p);
        buf_addf(why, "what `pkcs12` names %s", wrong);
        return r == -ENOMEM ? r : -EBADMSG;
    }
    *ret = p;
    return 0;
}

int pkcs12_add_subject(const struct pkcs12 *p, struct buf *out)
{
    const X509_NAME *name = X509_get_subject_name(p->leaf);
    int i = X509_NAME_get_index_by_NID(name, NID_commonName, -1), len;
    unsigned char *text = NULL;

    if (i < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, i) >= 0)
        return -EINVAL;
    len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i)));
    if (len < 0 || memchr(text, '\0', (size_t)len)) {
        OPENSSL_free(text);
        return -EINVAL;
    }
    buf_add(out, text, (size_t)len);
    OPENSSL_free(text);
    return out->error;
}

int pkcs12_digest(const struct pkcs12 *p, char ret[static DIGEST_SIZE])
{
    unsigned char *der = NULL;
    int len = i2d_X509(p->leaf, &der), r = len < 0 ? -ENOMEM : digest_bytes(der, (size_t)len, ret);

    OPENSSL_free(der);
    return r;
}

static int64_t read_time(const ASN1_TIME *t, int64_t otherwise)
{
    struct tm tm;

    return t && ASN1_TIME_to_tm(t, &tm) == 1 ? timegm(&tm) : otherwise;
}

/* What has no date that can be read is taken for one that is over. */
void pkcs12_dates(const struct pkcs12 *p, int64_t *ret_from, int64_t *ret_until)
{
    *ret_from = read_time(X509_get0_notBefore(p->leaf), INT64_MIN);
    *ret_until = read_time(X509_get0_notAfter(p->leaf), 0);
}
