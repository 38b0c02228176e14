/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Helpers over cJSON. Names are always compared with case. */

#include "util.h"

#include <cjson/cJSON.h>

static inline void json_freep(cJSON **json) {
    cJSON_Delete(*json);
}
#define _cleanup_json_ _cleanup_(json_freep)

/* Items of a list, sorted by one of their text members: look-ups without a walk. */
struct json_index {
    const char *member;
    size_t n;
    cJSON **items;
};

/* NULL unless the whole text is one JSON value. */
cJSON *json_parse(const char *text, size_t size);
cJSON *json_get(const cJSON *object, const char *name);
cJSON *json_walk(const cJSON *object, const char *path);
const char *json_text(const cJSON *object, const char *name);
bool json_number(const cJSON *object, const char *name, double *ret);

/* Takes `value`; an existing member keeps its place. */
void json_put(cJSON *object, const char *name, cJSON *value);
cJSON *json_need_object(cJSON *object, const char *name);

/* Recursive; in `json_merge` a null removes the member, in `json_overlay` it is a value. */
void json_merge(cJSON *into, const cJSON *patch);
void json_overlay(cJSON *into, const cJSON *patch);

/* Lists by order, objects by name. */
bool json_is_equal(const cJSON *left, const cJSON *right);
bool json_has_duplicates(const cJSON *json);
bool json_has_unknown(const cJSON *object, const char *const *names, size_t n, const char **ret_name);

/* Keys sorted, two blanks of indent, ASCII, no final newline. */
char *json_print_sorted(const cJSON *json);

struct json_index json_index_make(const cJSON *list, const char *member);
cJSON *json_index_find(const struct json_index *index, const char *key);
const char *json_index_duplicate(const struct json_index *index);
void json_index_done(struct json_index *index);
