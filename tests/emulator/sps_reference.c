/* SPDX-License-Identifier: Apache-2.0 */

/* Which object refers to which other one. */

#include "sps.h"

#include <string.h>

/* Called with each reference of an object: the collection that it leads to, and the node with the key. */
typedef bool sps_visit(const char *collection, cJSON *key, void *data);

static bool visit_channel_policy(cJSON *body, sps_visit *visit, void *data) {
    cJSON *key = json_get(body, "time_policy");

    if (key && !visit("time_policies", key, data))
        return false;
    cJSON_ArrayForEach(key, json_get(body, "userlists"))
        if (!visit("userlists", key, data))
            return false;
    return true;
}

static bool visit_user_database(cJSON *body, sps_visit *visit, void *data) {
    cJSON *user, *key;

    cJSON_ArrayForEach(user, json_get(body, "users"))
        cJSON_ArrayForEach(key, json_get(user, "passwords"))
            if (!visit("passwords", key, data))
                return false;
    return true;
}

static bool visit_references(const char *collection, cJSON *body, sps_visit *visit, void *data) {
    if (strcmp(collection, "channel_policies") == 0)
        return visit_channel_policy(body, visit, data);
    if (strcmp(collection, "user_databases") == 0)
        return visit_user_database(body, visit, data);
    return true;
}

/* Makes an object with key and meta of the bare key, in its place. */
static bool expand_reference(const char *collection, cJSON *key, void *unused) {
    bool is_policy = strcmp(collection, "passwords") != 0;
    cJSON *object;

    (void) unused;
    if (!cJSON_IsString(key) || strcmp(collection, "userlists") == 0)
        return true;
    _cleanup_free_ char *href = util_format_text("/api/configuration/%s%s/%s", is_policy ? "policies/" : "",
                                                 collection, key->valuestring);
    object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "key", key->valuestring);
    cJSON_AddItemToObject(object, "meta", sps_make_meta(href, NULL));
    cJSON_free(key->valuestring);
    key->valuestring = NULL;
    key->type = cJSON_Object;
    key->child = TAKE_PTR(object->child);
    cJSON_Delete(object);
    return true;
}

cJSON *sps_present_body(const char *collection, const cJSON *body) {
    cJSON *copy = cJSON_Duplicate(body, true);

    visit_references(collection, copy, expand_reference, NULL);
    return copy;
}

struct target {
    const char *collection, *key;
};

/* True, to go on, as long as the reference leads elsewhere. */
static bool leads_elsewhere(const char *collection, cJSON *key, void *data) {
    const struct target *target = data;
    const char *text = cJSON_GetStringValue(key);

    return !text || strcmp(collection, target->collection) != 0 || strcmp(text, target->key) != 0;
}

char *sps_find_referrer(const cJSON *policies, const char *collection, const char *key) {
    struct target target = {collection, key};
    cJSON *others, *object;

    cJSON_ArrayForEach(others, policies)
        cJSON_ArrayForEach(object, others)
            if (!visit_references(others->string, object, leads_elsewhere, &target))
                return util_format_text("%s/%s", others->string, object->string);
    return NULL;
}

bool sps_has_key(const cJSON *list, const char *key) {
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
        if (cJSON_IsString(item) && strcmp(item->valuestring, key) == 0)
            return true;
    return false;
}

struct inventory {
    const cJSON *policies, *passwords;
};

static bool leads_somewhere(const char *collection, cJSON *key, void *data) {
    const struct inventory *inventory = data;
    const char *text = cJSON_GetStringValue(key);

    if (!text)
        return false;
    if (strcmp(collection, "passwords") == 0)
        return sps_has_key(inventory->passwords, text);
    return json_get(json_get(inventory->policies, collection), text) != NULL;
}

char *sps_find_dangling(const cJSON *policies, const cJSON *passwords) {
    struct inventory inventory = {policies, passwords};
    cJSON *others, *object;

    cJSON_ArrayForEach(others, policies)
        cJSON_ArrayForEach(object, others)
            if (!visit_references(others->string, object, leads_somewhere, &inventory))
                return util_format_text("%s/%s refers to an object that does not exist.", others->string,
                                        object->string);
    return NULL;
}

bool sps_body_is_dangling(const char *collection, const cJSON *body, const cJSON *policies,
                          const cJSON *passwords) {
    struct inventory inventory = {policies, passwords};
    return !visit_references(collection, (cJSON *) body, leads_somewhere, &inventory);
}
