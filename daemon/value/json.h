/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict JSON in, exact JSON out. Read: one pass checks what cJSON would let through (duplicate members, broken
 * UTF-8, raw control characters, numbers that a double cannot hold, depth, count, text after the end), then cJSON
 * parses. Written straight from the tree: no second tree of the same size, no number changed.
 */
#pragma once

#include "base/buf.h"
#include "value/value.h"

struct json_fault {
    size_t offset; /* of the byte where it went wrong */
    const char *what;
    bool escaped_names; /* set without a fault too: some member's name is written with escapes */
};

/* Once, before any thread: makes cJSON allocate from the arena of the thread that parses. */
void json_init(void);
/* Checks without building anything; 0, -EBADMSG with the fault, -ENOMEM. */
int json_check(const char *text, size_t len, struct json_fault *ret_fault) _must_check_;
/* Reads into ARENA. 0, -EBADMSG with the fault, or -ENOMEM. */
int json_read(struct arena *arena, const char *text, size_t len, struct value *ret,
              struct json_fault *ret_fault) _must_check_;

enum json_style {
    JSON_COMPACT,
    JSON_SORTED, /* compact, members in the order of their names */
    JSON_PRETTY, /* two spaces a level, no final newline */
};

/* Adds the value to the buffer, members in the order of the tree unless sorted; errors stick to the buffer. */
void json_write(const struct value *v, enum json_style style, struct buf *out);
/* Adds a quoted JSON text. */
void json_write_text(const char *text, size_t len, struct buf *out);
