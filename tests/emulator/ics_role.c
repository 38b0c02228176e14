/* SPDX-License-Identifier: Apache-2.0 */

/* Role-mapping rules of a realm, and the session options of a role. */

#include "ics.h"

#include <stdio.h>
#include <string.h>

static cJSON *find_item(cJSON *state, const char *collection, const char *name, struct reply *a) {
    cJSON *item = json_get(json_get(state, collection), name);

    if (!item)
        ics_refuse(a, 404, "Resource not found");
    return item;
}

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

static bool are_texts(const cJSON *list) {
    const cJSON *item;

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
    else if ((!cJSON_IsArray(roles) && !cJSON_IsNull(roles)) || !are_texts(roles))
        ics_refuse(a, 422, "'roles' of rule '%s' must be a list of names", name);
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

void ics_get_rules(struct request *q, struct reply *a) {
    const cJSON *realm = find_item(q->appliance->state, "admin-realms", q->names[0], a);
    if (realm)
        ics_return_take(q, a, copy_rules(realm));
}

void ics_put_rules(struct request *q, struct reply *a) {
    const cJSON *realm = find_item(q->appliance->state, "admin-realms", q->names[0], a);
    cJSON *rules;

    if (!realm)
        return;
    rules = copy_rules(realm);
    json_overlay(rules, q->json);
    if (cJSON_IsNull(json_get(rules, "rule")))
        json_put(rules, "rule", cJSON_CreateArray());
    if (!check_rules(rules, a)) {
        cJSON_Delete(rules);
        return;
    }
    json_put(json_get(json_get(appliance_own_state(q->appliance), "admin-realms"), q->names[0]),
             "role-mapping-rules", rules);
    a->applied = true;
    ics_confirm(q, a, 200);
}

static cJSON *copy_session_options(const cJSON *role) {
    const cJSON *stored = json_get(role, "session-options");
    return cJSON_IsObject(stored) ? cJSON_Duplicate(stored, true) : cJSON_CreateObject();
}

/* Minutes, from the lowest value that the web interface accepts. */
static bool check_minutes(const cJSON *options, const char *name, long lowest, struct reply *a) {
    const char *text = json_text(options, name);

    if (!json_get(options, name))
        return true;
    if (text && text[0] != '\0' && strlen(text) <= 6 && strspn(text, "0123456789") == strlen(text) &&
        strtol(text, NULL, 10) >= lowest)
        return true;
    ics_refuse(a, 422, "The value of '%s' must be a number of minutes from %ld up", name, lowest);
    return false;
}

void ics_get_session_options(struct request *q, struct reply *a) {
    const cJSON *role = find_item(q->appliance->state, "admin-roles", q->names[0], a);
    if (role)
        ics_return_take(q, a, copy_session_options(role));
}

void ics_put_session_options(struct request *q, struct reply *a) {
    const cJSON *role = find_item(q->appliance->state, "admin-roles", q->names[0], a);
    cJSON *options;

    if (!role)
        return;
    options = copy_session_options(role);
    json_overlay(options, q->json);
    if (!check_minutes(options, "idle-timeout", 5, a) || !check_minutes(options, "max-timeout", 6, a)) {
        cJSON_Delete(options);
        return;
    }
    json_put(json_get(json_get(appliance_own_state(q->appliance), "admin-roles"), q->names[0]),
             "session-options", options);
    a->applied = true;
    ics_confirm(q, a, 200);
}
