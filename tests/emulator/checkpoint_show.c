/* SPDX-License-Identifier: Apache-2.0 */

/* What the gateway tells of an address. It is not what was given: names and groups are filled in. */

#include "checkpoint.h"

#include <stdio.h>
#include <string.h>

static const struct checkpoint_parameter parameter_table[] = {
    {"ip-address", CHECKPOINT_ADDRESS, true},
    {0},
};

void checkpoint_add_address(const struct request *q, cJSON *answer, const struct ip *ip) {
    const char *name = ip->family == AF_INET ? "ipv4-address" : "ipv6-address";
    char text[INET6_ADDRSTRLEN];

    ip_print(ip, text);
    if (q->appliance->options.address_form == ADDRESS_FORM_LIST)
        cJSON_AddItemToArray(cJSON_AddArrayToObject(answer, name), cJSON_CreateString(text));
    else
        cJSON_AddStringToObject(answer, name, text);
}

/* A copy of the list, which may be missing, with one more item. */
static cJSON *list_and(const cJSON *list, const char *more) {
    cJSON *copy = cJSON_IsArray(list) ? cJSON_Duplicate(list, true) : cJSON_CreateArray();

    cJSON_AddItemToArray(copy, cJSON_CreateString(more));
    return copy;
}

static void add_source(cJSON *json, const char *name, const cJSON *identity) {
    static const char *const words[][2] = {
        {"ad-query", "AD Query"},        {"captive-portal", "Captive Portal"},
        {"ida-agent", "Identity Agent"}, {"identity-collector", "Identity Collector"},
        {"radius", "RADIUS Accounting"}, {"multihost-agent", "Terminal Servers"},
        {"vpn", "Remote Access"},
    };
    const char *type = json_text(identity, "client-type"), *given = json_text(identity, "identity-source");
    _cleanup_free_ char *text = NULL;

    for (size_t i = 0; type && !given && i < ELEMENTSOF(words); i++)
        if (strcmp(words[i][0], type) == 0)
            given = words[i][1];
    if (type && strcmp(type, "ida-api") == 0)
        text = given ? util_format_text("Identity Awareness API (%s)", given)
                     : util_duplicate_text("Identity Awareness API");
    cJSON_AddStringToObject(json, name, text ?: given ?: "");
}

static cJSON *get_roles(const cJSON *identity) {
    const cJSON *roles = json_get(identity, "roles");
    return cJSON_IsArray(roles) ? cJSON_Duplicate(roles, true) : list_and(NULL, "All_Identified_Users");
}

static cJSON *make_user(const cJSON *identity) {
    cJSON *user = cJSON_CreateObject();

    cJSON_AddItemToObject(user, "groups", list_and(json_get(identity, "groups"), "All Users"));
    add_source(user, "identity-source", identity);
    cJSON_AddItemToObject(user, "roles", get_roles(identity));
    cJSON_AddStringToObject(user, "user",
                            checkpoint_text(identity, "full-name") ?: json_text(identity, "user"));
    return user;
}

/* Of several computers only one is told. */
static void add_machine(cJSON *answer, const cJSON *identity) {
    const char *machine = checkpoint_text(identity, "machine"), *domain = checkpoint_text(identity, "domain");
    _cleanup_free_ char *text = NULL;

    if (!machine || json_get(answer, "machine"))
        return;
    text = domain && !strchr(machine, '@') ? util_format_text("%s@%s", machine, domain)
                                           : util_duplicate_text(machine);
    cJSON_AddStringToObject(answer, "machine", text);
    cJSON_AddItemToObject(answer, "machine-groups",
                          list_and(json_get(identity, "machine-groups"), "All Machines"));
    add_source(answer, "machine-identity-source", identity);
}

static void add_roles(cJSON *answer, const cJSON *identity) {
    _cleanup_json_ cJSON *roles = get_roles(identity);
    cJSON *all = json_get(answer, "combined-roles") ?: cJSON_AddArrayToObject(answer, "combined-roles");
    const cJSON *role, *known;

    cJSON_ArrayForEach(role, roles) {
        bool is_new = true;

        cJSON_ArrayForEach(known, all)
            if (json_is_equal(known, role))
                is_new = false;
        if (is_new)
            cJSON_AddItemToArray(all, cJSON_Duplicate(role, true));
    }
}

static void add_identity(cJSON *answer, cJSON *users, const cJSON *identity) {
    add_roles(answer, identity);
    add_machine(answer, identity);
    if (checkpoint_text(identity, "domain") && !json_get(answer, "domain"))
        cJSON_AddStringToObject(answer, "domain", json_text(identity, "domain"));
    if (checkpoint_text(identity, "user"))
        cJSON_AddItemToArray(users, make_user(identity));
}

cJSON *checkpoint_show(struct request *q, struct reply *a, const cJSON *command) {
    cJSON *fault = checkpoint_check(command, parameter_table), *answer, *users;
    const cJSON *identity;
    struct ip_range range;
    char message[64];

    (void) a;
    if (fault || !checkpoint_address(command, "ip-address", &range.first))
        return fault;
    range.last = range.first;
    answer = cJSON_CreateObject();
    users = cJSON_CreateArray();
    checkpoint_add_address(q, answer, &range.first);
    cJSON_ArrayForEach(identity, json_get(q->appliance->state, "identities"))
        if (checkpoint_matches(identity, &range, NULL))
            add_identity(answer, users, identity);
    snprintf(message, sizeof(message), "total %d user records were found.", cJSON_GetArraySize(users));
    cJSON_AddStringToObject(answer, "message", message);
    if (users->child)
        cJSON_AddItemToObject(answer, "users", users);
    else
        cJSON_Delete(users);
    return answer;
}
