/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is given back all at once: trees of values live here. Not shared between threads while it grows. */
#pragma once

#include <stddef.h>

#include "base/macro.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks;
    size_t total; /* bytes taken from the system */
};

void arena_done(struct arena *a);
/* Like arena_done(), but overwrites what it held. */
void arena_wipe(struct arena *a);
/* Aligned to 8 bytes, not cleared; NULL when memory is out. */
void *arena_alloc(struct arena *a, size_t size) _must_check_;
void *arena_zalloc(struct arena *a, size_t n, size_t size) _must_check_;
/* A NUL-ended copy of LEN bytes. */
char *arena_strndup(struct arena *a, const char *text, size_t len) _must_check_;
char *arena_strdup(struct arena *a, const char *text) _must_check_;
char *arena_printf(struct arena *a, const char *format, ...) _printf_(2, 3) _must_check_;
