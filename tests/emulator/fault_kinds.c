/* SPDX-License-Identifier: Apache-2.0 */

#include "fault.h"

#include "json.h"
#include "request.h"
#include "snapshot.h"

#include <string.h>

static uint64_t number_or(const cJSON *order, const char *name, uint64_t otherwise) {
    double number = (double) otherwise;

    json_number(order, name, &number);
    return number > 0 ? (uint64_t) number : 0;
}

static void add_headers(struct reply *a, const cJSON *headers) {
    const cJSON *header;

    cJSON_ArrayForEach(header, headers)
        if (cJSON_IsString(header))
            reply_add_header(a, header->string, header->valuestring);
}

/* The answer that the order spells out. */
static void answer_as_ordered(struct reply *a, const cJSON *order, unsigned status) {
    const cJSON *body = json_get(order, "body");
    char *printed = body && !cJSON_IsString(body) ? cJSON_PrintUnformatted(body) : NULL;

    reply_set_text(a, (unsigned) number_or(order, "status", status),
                   json_text(order, "content-type") ?: "application/json",
                   printed ?: cJSON_GetStringValue(body) ?: "");
    cJSON_free(printed);
    add_headers(a, json_get(order, "headers"));
}

static enum fault_step before_status(struct request *q, struct reply *a, const cJSON *order) {
    (void) q;
    answer_as_ordered(a, order, 200);
    return FAULT_STEP_ANSWER;
}

static enum fault_step before_retry_after(struct request *q, struct reply *a, const cJSON *order) {
    const cJSON *seconds = json_get(order, "seconds");
    char *printed = cJSON_IsString(seconds) ? NULL : cJSON_PrintUnformatted(seconds);

    (void) q;
    answer_as_ordered(a, order, 429);
    reply_add_header(a, "Retry-After", printed ?: cJSON_GetStringValue(seconds));
    cJSON_free(printed);
    return FAULT_STEP_ANSWER;
}

static enum fault_step before_html(struct request *q, struct reply *a, const cJSON *order) {
    (void) q;
    reply_set_text(
        a, (unsigned) number_or(order, "status", 200), "text/html; charset=utf-8",
        "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form method=\"post\">"
        "<input name=\"username\"><input name=\"password\" type=\"password\"></form></body></html>\n");
    return FAULT_STEP_ANSWER;
}

static enum fault_step before_huge(struct request *q, struct reply *a, const cJSON *order) {
    (void) q;
    reply_set_text(a, 200, NULL, "");
    a->sending = REPLY_HUGE;
    a->keep = number_or(order, "bytes", 0);
    return FAULT_STEP_ANSWER;
}

static enum fault_step before_redirect(struct request *q, struct reply *a, const cJSON *order) {
    (void) q;
    answer_as_ordered(a, order, 302);
    reply_add_header(a, "Location", json_text(order, "location") ?: "/");
    return FAULT_STEP_ANSWER;
}

static enum fault_step before_delay(struct request *q, struct reply *a, const cJSON *order) {
    (void) q, (void) a, (void) order;
    return FAULT_STEP_DELAY;
}

static enum fault_step before_hang(struct request *q, struct reply *a, const cJSON *order) {
    (void) q, (void) a, (void) order;
    return FAULT_STEP_HANG;
}

static enum fault_step before_reset(struct request *q, struct reply *a, const cJSON *order) {
    (void) q, (void) a, (void) order;
    return FAULT_STEP_RESET;
}

static enum fault_step before_close(struct request *q, struct reply *a, const cJSON *order) {
    (void) q, (void) a, (void) order;
    return FAULT_STEP_CLOSE;
}

static enum fault_step before_drop_tls(struct request *q, struct reply *a, const cJSON *order) {
    (void) q, (void) a;
    return json_get(order, "keep") ? FAULT_STEP_PROCESS : FAULT_STEP_DROP_TLS;
}

static enum fault_step before_expire(struct request *q, struct reply *a, const cJSON *order) {
    struct session *session = q->appliance->type->find_session(q);

    (void) a, (void) order;
    if (session)
        session_drop(&q->appliance->sessions, session);
    return FAULT_STEP_PROCESS;
}

static enum fault_step before_locked(struct request *q, struct reply *a, const cJSON *order) {
    (void) a, (void) order;
    q->refuse_lock = true;
    return FAULT_STEP_PROCESS;
}

static enum fault_step before_not_applied(struct request *q, struct reply *a, const cJSON *order) {
    (void) a, (void) order;
    q->snapshot = snapshot_take(q);
    return FAULT_STEP_PROCESS;
}

static enum fault_step after_not_applied(struct request *q, struct reply *a, const cJSON *order) {
    (void) order;
    reply_print(a); /* the answer may refer to the state that now goes */
    snapshot_restore(q->snapshot, q);
    a->applied = false;
    return FAULT_STEP_ANSWER;
}

static enum fault_step after_not_answered(struct request *q, struct reply *a, const cJSON *order) {
    (void) q, (void) a, (void) order;
    return FAULT_STEP_RESET;
}

static enum fault_step after_with_status(struct request *q, struct reply *a, const cJSON *order) {
    (void) q;
    reply_reset(a);
    answer_as_ordered(a, order, 500);
    return FAULT_STEP_ANSWER;
}

static enum fault_step after_truncate(struct request *q, struct reply *a, const cJSON *order) {
    (void) q;
    a->sending = REPLY_TRUNCATED;
    a->keep = number_or(order, "keep", 0);
    return FAULT_STEP_ANSWER;
}

static enum fault_step after_drop_tls(struct request *q, struct reply *a, const cJSON *order) {
    after_truncate(q, a, order);
    a->sending = REPLY_WITHOUT_END;
    return FAULT_STEP_ANSWER;
}

static enum fault_step after_slow(struct request *q, struct reply *a, const cJSON *order) {
    (void) q;
    a->sending = REPLY_SLOW;
    a->rate = number_or(order, "bytes-per-second", 1) ?: 1;
    return FAULT_STEP_ANSWER;
}

static enum fault_step after_wrong_length(struct request *q, struct reply *a, const cJSON *order) {
    (void) q, (void) order;
    a->sending = REPLY_WRONG_LENGTH;
    return FAULT_STEP_ANSWER;
}

static enum fault_step after_garbage(struct request *q, struct reply *a, const cJSON *order) {
    (void) q, (void) order;
    cJSON_Delete(TAKE_PTR(a->json));
    reply_set_text(a, a->status, a->content_type, "{\"result\": <<not JSON>>, \"");
    return FAULT_STEP_ANSWER;
}

static cJSON *find_list(cJSON *json) {
    cJSON *child, *found;

    if (cJSON_IsArray(json))
        return json;
    cJSON_ArrayForEach(child, json) {
        found = find_list(child);
        if (found)
            return found;
    }
    return NULL;
}

static enum fault_step after_short_list(struct request *q, struct reply *a, const cJSON *order) {
    cJSON *list = find_list(a->json);
    int keep = (int) number_or(order, "keep", 0);

    (void) q;
    while (list && cJSON_GetArraySize(list) > keep)
        cJSON_DeleteItemFromArray(list, keep);
    return FAULT_STEP_ANSWER;
}

#define NEEDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct fault_kind kind_table[] = {
    {"status", NEEDS("status"), before_status, NULL},
    {"retry-after", NEEDS("seconds"), before_retry_after, NULL},
    {"body", NEEDS("body"), before_status, NULL},
    {"html", NULL, before_html, NULL},
    {"huge", NEEDS("bytes"), before_huge, NULL},
    {"redirect", NEEDS("location"), before_redirect, NULL},
    {"delay", NEEDS("ms"), before_delay, NULL},
    {"hang", NULL, before_hang, NULL},
    {"reset", NULL, before_reset, NULL},
    {"close", NULL, before_close, NULL},
    {"drop-tls", NULL, before_drop_tls, after_drop_tls},
    {"expire", NULL, before_expire, NULL},
    {"locked", NULL, before_locked, NULL},
    {"answered-not-applied", NULL, before_not_applied, after_not_applied},
    {"applied-not-answered", NULL, NULL, after_not_answered},
    {"applied-with-status", NEEDS("status"), NULL, after_with_status},
    {"truncate", NEEDS("keep"), NULL, after_truncate},
    {"slow", NEEDS("bytes-per-second"), NULL, after_slow},
    {"wrong-length", NULL, NULL, after_wrong_length},
    {"garbage", NULL, NULL, after_garbage},
    {"short-list", NEEDS("keep"), NULL, after_short_list},
};

const struct fault_kind *fault_kind_find(const char *name) {
    for (size_t i = 0; i < ELEMENTSOF(kind_table); i++)
        if (strcmp(kind_table[i].name, name) == 0)
            return &kind_table[i];
    return NULL;
}
