/* SPDX-License-Identifier: Apache-2.0 */

#include "exchange.h"

#include "json.h"
#include "timer.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static char *copy_or_null(const char *text) {
    return text ? util_duplicate_text(text) : NULL;
}

static bool is_write(const struct request *q) {
    _cleanup_free_ char *path = util_duplicate_text(q->raw_path);

    path[strcspn(path, "?")] = '\0';
    if (request_is(q, "GET") || request_is(q, "HEAD") || request_is(q, "OPTIONS"))
        return false;
    return fnmatch(q->appliance->type->reading_path, path, 0) != 0;
}

static char *copy_body(const struct request *q) {
    const struct appliance_type *type = q->appliance->type;

    if (!q->body.data || !type->censor_body)
        return copy_or_null(q->body.data);
    return type->censor_body(q->body.data, q->body.size);
}

static void note_request(struct request *q) {
    struct log_entry *entry = log_add(&q->appliance->log);

    q->log_sequence = entry->sequence;
    snprintf(entry->method, sizeof(entry->method), "%s", q->method);
    entry->path = util_duplicate_text(q->raw_path);
    entry->peer = util_duplicate_text(q->link->peer.text);
    entry->content_type = copy_or_null(q->content_type);
    entry->content_length = copy_or_null(q->content_length);
    entry->body = copy_body(q);
    entry->connection = q->link->id;
    entry->write = is_write(q);
    entry->fault = q->fault ? q->fault->kind->name : NULL;
}

static void note_answer(struct request *q, const struct reply *a, enum fault_step step) {
    struct log_entry *entry = log_find(&q->appliance->log, q->log_sequence);

    if (!entry)
        return;
    entry->status = step == FAULT_STEP_ANSWER ? a->status : 0;
    entry->applied = a->applied;
    entry->session = q->session_id;
    free(entry->user);
    entry->user = copy_or_null(q->user);
}

static enum fault_step begin(struct request *q, struct reply *a) {
    struct session *session = q->appliance->type->find_session(q);

    if (session)
        request_set_session(q, session);
    q->session = NULL;
    q->fault = fault_list_pick(&q->appliance->faults, q->method, q->raw_path);
    note_request(q);
    if (!q->fault || !q->fault->kind->before)
        return FAULT_STEP_PROCESS;
    return q->fault->kind->before(q, a, q->fault->order);
}

static enum fault_step process(struct request *q, struct reply *a) {
    q->appliance->type->serve(q, a);
    if (!q->fault || !q->fault->kind->after)
        return FAULT_STEP_ANSWER;
    return q->fault->kind->after(q, a, q->fault->order);
}

/* Disconnecting the socket sends the RST at once, before a TLS end could be sent. */
static void reset_connection(int fd) {
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    const struct linger linger = {.l_onoff = 1};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    if (connect(fd, &nobody, sizeof(nobody)) < 0)
        shutdown(fd, SHUT_RDWR);
}

static enum MHD_Result suspend(struct request *q, enum fault_step step) {
    double msec = 0;

    if (step == FAULT_STEP_HANG) {
        q->stage = REQUEST_HUNG;
        return timer_suspend_until_hangup(q->connection, q->link->fd) ? MHD_YES : MHD_NO;
    }
    q->stage = REQUEST_DELAYED;
    json_number(q->fault->order, "ms", &msec);
    return timer_suspend_for(q->connection, (uint64_t) msec) ? MHD_YES : MHD_NO;
}

static enum MHD_Result finish(struct request *q, struct reply *a, enum fault_step step) {
    switch (step) {
    case FAULT_STEP_ANSWER:
        return reply_send(a, q);
    case FAULT_STEP_DELAY:
    case FAULT_STEP_HANG:
        return suspend(q, step);
    case FAULT_STEP_RESET:
        reset_connection(q->link->fd);
        return MHD_NO;
    case FAULT_STEP_DROP_TLS:
        shutdown(q->link->fd, SHUT_RDWR);
        return MHD_NO;
    case FAULT_STEP_PROCESS:
    case FAULT_STEP_CLOSE:
        break;
    }
    return MHD_NO;
}

enum MHD_Result exchange_run(struct request *q) {
    _cleanup_(reply_done) struct reply a = {0};
    enum fault_step step = q->stage == REQUEST_HUNG ? FAULT_STEP_CLOSE : FAULT_STEP_PROCESS;

    pthread_mutex_lock(&q->appliance->lock);
    if (q->stage == REQUEST_RECEIVED)
        step = begin(q, &a);
    if (step == FAULT_STEP_PROCESS)
        step = process(q, &a);
    if (step == FAULT_STEP_ANSWER)
        reply_print(&a);
    note_answer(q, &a, step);
    pthread_mutex_unlock(&q->appliance->lock);
    return finish(q, &a, step);
}
