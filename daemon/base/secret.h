/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one type that holds a secret: a password, a shared secret, an API key, a session cookie. It is wiped when it
 * ends, has no printing function, and its bytes are reached only where they go onto the wire.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"

struct secret {
    char *bytes; /* NUL-ended; NULL when there is none */
    size_t len;
};

void secret_done(struct secret *s);
/* Copies LEN bytes, wiping what was held before; 0 or -ENOMEM. */
int secret_set(struct secret *s, const char *bytes, size_t len) _must_check_;
bool secret_is_set(const struct secret *s);
/* For the wire only; "" when there is none. */
const char *secret_reveal(const struct secret *s);
