/* SPDX-License-Identifier: Apache-2.0 */

/* Making, joining and leaving a cluster. What fails for the state that a node is in fails under `info`, with
 * 200: so the guide has it for the fail-over. */

#include "ics_cluster.h"

#include <string.h>

/* The appliance starts its services anew: no key outlives that. */
static void restart(struct request *q) {
    q->session = NULL;
    session_drop_all(&q->appliance->sessions);
}

static bool needs_texts(const cJSON *body, const char *const *names, size_t n, struct reply *a) {
    for (size_t i = 0; i < n; i++) {
        const char *text = json_text(body, names[i]);

        if (!text || text[0] == '\0') {
            ics_refuse(a, 422, "'%s' is missing", names[i]);
            return false;
        }
    }
    return true;
}

static bool is_alone(const struct request *q, struct reply *a) {
    if (!ics_cluster_find(q))
        return true;
    ics_tell(a, 200, "Node is already part of a cluster. Invalid operation.");
    return false;
}

static const char *own_text(const struct request *q, const char *name, const char *otherwise) {
    return json_text(json_get(q->appliance->state, "network"), name) ?: otherwise;
}

static void create(struct request *q, struct reply *a) {
    static const char *const names[] = {"cluster-name", "cluster-password", "member-name"};
    static const char *const addresses[] = {"internal-netmask", "external-ip", "external-netmask"};
    const char *name = json_text(q->json, "cluster-name");
    cJSON *cluster, *member;

    if (!needs_texts(q->json, names, ELEMENTSOF(names), a) || !is_alone(q, a))
        return;
    cluster = cJSON_CreateObject();
    cJSON_AddStringToObject(cluster, "name", name);
    cJSON_AddStringToObject(cluster, "password", json_text(q->json, "cluster-password"));
    member = json_need_object(json_need_object(cluster, "members"), json_text(q->json, "member-name"));
    cJSON_AddStringToObject(member, "internal-ip", own_text(q, "internal-ip", q->appliance->address));
    for (size_t i = 0; i < ELEMENTSOF(addresses); i++)
        cJSON_AddStringToObject(member, addresses[i], own_text(q, addresses[i], ""));
    ics_cluster_complete(cluster);
    json_put(appliance_own_state(q->appliance), "cluster", cluster);
    a->applied = true;
    ics_tell(a, 200, "Created cluster '%s' successfully", name);
    restart(q);
}

static cJSON *find_by_address(const cJSON *cluster, const char *address) {
    cJSON *member;

    cJSON_ArrayForEach(member, json_get(cluster, "members"))
        if (strcmp(json_text(member, "internal-ip") ?: "", address) == 0)
            return member;
    return NULL;
}

/* The other side must know this node already, and be asked for at a member that can be reached. */
static bool may_join(const struct request *q, const cJSON *cluster) {
    const cJSON *asked = find_by_address(cluster, json_text(q->json, "member-address"));
    const char *password = json_text(cluster, "password");

    return asked && ics_member_is_reachable(asked) && password &&
           strcmp(password, json_text(q->json, "cluster-password")) == 0 &&
           find_by_address(cluster, own_text(q, "internal-ip", q->appliance->address));
}

static void join(struct request *q, struct reply *a) {
    static const char *const names[] = {"cluster-name", "cluster-password", "member-address"};
    const char *name = json_text(q->json, "cluster-name");
    const cJSON *other = json_get(json_get(q->appliance->state, "joinable-clusters"), name ?: "");
    cJSON *cluster, *self;

    if (!needs_texts(q->json, names, ELEMENTSOF(names), a) || !is_alone(q, a))
        return;
    if (!may_join(q, other)) {
        ics_tell(a, 200, "Failed to join cluster '%s'", name);
        return;
    }
    cluster = cJSON_Duplicate(other, true);
    self = find_by_address(cluster, own_text(q, "internal-ip", q->appliance->address));
    json_put(self, "notes", cJSON_CreateString("Enabled"));
    json_put(self, "status-code", cJSON_CreateString("0x4"));
    json_put(cluster, "name", cJSON_CreateString(name));
    json_put(cluster, "this-member", cJSON_CreateString(self->string));
    json_put(appliance_own_state(q->appliance), "cluster", cluster);
    a->applied = true;
    ics_tell(a, 200, "Joined cluster '%s' successfully", name);
    restart(q);
}

void ics_put_cluster(struct request *q, struct reply *a) {
    const char *action = json_text(q->json, "action") ?: "";

    if (strcmp(action, "create") == 0)
        create(q, a);
    else if (strcmp(action, "join") == 0)
        join(q, a);
    else if (strcmp(action, "vip-failover") == 0)
        ics_cluster_fail_over(q, a);
    else
        ics_refuse(a, 422, "The value of 'action' must be create, join or vip-failover");
}

static bool check_member(const cJSON *body, struct reply *a) {
    static const char *const names[] = {"member-name", "member-ip", "member-netmask", "member-gateway"};
    static const char *const addresses[] = {"member-ip", "member-gateway", "member-external-ip",
                                            "member-external-gateway"};
    static const char *const netmasks[] = {"member-netmask", "member-external-netmask"};
    uint32_t ignored;

    if (!needs_texts(body, names, ELEMENTSOF(names), a))
        return false;
    for (size_t i = 0; i < ELEMENTSOF(addresses); i++)
        if (json_get(body, addresses[i]) &&
            !address_parse_ipv4(json_text(body, addresses[i]) ?: "", &ignored)) {
            ics_refuse(a, 422, "The value of '%s' is not an IPv4 address", addresses[i]);
            return false;
        }
    for (size_t i = 0; i < ELEMENTSOF(netmasks); i++)
        if (json_get(body, netmasks[i]) &&
            !address_parse_netmask(json_text(body, netmasks[i]) ?: "", &ignored)) {
            ics_refuse(a, 422, "The value of '%s' is not a netmask", netmasks[i]);
            return false;
        }
    return true;
}

/* Gateways are kept, but the API does not show them again. */
static cJSON *make_member(const cJSON *body) {
    static const char *const names[][2] = {{"member-ip", "internal-ip"},
                                           {"member-netmask", "internal-netmask"},
                                           {"member-gateway", "internal-gateway"},
                                           {"member-external-ip", "external-ip"},
                                           {"member-external-netmask", "external-netmask"},
                                           {"member-external-gateway", "external-gateway"}};
    cJSON *member = cJSON_CreateObject();

    for (size_t i = 0; i < ELEMENTSOF(names); i++)
        if (json_get(body, names[i][0]))
            cJSON_AddStringToObject(member, names[i][1], json_text(body, names[i][0]));
    cJSON_AddStringToObject(member, "notes", "Enabled, Unreachable");
    return member;
}

void ics_post_member(struct request *q, struct reply *a) {
    const cJSON *cluster = ics_cluster_find(q), *members = json_get(cluster, "members");
    const char *name = json_text(q->json, "member-name");
    cJSON *own;

    if (!check_member(q->json, a))
        return;
    if (!cluster)
        ics_tell(a, 200, "Node not part of a cluster. Invalid operation.");
    else if (json_get(members, name) || find_by_address(cluster, json_text(q->json, "member-ip")))
        ics_tell(a, 200, "Member '%s' already exists", name);
    else if (ics_cluster_is_passive(cluster) && cJSON_GetArraySize(members) >= 2)
        ics_refuse(a, 422, "An Active/Passive cluster has two members at most");
    else {
        own = json_get(appliance_own_state(q->appliance), "cluster");
        json_put(json_get(own, "members"), name, make_member(q->json));
        ics_cluster_complete(own);
        a->applied = true;
        ics_tell(a, 200, "Added member '%s' to cluster successfully", name);
    }
}

void ics_delete_member(struct request *q, struct reply *a) {
    const char *name = q->names[0];
    cJSON *state, *cluster;

    if (!json_get(json_get(ics_cluster_find(q), "members"), name)) {
        ics_refuse(a, 404, "Resource not found");
        return;
    }
    state = appliance_own_state(q->appliance);
    cluster = json_get(state, "cluster");
    a->applied = true;
    ics_tell(a, 200, "Removed member '%s' from cluster successfully", name);
    if (strcmp(json_text(cluster, "this-member") ?: "", name) == 0) {
        cJSON_DeleteItemFromObjectCaseSensitive(state, "cluster");
        restart(q);
        return;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(json_get(cluster, "members"), name);
    ics_cluster_mend(cluster);
}
