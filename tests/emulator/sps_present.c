/* SPDX-License-Identifier: Apache-2.0 */

/* What is stored, as a GET shows it. */

#include "sps.h"

#include <string.h>

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

static void present_crl(cJSON *authorities, enum empty_crl shape) {
    cJSON *authority;

    cJSON_ArrayForEach(authority, authorities) {
        const char *text = json_text(authority, "crl");

        if (!text || text[0] == '\0')
            json_put(authority, "crl", shape == EMPTY_CRL_NULL ? cJSON_CreateNull() : cJSON_CreateString(""));
    }
}

cJSON *sps_present_body(const struct options *options, const char *collection, const cJSON *body) {
    cJSON *copy = cJSON_Duplicate(body, true), *user;

    present_crl(json_get(copy, "authorities"), options->empty_crl);
    if (!options->user_certificates)
        cJSON_ArrayForEach(user, json_get(copy, "users"))
            cJSON_DeleteItemFromObjectCaseSensitive(user, "certificates");
    sps_visit_references(collection, copy, expand_reference, NULL);
    return copy;
}
