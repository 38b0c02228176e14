/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing text with a ceiling given at birth. The first failure sticks, so that a caller may add piece after
 * piece and ask once at the end. Owns its bytes; always ended by a NUL that does not count.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"

struct buf {
    char *data;
    size_t len;
    size_t allocated;
    size_t ceiling;
    int error; /* 0, -ENOMEM or -E2BIG; once set, nothing more is added */
};

#define BUF_INIT(max) ((struct buf){.ceiling = (max)})

void buf_done(struct buf *b);
/* Like buf_done(), but overwrites what the buffer held. */
void buf_wipe(struct buf *b);
void buf_clear(struct buf *b);
/* Room for so many more bytes: until they are there, the text does not move. 0, or the buffer's error. */
int buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, const void *data, size_t len);
void buf_add_str(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
void buf_addf(struct buf *b, const char *format, ...) _printf_(2, 3);
void buf_vaddf(struct buf *b, const char *format, va_list ap) _printf_(2, 0);
/* Adds LEN bytes with control characters, ESC included, written as \xNN: for text that came from outside. */
void buf_add_escaped(struct buf *b, const char *text, size_t len);
/* The text, never NULL. */
const char *buf_text(const struct buf *b);
/* Hands the text over to the caller, who frees it; 0, or the buffer's error. */
int buf_take(struct buf *b, char **ret_text) _must_check_;
