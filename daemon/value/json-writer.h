/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON that is written member by member, without a tree: two spaces a level, a list of words on one line. NAME is
 * that of the member, NULL inside a list and at the top. Errors stick to the buffer.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"

struct json_writer {
    struct buf *out;
    int depth;
    bool filled; /* something stands before, in the object or list that is open */
};

/* What is opened is closed in reverse order, with the bracket that belongs to it. */
void json_open(struct json_writer *w, const char *name, char bracket);
void json_close(struct json_writer *w, char bracket);
void json_put_text(struct json_writer *w, const char *name, const char *text);
void json_put_int(struct json_writer *w, const char *name, int64_t n);
void json_put_bool(struct json_writer *w, const char *name, bool b);
void json_put_words(struct json_writer *w, const char *name, const char *const *words, size_t n);
