/* SPDX-License-Identifier: Apache-2.0 */

#include "checkpoint.h"

#include <stdio.h>
#include <string.h>

static const struct checkpoint_parameter parameter_table[] = {
    {"ip-address", CHECKPOINT_ADDRESS, false},       {"revoke-method", CHECKPOINT_TEXT, false},
    {"subnet", CHECKPOINT_ADDRESS, false},           {"subnet-mask", CHECKPOINT_ADDRESS, false},
    {"ip-address-first", CHECKPOINT_ADDRESS, false}, {"ip-address-last", CHECKPOINT_ADDRESS, false},
    {"client-type", CHECKPOINT_TEXT, false},         {0},
};

static bool take_one(const struct ip *address, const struct ip *unused, struct ip_range *ret) {
    (void) unused;
    return ip_range_between(address, address, ret);
}

/* Which addresses a method needs, and permits. */
static const struct method {
    const char *name;
    const char *from, *to;
    bool (*make)(const struct ip *from, const struct ip *to, struct ip_range *ret);
} method_table[] = {
    {"", "ip-address", "ip-address", take_one},
    {"mask", "subnet", "subnet-mask", ip_range_of_subnet},
    {"range", "ip-address-first", "ip-address-last", ip_range_between},
};

static const struct method *find_method(const cJSON *command) {
    const char *name = json_text(command, "revoke-method") ?: "";

    for (size_t i = 0; i < ELEMENTSOF(method_table); i++)
        if (strcmp(method_table[i].name, name) == 0)
            return &method_table[i];
    return NULL;
}

/* The fault, or NULL. */
static cJSON *read_range(const cJSON *command, struct ip_range *ret) {
    const struct method *method = find_method(command);
    struct ip from, to;

    if (!method)
        return checkpoint_fault("GENERIC_ERR_INVALID_PARAMETER", "Invalid value of 'revoke-method'");
    if (!checkpoint_address(command, method->from, &from) || !checkpoint_address(command, method->to, &to))
        return checkpoint_fault("GENERIC_ERR_MISSING_REQUIRED_PARAMETERS", "'%s' and '%s' are needed",
                                method->from, method->to);
    for (const struct method *other = method_table; other < method_table + ELEMENTSOF(method_table); other++)
        if (other != method && (checkpoint_text(command, other->from) || checkpoint_text(command, other->to)))
            return checkpoint_fault("GENERIC_ERR_INVALID_PARAMETER", "'%s' is not of this revoke-method",
                                    checkpoint_text(command, other->from) ? other->from : other->to);
    if (!method->make(&from, &to, ret))
        return checkpoint_fault("GENERIC_ERR_INVALID_PARAMETER", "No valid IP was provided");
    return NULL;
}

/* `ret` is NULL for every source: a VPN address that ends does so for all who knew it. */
static cJSON *read_source(const cJSON *command, const char **ret) {
    static const char *const all[] = {"any", "vpn"};
    static const char *const single[] = {"captive-portal",    "ida-agent", "ad-query",
                                         "multihost-agent",   "radius",    "ida-api",
                                         "identity-collector"};

    *ret = checkpoint_text(command, "client-type");
    for (size_t i = 0; *ret && i < ELEMENTSOF(all); i++)
        if (strcmp(all[i], *ret) == 0)
            *ret = NULL;
    if (!*ret)
        return NULL;
    for (size_t i = 0; i < ELEMENTSOF(single); i++)
        if (strcmp(single[i], *ret) == 0)
            return NULL;
    return checkpoint_fault("GENERIC_ERR_INVALID_PARAMETER", "Invalid value of 'client-type'");
}

static int compare_texts(const void *left, const void *right) {
    return strcmp(*(const char *const *) left, *(const char *const *) right);
}

/* How many identities there are, and on how many addresses. */
static unsigned count(const cJSON *identities, const struct ip_range *range, const char *client_type,
                      unsigned *ret_addresses) {
    _cleanup_free_ const char **addresses = util_allocate(sizeof(char *) *
                                                          (size_t) (cJSON_GetArraySize(identities) + 1));
    const cJSON *identity;
    unsigned n = 0;

    cJSON_ArrayForEach(identity, identities)
        if (checkpoint_matches(identity, range, client_type))
            addresses[n++] = json_text(identity, "address");
    qsort(addresses, n, sizeof(char *), compare_texts);
    *ret_addresses = 0;
    for (unsigned i = 0; i < n; i++)
        if (i == 0 || strcmp(addresses[i - 1], addresses[i]) != 0)
            ++*ret_addresses;
    return n;
}

static cJSON *make_order(const struct ip_range *range, const char *client_type) {
    cJSON *order = cJSON_CreateObject(), *what = cJSON_AddObjectToObject(order, "delete");
    char text[INET6_ADDRSTRLEN];

    ip_print(&range->first, text);
    cJSON_AddStringToObject(what, "first", text);
    ip_print(&range->last, text);
    cJSON_AddStringToObject(what, "last", text);
    if (client_type)
        cJSON_AddStringToObject(what, "client-type", client_type);
    return order;
}

static cJSON *make_answer(const struct request *q, const cJSON *command, unsigned n, unsigned n_addresses) {
    cJSON *answer = cJSON_CreateObject();
    char text[64];
    struct ip ip;

    snprintf(text, sizeof(text), "%u", n);
    if (q->appliance->options.count == COUNT_NUMBER)
        cJSON_AddNumberToObject(answer, "count", n);
    else
        cJSON_AddStringToObject(answer, "count", text);
    snprintf(text, sizeof(text), "Total of %u IPs disassociations will be processed.", n_addresses);
    if (checkpoint_address(command, "ip-address", &ip)) {
        checkpoint_add_address(q, answer, &ip);
        snprintf(text, sizeof(text), "Disassociation sent to PDP.");
    }
    cJSON_AddStringToObject(answer, "message", text);
    return answer;
}

cJSON *checkpoint_delete(struct request *q, struct reply *a, const cJSON *command) {
    cJSON *fault = checkpoint_check(command, parameter_table);
    struct ip_range range;
    const char *client_type = NULL;
    unsigned n, n_addresses;

    fault = fault ?: read_source(command, &client_type);
    fault = fault ?: read_range(command, &range);
    if (fault)
        return fault;
    n = count(json_get(q->appliance->state, "identities"), &range, client_type, &n_addresses);
    if (n > 0) {
        checkpoint_queue_take(q->appliance, make_order(&range, client_type));
        a->applied = true;
    }
    return make_answer(q, command, n, n_addresses);
}
