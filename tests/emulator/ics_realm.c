/* SPDX-License-Identifier: Apache-2.0 */

#include "ics.h"

#include <string.h>

/* With all that the appliance returns even where nothing was ever set. */
static cJSON *copy_source_ip(const cJSON *realm) {
    const cJSON *stored = json_get(realm, "source-ip");
    cJSON *copy = cJSON_IsObject(stored) ? cJSON_Duplicate(stored, true) : cJSON_CreateObject();
    cJSON *ips = json_need_object(copy, "ips");

    if (!json_text(copy, "customized"))
        json_put(copy, "customized", cJSON_CreateString("any-ip"));
    if (!cJSON_IsArray(json_get(ips, "ip")))
        json_put(ips, "ip", cJSON_CreateArray());
    return copy;
}

static bool check_item(const cJSON *item, struct reply *a) {
    const char *access = json_text(item, "access"), *address = json_text(item, "address");
    const char *netmask = json_text(item, "netmask");
    uint32_t ignored;

    if (!access || (strcmp(access, "allow") != 0 && strcmp(access, "deny") != 0))
        ics_refuse(a, 422, "The value of 'access' must be allow or deny");
    else if (!address || (strcmp(address, "*") != 0 && !address_parse_ipv4(address, &ignored)))
        ics_refuse(a, 422, "The value of 'address' is not an IPv4 address");
    else if (netmask ? !address_parse_netmask(netmask, &ignored) : strcmp(address, "*") != 0)
        ics_refuse(a, 422, "The value of 'netmask' is missing or not a netmask");
    else
        return true;
    return false;
}

static bool check_source_ip(const cJSON *source_ip, struct reply *a) {
    const char *customized = json_text(source_ip, "customized");
    const cJSON *item, *list = json_walk(source_ip, "ips/ip");

    if (!customized || (strcmp(customized, "any-ip") != 0 && strcmp(customized, "selected-ip") != 0)) {
        ics_refuse(a, 422, "The value of 'customized' must be any-ip or selected-ip");
        return false;
    }
    if (!cJSON_IsObject(json_get(source_ip, "ips")) || !cJSON_IsArray(list)) {
        ics_refuse(a, 422, "'ips' must hold a list 'ip'");
        return false;
    }
    cJSON_ArrayForEach(item, list)
        if (!check_item(item, a))
            return false;
    return true;
}

static void store_take(struct request *q, struct reply *a, cJSON *source_ip, unsigned status) {
    cJSON *list = json_walk(source_ip, "ips/ip");

    if (cJSON_IsNull(list))
        json_put(json_get(source_ip, "ips"), "ip", cJSON_CreateArray());
    if (!check_source_ip(source_ip, a)) {
        cJSON_Delete(source_ip);
        return;
    }
    json_put(json_get(json_get(appliance_own_state(q->appliance), "admin-realms"), q->names[0]), "source-ip",
             source_ip);
    a->applied = true;
    ics_confirm(q, a, status);
}

void ics_get_source_ip(struct request *q, struct reply *a) {
    const cJSON *realm = ics_find_item(q, "admin-realms", a);
    if (realm)
        ics_return_take(q, a, copy_source_ip(realm));
}

void ics_put_source_ip(struct request *q, struct reply *a) {
    const cJSON *realm = ics_find_item(q, "admin-realms", a);
    cJSON *source_ip;

    if (!realm)
        return;
    source_ip = copy_source_ip(realm);
    json_overlay(source_ip, q->json);
    store_take(q, a, source_ip, 200);
}

void ics_get_customized(struct request *q, struct reply *a) {
    const cJSON *realm = ics_find_item(q, "admin-realms", a);
    cJSON *source_ip, *json;

    if (!realm)
        return;
    source_ip = copy_source_ip(realm);
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "customized", json_text(source_ip, "customized"));
    cJSON_Delete(source_ip);
    reply_set_json_take(a, 200, json);
}

void ics_put_customized(struct request *q, struct reply *a) {
    static const char *const names[] = {"customized"};
    const char *unknown;

    if (json_has_unknown(q->json, names, 1, &unknown))
        ics_refuse(a, 422, "Unknown element '%s'", unknown);
    else if (!json_get(q->json, "customized"))
        ics_refuse(a, 422, "'customized' is missing");
    else
        ics_put_source_ip(q, a);
}

void ics_get_ips(struct request *q, struct reply *a) {
    const cJSON *realm = ics_find_item(q, "admin-realms", a);
    cJSON *source_ip;

    if (!realm)
        return;
    source_ip = copy_source_ip(realm);
    ics_return_take(q, a, cJSON_DetachItemFromObjectCaseSensitive(source_ip, "ips"));
    cJSON_Delete(source_ip);
}

void ics_put_ips(struct request *q, struct reply *a) {
    const cJSON *realm = ics_find_item(q, "admin-realms", a);
    cJSON *source_ip;

    if (!realm)
        return;
    source_ip = copy_source_ip(realm);
    json_overlay(json_get(source_ip, "ips"), q->json);
    store_take(q, a, source_ip, 200);
}

/* A new item goes to the end; the place cannot be chosen. */
void ics_post_ip(struct request *q, struct reply *a) {
    const cJSON *realm = ics_find_item(q, "admin-realms", a);
    cJSON *source_ip;

    if (!realm)
        return;
    source_ip = copy_source_ip(realm);
    cJSON_AddItemToArray(json_walk(source_ip, "ips/ip"), cJSON_Duplicate(q->json, true));
    store_take(q, a, source_ip, 201);
}

bool ics_realm_admits(const cJSON *state, const char *realm, const struct address *peer) {
    const cJSON *source_ip = json_get(json_get(json_get(state, "admin-realms"), realm), "source-ip");

    return address_is_admitted(peer, json_text(source_ip, "customized"), json_walk(source_ip, "ips/ip"));
}
