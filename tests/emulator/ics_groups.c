/* SPDX-License-Identifier: Apache-2.0 */

#include "ics.h"

#include <stdio.h>
#include <string.h>

/* The two kinds of server catalogue. */
struct catalogue {
    const char *state_member, *body_member;
    const char *required[3];
    bool has_sids; /* and is kept sorted by name */
};

static const struct catalogue ad_catalogue = {
    .state_member = "ad-groups",
    .body_member = "ad-group",
    .required = {"name", "group"},
    .has_sids = true,
};

static const struct catalogue ldap_catalogue = {
    .state_member = "ldap-groups",
    .body_member = "user-group",
    .required = {"name", "dn", "group-type"},
};

static char *make_sid(const char *name) {
    uint32_t hash = 2166136261U;

    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char) *name) * 16777619U;
    return util_format_text("S-1-5-21-3875260349-1888520165-453808128-%u", hash);
}

static int compare_names(const void *left, const void *right) {
    return strcmp(json_text(*(cJSON *const *) left, "name") ?: "",
                  json_text(*(cJSON *const *) right, "name") ?: "");
}

static void sort_by_name(cJSON *list) {
    size_t n = (size_t) cJSON_GetArraySize(list);
    _cleanup_free_ cJSON **items = util_allocate((n + 1) * sizeof(cJSON *));

    for (size_t i = 0; i < n; i++)
        items[i] = cJSON_DetachItemViaPointer(list, list->child);
    qsort(items, n, sizeof(cJSON *), compare_names);
    for (size_t i = 0; i < n; i++)
        cJSON_AddItemToArray(list, items[i]);
}

static void fill_sid(cJSON *group, const char *known) {
    if (!json_text(group, "sid")) {
        _cleanup_free_ char *made = known ? NULL : make_sid(json_text(group, "name") ?: "");
        json_put(group, "sid", cJSON_CreateString(known ?: made));
    }
}

void ics_normalise_groups(cJSON *state) {
    cJSON *server, *group;

    cJSON_ArrayForEach(server, json_get(state, "auth-servers")) {
        cJSON *list = json_get(server, "ad-groups");

        if (!cJSON_IsArray(list))
            continue;
        cJSON_ArrayForEach(group, list)
            fill_sid(group, NULL);
        sort_by_name(list);
    }
}

static const cJSON *find_server(const struct request *q, const struct catalogue *catalogue, struct reply *a) {
    const cJSON *server = json_get(json_get(q->appliance->state, "auth-servers"), q->names[0]);

    if (server && (!catalogue || json_get(server, catalogue->state_member)))
        return server;
    ics_refuse(a, 404, "Resource not found");
    return NULL;
}

static void get_groups(struct request *q, struct reply *a, const struct catalogue *catalogue) {
    const cJSON *server = find_server(q, catalogue, a);
    cJSON *json;

    if (!server)
        return;
    json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, catalogue->body_member,
                          ics_copy_list(json_get(server, catalogue->state_member)));
    ics_return_take(q, a, json);
}

static bool check_group(const struct catalogue *catalogue, const cJSON *group, struct reply *a) {
    const char *type = json_text(group, "group-type");

    if (!cJSON_IsObject(group)) {
        ics_refuse(a, 422, "An item of '%s' is not an object", catalogue->body_member);
        return false;
    }
    for (size_t i = 0; i < ELEMENTSOF(catalogue->required) && catalogue->required[i]; i++) {
        const char *text = json_text(group, catalogue->required[i]);
        if (!text || text[0] == '\0') {
            ics_refuse(a, 422, "An item of '%s' lacks '%s'", catalogue->body_member, catalogue->required[i]);
            return false;
        }
    }
    if (catalogue == &ldap_catalogue && strcmp(type, "static") != 0 && strcmp(type, "dynamic") != 0) {
        ics_refuse(a, 422, "The value of 'group-type' must be static or dynamic");
        return false;
    }
    return true;
}

/* A directory knows the identifiers of its groups, also of those that are not in the catalogue now. */
static const char *known_sid(const struct appliance *p, const struct json_index *old, const char *name) {
    return json_text(json_index_find(old, name), "sid") ?: json_text(p->known_sids, name);
}

static bool check_sids(const struct request *q, const cJSON *list, const struct json_index *old,
                       struct reply *a) {
    const cJSON *group;

    cJSON_ArrayForEach(group, list) {
        const char *sid = json_text(group, "sid"), *name = json_text(group, "name");
        const char *known = known_sid(q->appliance, old, name);

        if (sid && known && strcmp(sid, known) != 0) {
            ics_refuse(a, 422, "The sid of '%s' is not that of the directory", name);
            return false;
        }
    }
    return true;
}

static bool rule_lets_go(const cJSON *rule, const struct json_index *old, const struct json_index *new,
                         struct reply *a) {
    const cJSON *name;

    cJSON_ArrayForEach(name, json_walk(rule, "group/group-names")) {
        const char *text = cJSON_GetStringValue(name) ?: "";
        if (json_index_find(old, text) && !json_index_find(new, text)) {
            ics_refuse(a, 422, "Group '%s' is used by role mapping rule '%s'", text,
                       json_text(rule, "name") ?: "");
            return false;
        }
    }
    return true;
}

static bool check_references(const cJSON *state, const struct json_index *old, const struct json_index *new,
                             struct reply *a) {
    const cJSON *realm, *rule;

    cJSON_ArrayForEach(realm, json_get(state, "admin-realms"))
        cJSON_ArrayForEach(rule, json_walk(realm, "role-mapping-rules/rule"))
            if (!rule_lets_go(rule, old, new, a))
                return false;
    return true;
}

static bool check_groups(const struct request *q, const struct catalogue *catalogue, const cJSON *list,
                         const struct json_index *old, struct reply *a) {
    _cleanup_(json_index_done) struct json_index new = json_index_make(list, "name");
    const char *twice;
    const cJSON *group;

    cJSON_ArrayForEach(group, list)
        if (!check_group(catalogue, group, a))
            return false;
    twice = json_index_duplicate(&new);
    if (twice) {
        ics_refuse(a, 422, "Group '%s' is there twice", twice);
        return false;
    }
    return (!catalogue->has_sids || check_sids(q, list, old, a)) &&
           check_references(q->appliance->state, old, &new, a);
}

static void remember_sids(struct appliance *p, const struct json_index *old, const struct json_index *new) {
    if (!p->known_sids)
        p->known_sids = cJSON_CreateObject();
    for (size_t i = 0; i < old->n; i++) {
        const char *name = json_text(old->items[i], "name"), *sid = json_text(old->items[i], "sid");

        if (sid && !json_index_find(new, name))
            json_put(p->known_sids, name, cJSON_CreateString(sid));
    }
}

static void store_groups(struct request *q, const struct catalogue *catalogue, const cJSON *list,
                         const struct json_index *old) {
    struct appliance *p = q->appliance;
    _cleanup_(json_index_done) struct json_index new = {0};
    cJSON *copy = ics_copy_list(list), *group;

    if (catalogue->has_sids) {
        cJSON_ArrayForEach(group, copy)
            fill_sid(group, known_sid(p, old, json_text(group, "name")));
        sort_by_name(copy);
        new = json_index_make(copy, "name");
        remember_sids(p, old, &new);
    }
    json_put(json_get(json_get(appliance_own_state(p), "auth-servers"), q->names[0]), catalogue->state_member,
             copy);
}

static bool check_container(const struct catalogue *catalogue, const cJSON *body, struct reply *a) {
    const cJSON *list = json_get(body, catalogue->body_member);
    const char *unknown;

    if (json_has_unknown(body, &catalogue->body_member, 1, &unknown)) {
        ics_refuse(a, 422, "Unknown element '%s'", unknown);
        return false;
    }
    if (list && !cJSON_IsArray(list) && !cJSON_IsNull(list)) {
        ics_refuse(a, 422, "'%s' must be a list", catalogue->body_member);
        return false;
    }
    return true;
}

static void put_groups(struct request *q, struct reply *a, const struct catalogue *catalogue) {
    const cJSON *server = find_server(q, catalogue, a), *list = json_get(q->json, catalogue->body_member);
    _cleanup_(json_index_done) struct json_index old = {0};

    if (!server || !check_container(catalogue, q->json, a))
        return;
    if (list) { /* a container without its list leaves the list alone */
        old = json_index_make(json_get(server, catalogue->state_member), "name");
        if (!check_groups(q, catalogue, list, &old, a))
            return;
        store_groups(q, catalogue, list, &old);
        a->applied = true;
    }
    ics_confirm(q, a, 200);
}

void ics_get_ad_groups(struct request *q, struct reply *a) {
    get_groups(q, a, &ad_catalogue);
}

void ics_put_ad_groups(struct request *q, struct reply *a) {
    put_groups(q, a, &ad_catalogue);
}

void ics_get_ldap_groups(struct request *q, struct reply *a) {
    get_groups(q, a, &ldap_catalogue);
}

void ics_put_ldap_groups(struct request *q, struct reply *a) {
    put_groups(q, a, &ldap_catalogue);
}
