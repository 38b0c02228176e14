/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one tree type: what a document says and what an appliance answers. Values are plain structs that live in an
 * arena and are copied freely; nothing is owned by a single value. Scalars of YAML are text until a field says
 * what they are; those of JSON know their type.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"

enum value_type {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_REAL,
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_MAP,
    VALUE_TYPE_MAX,
};

enum {
    VALUE_PLAIN = 1 << 0, /* a YAML scalar written without quotes */
    VALUE_FLOW = 1 << 1,
};

struct pair;

struct value {
    uint8_t type;
    uint8_t flags;
    uint32_t line; /* of a document, counted from 1; 0 for what did not come from a file */
    uint32_t column;
    uint32_t count; /* bytes of a text, items of a list, pairs of a map */
    union {
        bool boolean;
        int64_t integer;
        double real;
        const char *text; /* NUL-ended, no NUL inside */
        struct value *items;
        struct pair *pairs;
    };
};

struct pair {
    struct value key; /* always a text */
    struct value value;
};

const char *value_type_to_string(enum value_type type);

struct value value_text(const char *text);
struct value value_text_n(const char *text, size_t len);
struct value value_bool(bool b);
struct value value_int(int64_t i);
/* A list or map with room for N children, all null; -ENOMEM. */
int value_new_list(struct arena *a, size_t n, struct value *ret) _must_check_;
int value_new_map(struct arena *a, size_t n, struct value *ret) _must_check_;
/* Sets pair I of a map made by value_new_map(). The key is not copied. */
void value_set_pair(struct value *map, size_t i, const char *key, struct value v);

/* The shortest way to write a number with decimals, without an exponent; the buffer needs 64 bytes. */
void value_format_real(double real, char *ret, size_t size);

bool value_is(const struct value *v, enum value_type type); /* false for NULL */
/* Members by exact name; NULL where V is NULL, no map, or has none. Linear: for maps of few members. */
struct value *value_get(const struct value *v, const char *key);
const char *value_get_text(const struct value *v, const char *key); /* NULL unless a text */
/* Null, absent, an empty text list or map. */
bool value_is_empty(const struct value *v);
/* Exact equality; the order of map members does not count, that of lists does. */
bool value_equal(const struct value *a, const struct value *b);
/* A copy that shares nothing with V. */
int value_copy(struct arena *a, const struct value *v, struct value *ret) _must_check_;
/* Index of the second of two members with one name, or SIZE_MAX. O(n log n); -ENOMEM. */
int value_find_duplicate(const struct value *map, size_t *ret_first, size_t *ret_second) _must_check_;

/* A document or reply: its values and the arena they live in. */
struct document {
    struct arena arena;
    char *file; /* as it is shown in messages; NULL for a reply */
    struct value root;
};

void document_done(struct document *d);
struct place value_place(const struct document *d, const struct value *v);
