/* SPDX-License-Identifier: Apache-2.0 */

/* What a cluster says of itself, and the fail-over of its address. */

#include "ics_cluster.h"

#include <string.h>

#define UNREACHABLE "Enabled, Unreachable"

bool ics_cluster_is_passive(const cJSON *cluster) {
    return strcmp(json_text(cluster, "mode") ?: "", "Active/Passive") == 0;
}

static bool is_leader(const cJSON *member) {
    return strcmp(json_text(member, "notes") ?: "", "Leader") == 0;
}

bool ics_member_is_reachable(const cJSON *member) {
    return strcmp(json_text(member, "notes") ?: "", UNREACHABLE) != 0 &&
           !cJSON_IsFalse(json_get(member, "enabled"));
}

static const cJSON *find_leader(const cJSON *cluster) {
    const cJSON *member;

    cJSON_ArrayForEach(member, json_get(cluster, "members"))
        if (is_leader(member))
            return member;
    return NULL;
}

static void default_text(cJSON *object, const char *name, const char *text) {
    if (!json_get(object, name))
        cJSON_AddStringToObject(object, name, text);
}

static void complete_member(cJSON *member, bool is_passive) {
    const char *code;

    if (!json_get(member, "enabled"))
        cJSON_AddTrueToObject(member, "enabled");
    default_text(member, "external-ip", "");
    default_text(member, "external-netmask", "");
    default_text(member, "internal-ip", "");
    default_text(member, "internal-netmask", "");
    default_text(member, "notes", "Enabled");
    if (is_leader(member))
        code = is_passive ? "0x1b004" : "0x19004";
    else
        code = ics_member_is_reachable(member) ? "0x4" : "0x18";
    default_text(member, "status-code", code);
}

void ics_cluster_complete(cJSON *cluster) {
    cJSON *members = json_need_object(cluster, "members"), *member;

    default_text(cluster, "mode", "Active/Active");
    cJSON_ArrayForEach(member, members)
        if (!find_leader(cluster) && !json_get(member, "notes"))
            cJSON_AddStringToObject(member, "notes", "Leader");
    cJSON_ArrayForEach(member, members)
        complete_member(member, ics_cluster_is_passive(cluster));
    if (members->child)
        default_text(cluster, "this-member", members->child->string);
    if (ics_cluster_is_passive(cluster) && find_leader(cluster)) {
        default_text(cluster, "internal-vip-owner", find_leader(cluster)->string);
        default_text(cluster, "external-vip-owner", find_leader(cluster)->string);
    }
}

void ics_normalise_cluster(cJSON *state) {
    cJSON *cluster;

    if (cJSON_IsObject(json_get(state, "cluster")))
        ics_cluster_complete(json_get(state, "cluster"));
    cJSON_ArrayForEach(cluster, json_get(state, "joinable-clusters"))
        ics_cluster_complete(cluster);
}

const cJSON *ics_cluster_find(const struct request *q) {
    const cJSON *cluster = json_get(q->appliance->state, "cluster");
    return cJSON_IsObject(cluster) ? cluster : NULL;
}

static cJSON *print_member(const cJSON *member, bool is_passive) {
    static const char *const names[] = {"enabled",          "external-ip", "internal-ip",
                                        "internal-netmask", "notes",       "status-code"};
    cJSON *json = cJSON_CreateObject();

    for (size_t i = 0; i < ELEMENTSOF(names); i++)
        cJSON_AddItemToObject(json, names[i], cJSON_Duplicate(json_get(member, names[i]), true));
    cJSON_AddStringToObject(json, "name", member->string);
    cJSON_AddItemToObject(json, is_passive ? "external-netmask" : "external-network",
                          cJSON_Duplicate(json_get(member, "external-netmask"), true));
    return json;
}

static cJSON *print_cluster(const struct request *q, const cJSON *cluster) {
    static const char *const names[] = {"external-vip-ipv4", "external-vip-owner", "internal-vip-ipv4",
                                        "internal-vip-owner"};
    bool is_passive = ics_cluster_is_passive(cluster);
    cJSON *json = cJSON_CreateObject(), *list = cJSON_CreateArray();
    const cJSON *member;

    cJSON_AddStringToObject(json, "name", json_text(cluster, "name") ?: "");
    cJSON_AddStringToObject(json, "mode", json_text(cluster, "mode"));
    for (size_t i = 0; is_passive && i < ELEMENTSOF(names); i++)
        cJSON_AddStringToObject(json, names[i], json_text(cluster, names[i]) ?: "");
    cJSON_ArrayForEach(member, json_get(cluster, "members"))
        cJSON_AddItemToArray(list, print_member(member, is_passive));
    ics_add_list_take(q, json, "members", list);
    return json;
}

static void own_address(cJSON *cluster, const char *member) {
    json_put(cluster, "internal-vip-owner", cJSON_CreateString(member));
    json_put(cluster, "external-vip-owner", cJSON_CreateString(member));
}

/* A fail-over that was only begun ends once somebody has seen that it has not. */
static void settle(struct request *q) {
    cJSON *cluster = json_get(appliance_own_state(q->appliance), "cluster");
    cJSON *heir = cJSON_DetachItemFromObjectCaseSensitive(cluster, "fail-over-to");

    own_address(cluster, cJSON_GetStringValue(heir));
    cJSON_Delete(heir);
}

void ics_get_cluster(struct request *q, struct reply *a) {
    const cJSON *cluster = ics_cluster_find(q);

    if (cluster) {
        reply_set_json_take(a, 200, print_cluster(q, cluster));
        if (json_text(cluster, "fail-over-to"))
            settle(q);
        return;
    }
    switch (q->appliance->options.no_cluster) {
    case NO_CLUSTER_404:
        ics_refuse(a, 404, "Resource not found");
        break;
    case NO_CLUSTER_EMPTY:
        reply_set_json_take(a, 200, cJSON_CreateObject());
        break;
    default:
        ics_tell(a, 200, "Node is not part of a cluster.");
    }
}

static const cJSON *find_heir(const cJSON *cluster) {
    const char *owner = json_text(cluster, "internal-vip-owner") ?: "";
    const cJSON *member;

    cJSON_ArrayForEach(member, json_get(cluster, "members"))
        if (strcmp(member->string, owner) != 0 && ics_member_is_reachable(member))
            return member;
    return NULL;
}

void ics_cluster_fail_over(struct request *q, struct reply *a) {
    const cJSON *cluster = ics_cluster_find(q), *heir = find_heir(cluster);
    cJSON *own;

    if (!cluster || !ics_cluster_is_passive(cluster)) {
        ics_tell(a, 200, "Node not part of an Active-Passive cluster. Invalid operation.");
        return;
    }
    ics_tell(a, 200, "VIP fail-over initiated");
    if (!heir) /* that nobody could take over is not said */
        return;
    own = json_get(appliance_own_state(q->appliance), "cluster");
    heir = find_heir(own);
    if (q->appliance->options.fail_over == FAIL_OVER_LATE)
        json_put(own, "fail-over-to", cJSON_CreateString(heir->string));
    else
        own_address(own, heir->string);
    a->applied = true;
}

/* Who leads and who has the address after a member went. */
void ics_cluster_mend(cJSON *cluster) {
    cJSON *members = json_get(cluster, "members"), *member;

    if (!find_leader(cluster))
        cJSON_ArrayForEach(member, members)
            if (ics_member_is_reachable(member)) {
                json_put(member, "notes", cJSON_CreateString("Leader"));
                cJSON_DeleteItemFromObjectCaseSensitive(member, "status-code");
                break;
            }
    if (!json_get(members, json_text(cluster, "internal-vip-owner") ?: "")) {
        cJSON_DeleteItemFromObjectCaseSensitive(cluster, "internal-vip-owner");
        cJSON_DeleteItemFromObjectCaseSensitive(cluster, "external-vip-owner");
    }
    cJSON_DeleteItemFromObjectCaseSensitive(cluster, "fail-over-to");
    ics_cluster_complete(cluster);
}
