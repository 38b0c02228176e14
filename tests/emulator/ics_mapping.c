/* SPDX-License-Identifier: Apache-2.0 */

/* Which roles an administrator has: what locks him out as surely as his address does. */

#include "ics.h"

#include <fnmatch.h>
#include <string.h>

static bool is_any(const cJSON *patterns, const char *text) {
    const cJSON *pattern;

    cJSON_ArrayForEach(pattern, patterns)
        if (fnmatch(cJSON_GetStringValue(pattern) ?: "", text, 0) == 0)
            return true;
    return false;
}

static bool matches_name(const cJSON *condition, const char *user) {
    const char *test = json_text(condition, "test") ?: "is";
    bool found = is_any(json_get(condition, "user-names"), user);

    return strcmp(test, "is-not") == 0 ? !found : strcmp(test, "is") == 0 && found;
}

static bool matches_group(const cJSON *condition, const cJSON *groups) {
    const cJSON *group, *name;

    cJSON_ArrayForEach(name, json_get(condition, "group-names"))
        cJSON_ArrayForEach(group, groups)
            if (json_is_equal(group, name))
                return true;
    return false;
}

/* A rule without a condition that is known here matches nobody. */
static bool rule_matches(const cJSON *rule, const char *user, const cJSON *groups) {
    const cJSON *name = json_get(rule, "user-name"), *group = json_get(rule, "group");

    return (name || group) && !json_get(rule, "custom-expression") && (!name || matches_name(name, user)) &&
           (!group || matches_group(group, groups));
}

static cJSON *map_by_rules(const cJSON *rules, const char *user, const cJSON *groups) {
    cJSON *roles = cJSON_CreateArray();
    const cJSON *rule, *role;

    cJSON_ArrayForEach(rule, rules) {
        if (!rule_matches(rule, user, groups))
            continue;
        cJSON_ArrayForEach(role, json_get(rule, "roles"))
            cJSON_AddItemToArray(roles, cJSON_Duplicate(role, true));
        if (strcmp(json_text(rule, "stop-rules-processing") ?: "false", "true") == 0)
            break;
    }
    return roles;
}

cJSON *ics_map_roles(const cJSON *state, const char *user) {
    const cJSON *admin = json_get(json_get(state, "admins"), user), *groups = json_get(admin, "groups");
    const cJSON *realm = json_get(json_get(state, "admin-realms"), ics_realm_of(admin));
    cJSON *roles;

    if (groups)
        return map_by_rules(json_walk(realm, "role-mapping-rules/rule"), user, groups);
    roles = cJSON_CreateArray();
    cJSON_AddItemToArray(roles, cJSON_CreateString(json_text(admin, "role") ?: ".Administrators"));
    return roles;
}

bool ics_may_write(const cJSON *roles) {
    const cJSON *role;

    cJSON_ArrayForEach(role, roles)
        if (strcmp(cJSON_GetStringValue(role) ?: "", ICS_READ_ONLY_ROLE) != 0)
            return true;
    return false;
}
