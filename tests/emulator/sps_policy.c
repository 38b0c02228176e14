/* SPDX-License-Identifier: Apache-2.0 */

/* The collections under /api/configuration/policies. */

#include "sps.h"

#include <stdio.h>
#include <string.h>

/* In the order in which the appliance lists them: the first and last are those in the guide. */
static const char *const collection_table[] = {"audit_policies",      "channel_policies", "time_policies",
                                               "trusted_ca_lists",    "user_databases",   "userlists",
                                               "usermapping_policies"};

static void add_sibling(cJSON *meta, const char *name, const char *folder, const char *key) {
    _cleanup_free_ char *href = key ? util_format_text("%s/%s", folder, key) : NULL;
    cJSON_AddItemToObject(meta, name, href ? cJSON_CreateString(href) : cJSON_CreateNull());
}

static cJSON *make_collection_meta(size_t i) {
    size_t last = ELEMENTSOF(collection_table) - 1;
    _cleanup_free_ char *href = util_format_text(SPS_POLICIES "/%s", collection_table[i]);
    cJSON *meta = sps_make_meta(href, SPS_POLICIES);

    add_sibling(meta, "first", SPS_POLICIES, collection_table[0]);
    add_sibling(meta, "last", SPS_POLICIES, collection_table[last]);
    add_sibling(meta, "next", SPS_POLICIES, i < last ? collection_table[i + 1] : NULL);
    add_sibling(meta, "previous", SPS_POLICIES, i > 0 ? collection_table[i - 1] : NULL);
    cJSON_AddStringToObject(meta, "transaction", "/api/transaction");
    return meta;
}

static cJSON *make_object_meta(const char *folder, const cJSON *collection, const cJSON *object) {
    _cleanup_free_ char *href = util_format_text("%s/%s", folder, object->string);
    cJSON *meta = sps_make_meta(href, folder);
    const cJSON *first = collection->child, *last = first ? first->prev : NULL;

    add_sibling(meta, "first", folder, first ? first->string : NULL);
    add_sibling(meta, "last", folder, last ? last->string : NULL);
    add_sibling(meta, "next", folder, object->next ? object->next->string : NULL);
    add_sibling(meta, "previous", folder, object != first ? object->prev->string : NULL);
    cJSON_AddStringToObject(meta, "transaction", "/api/transaction");
    return meta;
}

static cJSON *make_item(const struct request *q, const char *collection, const char *folder,
                        const cJSON *object) {
    cJSON *item = cJSON_CreateObject(), *meta;
    _cleanup_free_ char *href = util_format_text("%s/%s", folder, object->string);

    if (q->appliance->options.embed_bodies)
        cJSON_AddItemToObject(item, "body", sps_present_body(&q->appliance->options, collection, object));
    cJSON_AddStringToObject(item, "key", object->string);
    meta = cJSON_AddObjectToObject(item, "meta");
    cJSON_AddStringToObject(meta, "href", href);
    return item;
}

/* Its place in the table, or -1 with a refusal. */
static int find_collection(const struct request *q, struct reply *a) {
    for (size_t i = 0; i < ELEMENTSOF(collection_table); i++)
        if (strcmp(collection_table[i], q->names[0]) == 0)
            return (int) i;
    sps_refuse(q, a, 404, "NotFound", "The requested object does not exist.");
    return -1;
}

void sps_list_collections(struct request *q, struct reply *a) {
    cJSON *json = cJSON_CreateObject(), *items = cJSON_AddArrayToObject(json, "items");

    (void) q;
    for (size_t i = 0; i < ELEMENTSOF(collection_table); i++) {
        _cleanup_free_ char *href = util_format_text(SPS_POLICIES "/%s", collection_table[i]);
        cJSON *item = cJSON_CreateObject();

        cJSON_AddStringToObject(item, "key", collection_table[i]);
        cJSON_AddStringToObject(cJSON_AddObjectToObject(item, "meta"), "href", href);
        cJSON_AddItemToArray(items, item);
    }
    cJSON_AddItemToObject(json, "meta", sps_make_meta(SPS_POLICIES, "/api/configuration"));
    reply_set_json_take(a, 200, json);
}

void sps_list_policies(struct request *q, struct reply *a) {
    int i = find_collection(q, a);
    _cleanup_free_ char *folder = util_format_text(SPS_POLICIES "/%s", q->names[0]);
    const cJSON *object;
    cJSON *json, *items;

    if (i < 0)
        return;
    json = cJSON_CreateObject();
    items = cJSON_AddArrayToObject(json, "items");
    cJSON_ArrayForEach(object, json_get(sps_visible_policies(q), q->names[0]))
        cJSON_AddItemToArray(items, make_item(q, q->names[0], folder, object));
    cJSON_AddItemToObject(json, "meta", make_collection_meta((size_t) i));
    reply_set_json_take(a, 200, json);
}

void sps_get_policy(struct request *q, struct reply *a) {
    const cJSON *collection, *object;
    _cleanup_free_ char *folder = util_format_text(SPS_POLICIES "/%s", q->names[0]);
    cJSON *json;

    if (find_collection(q, a) < 0)
        return;
    collection = json_get(sps_visible_policies(q), q->names[0]);
    object = json_get(collection, q->names[1]);
    if (!object) {
        sps_refuse(q, a, 404, "NotFound", "The requested object does not exist.");
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "body", sps_present_body(&q->appliance->options, q->names[0], object));
    cJSON_AddStringToObject(json, "key", object->string);
    cJSON_AddItemToObject(json, "meta", make_object_meta(folder, collection, object));
    reply_set_json_take(a, 200, json);
}

static void answer_key(struct reply *a, unsigned status, const char *collection, const char *key) {
    _cleanup_free_ char *folder = util_format_text(SPS_POLICIES "/%s", collection);
    _cleanup_free_ char *href = util_format_text("%s/%s", folder, key);
    cJSON *json = cJSON_CreateObject(), *meta = sps_make_meta(href, folder);

    cJSON_AddStringToObject(meta, "transaction", "/api/transaction");
    cJSON_AddStringToObject(json, "key", key);
    cJSON_AddItemToObject(json, "meta", meta);
    reply_set_json_take(a, status, json);
    a->applied = true;
}

/* The collection to edit, or NULL with a refusal. */
static cJSON *need_collection(struct request *q, struct reply *a) {
    cJSON *working;

    if (find_collection(q, a) < 0)
        return NULL;
    working = sps_need_working(q, a);
    if (!working)
        return NULL;
    if (!sps_is_writable(q->names[0])) {
        sps_refuse(q, a, 403, "Unauthorized", "The emulator does not let this collection be edited.");
        return NULL;
    }
    return json_need_object(working, q->names[0]);
}

static bool check_policy(struct request *q, struct reply *a, const char *key) {
    struct sps_check check = {
        .collection = q->names[0],
        .policies = q->session->transaction.working,
        .passwords = json_get(q->appliance->state, "passwords"),
        .options = &q->appliance->options,
        .key = key,
    };

    if (sps_check_body(q->json, &check))
        return true;
    sps_refuse(q, a, 400, "SemanticError", "%s", check.message);
    return false;
}

void sps_create_policy(struct request *q, struct reply *a) {
    cJSON *collection = need_collection(q, a);
    _cleanup_free_ char *key = util_random_uuid();

    if (!collection || !check_policy(q, a, NULL))
        return;
    cJSON_AddItemToObject(collection, key, cJSON_Duplicate(q->json, true));
    answer_key(a, 201, q->names[0], key);
}

static cJSON *find_object(struct request *q, struct reply *a, cJSON *collection) {
    cJSON *object = json_get(collection, q->names[1]);

    if (collection && !object)
        sps_refuse(q, a, 404, "NotFound", "The requested object does not exist.");
    return object;
}

void sps_replace_policy(struct request *q, struct reply *a) {
    cJSON *collection = need_collection(q, a), *object = find_object(q, a, collection);

    if (!object || !check_policy(q, a, object->string))
        return;
    json_put(collection, q->names[1], cJSON_Duplicate(q->json, true));
    answer_key(a, 200, q->names[0], q->names[1]);
}

static bool may_delete(struct request *q, struct reply *a) {
    _cleanup_free_ char *referrer = sps_find_referrer(q->session->transaction.working, q->names[0],
                                                      q->names[1]);

    if (q->names[1][0] == '-')
        sps_refuse(q, a, 400, "SemanticError", "A built-in object cannot be deleted.");
    else if (referrer && q->appliance->options.reference_check == REFERENCE_CHECK_DELETE)
        sps_refuse(q, a, 400, "SemanticError", "The object is used by %s.", referrer);
    else
        return true;
    return false;
}

void sps_delete_policy(struct request *q, struct reply *a) {
    cJSON *collection = need_collection(q, a), *object = find_object(q, a, collection), *json, *meta;
    _cleanup_free_ char *folder = util_format_text(SPS_POLICIES "/%s", q->names[0]);

    if (!object || !may_delete(q, a))
        return;
    meta = make_object_meta(folder, collection, object);
    json_put(meta, "next", cJSON_CreateNull());
    cJSON_Delete(cJSON_DetachItemViaPointer(collection, object));
    json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "meta", meta);
    reply_set_json_take(a, 200, json);
    a->applied = true;
}
