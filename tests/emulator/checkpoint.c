/* SPDX-License-Identifier: Apache-2.0 */

/* Who may ask at all, and which command is asked. */

#include "checkpoint.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct command {
    const char *name;
    bool shows;
    cJSON *(*run)(struct request *q, struct reply *a, const cJSON *command);
};

static const struct command command_table[] = {
    {"add-identity", false, checkpoint_add},
    {"delete-identity", false, checkpoint_delete},
    {"show-identity", true, checkpoint_show},
};

cJSON *checkpoint_fault(const char *code, const char *format, ...) {
    cJSON *json = cJSON_CreateObject();
    va_list arguments;
    char message[256];

    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    cJSON_AddStringToObject(json, "code", code);
    cJSON_AddStringToObject(json, "message", message);
    return json;
}

/* The one answer to all who may not ask. */
static void answer_not_found(const struct request *q, struct reply *a) {
    bool is_empty = q->appliance->options.not_found == NOT_FOUND_EMPTY;

    reply_set_text(a, 404, "text/html; charset=iso-8859-1",
                   is_empty ? ""
                            : "<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body>"
                              "<h1>Not Found</h1></body></html>\n");
}

static bool is_api(const struct request *q) {
    static const char *const others[][2] = {
        {"_IA_API", "1.0"}, {"_IA_API", "idasdk"}, {"_IA_MU_Agent", "idasdk"}};

    if (q->n_segments != 3)
        return false;
    if (strcmp(q->segments[0], "_IA_API") == 0 && strcmp(q->segments[1], "v1.0") == 0)
        return true;
    for (size_t i = 0; q->appliance->options.other_prefixes && i < ELEMENTSOF(others); i++)
        if (strcmp(q->segments[0], others[i][0]) == 0 && strcmp(q->segments[1], others[i][1]) == 0)
            return true;
    return false;
}

static const struct command *find_command(const struct request *q) {
    const struct options *options = &q->appliance->options;

    if (!options->api || !request_is(q, "POST") || !is_api(q))
        return NULL;
    for (size_t i = 0; i < ELEMENTSOF(command_table); i++)
        if (strcmp(command_table[i].name, q->segments[2]) == 0)
            return !command_table[i].shows || options->show_identity ? &command_table[i] : NULL;
    return NULL;
}

/* The secret that this client must know, or NULL: it may not ask. */
static const char *find_secret(const struct request *q) {
    const cJSON *clients = json_get(q->appliance->state, "clients");
    const cJSON *client = json_get(clients, q->link->peer.text) ?: json_get(clients, "*");

    return json_text(client, "shared-secret");
}

static cJSON *run_bulk(struct request *q, struct reply *a, const struct command *command) {
    cJSON *responses = cJSON_CreateArray(), *json;
    const cJSON *requests = json_get(q->json, "requests"), *item;

    cJSON_ArrayForEach(item, requests)
        cJSON_AddItemToArray(responses, cJSON_IsObject(item)
                                            ? command->run(q, a, item)
                                            : checkpoint_fault("GENERIC_ERR_INVALID_PARAMETER",
                                                               "A request must be an object"));
    json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "responses", responses);
    return json;
}

static cJSON *run(struct request *q, struct reply *a, const struct command *command) {
    const cJSON *requests = json_get(q->json, "requests");

    if (command->shows)
        checkpoint_queue_step(q->appliance);
    if (!requests)
        return command->run(q, a, q->json);
    if (cJSON_GetArraySize(q->json) > 1)
        return checkpoint_fault("GENERIC_ERROR_INVALID_PARAMETER_NAME",
                                "Nothing but the secret is permitted beside 'requests'");
    if (!cJSON_IsArray(requests))
        return checkpoint_fault("GENERIC_ERR_INVALID_PARAMETER", "'requests' must be a list");
    return run_bulk(q, a, command);
}

static void checkpoint_serve(struct request *q, struct reply *a) {
    const struct command *command = find_command(q);
    const char *secret = find_secret(q), *given;
    cJSON *json;

    if (!command || !secret) {
        answer_not_found(q, a);
        return;
    }
    if (request_parse_body(q) != 0) {
        reply_set_json_take(a, 500, checkpoint_fault("GENERIC_ERROR_INVALID_SYNTAX", "Invalid JSON"));
        return;
    }
    given = json_text(q->json, "shared-secret");
    if (!given || strcmp(given, secret) != 0) {
        answer_not_found(q, a);
        return;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(q->json, "shared-secret");
    json = run(q, a, command);
    reply_set_json_take(a, json_get(json, "code") ? 500 : 200, json);
}

/* That there was a secret can be seen, even twice in one object. */
static void censor(cJSON *json) {
    cJSON *child;

    cJSON_ArrayForEach(child, json) {
        if (!child->string || strcasecmp(child->string, "shared-secret") != 0)
            censor(child);
        else if (!cJSON_IsString(child) || !cJSON_SetValuestring(child, "***")) {
            cJSON_Delete(TAKE_PTR(child->child));
            child->type = cJSON_NULL;
        }
    }
}

/* A copy for the log. What cannot be read may hold the secret anywhere. */
static char *checkpoint_censor_body(const char *body, size_t size) {
    _cleanup_json_ cJSON *json = json_parse(body, size);

    if (!json)
        return util_duplicate_text("(not JSON)");
    censor(json);
    return cJSON_PrintUnformatted(json);
}

static struct session *checkpoint_find_session(const struct request *q) {
    (void) q;
    return NULL;
}

const struct appliance_type checkpoint_type = {
    .name = "checkpoint",
    .reading_path = "*/show-identity",
    .normalise_state = checkpoint_normalise_state,
    .find_session = checkpoint_find_session,
    .serve = checkpoint_serve,
    .censor_body = checkpoint_censor_body,
};
