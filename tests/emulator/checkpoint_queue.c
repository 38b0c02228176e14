/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The identities, and what is on its way to them: `queue` in the state, oldest first, each order with the
 * number of requests that will still show what was before.
 */

#include "checkpoint.h"

#include <string.h>

static const char *get_source(const cJSON *identity) {
    return json_text(identity, "client-type") ?: "ida-api";
}

bool checkpoint_matches(const cJSON *identity, const struct ip_range *range, const char *client_type) {
    struct ip ip;

    return ip_parse(json_text(identity, "address"), &ip) && ip_range_holds(range, &ip) &&
           (!client_type || strcmp(get_source(identity), client_type) == 0);
}

static cJSON *need_list(cJSON *state, const char *name) {
    if (!cJSON_IsArray(json_get(state, name)))
        json_put(state, name, cJSON_CreateArray());
    return json_get(state, name);
}

static bool have_same(const cJSON *left, const cJSON *right, const char *member) {
    return strcmp(json_text(left, member) ?: "", json_text(right, member) ?: "") == 0;
}

/* The same user on the same computer from the same source is the same session, begun again. */
static bool is_same_session(const cJSON *left, const cJSON *right) {
    static const char *const members[] = {"address", "user", "machine", "domain", "identity-source"};

    for (size_t i = 0; i < ELEMENTSOF(members); i++)
        if (!have_same(left, right, members[i]))
            return false;
    return strcmp(get_source(left), get_source(right)) == 0;
}

static void add_identity(cJSON *identities, const cJSON *identity) {
    cJSON *copy = cJSON_Duplicate(identity, true), *old;

    cJSON_ArrayForEach(old, identities)
        if (is_same_session(old, identity)) {
            cJSON_ReplaceItemViaPointer(identities, old, copy);
            return;
        }
    cJSON_AddItemToArray(identities, copy);
}

static void delete_identities(cJSON *identities, const cJSON *what) {
    const char *client_type = json_text(what, "client-type");
    struct ip_range range;
    cJSON *item, *next;

    if (!ip_parse(json_text(what, "first"), &range.first) || !ip_parse(json_text(what, "last"), &range.last))
        return;
    for (item = identities->child; item; item = next) {
        next = item->next;
        if (checkpoint_matches(item, &range, client_type))
            cJSON_Delete(cJSON_DetachItemViaPointer(identities, item));
    }
}

/* Carries out the oldest orders, as long as they need not be shown as undone any more. */
static void carry_out(cJSON *state) {
    cJSON *identities = need_list(state, "identities"), *queue = need_list(state, "queue"), *order;
    double shows = 0;

    while ((order = queue->child) && (!json_number(order, "shows", &shows) || shows <= 0)) {
        if (json_get(order, "add"))
            add_identity(identities, json_get(order, "add"));
        delete_identities(identities, json_get(order, "delete"));
        cJSON_DeleteItemFromArray(queue, 0);
    }
}

void checkpoint_queue_take(struct appliance *p, cJSON *order) {
    cJSON *state = appliance_own_state(p), *queue = need_list(state, "queue");

    cJSON_AddNumberToObject(order, "shows", p->options.late_shows);
    cJSON_AddItemToArray(queue, order);
    carry_out(state);
}

void checkpoint_queue_step(struct appliance *p) {
    cJSON *order;

    if (cJSON_GetArraySize(json_get(p->state, "queue")) == 0)
        return;
    carry_out(appliance_own_state(p));
    cJSON_ArrayForEach(order, json_get(p->state, "queue")) {
        cJSON *shows = json_get(order, "shows");
        if (shows->valuedouble > 0)
            cJSON_SetNumberValue(shows, shows->valuedouble - 1);
    }
}

void checkpoint_normalise_state(cJSON *state) {
    cJSON *identity;

    need_list(state, "queue");
    cJSON_ArrayForEach(identity, need_list(state, "identities")) {
        char text[INET6_ADDRSTRLEN];
        struct ip ip;

        if (!cJSON_IsObject(identity))
            continue;
        if (ip_parse(json_text(identity, "address"), &ip)) {
            ip_print(&ip, text);
            json_put(identity, "address", cJSON_CreateString(text));
        }
        json_put(identity, "client-type", cJSON_CreateString(get_source(identity)));
    }
}
