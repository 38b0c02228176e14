/* SPDX-License-Identifier: Apache-2.0 */

#include "checkpoint.h"

#include <string.h>

static const struct checkpoint_parameter parameter_table[] = {
    {"ip-address", CHECKPOINT_ADDRESS, true},
    {"user", CHECKPOINT_TEXT, false},
    {"machine", CHECKPOINT_TEXT, false},
    {"domain", CHECKPOINT_TEXT, false},
    {"session-timeout", CHECKPOINT_SECONDS, false},
    {"fetch-user-groups", CHECKPOINT_FLAG, false},
    {"fetch-machine-groups", CHECKPOINT_FLAG, false},
    {"calculate-roles", CHECKPOINT_FLAG, false},
    {"user-groups", CHECKPOINT_TEXTS, false},
    {"machine-groups", CHECKPOINT_TEXTS, false},
    {"roles", CHECKPOINT_TEXTS, false},
    {"machine-os", CHECKPOINT_TEXT, false},
    {"host-type", CHECKPOINT_TEXT, false},
    {"identity-source", CHECKPOINT_TEXT, false},
    {0},
};

static bool is_on(const cJSON *command, const char *flag) {
    double value = 1;

    json_number(command, flag, &value);
    return value != 0;
}

static cJSON *check(const cJSON *command) {
    cJSON *fault = checkpoint_check(command, parameter_table);

    if (fault)
        return fault;
    if (!checkpoint_text(command, "user") && !checkpoint_text(command, "machine"))
        return checkpoint_fault("GENERIC_ERR_MISSING_REQUIRED_PARAMETERS", "'user' or 'machine' is missing");
    if (!is_on(command, "calculate-roles") &&
        (is_on(command, "fetch-user-groups") || is_on(command, "fetch-machine-groups")))
        return checkpoint_fault("GENERIC_ERR_INVALID_PARAMETER",
                                "Groups cannot be fetched without calculating roles");
    return NULL;
}

/* What was given counts only where the gateway does not find it out by itself. */
static void copy_list(cJSON *identity, const char *as, const cJSON *command, const char *name,
                      const char *flag) {
    const cJSON *list = json_get(command, name);

    if (list && !is_on(command, flag))
        cJSON_AddItemToObject(identity, as, cJSON_Duplicate(list, true));
}

static cJSON *make_identity(const cJSON *command, const struct ip *ip) {
    static const char *const texts[] = {"user",       "machine",  "domain", "identity-source",
                                        "machine-os", "host-type"};
    cJSON *identity = cJSON_CreateObject();
    char address[INET6_ADDRSTRLEN];
    double seconds = 43200;

    ip_print(ip, address);
    cJSON_AddStringToObject(identity, "address", address);
    cJSON_AddStringToObject(identity, "client-type", "ida-api");
    for (size_t i = 0; i < ELEMENTSOF(texts); i++)
        if (checkpoint_text(command, texts[i]))
            cJSON_AddStringToObject(identity, texts[i], checkpoint_text(command, texts[i]));
    json_number(command, "session-timeout", &seconds);
    cJSON_AddNumberToObject(identity, "session-timeout", seconds);
    copy_list(identity, "groups", command, "user-groups", "fetch-user-groups");
    copy_list(identity, "machine-groups", command, "machine-groups", "fetch-machine-groups");
    copy_list(identity, "roles", command, "roles", "calculate-roles");
    return identity;
}

cJSON *checkpoint_add(struct request *q, struct reply *a, const cJSON *command) {
    cJSON *fault = check(command), *order, *answer;
    struct ip ip;

    if (fault || !checkpoint_address(command, "ip-address", &ip))
        return fault;
    order = cJSON_CreateObject();
    cJSON_AddItemToObject(order, "add", make_identity(command, &ip));
    checkpoint_queue_take(q->appliance, order);
    a->applied = true;
    answer = cJSON_CreateObject();
    checkpoint_add_address(q, answer, &ip);
    cJSON_AddStringToObject(answer, "message", "Association sent to PDP.");
    return answer;
}
