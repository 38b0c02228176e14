/* SPDX-License-Identifier: Apache-2.0 */

#include "ics.h"

#include <string.h>

void ics_get_system_information(struct request *q, struct reply *a) {
    static const char *const names[] = {"rollback-partition-information", "software-inventory",
                                        "system-information"};
    cJSON *json = cJSON_CreateObject();

    for (size_t i = 0; i < ELEMENTSOF(names); i++) {
        const cJSON *part = json_get(q->appliance->state, names[i]);
        if (part)
            cJSON_AddItemToObject(json, names[i], cJSON_Duplicate(part, true));
    }
    reply_set_json_take(a, 200, json);
}

static cJSON *make_gauges(const cJSON *state) {
    static const struct {
        const char *name;
        int value;
    } gauges[] = {{"CPU-UTILIZATION4", 8},
                  {"SSL-CONNECTION-COUNT", 0},
                  {"SWAP-UTILIZATION", 1},
                  {"DISK-UTILIZATION", -1},
                  {"VPN-TUNNEL-COUNT", 0}};
    cJSON *json = cJSON_CreateObject();

    for (size_t i = 0; i < ELEMENTSOF(gauges); i++)
        cJSON_AddNumberToObject(json, gauges[i].name, gauges[i].value);
    cJSON_AddNumberToObject(json, "USER-COUNT", cJSON_GetArraySize(json_get(state, "active-users")));
    cJSON_AddStringToObject(json, "MAX-LICENSED-USERS-REACHED", "NO");
    return json;
}

/* Answered to everybody, logged in or not. */
void ics_get_healthcheck(struct request *q, struct reply *a) {
    const cJSON *said = json_get(q->appliance->state, "healthcheck");
    _cleanup_free_ char *status = request_query(q, "status");
    const char *which = status ?: "";
    cJSON *json;

    if (strcmp(which, "all") == 0)
        json = make_gauges(q->appliance->state);
    else {
        json = cJSON_CreateObject();
        if (strcmp(which, "sbr") == 0)
            cJSON_AddNumberToObject(json, "SBR-AVAILABLE", 1);
        else
            cJSON_AddStringToObject(json, "message", "Security Gateway is accessible.");
    }
    json_merge(json, json_get(said, which[0] != '\0' ? which : "plain"));
    reply_set_json_take(a, 200, json);
}

/* Base64 of a ZIP in lines, as the guide shows it. */
void ics_get_binary(struct request *q, struct reply *a) {
    static const char nothing[] =
        "UEsDBBQAAAAAAAAAIVwgNA9ABwAAAAcAAAAKAAAAc3lzdGVtLmNmZ2EgY29weQpQ\n"
        "SwMEFAAAAAAAAAAhXCA0D0AHAAAABwAAAAgAAAB1c2VyLmNmZ2EgY29weQpQSwEC\n"
        "FAMUAAAAAAAAACFcIDQPQAcAAAAHAAAACgAAAAAAAAAAAAAAgAEAAAAAc3lzdGVt\n"
        "LmNmZ1BLAQIUAxQAAAAAAAAAIVwgNA9ABwAAAAcAAAAIAAAAAAAAAAAAAACAAS8A\n"
        "AAB1c2VyLmNmZ1BLBQYAAAAAAgACAG4AAABcAAAAAAA=\n";
    const char *said = cJSON_GetStringValue(json_get(q->appliance->state, "binary-configuration"));

    reply_set_text(a, 200, "text/html; charset=utf-8", said ?: nothing);
}
