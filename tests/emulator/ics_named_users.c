/* SPDX-License-Identifier: Apache-2.0 */

/* Who holds a licence of his own: one list on an appliance, one for each product on a licence server. */

#include "ics.h"

#include <string.h>

static const char *const client_defaults[][2] = {
    {"IP", "192.0.2.1"},
    {"Last Agent Type", "Secure/8.3.4.0 (Windows) ivanti/10.0.4.1"},
    {"Last Sign in", "2021-07-16 19:05:51"},
};

static const char *const server_defaults[][2] = {
    {"Appliance", "ics_5"},
    {"Last Login IP", "192.0.2.1"},
    {"Last Login time", "2021-07-16 19:20:13"},
    {"Login Realm", "Users"},
    {"Role", "Users"},
    {"User Agent", "ivanti/8.3.4.0 (Windows) ivanti/10.0.4.1"},
};

static void complete(cJSON *list, const char *const (*defaults)[2], size_t n) {
    cJSON *user;

    cJSON_ArrayForEach(user, list)
        for (size_t i = 0; cJSON_IsObject(user) && i < n; i++)
            if (!json_get(user, defaults[i][0]))
                cJSON_AddStringToObject(user, defaults[i][0], defaults[i][1]);
}

void ics_normalise_named_users(cJSON *state) {
    cJSON *users = json_get(state, "named-users"), *user, *roles;

    complete(json_get(users, "pcs"), server_defaults, ELEMENTSOF(server_defaults));
    complete(json_get(users, "pps"), server_defaults, ELEMENTSOF(server_defaults));
    if (!cJSON_IsArray(users))
        return;
    complete(users, client_defaults, ELEMENTSOF(client_defaults));
    cJSON_ArrayForEach(user, users)
        if (cJSON_IsObject(user) && !json_get(user, "Last Role")) {
            roles = cJSON_AddArrayToObject(user, "Last Role");
            cJSON_AddItemToArray(roles, cJSON_CreateString("Users"));
        }
}

static void add_list(const struct request *q, cJSON *into, const cJSON *list) {
    ics_add_list_take(q, into, "named-users", ics_copy_list(list));
}

void ics_get_named_users(struct request *q, struct reply *a) {
    const cJSON *users = json_get(q->appliance->state, "named-users");
    cJSON *json = cJSON_CreateObject();

    if (ics_is_license_server(q)) {
        add_list(q, cJSON_AddObjectToObject(json, "pcs"), json_get(users, "pcs"));
        add_list(q, cJSON_AddObjectToObject(json, "pps"), json_get(users, "pps"));
    } else
        add_list(q, json, users);
    reply_set_json_take(a, 200, json);
}

/* The product that the path names; false if this is no licence server, or there is no such product. */
static bool check_product(const struct request *q, struct reply *a) {
    if (!ics_is_license_server(q)) {
        ics_refuse_role(q, a, "license client");
        return false;
    }
    if (strcmp(q->names[0], "pcs") == 0 || strcmp(q->names[0], "pps") == 0)
        return true;
    ics_refuse(a, 404, "Resource not found");
    return false;
}

void ics_get_named_users_of(struct request *q, struct reply *a) {
    const cJSON *users = json_get(q->appliance->state, "named-users");
    cJSON *json, *into;

    if (!check_product(q, a))
        return;
    into = json = cJSON_CreateObject();
    if (q->appliance->options.named_users_of == NAMED_USERS_OF_NESTED)
        into = cJSON_AddObjectToObject(json, q->names[0]);
    add_list(q, into, json_get(users, q->names[0]));
    reply_set_json_take(a, 200, json);
}

/* What a PUT asks for. */
struct removal {
    bool everybody, end_sessions;
    const cJSON *users;
};

static bool read_removal(const cJSON *body, struct removal *ret, struct reply *a) {
    const char *action = json_text(body, "action") ?: "";
    const char *end = json_get(body, "delete-active-sessions") ? json_text(body, "delete-active-sessions")
                                                               : "false";
    const cJSON *user;

    ret->everybody = strcmp(action, "remove-all") == 0;
    ret->users = ret->everybody ? NULL : json_get(body, "users");
    ret->end_sessions = end && strcmp(end, "true") == 0;
    if (!ret->everybody && strcmp(action, "remove") != 0)
        ics_refuse(a, 422, "The value of 'action' must be remove or remove-all");
    else if (!end || (strcmp(end, "true") != 0 && strcmp(end, "false") != 0))
        ics_refuse(a, 422, "The value of 'delete-active-sessions' must be \"true\" or \"false\"");
    else if (!ret->everybody && !cJSON_IsArray(ret->users))
        ics_refuse(a, 422, "'users' must be a list of names");
    else {
        cJSON_ArrayForEach(user, ret->users)
            if (!cJSON_IsString(user)) {
                ics_refuse(a, 422, "'users' must be a list of names");
                return false;
            }
        return true;
    }
    return false;
}

static bool is_meant(const struct removal *removal, const char *name) {
    const cJSON *user;

    cJSON_ArrayForEach(user, removal->users)
        if (strcmp(user->valuestring, name) == 0)
            return true;
    return removal->everybody;
}

static void end_sessions(struct request *q, const struct removal *removal, const cJSON *list,
                         struct reply *a) {
    const cJSON *user;

    cJSON_ArrayForEach(user, list)
        if (is_meant(removal, json_text(user, "User") ?: "") &&
            ics_end_sessions_of(q, json_text(user, "User") ?: ""))
            a->applied = true;
}

/* Who is not in the list is no fault, and nothing tells. */
static void run_removal(struct request *q, const struct removal *removal, cJSON *list, struct reply *a) {
    cJSON *user, *next;

    if (removal->end_sessions)
        end_sessions(q, removal, list, a);
    for (user = list ? list->child : NULL; user; user = next) {
        next = user->next;
        if (!is_meant(removal, json_text(user, "User") ?: ""))
            continue;
        cJSON_Delete(cJSON_DetachItemViaPointer(list, user));
        a->applied = true;
    }
    ics_tell(a, 200, "Deleted%s user(s)%s", removal->everybody ? " all" : "",
             removal->end_sessions ? " and corresponding active sessions" : "");
}

void ics_put_named_users(struct request *q, struct reply *a) {
    struct removal removal;

    if (ics_is_license_server(q))
        ics_refuse_role(q, a, "license server");
    else if (read_removal(q->json, &removal, a))
        run_removal(q, &removal, json_get(appliance_own_state(q->appliance), "named-users"), a);
}

/* Sessions are those of the clients, where the server cannot end them. */
void ics_put_named_users_of(struct request *q, struct reply *a) {
    struct removal removal;

    if (!check_product(q, a) || !read_removal(q->json, &removal, a))
        return;
    removal.end_sessions = false;
    run_removal(q, &removal,
                json_get(json_get(appliance_own_state(q->appliance), "named-users"), q->names[0]), a);
}
