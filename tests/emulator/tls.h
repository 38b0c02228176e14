/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Keys and certificates, made anew at each start. */

#include <stdbool.h>

enum certificate {
    CERTIFICATE_VALID,
    CERTIFICATE_EXPIRED,
    CERTIFICATE_UNTRUSTED,
    CERTIFICATE_WRONG_HOST,
    CERTIFICATE_SELF_SIGNED,
    CERTIFICATE_OTHER_KEY,
    _CERTIFICATE_MAX,
};

struct tls {
    char *ca;                             /* PEM */
    char *pin;                            /* sha256//BASE64 of the server key, all but other-key */
    char *certificates[_CERTIFICATE_MAX]; /* PEM */
    char *keys[_CERTIFICATE_MAX];         /* PEM */
};

const char *certificate_to_string(enum certificate certificate);
bool certificate_from_string(const char *text, enum certificate *ret);

void tls_make(struct tls *ret);
void tls_done(struct tls *tls);
