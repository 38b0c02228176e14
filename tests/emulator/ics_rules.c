/* SPDX-License-Identifier: Apache-2.0 */

#include "ics.h"

#include <string.h>

static cJSON *copy_rules(const cJSON *realm) {
    static const char *const flags[] = {"user-selects-role", "user-selects-roleset"};
    const cJSON *stored = json_get(realm, "role-mapping-rules");
    cJSON *copy = cJSON_IsObject(stored) ? cJSON_Duplicate(stored, true) : cJSON_CreateObject();

    for (size_t i = 0; i < ELEMENTSOF(flags); i++)
        if (!json_get(copy, flags[i]))
            cJSON_AddStringToObject(copy, flags[i], "false");
    if (!cJSON_IsArray(json_get(copy, "rule")))
        json_put(copy, "rule", cJSON_CreateArray());
    return copy;
}

/* Null is an empty list. */
static bool are_texts(const cJSON *list) {
    const cJSON *item;

    if (list && !cJSON_IsArray(list) && !cJSON_IsNull(list))
        return false;
    cJSON_ArrayForEach(item, list)
        if (!cJSON_IsString(item))
            return false;
    return true;
}

static bool check_rule(const cJSON *rule, struct reply *a) {
    const char *name = json_text(rule, "name");
    const cJSON *roles = json_get(rule, "roles");

    if (!name || name[0] == '\0')
        ics_refuse(a, 422, "A role mapping rule lacks 'name'");
    else if (!roles || !are_texts(roles))
        ics_refuse(a, 422, "'roles' of rule '%s' must be a list of names", name);
    else if (!are_texts(json_walk(rule, "group/group-names")))
        ics_refuse(a, 422, "'group-names' of rule '%s' must be a list of names", name);
    else if (!are_texts(json_walk(rule, "user-name/user-names")))
        ics_refuse(a, 422, "'user-names' of rule '%s' must be a list of names", name);
    else if (!ics_is_flag(rule, "stop-rules-processing"))
        ics_refuse(a, 422, "'stop-rules-processing' of rule '%s' must be true or false", name);
    else
        return true;
    return false;
}

static bool check_rules(const cJSON *rules, struct reply *a) {
    const cJSON *rule, *list = json_get(rules, "rule");
    _cleanup_(json_index_done) struct json_index index = json_index_make(list, "name");
    const char *twice = json_index_duplicate(&index);

    if (!ics_is_flag(rules, "user-selects-role") || !ics_is_flag(rules, "user-selects-roleset"))
        ics_refuse(a, 422, "'user-selects-role' and 'user-selects-roleset' must be true or false");
    else if (!cJSON_IsArray(list))
        ics_refuse(a, 422, "'rule' must be a list");
    else if (twice)
        ics_refuse(a, 422, "Role mapping rule '%s' is there twice", twice);
    else {
        cJSON_ArrayForEach(rule, list)
            if (!check_rule(rule, a))
                return false;
        return true;
    }
    return false;
}

/* The groups that rules of one realm may name. */
struct known_groups {
    struct json_index *indices;
    size_t n;
};

static void known_groups_done(struct known_groups *known) {
    for (size_t i = 0; i < known->n; i++)
        json_index_done(&known->indices[i]);
    free(known->indices);
}

static void add_catalogues(struct known_groups *known, const cJSON *server) {
    static const char *const names[] = {"ad-groups", "ldap-groups"};

    for (size_t i = 0; i < ELEMENTSOF(names); i++)
        if (cJSON_IsArray(json_get(server, names[i]))) {
            known->indices = util_resize(known->indices, (known->n + 1) * sizeof(struct json_index));
            known->indices[known->n++] = json_index_make(json_get(server, names[i]), "name");
        }
}

/* Of the realm's directory server, else of the server that it authenticates at, else of all. */
static struct known_groups find_groups(const cJSON *state, const cJSON *realm) {
    const cJSON *servers = json_get(state, "auth-servers"), *server;
    struct known_groups known = {0};

    server = json_get(servers, json_text(realm, "directory-server") ?: "");
    if (!server)
        server = json_get(servers, json_text(realm, "authentication-server") ?: "");
    if (server)
        add_catalogues(&known, server);
    else
        cJSON_ArrayForEach(server, servers)
            add_catalogues(&known, server);
    return known;
}

static bool is_known(const struct known_groups *known, const char *name) {
    for (size_t i = 0; i < known->n; i++)
        if (json_index_find(&known->indices[i], name))
            return true;
    return false;
}

static bool check_rule_references(const cJSON *state, const struct known_groups *known, const cJSON *rule,
                                  struct reply *a) {
    const cJSON *roles = json_get(state, "admin-roles"), *name;

    cJSON_ArrayForEach(name, json_get(rule, "roles"))
        if (!json_get(roles, name->valuestring)) {
            ics_refuse(a, 422, "Role '%s' of rule '%s' does not exist", name->valuestring,
                       json_text(rule, "name"));
            return false;
        }
    cJSON_ArrayForEach(name, json_walk(rule, "group/group-names"))
        if (!is_known(known, name->valuestring)) {
            ics_refuse(a, 422, "Group '%s' of rule '%s' does not exist", name->valuestring,
                       json_text(rule, "name"));
            return false;
        }
    return true;
}

static bool check_references(const cJSON *state, const cJSON *realm, const cJSON *rules, struct reply *a) {
    _cleanup_(known_groups_done) struct known_groups known = find_groups(state, realm);
    const cJSON *rule;

    cJSON_ArrayForEach(rule, json_get(rules, "rule"))
        if (!check_rule_references(state, &known, rule, a))
            return false;
    return true;
}

void ics_get_rules(struct request *q, struct reply *a) {
    const cJSON *realm = ics_find_item(q, "admin-realms", a);
    if (realm)
        ics_return_take(q, a, copy_rules(realm));
}

void ics_put_rules(struct request *q, struct reply *a) {
    const cJSON *realm = ics_find_item(q, "admin-realms", a);
    _cleanup_json_ cJSON *rules = NULL;

    if (!realm)
        return;
    rules = copy_rules(realm);
    json_overlay(rules, q->json);
    if (cJSON_IsNull(json_get(rules, "rule")))
        json_put(rules, "rule", cJSON_CreateArray());
    if (!check_rules(rules, a) || !check_references(q->appliance->state, realm, rules, a))
        return;
    json_put(json_get(json_get(appliance_own_state(q->appliance), "admin-realms"), q->names[0]),
             "role-mapping-rules", TAKE_PTR(rules));
    a->applied = true;
    ics_confirm(q, a, 200);
}
