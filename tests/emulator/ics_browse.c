/* SPDX-License-Identifier: Apache-2.0 */

/* Lists of stubs and whole items: what a client walks to learn what is there. */

#include "ics.h"

#include <string.h>

static char *encode_name(const char *name) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct buffer out = {0};

    buffer_append(&out, "", 0);
    for (; *name != '\0'; name++) {
        _cleanup_free_ char *escape = util_format_text("%%%02X", (unsigned) (unsigned char) *name);

        if (strchr(plain, *name))
            buffer_append(&out, name, 1);
        else
            buffer_append(&out, escape, 3);
    }
    return out.data;
}

cJSON *ics_make_stub(const char *folder, const char *name) {
    _cleanup_free_ char *encoded = encode_name(name);
    _cleanup_free_ char *href = util_format_text("/api/v1/%s/%s", folder, encoded);
    cJSON *stub = cJSON_CreateObject();

    cJSON_AddStringToObject(stub, "href", href);
    cJSON_AddStringToObject(stub, "name", name);
    return stub;
}

static void list_stubs(struct request *q, struct reply *a, const char *state_member, const char *member,
                       const char *folder) {
    cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, member);
    const cJSON *item;

    cJSON_ArrayForEach(item, json_get(q->appliance->state, state_member))
        cJSON_AddItemToArray(list, ics_make_stub(folder, item->string));
    ics_return_take(q, a, json);
}

void ics_list_auth_servers(struct request *q, struct reply *a) {
    list_stubs(q, a, "auth-servers", "auth-server", "configuration/authentication/auth-servers/auth-server");
}

void ics_list_realms(struct request *q, struct reply *a) {
    list_stubs(q, a, "admin-realms", "realm", "configuration/administrators/admin-realms/realm");
}

void ics_list_roles(struct request *q, struct reply *a) {
    list_stubs(q, a, "admin-roles", "admin-role", "configuration/administrators/admin-roles/admin-role");
}

/* Moves a list from where the state keeps it to where the tree of the appliance has it. */
static void nest_groups(cJSON *server, const char *state_member, const char *branch, const char *member) {
    cJSON *list = cJSON_DetachItemFromObjectCaseSensitive(server, state_member);
    cJSON *catalogue;

    if (!list)
        return;
    catalogue = json_need_object(json_need_object(server, branch), "server-catalog");
    json_put(json_need_object(catalogue, "groups"), member, list);
}

void ics_get_auth_server(struct request *q, struct reply *a) {
    const cJSON *stored = ics_find_item(q, "auth-servers", a);
    cJSON *server;

    if (!stored)
        return;
    server = cJSON_Duplicate(stored, true);
    json_put(server, "name", cJSON_CreateString(q->names[0]));
    if (!json_get(server, "auth-server-type"))
        cJSON_AddStringToObject(server, "auth-server-type",
                                json_get(server, "ad-groups") ? "Active Directory / Windows NT"
                                                              : "LDAP Server");
    nest_groups(server, "ad-groups", "ad", "ad-group");
    nest_groups(server, "ldap-groups", "ldap", "user-group");
    ics_return_take(q, a, server);
}

void ics_get_realm(struct request *q, struct reply *a) {
    const cJSON *stored = ics_find_item(q, "admin-realms", a);
    cJSON *realm, *source_ip;

    if (!stored)
        return;
    realm = cJSON_Duplicate(stored, true);
    json_put(realm, "name", cJSON_CreateString(q->names[0]));
    source_ip = cJSON_DetachItemFromObjectCaseSensitive(realm, "source-ip");
    if (source_ip)
        json_put(json_need_object(realm, "authentication-policy"), "source-ip", source_ip);
    ics_return_take(q, a, realm);
}

void ics_get_role(struct request *q, struct reply *a) {
    const cJSON *stored = ics_find_item(q, "admin-roles", a);
    cJSON *role, *options;

    if (!stored)
        return;
    role = cJSON_Duplicate(stored, true);
    json_put(role, "name", cJSON_CreateString(q->names[0]));
    options = cJSON_DetachItemFromObjectCaseSensitive(role, "session-options");
    if (options)
        json_put(json_need_object(role, "general"), "session-options", options);
    ics_return_take(q, a, role);
}
