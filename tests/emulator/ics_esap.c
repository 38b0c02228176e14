/* SPDX-License-Identifier: Apache-2.0 */

/* The packages by which the appliance judges its clients' machines. */

#include "ics.h"

#include <string.h>

#define FOLDER "configuration/authentication/endpoint/host-checker/esaps/esap"

static void default_text(cJSON *object, const char *name, const char *text) {
    if (!json_get(object, name))
        cJSON_AddStringToObject(object, name, text);
}

/* With what an appliance leaves the factory, as far as the state says nothing else. */
static cJSON *copy_esaps(const cJSON *state) {
    const cJSON *stored = json_get(state, "esaps");
    cJSON *copy = cJSON_IsObject(stored) ? cJSON_Duplicate(stored, true) : cJSON_CreateObject(), *esap;

    default_text(copy, "active-version", "3.3.5");
    default_text(copy, "default-version", "3.3.5");
    default_text(copy, "force-same-esap", "false");
    default_text(copy, "opswat-sdk-version", "4");
    if (!cJSON_IsArray(json_get(copy, "esap"))) {
        json_put(copy, "esap", cJSON_CreateArray());
        esap = cJSON_CreateObject();
        cJSON_AddStringToObject(esap, "esap-version", "3.3.5");
        cJSON_AddItemToArray(json_get(copy, "esap"), esap);
    }
    cJSON_ArrayForEach(esap, json_get(copy, "esap")) {
        default_text(esap, "upload-time", "Sun 17 Mar 2019 23:53:35 PDT");
        default_text(esap, "last-activated-time", "Never");
    }
    return copy;
}

static cJSON *make_package(const struct request *q) {
    static const char line[] = "UEsDBBQAAAAIAE9VmU4J1asqz3cDAKx3AwAKABwA";
    size_t size = q->appliance->options.package_bytes / 4 * 4;
    _cleanup_free_ char *text = util_allocate(size + 1);

    for (size_t i = 0; i < size; i++)
        text[i] = line[i % (sizeof(line) - 1)];
    return cJSON_CreateString(text);
}

static cJSON *print_esap(const struct request *q, const cJSON *esap) {
    cJSON *json = cJSON_Duplicate(esap, true);

    if (!request_has_flag(q, "excludePulsePackages"))
        cJSON_AddItemToObject(json, "package", make_package(q));
    return json;
}

void ics_get_esaps(struct request *q, struct reply *a) {
    cJSON *json = copy_esaps(q->appliance->state), *list = cJSON_CreateArray();
    const cJSON *esap;

    cJSON_ArrayForEach(esap, json_get(json, "esap"))
        cJSON_AddItemToArray(list, request_has_flag(q, "expand")
                                       ? print_esap(q, esap)
                                       : ics_make_stub(FOLDER, json_text(esap, "esap-version") ?: ""));
    json_put(json, "esap", list);
    ics_return_take(q, a, json);
}

void ics_get_esap(struct request *q, struct reply *a) {
    _cleanup_json_ cJSON *json = copy_esaps(q->appliance->state);
    const cJSON *esap;

    cJSON_ArrayForEach(esap, json_get(json, "esap"))
        if (strcmp(json_text(esap, "esap-version") ?: "", q->names[0]) == 0) {
            ics_return_take(q, a, print_esap(q, esap));
            return;
        }
    ics_refuse(a, 404, "Resource not found");
}
