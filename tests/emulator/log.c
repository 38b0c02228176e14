/* SPDX-License-Identifier: Apache-2.0 */

#include "log.h"

#include "json.h"

#include <stdio.h>
#include <string.h>

static void entry_done(struct log_entry *entry) {
    free(entry->path);
    free(entry->peer);
    free(entry->user);
    free(entry->content_type);
    free(entry->content_length);
    free(entry->body);
}

/* Half at once, so that adding stays cheap. */
static void drop_oldest(struct log *log) {
    size_t n = (log->n + 1) / 2;

    for (size_t i = 0; i < n; i++)
        entry_done(&log->entries[i]);
    log->n -= n;
    memmove(log->entries, log->entries + n, log->n * sizeof(struct log_entry));
}

struct log_entry *log_add(struct log *log) {
    if (log->limit > 0 && log->n >= log->limit)
        drop_oldest(log);
    if (log->n == log->allocated) {
        log->allocated = 2 * log->allocated + 8;
        log->entries = util_resize(log->entries, log->allocated * sizeof(struct log_entry));
    }
    log->entries[log->n] = (struct log_entry){.sequence = ++log->last_sequence};
    return &log->entries[log->n++];
}

struct log_entry *log_find(struct log *log, uint64_t sequence) {
    uint64_t first = log->n > 0 ? log->entries[0].sequence : 0;

    if (log->n == 0 || sequence < first || sequence - first >= log->n)
        return NULL;
    return &log->entries[sequence - first];
}

static void add_text(cJSON *json, const char *name, const char *text) {
    cJSON_AddItemToObject(json, name, text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

static cJSON *body_to_json(const char *body) {
    cJSON *json;

    if (!body || body[0] == '\0')
        return cJSON_CreateNull();
    json = json_parse(body, strlen(body));
    return json ?: cJSON_CreateString(body);
}

static cJSON *entry_to_json(const struct log_entry *entry) {
    cJSON *json = cJSON_CreateObject();
    char session[16] = "";

    if (entry->session > 0)
        snprintf(session, sizeof(session), "s%u", entry->session);
    cJSON_AddNumberToObject(json, "seq", (double) entry->sequence);
    add_text(json, "method", entry->method);
    add_text(json, "path", entry->path);
    add_text(json, "peer", entry->peer);
    add_text(json, "user", entry->user);
    add_text(json, "session", entry->session > 0 ? session : NULL);
    add_text(json, "content-type", entry->content_type);
    add_text(json, "content-length", entry->content_length);
    cJSON_AddItemToObject(json, "body", body_to_json(entry->body));
    cJSON_AddNumberToObject(json, "status", entry->status);
    cJSON_AddBoolToObject(json, "write", entry->write);
    cJSON_AddBoolToObject(json, "applied", entry->applied);
    add_text(json, "fault", entry->fault);
    cJSON_AddNumberToObject(json, "connection", entry->connection);
    return json;
}

cJSON *log_to_json(const struct log *log) {
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < log->n; i++)
        cJSON_AddItemToArray(list, entry_to_json(&log->entries[i]));
    return list;
}

void log_clear(struct log *log) {
    for (size_t i = 0; i < log->n; i++)
        entry_done(&log->entries[i]);
    log->n = 0;
}

void log_done(struct log *log) {
    log_clear(log);
    free(log->entries);
}
