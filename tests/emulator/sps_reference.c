/* SPDX-License-Identifier: Apache-2.0 */

/* Which object refers to which other one. */

#include "sps.h"

#include <string.h>

static bool visit_channel_policy(cJSON *body, sps_visit *visit, void *data) {
    static const char *const members[][2] = {
        {"time_policy", "time_policies"},
        {"trusted_ca_list", "trusted_ca_lists"},
        {"user_database", "user_databases"},
    };
    cJSON *key;

    for (size_t i = 0; i < ELEMENTSOF(members); i++) {
        key = json_get(body, members[i][0]);
        if (key && !visit(members[i][1], key, data))
            return false;
    }
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

bool sps_visit_references(const char *collection, cJSON *body, sps_visit *visit, void *data) {
    if (strcmp(collection, "channel_policies") == 0)
        return visit_channel_policy(body, visit, data);
    if (strcmp(collection, "user_databases") == 0)
        return visit_user_database(body, visit, data);
    return true;
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
            if (!sps_visit_references(others->string, object, leads_elsewhere, &target))
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
            if (!sps_visit_references(others->string, object, leads_somewhere, &inventory))
                return util_format_text("%s/%s refers to an object that does not exist.", others->string,
                                        object->string);
    return NULL;
}

bool sps_body_is_dangling(const char *collection, const cJSON *body, const cJSON *policies,
                          const cJSON *passwords) {
    struct inventory inventory = {policies, passwords};
    return !sps_visit_references(collection, (cJSON *) body, leads_somewhere, &inventory);
}

/* True, to go on, as long as nobody else has the password. */
static bool is_first(const char *collection, cJSON *key, void *data) {
    const char *text = cJSON_GetStringValue(key);

    if (!text || strcmp(collection, "passwords") != 0)
        return true;
    return !json_get(data, text) && cJSON_AddTrueToObject(data, text);
}

char *sps_find_shared_password(const cJSON *policies) {
    _cleanup_json_ cJSON *seen = cJSON_CreateObject();
    cJSON *database;

    cJSON_ArrayForEach(database, json_get(policies, "user_databases"))
        if (!sps_visit_references("user_databases", database, is_first, seen))
            return util_format_text("A password of user_databases/%s is used twice.", database->string);
    return NULL;
}
