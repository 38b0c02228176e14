/* SPDX-License-Identifier: Apache-2.0 */

/* What a licence server has lent, and what a client fetches from it. */

#include "ics.h"

#include <string.h>
#include <time.h>

bool ics_is_license_server(const struct request *q) {
    return cJSON_IsTrue(json_get(q->appliance->state, "license-server"));
}

void ics_refuse_role(const struct request *q, struct reply *a, const char *role) {
    switch (q->appliance->options.not_applicable) {
    case NOT_APPLICABLE_404:
        ics_refuse(a, 404, "Resource not found");
        break;
    case NOT_APPLICABLE_422:
        ics_refuse(a, 422, "Not applicable on %s", role);
        break;
    default:
        ics_tell(a, 200, "Not applicable on %s", role);
    }
}

static cJSON *print_feature(const cJSON *clients) {
    cJSON *feature = cJSON_CreateObject(), *list, *item;
    const cJSON *client;
    double total = 0;

    list = cJSON_AddArrayToObject(cJSON_AddObjectToObject(feature, "clients"), "client-info");
    cJSON_ArrayForEach(client, clients) {
        item = cJSON_CreateObject();
        cJSON_AddNumberToObject(item, "leased-count", client->valuedouble);
        cJSON_AddStringToObject(item, "name", client->string);
        cJSON_AddItemToArray(list, item);
        total += client->valuedouble;
    }
    cJSON_AddStringToObject(feature, "name", clients->string);
    cJSON_AddNumberToObject(feature, "total-count", total);
    return feature;
}

static void add_release(cJSON *counts, const cJSON *state) {
    cJSON *release = cJSON_AddObjectToObject(counts, "release-info");

    cJSON_AddStringToObject(release, "build-number",
                            json_text(json_walk(state, "software-inventory/software"), "build") ?: "10124");
    cJSON_AddStringToObject(release, "version",
                            json_text(json_get(state, "system-information"), "os-version") ?: "9.0");
}

/* Each answer is signed anew. */
static void sign(cJSON *counts) {
    time_t now = time(NULL);
    struct tm local;
    char text[64], hex[65];
    _cleanup_free_ char *signature = NULL;

    localtime_r(&now, &local);
    strftime(text, sizeof(text), "%a %b %d %H:%M:%S %Y", &local);
    util_random_hex(hex, 64);
    signature = util_encode_base64(hex, 64);
    cJSON_AddStringToObject(counts, "signature", signature);
    cJSON_AddStringToObject(counts, "time-stamp", text);
}

void ics_get_leases(struct request *q, struct reply *a) {
    const cJSON *state = q->appliance->state, *feature;
    const char *machine = json_text(json_get(state, "system-information"), "machine-id");
    cJSON *json, *counts, *list;

    if (!ics_is_license_server(q)) {
        ics_refuse_role(q, a, "license client");
        return;
    }
    json = cJSON_CreateObject();
    counts = cJSON_AddObjectToObject(json, "leased-license-counts");
    list = cJSON_CreateArray();
    cJSON_ArrayForEach(feature, json_get(state, "leased-licenses"))
        cJSON_AddItemToArray(list, print_feature(feature));
    ics_add_list_take(q, cJSON_AddObjectToObject(counts, "features"), "feature", list);
    cJSON_AddStringToObject(counts, "machine-id", machine ?: "VASPMVKIT1NJNFPPS");
    cJSON_AddObjectToObject(counts, "query-summary");
    cJSON_AddNullToObject(counts, "serial-number");
    add_release(counts, state);
    sign(counts);
    reply_set_json_take(a, 200, json);
}

void ics_put_lease_state(struct request *q, struct reply *a) {
    double pulls = 0;

    if (ics_is_license_server(q))
        ics_refuse_role(q, a, "license server");
    else if (q->json->child)
        ics_refuse(a, 422, "Unknown element '%s'", q->json->child->string);
    else {
        json_number(q->appliance->state, "license-pulls", &pulls);
        json_put(appliance_own_state(q->appliance), "license-pulls", cJSON_CreateNumber(pulls + 1));
        a->applied = true;
        ics_tell(a, 200, "Success");
    }
}
