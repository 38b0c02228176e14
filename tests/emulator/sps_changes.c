/* SPDX-License-Identifier: Apache-2.0 */

/* What a transaction changed, and the same changes made to the committed configuration. */

#include "sps.h"

#include <string.h>

static void add_change(cJSON *changes, const char *type, const char *collection, const cJSON *old,
                       const cJSON *new) {
    cJSON *change = cJSON_CreateObject();
    _cleanup_free_ char *path = util_format_text(SPS_POLICIES "/%s/%s", collection,
                                                 old ? old->string : new->string);

    cJSON_AddStringToObject(change, "type", type);
    cJSON_AddStringToObject(change, "path", path);
    if (old)
        cJSON_AddItemToObject(change, "old_value", cJSON_Duplicate(old, true));
    if (new)
        cJSON_AddItemToObject(change, "new_value", cJSON_Duplicate(new, true));
    cJSON_AddItemToArray(changes, change);
}

/* Edits keep the order and add at the end, so that one walk over both sides finds them all. */
static void compare_collections(cJSON *changes, const char *collection, const cJSON *base,
                                const cJSON *working) {
    const cJSON *old = base ? base->child : NULL, *new = working ? working->child : NULL;

    for (; old; old = old->next) {
        if (!new || strcmp(old->string, new->string) != 0)
            add_change(changes, "delete", collection, old, NULL);
        else {
            if (!json_is_equal(old, new))
                add_change(changes, "replace", collection, old, new);
            new = new->next;
        }
    }
    for (; new; new = new->next)
        add_change(changes, "create", collection, NULL, new);
}

cJSON *sps_list_changes(const struct transaction *transaction) {
    cJSON *changes = cJSON_CreateArray();
    const cJSON *working;

    cJSON_ArrayForEach(working, transaction->working)
        compare_collections(changes, working->string, json_get(transaction->base, working->string), working);
    return changes;
}

static char *apply_change(cJSON *policies, const cJSON *change) {
    const char *path = json_text(change, "path"), *rest = path + strlen(SPS_POLICIES "/");
    _cleanup_free_ char *name = util_duplicate_text(rest);
    const cJSON *old = json_get(change, "old_value"), *new = json_get(change, "new_value");
    char *key = strchr(name, '/');
    cJSON *collection, *current;

    *key++ = '\0';
    collection = json_need_object(policies, name);
    current = json_get(collection, key);
    if (old ? !current || !json_is_equal(old, current) : current != NULL)
        return util_format_text("%s was changed by someone else meanwhile.", path);
    if (new)
        json_put(collection, key, cJSON_Duplicate(new, true));
    else
        cJSON_DeleteItemFromObjectCaseSensitive(collection, key);
    return NULL;
}

static char *find_double_name(const cJSON *policies) {
    const cJSON *collection;

    cJSON_ArrayForEach(collection, policies) {
        _cleanup_(json_index_done) struct json_index index = json_index_make(collection, "name");
        const char *name = json_index_duplicate(&index);

        if (name)
            return util_format_text("The name '%s' is used twice in %s.", name, collection->string);
    }
    return NULL;
}

char *sps_apply_changes(cJSON *policies, const cJSON *changes) {
    const cJSON *change;

    cJSON_ArrayForEach(change, changes) {
        char *fault = apply_change(policies, change);
        if (fault)
            return fault;
    }
    return changes->child ? find_double_name(policies) : NULL;
}
