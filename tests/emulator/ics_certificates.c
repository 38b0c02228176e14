/* SPDX-License-Identifier: Apache-2.0 */

#include "ics_certificates.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <string.h>

#define FOLDER "system/certificates/device-certificates"

bool ics_certificates_are_listed(const struct request *q, struct reply *a) {
    if (q->appliance->options.certificate_list != CERTIFICATE_LIST_NONE)
        return true;
    ics_refuse(a, 405, "Method not allowed");
    return false;
}

/* Of several with one subject, the one that came last. */
static const cJSON *find_certificate(const cJSON *state, const char *subject) {
    const cJSON *certificate, *found = NULL;

    cJSON_ArrayForEach(certificate, json_get(state, "device-certificates"))
        if (strcmp(json_text(certificate, "subject") ?: "", subject) == 0)
            found = certificate;
    return found;
}

static cJSON *print_certificate(const cJSON *certificate) {
    cJSON *json = cJSON_Duplicate(certificate, true);

    json_put(json, "name", cJSON_CreateString(json_text(certificate, "subject") ?: ""));
    cJSON_DeleteItemFromObjectCaseSensitive(json, "subject");
    return json;
}

void ics_list_certificates(struct request *q, struct reply *a) {
    bool whole = q->appliance->options.certificate_list == CERTIFICATE_LIST_WHOLE;
    cJSON *json, *list;
    const cJSON *certificate;

    if (!ics_certificates_are_listed(q, a))
        return;
    json = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(json, "device-certificate");
    cJSON_ArrayForEach(certificate, json_get(q->appliance->state, "device-certificates"))
        cJSON_AddItemToArray(list, whole ? print_certificate(certificate)
                                         : ics_make_stub(FOLDER, json_text(certificate, "subject") ?: ""));
    ics_return_take(q, a, json);
}

void ics_get_certificate(struct request *q, struct reply *a) {
    const cJSON *certificate;

    if (!ics_certificates_are_listed(q, a))
        return;
    certificate = find_certificate(q->appliance->state, q->names[0]);
    if (certificate)
        ics_return_take(q, a, print_certificate(certificate));
    else
        ics_refuse(a, 404, "Resource not found");
}

static char *print_name(const X509_NAME *name) {
    int size = X509_NAME_get_text_by_NID((X509_NAME *) name, NID_commonName, NULL, 0);
    char *text;

    if (size <= 0)
        return NULL;
    text = util_allocate((size_t) size + 1);
    X509_NAME_get_text_by_NID((X509_NAME *) name, NID_commonName, text, size + 1);
    return text;
}

static void add_time(cJSON *json, const char *name, const ASN1_TIME *when) {
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;
    long size;

    ASN1_TIME_print(bio, when);
    size = BIO_get_mem_data(bio, &text);
    text = util_format_text("%.*s", (int) size, text);
    cJSON_AddStringToObject(json, name, text);
    free(text);
    BIO_free(bio);
}

static void describe(cJSON *json, X509 *x, const char *subject) {
    _cleanup_free_ char *issuer = print_name(X509_get_issuer_name(x));
    unsigned char digest[32];
    unsigned size = sizeof(digest);
    char hex[65] = "";

    X509_digest(x, EVP_sha256(), digest, &size);
    for (unsigned i = 0; i < size; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    cJSON_AddStringToObject(json, "subject", subject);
    cJSON_AddStringToObject(json, "issued-by", issuer ?: "");
    cJSON_AddStringToObject(json, "fingerprint", hex);
    add_time(json, "valid-from", X509_get0_notBefore(x));
    add_time(json, "valid-to", X509_get0_notAfter(x));
}

/* What becomes of one that has this subject already; false if the new one is refused for it. */
static bool make_room(struct request *q, struct reply *a, const char *subject) {
    const cJSON *old = find_certificate(q->appliance->state, subject);

    if (!old || q->appliance->options.same_subject == SAME_SUBJECT_SECOND)
        return true;
    if (q->appliance->options.same_subject == SAME_SUBJECT_REFUSED) {
        ics_refuse(a, 422, "A certificate of '%s' already exists", subject);
        return false;
    }
    old = find_certificate(appliance_own_state(q->appliance), subject);
    cJSON_Delete(
        cJSON_DetachItemViaPointer(json_get(q->appliance->state, "device-certificates"), (cJSON *) old));
    return true;
}

bool ics_store_certificate_take(struct request *q, struct reply *a, X509 *x, cJSON *interfaces) {
    _cleanup_free_ char *subject = print_name(X509_get_subject_name(x));
    cJSON *state, *list;

    if (!subject || !make_room(q, a, subject)) {
        if (!subject)
            ics_refuse(a, 422, "The certificate has no common name");
        cJSON_Delete(interfaces);
        return false;
    }
    state = appliance_own_state(q->appliance);
    if (!cJSON_IsArray(json_get(state, "device-certificates")))
        json_put(state, "device-certificates", cJSON_CreateArray());
    list = json_get(state, "device-certificates");
    ics_take_interfaces(list, interfaces);
    describe(interfaces, x, subject);
    cJSON_AddItemToArray(list, interfaces);
    a->applied = true;
    ics_confirm_as(q, a, 201, "Operation successfully completed.");
    return true;
}

/* NULL unless `text` is a PKCS#12 file in base64 that this password opens, with a certificate and its key. */
static X509 *open_pkcs12(const char *text, const char *password) {
    size_t size = 0;
    _cleanup_free_ char *data = text ? util_decode_base64_size(text, &size) : NULL;
    const unsigned char *rest = (unsigned char *) data;
    PKCS12 *file = data ? d2i_PKCS12(NULL, &rest, (long) size) : NULL;
    EVP_PKEY *key = NULL;
    X509 *x = NULL;
    bool fits;

    fits = file && PKCS12_parse(file, password, &key, &x, NULL) == 1 && key && x &&
           X509_check_private_key(x, key) == 1;
    ERR_clear_error();
    PKCS12_free(file);
    EVP_PKEY_free(key);
    if (!fits)
        X509_free(TAKE_PTR(x));
    return x;
}

void ics_post_certificate(struct request *q, struct reply *a) {
    cJSON *interfaces = ics_read_interfaces(q, a);
    X509 *x;

    if (!interfaces)
        return;
    x = open_pkcs12(json_text(q->json, "cert"), json_text(q->json, "password") ?: "");
    if (x)
        ics_store_certificate_take(q, a, x, interfaces);
    else {
        ics_refuse(a, 422, "The certificate cannot be read; is the password right?");
        cJSON_Delete(interfaces);
    }
    X509_free(x);
}

void ics_delete_certificate(struct request *q, struct reply *a) {
    const cJSON *found = find_certificate(q->appliance->state, q->names[0]);

    if (!found)
        ics_refuse(a, 404, "Resource not found");
    else if (ics_has_interface(found))
        ics_refuse(a, 422, "The certificate is in use by an interface");
    else {
        found = find_certificate(appliance_own_state(q->appliance), q->names[0]);
        cJSON_Delete(cJSON_DetachItemViaPointer(json_get(q->appliance->state, "device-certificates"),
                                                (cJSON *) found));
        reply_set_text(a, 204, "application/json", "");
        a->applied = true;
    }
}
