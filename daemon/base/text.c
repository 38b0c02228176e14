/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

bool is_plain_name(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    size_t n = strspn(text, letters);

    return n > 0 && n <= 64 && text[n] == '\0' && strchr("_.-", text[0]) == NULL;
}

bool pattern_match(const char *pattern, const char *text)
{
    return fnmatch(pattern, text, 0) == 0;
}

bool has_pattern(const char *text)
{
    return strpbrk(text, "*?[") != NULL;
}

enum { LONGEST_WORD = 63 };

static size_t edit_distance(const char *a, const char *b)
{
    size_t row[LONGEST_WORD + 1], a_len = strlen(a), b_len = strlen(b);

    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t above = row[j], same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);

            row[j] = MIN(MIN(row[j] + 1, row[j - 1] + 1), diagonal + !same);
            diagonal = above;
        }
    }
    return row[b_len];
}

const char *nearest_word(const char *text, const char *const *words, size_t n)
{
    const char *best = NULL;
    size_t best_distance = strlen(text) / 3 + 2;

    if (strlen(text) > LONGEST_WORD)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t d = strlen(words[i]) > LONGEST_WORD ? SIZE_MAX : edit_distance(text, words[i]);

        if (d < best_distance) {
            best_distance = d;
            best = words[i];
        }
    }
    return best;
}

const char *did_you_mean(const char *text, const char *const *words, size_t n, char *storage, size_t size)
{
    const char *word = nearest_word(text, words, n);

    if (!word)
        return "";
    snprintf(storage, size, " (did you mean '%s'?)", word);
    return storage;
}

int compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int r = memcmp(a, b, MIN(a_len, b_len));

    if (r != 0)
        return r;
    return (a_len > b_len) - (a_len < b_len);
}

bool any_pattern_matches(const char *const *patterns, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (pattern_match(patterns[i], text))
            return true;
    return false;
}
