/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/sps/certificate.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "base/digest.h"

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

enum {
    LINE = 64, /* characters of base64 on one line */
    LINE_BYTES = LINE / 4 * 3,
    SUBJECT_BYTES = 256, /* of a subject that are shown */
};

/* The bytes that the PEM stands for. */
struct der {
    unsigned char *bytes;
    size_t len;
};

static void der_done(struct der *d)
{
    free(d->bytes);
}

static void x509_freep(X509 **x)
{
    X509_free(*x);
}

static void name_freep(X509_NAME **n)
{
    X509_NAME_free(*n);
}

static void bio_freep(BIO **b)
{
    BIO_free(*b);
}

/* What stands between BEGIN and END; NULL, or what is wrong. */
static const char *find_block(const char *text, const char **ret_from, size_t *ret_len)
{
    const char *from = strstr(text, BEGIN), *to;

    if (!from)
        return "holds no line '" BEGIN "'";
    from += strlen(BEGIN);
    to = strstr(from, END);
    if (!to)
        return "has no line '" END "'";
    if (strstr(from, BEGIN))
        return "holds more than one certificate; give each of them on its own";
    *ret_from = from;
    *ret_len = (size_t)(to - from);
    return NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Strict where the decoder is not: nothing but digits of base64, padded at the end only. Blanks mean nothing. */
static int decode_block(const char *from, size_t len, struct der *ret)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    _cleanup_free_ char *packed = malloc(len + 1);
    size_t n = 0, padding = 0;
    int decoded;

    ret->bytes = malloc(len + 3);
    if (!packed || !ret->bytes)
        return -ENOMEM;
    for (size_t i = 0; i < len; i++)
        if (!is_blank(from[i]))
            packed[n++] = from[i];
    packed[n] = '\0';
    while (padding < 2 && padding < n && packed[n - 1 - padding] == '=')
        padding++;
    if (n == 0 || n % 4 != 0 || strspn(packed, digits) != n - padding)
        return -EBADMSG;
    decoded = EVP_DecodeBlock(ret->bytes, (const unsigned char *)packed, (int)n);
    if (decoded < 0 || (size_t)decoded < padding)
        return -EBADMSG;
    ret->len = (size_t)decoded - padding;
    return 0;
}

static int read_der(const char *text, struct der *ret, const char **ret_wrong)
{
    const char *from, *wrong;
    size_t len;
    int r;

    wrong = find_block(text, &from, &len);
    if (wrong) {
        *ret_wrong = wrong;
        return -EBADMSG;
    }
    r = decode_block(from, len, ret);
    if (r == -EBADMSG)
        *ret_wrong = "is not base64 between BEGIN and END; is it whole?";
    return r;
}

/* Steps into what stands at *P, or over it; false where that is no object of a known length. */
static bool step(const unsigned char **p, const unsigned char *end, bool into)
{
    int tag, class;
    long len;
    int r = ASN1_get_object(p, &len, &tag, &class, end - *p);

    if ((r & 0x80) || (r & 1))
        return false;
    if (!into)
        *p += len;
    return true;
}

/*
 * RFC 5280, 4.1: the subject follows the version, which may be absent, and serialNumber, signature, issuer, validity.
 * d2i_X509() reads the public key too, which costs ten times as much.
 */
static X509_NAME *read_subject(const struct der *d)
{
    const unsigned char *p = d->bytes, *end = d->bytes + d->len;
    bool good = step(&p, end, true) && step(&p, end, true);

    if (good && p < end && *p == (V_ASN1_CONTEXT_SPECIFIC | V_ASN1_CONSTRUCTED))
        good = step(&p, end, false);
    for (int i = 0; i < 4 && good; i++)
        good = step(&p, end, false);
    return good ? d2i_X509_NAME(NULL, &p, end - p) : NULL;
}

/* The certificate, which must be all that the bytes hold. NULL: there is none. */
static X509 *read_x509(const struct der *d)
{
    const unsigned char *p = d->bytes;
    X509 *x = d2i_X509(NULL, &p, (long)d->len);

    if (x && p == d->bytes + d->len)
        return x;
    X509_free(x);
    return NULL;
}

static size_t pem_size(size_t der_len)
{
    size_t digits = (der_len + 2) / 3 * 4, lines = (digits + LINE - 1) / LINE;

    return strlen(BEGIN "\n" END "\n") + digits + lines + 1;
}

static char *write_pem(struct arena *a, const struct der *d, size_t *ret_len)
{
    char *pem = arena_alloc(a, pem_size(d->len)), *to = pem;

    if (!pem)
        return NULL;
    to = mempcpy(to, BEGIN "\n", strlen(BEGIN "\n"));
    for (size_t i = 0; i < d->len; i += LINE_BYTES) {
        to += EVP_EncodeBlock((unsigned char *)to, d->bytes + i, (int)MIN(d->len - i, (size_t)LINE_BYTES));
        *to++ = '\n';
    }
    to = mempcpy(to, END "\n", strlen(END "\n"));
    *to = '\0';
    *ret_len = (size_t)(to - pem);
    return pem;
}

int certificate_normalise(struct arena *a, struct value *text, const char **ret_wrong)
{
    _cleanup_(der_done) struct der der = {0};
    _cleanup_(x509_freep) X509 *x = NULL;
    _cleanup_(name_freep) X509_NAME *subject = NULL;
    size_t len;
    char *pem;
    int r = read_der(text->text, &der, ret_wrong);

    if (r < 0)
        return r;
    x = read_x509(&der);
    subject = x ? read_subject(&der) : NULL;
    ERR_clear_error();
    if (!subject) {
        *ret_wrong = "is no X.509 certificate; is it whole?";
        return -EBADMSG;
    }
    pem = write_pem(a, &der, &len);
    if (!pem)
        return -ENOMEM;
    text->text = pem;
    text->count = (uint32_t)len;
    return 0;
}

/* The last part first, as RFC 2253 has it; control characters are written out, others stay. */
static int add_subject(const X509_NAME *subject, struct buf *out)
{
    static const unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
    _cleanup_(bio_freep) BIO *b = BIO_new(BIO_s_mem());
    char *text = NULL;
    long len, cut;

    if (!b || X509_NAME_print_ex(b, subject, 0, flags) < 0)
        return -ENOMEM;
    len = BIO_get_mem_data(b, &text);
    if (len <= 0) {
        buf_add_str(out, "(no subject)");
        return 0;
    }
    cut = MIN(len, (long)SUBJECT_BYTES);
    /* Not in the middle of a character. */
    while (cut < len && cut > 0 && ((unsigned char)text[cut] & 0xc0) == 0x80)
        cut--;
    buf_add(out, text, (size_t)cut);
    buf_add_str(out, cut < len ? "..." : "");
    return 0;
}

int certificate_name(const char *text, struct buf *out)
{
    _cleanup_(der_done) struct der der = {0};
    _cleanup_(name_freep) X509_NAME *subject = NULL;
    char digest[DIGEST_SIZE];
    const char *wrong;
    int r = read_der(text, &der, &wrong);

    if (r == 0) {
        subject = read_subject(&der);
        r = subject ? digest_bytes(der.bytes, der.len, digest) : -EBADMSG;
    }
    if (r == 0)
        r = add_subject(subject, out);
    ERR_clear_error();
    if (r < 0)
        return r == -EBADMSG ? -EINVAL : r;
    buf_addf(out, " sha256:%s", digest);
    return out->error;
}

static int64_t read_time(const ASN1_TIME *t, int64_t otherwise)
{
    struct tm tm;

    return t && ASN1_TIME_to_tm(t, &tm) == 1 ? timegm(&tm) : otherwise;
}

int certificate_read_facts(const char *text, struct certificate_facts *ret)
{
    _cleanup_(der_done) struct der der = {0};
    _cleanup_(x509_freep) X509 *x = NULL;
    const char *wrong;
    int r = read_der(text, &der, &wrong);

    x = r == 0 ? read_x509(&der) : NULL;
    if (x)
        *ret = (struct certificate_facts){.from = read_time(X509_get0_notBefore(x), INT64_MIN),
                                          .until = read_time(X509_get0_notAfter(x), INT64_MAX),
                                          .is_ca = X509_check_ca(x) != 0};
    ERR_clear_error();
    return x ? 0 : r == -ENOMEM ? r : -EINVAL;
}
