/* SPDX-License-Identifier: Apache-2.0 */

/* Signing requests. The name of a new one is nowhere but in a sentence, and asking again makes another. */

#include "ics_certificates.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#define FOLDER "system/certificates/device-certificate-csrs"
#define FIRST_NUMBER 164 /* as in the guide */

static char *read_bio(BIO *bio) {
    char *text;
    long size = BIO_get_mem_data(bio, &text);

    text = util_format_text("%.*s", (int) size, text);
    BIO_free(bio);
    return text;
}

static char *print_key(EVP_PKEY *key) {
    BIO *bio = BIO_new(BIO_s_mem());

    if (PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1)
        util_die("no private key");
    return read_bio(bio);
}

static char *print_request(EVP_PKEY *key, const char *name) {
    X509_REQ *request = X509_REQ_new();
    BIO *bio = BIO_new(BIO_s_mem());

    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request), "CN", MBSTRING_UTF8,
                               (const unsigned char *) name, -1, -1, 0);
    X509_REQ_set_pubkey(request, key);
    if (X509_REQ_sign(request, key, EVP_sha256()) == 0 || PEM_write_bio_X509_REQ(bio, request) != 1)
        util_die("no certificate request");
    X509_REQ_free(request);
    return read_bio(bio);
}

static bool is_one_of(const char *text, const char *const *words, size_t n) {
    for (size_t i = 0; text && i < n; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

/* NULL if the body does not ask for a key that there is. */
static EVP_PKEY *make_key(const cJSON *body, struct reply *a) {
    static const char *const curves[] = {"P-256", "P-384", "P-521"};
    static const char *const lengths[] = {"2048", "3072", "4096"};
    const char *type = json_text(body, "key-type") ?: "", *curve = json_text(body, "ecc-curve");
    const char *length = json_get(body, "key-length") ? json_text(body, "key-length") : "2048";

    if (strcmp(type, "ECDSA") == 0 && is_one_of(curve, curves, ELEMENTSOF(curves)))
        return EVP_EC_gen(curve);
    if (strcmp(type, "RSA") == 0 && !curve && is_one_of(length, lengths, ELEMENTSOF(lengths)))
        return EVP_RSA_gen((unsigned) strtol(length, NULL, 10));
    ics_refuse(a, 422, "'key-type' must be ECDSA with an 'ecc-curve', or RSA");
    return NULL;
}

static unsigned next_number(cJSON *state) {
    double last = FIRST_NUMBER - 1;

    json_number(state, "last-csr", &last);
    json_put(state, "last-csr", cJSON_CreateNumber(last + 1));
    return (unsigned) last + 1;
}

static void tell_name(struct reply *a, const char *name) {
    _cleanup_free_ char *made = util_format_text("Created CSR '%s' successfully", name);
    _cleanup_free_ char *use = util_format_text(
        "Use POST /api/v1/%s/%s/certificate to upload the signed certificate", FOLDER, name);
    cJSON *item = cJSON_CreateObject();

    ics_tell(a, 201, "%s", made);
    cJSON_AddStringToObject(item, "message", use);
    cJSON_AddItemToArray(json_walk(a->json, "result/info"), item);
}

static void add_csr(struct request *q, EVP_PKEY *key, const char *name) {
    const char *subject = json_text(q->json, "subject-common-name");
    _cleanup_free_ char *request = print_request(key, subject);
    _cleanup_free_ char *printed = print_key(key);
    cJSON *csr = cJSON_Duplicate(q->json, true);

    cJSON_AddStringToObject(csr, "csr", request);
    cJSON_AddStringToObject(csr, "key", printed);
    json_put(json_need_object(q->appliance->state, "device-certificate-csrs"), name, csr);
}

void ics_post_csr(struct request *q, struct reply *a) {
    const char *subject = json_text(q->json, "subject-common-name");
    _cleanup_free_ char *name = NULL;
    EVP_PKEY *key;

    if (!subject || subject[0] == '\0' || strlen(subject) > 64) {
        ics_refuse(a, 422, "'subject-common-name' is missing or too long");
        return;
    }
    key = make_key(q->json, a);
    if (!key)
        return;
    name = util_format_text("CSR_%u", next_number(appliance_own_state(q->appliance)));
    add_csr(q, key, name);
    EVP_PKEY_free(key);
    a->applied = true;
    tell_name(a, name);
}

static cJSON *print_csr(const cJSON *csr) {
    cJSON *json = cJSON_Duplicate(csr, true);

    json_put(json, "name", cJSON_CreateString(csr->string));
    cJSON_DeleteItemFromObjectCaseSensitive(json, "key");
    return json;
}

void ics_list_csrs(struct request *q, struct reply *a) {
    bool whole = q->appliance->options.certificate_list == CERTIFICATE_LIST_WHOLE;
    cJSON *json, *list;
    const cJSON *csr;

    if (!ics_certificates_are_listed(q, a))
        return;
    json = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(json, "device-certificate-csr");
    cJSON_ArrayForEach(csr, json_get(q->appliance->state, "device-certificate-csrs"))
        cJSON_AddItemToArray(list, whole ? print_csr(csr) : ics_make_stub(FOLDER, csr->string));
    ics_return_take(q, a, json);
}

void ics_get_csr(struct request *q, struct reply *a) {
    const cJSON *csr;

    if (!ics_certificates_are_listed(q, a))
        return;
    csr = ics_find_item(q, "device-certificate-csrs", a);
    if (csr)
        ics_return_take(q, a, print_csr(csr));
}

/* PEM, or the same without its first and last line. */
static X509 *read_certificate(const char *text) {
    size_t size = 0;
    _cleanup_free_ char *data = text ? util_decode_base64_size(text, &size) : NULL;
    const unsigned char *rest = (unsigned char *) data;
    BIO *bio;
    X509 *x;

    if (data)
        x = d2i_X509(NULL, &rest, (long) size);
    else {
        bio = BIO_new_mem_buf(text ?: "", -1);
        x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        BIO_free(bio);
    }
    ERR_clear_error();
    return x;
}

static bool fits_key(const cJSON *csr, X509 *x) {
    BIO *bio = BIO_new_mem_buf(json_text(csr, "key") ?: "", -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    bool fits = key && X509_check_private_key(x, key) == 1;

    BIO_free(bio);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return fits;
}

void ics_post_signed(struct request *q, struct reply *a) {
    const cJSON *csr = ics_find_item(q, "device-certificate-csrs", a);
    cJSON *interfaces = csr ? ics_read_interfaces(q, a) : NULL;
    X509 *x = interfaces ? read_certificate(json_text(q->json, "cert")) : NULL;

    if (!interfaces)
        return;
    if (!x || !fits_key(csr, x)) {
        ics_refuse(a, 422, x ? "The certificate does not fit the request" : "The certificate cannot be read");
        cJSON_Delete(interfaces);
    } else if (ics_store_certificate_take(q, a, x, interfaces))
        cJSON_DeleteItemFromObjectCaseSensitive(json_get(q->appliance->state, "device-certificate-csrs"),
                                                q->names[0]);
    X509_free(x);
}
