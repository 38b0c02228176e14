/* SPDX-License-Identifier: Apache-2.0 */
#include "value/value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { LARGE_MAP = 32 };

static const char *const value_type_table[VALUE_TYPE_MAX] = {
    [VALUE_NULL] = "null",   [VALUE_BOOL] = "true or false", [VALUE_INT] = "a number", [VALUE_REAL] = "a number",
    [VALUE_TEXT] = "a text", [VALUE_LIST] = "a list",        [VALUE_MAP] = "a map",
};

const char *value_type_to_string(enum value_type type)
{
    return (size_t)type < VALUE_TYPE_MAX ? value_type_table[type] : "nothing";
}

struct value value_text_n(const char *text, size_t len)
{
    return (struct value){.type = VALUE_TEXT, .text = text, .count = (uint32_t)len};
}

struct value value_text(const char *text)
{
    return value_text_n(text, strlen(text));
}

struct value value_bool(bool b)
{
    return (struct value){.type = VALUE_BOOL, .boolean = b};
}

struct value value_int(int64_t i)
{
    return (struct value){.type = VALUE_INT, .integer = i};
}

int value_new_list(struct arena *a, size_t n, struct value *ret)
{
    struct value v = {.type = VALUE_LIST, .count = (uint32_t)n};

    v.items = arena_zalloc(a, n, sizeof(*v.items));
    if (!v.items)
        return -ENOMEM;
    *ret = v;
    return 0;
}

int value_new_map(struct arena *a, size_t n, struct value *ret)
{
    struct value v = {.type = VALUE_MAP, .count = (uint32_t)n};

    v.pairs = arena_zalloc(a, n, sizeof(*v.pairs));
    if (!v.pairs)
        return -ENOMEM;
    *ret = v;
    return 0;
}

void value_set_pair(struct value *map, size_t i, const char *key, struct value v)
{
    map->pairs[i] = (struct pair){.key = value_text(key), .value = v};
}

void value_format_real(double real, char *ret, size_t size)
{
    for (int decimals = 1; decimals <= 20; decimals++) {
        snprintf(ret, size, "%.*f", decimals, real);
        if (strtod(ret, NULL) == real)
            return;
    }
}

bool value_is(const struct value *v, enum value_type type)
{
    return v && v->type == type;
}

struct value *value_get(const struct value *v, const char *key)
{
    size_t len = strlen(key);

    if (!value_is(v, VALUE_MAP))
        return NULL;
    for (uint32_t i = 0; i < v->count; i++)
        if (v->pairs[i].key.count == len && memcmp(v->pairs[i].key.text, key, len) == 0)
            return &v->pairs[i].value;
    return NULL;
}

const char *value_get_text(const struct value *v, const char *key)
{
    const struct value *member = value_get(v, key);

    return value_is(member, VALUE_TEXT) ? member->text : NULL;
}

bool value_is_empty(const struct value *v)
{
    if (!v || v->type == VALUE_NULL)
        return true;
    return (v->type == VALUE_LIST || v->type == VALUE_MAP || v->type == VALUE_TEXT) && v->count == 0;
}

static int compare_pairs(const void *a, const void *b);

static const struct pair **sorted_pairs(const struct value *map)
{
    const struct pair **sorted = malloc(((size_t)map->count + 1) * sizeof(*sorted));

    for (uint32_t i = 0; sorted && i < map->count; i++)
        sorted[i] = &map->pairs[i];
    if (sorted)
        qsort(sorted, map->count, sizeof(*sorted), compare_pairs);
    return sorted;
}

/* Many members in another order: by sorting both, or a hostile reply would cost the square. */
static bool value_equal_large_maps(const struct value *a, const struct value *b)
{
    _cleanup_free_ const struct pair **x = sorted_pairs(a), **y = sorted_pairs(b);

    for (uint32_t i = 0; i < a->count; i++)
        if (!x || !y || strcmp(x[i]->key.text, y[i]->key.text) != 0 || !value_equal(&x[i]->value, &y[i]->value))
            return false;
    return true;
}

static bool value_equal_maps(const struct value *a, const struct value *b)
{
    if (a->count != b->count)
        return false;
    if (a->count > LARGE_MAP)
        return value_equal_large_maps(a, b);
    for (uint32_t i = 0; i < a->count; i++) {
        const struct value *other;

        /* Most often both sides list their members in one order. */
        if (strcmp(a->pairs[i].key.text, b->pairs[i].key.text) == 0)
            other = &b->pairs[i].value;
        else
            other = value_get(b, a->pairs[i].key.text);
        if (!other || !value_equal(&a->pairs[i].value, other))
            return false;
    }
    return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    switch ((enum value_type)a->type) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_INT:
        return a->integer == b->integer;
    case VALUE_REAL:
        return a->real == b->real;
    case VALUE_TEXT:
        return a->count == b->count && memcmp(a->text, b->text, a->count) == 0;
    case VALUE_LIST:
        if (a->count != b->count)
            return false;
        for (uint32_t i = 0; i < a->count; i++)
            if (!value_equal(&a->items[i], &b->items[i]))
                return false;
        return true;
    case VALUE_MAP:
        return value_equal_maps(a, b);
    case VALUE_TYPE_MAX:
        break;
    }
    return false;
}

static int value_copy_children(struct arena *a, const struct value *v, struct value *copy)
{
    int r = v->type == VALUE_LIST ? value_new_list(a, v->count, copy) : value_new_map(a, v->count, copy);

    if (r < 0)
        return r;
    for (uint32_t i = 0; i < v->count && r == 0; i++) {
        if (v->type == VALUE_LIST) {
            r = value_copy(a, &v->items[i], &copy->items[i]);
            continue;
        }
        r = value_copy(a, &v->pairs[i].key, &copy->pairs[i].key);
        if (r == 0)
            r = value_copy(a, &v->pairs[i].value, &copy->pairs[i].value);
    }
    return r;
}

int value_copy(struct arena *a, const struct value *v, struct value *ret)
{
    struct value copy = *v;

    if (v->type == VALUE_TEXT) {
        copy.text = arena_strndup(a, v->text, v->count);
        if (!copy.text)
            return -ENOMEM;
    } else if (v->type == VALUE_LIST || v->type == VALUE_MAP) {
        int r = value_copy_children(a, v, &copy);

        if (r < 0)
            return r;
        copy.flags = v->flags;
        copy.line = v->line;
        copy.column = v->column;
    }
    *ret = copy;
    return 0;
}

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = *(const struct pair *const *)a, *y = *(const struct pair *const *)b;
    int r = compare_bytes(x->key.text, x->key.count, y->key.text, y->key.count);

    return r != 0 ? r : (x > y) - (x < y);
}

int value_find_duplicate(const struct value *map, size_t *ret_first, size_t *ret_second)
{
    _cleanup_free_ const struct pair **sorted = NULL;

    *ret_first = *ret_second = SIZE_MAX;
    if (map->count < 2)
        return 0;
    sorted = sorted_pairs(map);
    if (!sorted)
        return -ENOMEM;
    for (uint32_t i = 1; i < map->count; i++) {
        const struct value *x = &sorted[i - 1]->key, *y = &sorted[i]->key;

        if (compare_bytes(x->text, x->count, y->text, y->count) != 0)
            continue;
        *ret_first = (size_t)(sorted[i - 1] - map->pairs);
        *ret_second = (size_t)(sorted[i] - map->pairs);
        return 0;
    }
    return 0;
}

void document_done(struct document *d)
{
    arena_done(&d->arena);
    free(d->file);
    *d = (struct document){0};
}

struct place value_place(const struct document *d, const struct value *v)
{
    return (struct place){.file = d->file, .line = v ? v->line : 0, .column = v ? v->column : 0};
}
