/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS#12 files: the certificate of an appliance, its key, and whoever signed it. Opened to be looked at, sent as is.
 */
#pragma once

#include <openssl/x509.h>

#include "base/digest.h"
#include "base/secret.h"
#include "schema/kind.h"

struct pkcs12 {
    X509 *leaf; /* that the key belongs to */
    STACK_OF(X509) * chain;
};

void pkcs12_done(struct pkcs12 *p);
/*
 * Opens a file as OpenSSL writes it, or its base64. 0, -ENOMEM, or -EBADMSG with a clause in WHY, which quotes nothing
 * of either secret.
 */
int pkcs12_open(const struct secret *file, const struct secret *password, struct pkcs12 *ret,
                struct buf *why) _must_check_;
/* The file in base64 on one line. 0, -ENOMEM, or -EBADMSG where it is neither of the two. */
int pkcs12_encode(const struct secret *file, struct secret *ret) _must_check_;
/* Adds the common name of the subject; -EINVAL where it has none, or more than one. */
int pkcs12_add_subject(const struct pkcs12 *p, struct buf *out) _must_check_;
/* SHA-256 of the certificate's DER. 0 or -ENOMEM. */
int pkcs12_digest(const struct pkcs12 *p, char ret[static DIGEST_SIZE]) _must_check_;
/* When it begins and ends, in seconds since 1970. */
void pkcs12_dates(const struct pkcs12 *p, int64_t *ret_from, int64_t *ret_until);
/*
 * True where Convergate would accept the certificate from the appliance, as libcurl judges: by the pin, by the chain up
 * to the CA file and the host of the URL, or by both. Else a clause in WHY.
 */
bool pkcs12_is_trusted(const struct pkcs12 *p, const struct access *a, struct buf *why);
