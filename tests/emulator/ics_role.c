/* SPDX-License-Identifier: Apache-2.0 */

#include "ics.h"

#include <string.h>

/* What a session lasts, in minutes, from the lowest value that the web interface accepts. */
static const struct {
    const char *name;
    long lowest;
} minutes_table[] = {{"idle-timeout", 5}, {"max-timeout", 6}, {"reminder-time", 1}};

/* These exist on every appliance, and cannot be deleted. */
void ics_normalise_roles(cJSON *state) {
    static const char *const names[] = {".Administrators", ICS_READ_ONLY_ROLE};
    cJSON *roles = json_need_object(state, "admin-roles");

    for (size_t i = 0; i < ELEMENTSOF(names); i++)
        json_need_object(roles, names[i]);
}

static cJSON *copy_session_options(const cJSON *role) {
    const cJSON *stored = json_get(role, "session-options");
    return cJSON_IsObject(stored) ? cJSON_Duplicate(stored, true) : cJSON_CreateObject();
}

/* Neither in the vendor's tree nor what the state brought along: a slip of the pen. */
static bool check_names(const cJSON *options, const cJSON *body, struct reply *a) {
    const cJSON *member;

    cJSON_ArrayForEach(member, body) {
        size_t i = 0;

        while (i < ELEMENTSOF(minutes_table) && strcmp(minutes_table[i].name, member->string) != 0)
            i++;
        if (i == ELEMENTSOF(minutes_table) && !json_get(options, member->string)) {
            ics_refuse(a, 422, "Unknown element '%s'", member->string);
            return false;
        }
    }
    return true;
}

/* -1 where there is no such number. */
static long read_minutes(const cJSON *options, const char *name) {
    const char *text = json_text(options, name);

    if (!text || text[0] == '\0' || strlen(text) > 6 || strspn(text, "0123456789") != strlen(text))
        return -1;
    return strtol(text, NULL, 10);
}

static bool check_options(const cJSON *options, struct reply *a) {
    for (size_t i = 0; i < ELEMENTSOF(minutes_table); i++) {
        const char *name = minutes_table[i].name;

        if (json_get(options, name) && read_minutes(options, name) < minutes_table[i].lowest) {
            ics_refuse(a, 422, "The value of '%s' must be a number of minutes from %ld up", name,
                       minutes_table[i].lowest);
            return false;
        }
    }
    if (json_get(options, "max-timeout") &&
        read_minutes(options, "idle-timeout") > read_minutes(options, "max-timeout")) {
        ics_refuse(a, 422, "'idle-timeout' must not be longer than 'max-timeout'");
        return false;
    }
    return true;
}

void ics_get_session_options(struct request *q, struct reply *a) {
    const cJSON *role = ics_find_item(q, "admin-roles", a);
    if (role)
        ics_return_take(q, a, copy_session_options(role));
}

void ics_put_session_options(struct request *q, struct reply *a) {
    const cJSON *role = ics_find_item(q, "admin-roles", a);
    _cleanup_json_ cJSON *options = NULL;

    if (!role)
        return;
    options = copy_session_options(role);
    if (!check_names(options, q->json, a))
        return;
    json_overlay(options, q->json);
    if (!check_options(options, a))
        return;
    json_put(json_get(json_get(appliance_own_state(q->appliance), "admin-roles"), q->names[0]),
             "session-options", TAKE_PTR(options));
    a->applied = true;
    ics_confirm(q, a, 200);
}
