/* SPDX-License-Identifier: Apache-2.0 */
/*
 * X.509 certificates as the API takes them: one block of PEM and nothing else (guide: "SPS uses only the key part of
 * the certificate"). A certificate is known by the SHA-256 of its DER, however it was written. Owns nothing; private
 * keys are never looked at.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "value/value.h"

struct certificate_facts {
    int64_t from, until; /* seconds since 1970 */
    bool is_ca;          /* may sign others, or is so old that it does not say */
};

/*
 * Rewrites a text to its only certificate: lines of 64 characters that end in \n, nothing before BEGIN and behind END.
 * 0, -ENOMEM, or -EBADMSG and what is wrong with it.
 */
int certificate_normalise(struct arena *a, struct value *text, const char **ret_wrong);
/* What every text with a certificate matches. */
#define CERTIFICATE_PATTERN "-----BEGIN CERTIFICATE-----[0-9A-Za-z+/= \t\r\n]+-----END CERTIFICATE-----"
/* Writes "SUBJECT sha256:HEX", a long subject cut. 0, -ENOMEM, or -EINVAL where TEXT holds no certificate. */
int certificate_name(const char *text, struct buf *out);
/* 0, -ENOMEM, or -EINVAL where TEXT holds no certificate. */
int certificate_read_facts(const char *text, struct certificate_facts *ret) _must_check_;
