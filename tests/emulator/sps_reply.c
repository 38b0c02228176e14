/* SPDX-License-Identifier: Apache-2.0 */

#include "sps.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

cJSON *sps_make_meta(const char *href, const char *parent) {
    cJSON *meta = cJSON_CreateObject();

    cJSON_AddStringToObject(meta, "href", href);
    if (parent)
        cJSON_AddStringToObject(meta, "parent", parent);
    return meta;
}

void sps_refuse(const struct request *q, struct reply *a, unsigned status, const char *type,
                const char *format, ...) {
    cJSON *json = cJSON_CreateObject(), *error = cJSON_AddObjectToObject(json, "error");
    _cleanup_free_ char *path = util_duplicate_text(q->raw_path);
    va_list arguments;
    char message[512];

    path[strcspn(path, "?")] = '\0';
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    cJSON_AddStringToObject(error, "type", type);
    cJSON_AddStringToObject(error, "message", message);
    cJSON_AddStringToObject(cJSON_AddObjectToObject(error, "details"), "resource", path);
    cJSON_AddItemToObject(json, "meta", sps_make_meta(path, NULL));
    reply_set_json_take(a, status, json);
}

unsigned sps_remaining_seconds(const struct request *q) {
    uint64_t age = q->session ? (util_now_msec() - q->session->since_msec) / 1000 : 0;
    return age < SPS_SESSION_SECONDS ? SPS_SESSION_SECONDS - (unsigned) age : 0;
}
