/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 taken apart piece by piece, strictly: the alphabet, line ends between, padding at the very end and with no
 * bits left over. For texts that do not fit into memory.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"

struct base64_reader {
    uint32_t bits;
    unsigned n;      /* characters of the group that is under way, padding included */
    unsigned padded; /* of them */
};

/* Bytes that N characters can make at most. */
#define BASE64_DECODED(n) ((n) / 4 * 3 + 3)

/* Decodes LEN characters into RET, which holds BASE64_DECODED(LEN) bytes. 0 or -EBADMSG. */
int base64_read(struct base64_reader *r, const char *text, size_t len, unsigned char *ret,
                size_t *ret_len) _must_check_;
/* 0 where the text may end here, else -EBADMSG. */
int base64_end(const struct base64_reader *r) _must_check_;
