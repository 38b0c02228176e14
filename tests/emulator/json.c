/* SPDX-License-Identifier: Apache-2.0 */

#include "json.h"

#include <string.h>

cJSON *json_parse(const char *text, size_t size) {
    const char *end = NULL;
    cJSON *json = cJSON_ParseWithLengthOpts(text, size, &end, false);

    if (!json)
        return NULL;
    while (end < text + size && strchr(" \t\r\n", *end) && *end != '\0')
        end++;
    if (end != text + size) {
        cJSON_Delete(json);
        return NULL;
    }
    return json;
}

cJSON *json_get(const cJSON *object, const char *name) {
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* `path` is member names with a slash between them. */
cJSON *json_walk(const cJSON *object, const char *path) {
    const cJSON *json = object;

    while (json && *path != '\0') {
        size_t size = strcspn(path, "/");
        char name[128];

        if (size >= sizeof(name))
            return NULL;
        memcpy(name, path, size);
        name[size] = '\0';
        json = json_get(json, name);
        path += size + (path[size] == '/');
    }
    return (cJSON *) json;
}

const char *json_text(const cJSON *object, const char *name) {
    return cJSON_GetStringValue(json_get(object, name));
}

bool json_number(const cJSON *object, const char *name, double *ret) {
    const cJSON *value = json_get(object, name);

    if (!cJSON_IsNumber(value))
        return false;
    *ret = value->valuedouble;
    return true;
}

void json_put(cJSON *object, const char *name, cJSON *value) {
    if (json_get(object, name))
        cJSON_ReplaceItemInObjectCaseSensitive(object, name, value);
    else
        cJSON_AddItemToObject(object, name, value);
}

cJSON *json_need_object(cJSON *object, const char *name) {
    if (!cJSON_IsObject(json_get(object, name)))
        json_put(object, name, cJSON_CreateObject());
    return json_get(object, name);
}

static void merge(cJSON *into, const cJSON *patch, bool null_removes) {
    const cJSON *value;

    cJSON_ArrayForEach(value, patch) {
        cJSON *old = json_get(into, value->string);

        if (cJSON_IsNull(value) && null_removes)
            cJSON_DeleteItemFromObjectCaseSensitive(into, value->string);
        else if (cJSON_IsObject(value)) {
            if (!cJSON_IsObject(old))
                json_put(into, value->string, cJSON_CreateObject());
            merge(json_get(into, value->string), value, null_removes);
        } else
            json_put(into, value->string, cJSON_Duplicate(value, true));
    }
}

void json_merge(cJSON *into, const cJSON *patch) {
    merge(into, patch, true);
}

void json_overlay(cJSON *into, const cJSON *patch) {
    merge(into, patch, false);
}

static int compare_items(const void *left, const void *right, void *member) {
    return strcmp(json_text(*(cJSON *const *) left, member), json_text(*(cJSON *const *) right, member));
}

struct json_index json_index_make(const cJSON *list, const char *member) {
    struct json_index index = {.member = member};
    cJSON *item;

    index.items = util_allocate(sizeof(cJSON *) * (size_t) (cJSON_GetArraySize(list) + 1));
    cJSON_ArrayForEach(item, list)
        if (json_text(item, member))
            index.items[index.n++] = item;
    qsort_r(index.items, index.n, sizeof(cJSON *), compare_items, (void *) member);
    return index;
}

cJSON *json_index_find(const struct json_index *index, const char *key) {
    size_t low = 0, high = index->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(key, json_text(index->items[middle], index->member));

        if (order == 0)
            return index->items[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *json_index_duplicate(const struct json_index *index) {
    for (size_t i = 1; i < index->n; i++)
        if (compare_items(&index->items[i - 1], &index->items[i], (void *) index->member) == 0)
            return json_text(index->items[i], index->member);
    return NULL;
}

void json_index_done(struct json_index *index) {
    free(index->items);
    *index = (struct json_index){0};
}

static int compare_names(const void *left, const void *right) {
    return strcmp((*(cJSON *const *) left)->string, (*(cJSON *const *) right)->string);
}

static cJSON **sorted_members(const cJSON *object, size_t *ret_n) {
    cJSON **members = util_allocate(sizeof(cJSON *) * (size_t) (cJSON_GetArraySize(object) + 1));
    cJSON *member;
    size_t n = 0;

    cJSON_ArrayForEach(member, object)
        members[n++] = member;
    qsort(members, n, sizeof(cJSON *), compare_names);
    *ret_n = n;
    return members;
}

bool json_has_duplicates(const cJSON *json) {
    const cJSON *child;

    if (cJSON_IsObject(json)) {
        size_t n;
        _cleanup_free_ cJSON **members = sorted_members(json, &n);

        for (size_t i = 1; i < n; i++)
            if (compare_names(&members[i - 1], &members[i]) == 0)
                return true;
    }
    cJSON_ArrayForEach(child, json)
        if (json_has_duplicates(child))
            return true;
    return false;
}

static bool are_children_equal(const cJSON *left, const cJSON *right) {
    const cJSON *child, *other = right->child;

    if (cJSON_GetArraySize(left) != cJSON_GetArraySize(right))
        return false;
    cJSON_ArrayForEach(child, left) {
        if (!json_is_equal(child, cJSON_IsObject(left) ? json_get(right, child->string) : other))
            return false;
        other = other->next;
    }
    return true;
}

bool json_is_equal(const cJSON *left, const cJSON *right) {
    if (!left || !right || (left->type & 0xff) != (right->type & 0xff))
        return false;
    if (cJSON_IsString(left))
        return strcmp(left->valuestring, right->valuestring) == 0;
    if (cJSON_IsNumber(left))
        return left->valuedouble == right->valuedouble;
    return are_children_equal(left, right);
}

bool json_has_unknown(const cJSON *object, const char *const *names, size_t n, const char **ret_name) {
    const cJSON *member;

    cJSON_ArrayForEach(member, object) {
        size_t i = 0;

        while (i < n && strcmp(names[i], member->string) != 0)
            i++;
        if (i == n) {
            *ret_name = member->string;
            return true;
        }
    }
    return false;
}
