/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 as 64 hex digits. */
#pragma once

#include <stddef.h>

#include "base/macro.h"

enum { DIGEST_SIZE = 65 };

/* 0, or -ENOMEM. */
int digest_bytes(const void *data, size_t len, char ret[static DIGEST_SIZE]) _must_check_;
