/* SPDX-License-Identifier: Apache-2.0 */

#include "copy.h"
#include "json.h"

#include <stdio.h>
#include <string.h>

/* Under /configuration every leaf is text. */
static cJSON *with_text_leaves(const cJSON *json) {
    cJSON *copy;
    const cJSON *item;
    char number[32];

    if (cJSON_IsBool(json))
        return cJSON_CreateString(cJSON_IsTrue(json) ? "true" : "false");
    if (cJSON_IsNumber(json)) {
        snprintf(number, sizeof(number), "%.0f", json->valuedouble);
        return cJSON_CreateString(number);
    }
    if (!cJSON_IsArray(json) && !cJSON_IsObject(json))
        return cJSON_Duplicate(json, true);
    copy = cJSON_IsArray(json) ? cJSON_CreateArray() : cJSON_CreateObject();
    cJSON_ArrayForEach(item, json)
        if (cJSON_IsArray(json))
            cJSON_AddItemToArray(copy, with_text_leaves(item));
        else
            cJSON_AddItemToObject(copy, item->string, with_text_leaves(item));
    return copy;
}

/* {"name": [...]} in place of the list. */
static void wrap_list(cJSON *object, const char *member, const char *name) {
    cJSON *list = cJSON_DetachItemFromObjectCaseSensitive(object, member), *wrapped;

    if (!list)
        return;
    wrapped = cJSON_CreateObject();
    cJSON_AddItemToObject(wrapped, name, list);
    cJSON_AddItemToObject(object, member, wrapped);
}

static cJSON *copy_realms(const cJSON *realms) {
    cJSON *copy = with_text_leaves(realms), *realm;

    cJSON_ArrayForEach(realm, copy)
        if (json_get(realm, "source-ip"))
            wrap_list(json_get(realm, "source-ip"), "ips", "ip");
    return copy;
}

/* An export tells who is in the cluster and nothing else of it. */
static cJSON *copy_cluster(const cJSON *exported) {
    cJSON *cluster = cJSON_CreateObject(), *members = cJSON_CreateObject();
    const cJSON *member;

    cJSON_ArrayForEach(member, exported) {
        cJSON *copy = cJSON_AddObjectToObject(members, member->string);

        cJSON_AddStringToObject(copy, "internal-ip", json_text(member, "member-ip") ?: "");
        cJSON_AddStringToObject(copy, "internal-netmask", json_text(member, "member-netmask") ?: "");
    }
    cJSON_AddStringToObject(cluster, "name", "copy");
    cJSON_AddStringToObject(cluster, "password", "stand-in");
    cJSON_AddItemToObject(cluster, "members", members);
    return cluster;
}

/* Without their keys: those no appliance gives. */
static cJSON *copy_certificates(const cJSON *exported) {
    static const char *const unseen[] = {"pkcs12", "password", "certificate"};
    cJSON *list = cJSON_CreateArray();
    const cJSON *certificate;

    cJSON_ArrayForEach(certificate, exported) {
        cJSON *copy = cJSON_Duplicate(certificate, true);

        for (size_t i = 0; i < ELEMENTSOF(unseen); i++)
            cJSON_DeleteItemFromObjectCaseSensitive(copy, unseen[i]);
        wrap_list(copy, "internal-interfaces", "internal-interface");
        wrap_list(copy, "external-interfaces", "external-interface");
        json_put(copy, "subject", cJSON_CreateString(certificate->string));
        cJSON_AddItemToArray(list, copy);
    }
    return list;
}

/* Interfaces that are no port by themselves. */
static void add_ports(cJSON *state, const char *side, const char *member, const char *item) {
    cJSON *ports = cJSON_CreateArray();
    const cJSON *certificate, *port;

    cJSON_ArrayForEach(certificate, json_get(state, "device-certificates"))
        cJSON_ArrayForEach(port, json_get(json_get(certificate, member), item))
            if (cJSON_IsString(port) && port->valuestring[0] != '<')
                cJSON_AddItemToArray(ports, cJSON_Duplicate(port, true));
    cJSON_AddItemToObject(json_need_object(state, "virtual-ports"), side, ports);
}

static cJSON *copy_esap(const cJSON *exported) {
    const char *version = json_text(exported, "active-version");
    cJSON *esaps = cJSON_CreateObject(), *esap;

    if (!version)
        return esaps;
    cJSON_AddStringToObject(esaps, "active-version", version);
    esap = cJSON_CreateObject();
    cJSON_AddStringToObject(esap, "esap-version", version);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(esaps, "esap"), esap);
    return esaps;
}

cJSON *copy_ics(const cJSON *section, const cJSON *facts, cJSON *options) {
    static const char *const names[] = {"auth-servers",    "admin-realms",        "admin-roles",
                                        "cluster-members", "device-certificates", "esap"};
    const cJSON *members = json_get(section, "cluster-members"), *certificates;
    cJSON *state = facts ? cJSON_Duplicate(facts, true) : cJSON_CreateObject();

    copy_refuse_unknown(section, names, ELEMENTSOF(names));
    certificates = json_get(section, "device-certificates");
    json_put(state, "auth-servers",
             with_text_leaves(json_get(section, "auth-servers")) ?: cJSON_CreateObject());
    json_put(state, "admin-realms", copy_realms(json_get(section, "admin-realms")) ?: cJSON_CreateObject());
    json_put(state, "admin-roles",
             with_text_leaves(json_get(section, "admin-roles")) ?: cJSON_CreateObject());
    json_put(state, "esaps", copy_esap(json_get(section, "esap")));
    if (members && members->child)
        json_put(state, "cluster", copy_cluster(members));
    if (certificates && certificates->child) {
        json_put(state, "device-certificates", copy_certificates(certificates));
        cJSON_AddStringToObject(options, "certificate-list", "stubs");
    }
    add_ports(state, "internal", "internal-interfaces", "internal-interface");
    add_ports(state, "external", "external-interfaces", "external-interface");
    return state;
}
