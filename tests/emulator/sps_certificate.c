/* SPDX-License-Identifier: Apache-2.0 */

/* "SPS uses only the key part of the certificate": one certificate, written as the guide writes it, and no
 * more. */

#include "sps.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

static bool is_as_written(X509 *x, const char *text) {
    BIO *memory = BIO_new(BIO_s_mem());
    char *written = NULL;
    bool is_same;
    long size;

    if (PEM_write_bio_X509(memory, x) != 1)
        util_die("cannot write a certificate");
    size = BIO_get_mem_data(memory, &written);
    is_same = strlen(text) == (size_t) size && memcmp(text, written, (size_t) size) == 0;
    BIO_free(memory);
    return is_same;
}

const char *sps_judge_certificate(const char *text) {
    static const char begin[] = "-----BEGIN CERTIFICATE-----\n";
    const char *fault = NULL;
    BIO *memory;
    X509 *x;

    if (strncmp(text, begin, strlen(begin)) != 0)
        return "must begin with the line BEGIN CERTIFICATE";
    memory = BIO_new_mem_buf(text, -1);
    x = PEM_read_bio_X509(memory, NULL, NULL, NULL);
    if (!x)
        fault = "is not a certificate";
    else if (!is_as_written(x, text))
        fault = "is not one certificate in lines of 64 characters that ends with the line END CERTIFICATE";
    ERR_clear_error();
    BIO_free(memory);
    X509_free(x);
    return fault;
}
