/* SPDX-License-Identifier: Apache-2.0 */
/* Small questions about text: names, patterns, the nearest of several words. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"

/* [A-Za-z0-9][A-Za-z0-9_.-]{0,63}: names of targets and credentials. */
bool is_plain_name(const char *text);
/* Shell pattern (`*`, `?`, `[...]`); `*` also matches a slash. */
bool pattern_match(const char *pattern, const char *text);
bool has_pattern(const char *text);
/* The most similar of the words if it is similar enough to have been meant, else NULL. */
const char *nearest_word(const char *text, const char *const *words, size_t n);
/* " (did you mean 'WORD'?)" in STORAGE, or "". */
const char *did_you_mean(const char *text, const char *const *words, size_t n, char *storage, size_t size);
/* Order of bytes, shorter first. */
int compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len);
/* True where one of N patterns matches the text. */
bool any_pattern_matches(const char *const *patterns, size_t n, const char *text);
