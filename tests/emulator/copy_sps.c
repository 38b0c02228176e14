/* SPDX-License-Identifier: Apache-2.0 */

#include "copy.h"
#include "json.h"

#include <string.h>

static const char *const collections[] = {"userlists", "time_policies", "trusted_ca_lists", "user_databases"};

/* The appliance's own keys are not exported; the same name gets the same key in every copy. */
static char *make_key(const char *collection, const char *name) {
    _cleanup_free_ char *text = util_format_text("%s/%s", collection, name);
    char *key = util_allocate(24);

    util_digest_hex(text, key, 23);
    return key;
}

static cJSON *copy_collection(const cJSON *exported, const char *collection) {
    cJSON *copy = cJSON_CreateObject(), *object;
    const cJSON *body;

    cJSON_ArrayForEach(body, exported) {
        _cleanup_free_ char *key = make_key(collection, body->string);

        object = cJSON_Duplicate(body, true);
        json_put(object, "name", cJSON_CreateString(body->string));
        cJSON_AddItemToObject(copy, key, object);
    }
    return copy;
}

/* A user's password is known by a key, and is not exported. */
static void add_passwords(cJSON *database, cJSON *passwords) {
    cJSON *user;

    cJSON_ArrayForEach(user, json_get(database, "users")) {
        _cleanup_free_ char *key = util_random_uuid();

        cJSON_AddItemToArray(cJSON_AddArrayToObject(user, "passwords"), cJSON_CreateString(key));
        cJSON_AddItemToArray(passwords, cJSON_CreateString(key));
    }
}

/* Newer versions know no certificates of users. */
static bool lack_certificates(const cJSON *databases) {
    const cJSON *database, *user;
    bool lack = false;

    cJSON_ArrayForEach(database, databases)
        cJSON_ArrayForEach(user, json_get(database, "users")) {
            if (json_get(user, "certificates"))
                return false;
            lack = true;
        }
    return lack;
}

cJSON *copy_sps(const cJSON *section, const cJSON *facts, cJSON *options) {
    cJSON *state = cJSON_CreateObject(), *policies = cJSON_AddObjectToObject(state, "policies");
    cJSON *passwords = cJSON_AddArrayToObject(state, "passwords"), *database;

    copy_refuse_unknown(section, collections, ELEMENTSOF(collections));
    for (size_t i = 0; i < ELEMENTSOF(collections); i++)
        cJSON_AddItemToObject(policies, collections[i],
                              copy_collection(json_get(section, collections[i]), collections[i]));
    cJSON_AddObjectToObject(policies, "channel_policies");
    cJSON_AddItemToObject(state, "info", facts ? cJSON_Duplicate(facts, true) : cJSON_CreateObject());
    cJSON_ArrayForEach(database, json_get(policies, "user_databases"))
        add_passwords(database, passwords);
    if (lack_certificates(json_get(policies, "user_databases")))
        cJSON_AddFalseToObject(options, "user-certificates");
    return state;
}
