/* SPDX-License-Identifier: Apache-2.0 */

#include "snapshot.h"

#include "request.h"

struct snapshot {
    cJSON *state;
    bool state_is_shared;
    unsigned session_id, last_session_id;
    struct session_table counters; /* its items are not used */
    struct transaction transaction;
    struct session **sessions; /* copies of all, for the request may end them */
    size_t n_sessions;
};

static struct transaction copy_transaction(const struct transaction *transaction) {
    return (struct transaction){
        .base = cJSON_Duplicate(transaction->base, true),
        .working = cJSON_Duplicate(transaction->working, true),
    };
}

struct snapshot *snapshot_take(const struct request *q) {
    const struct appliance *p = q->appliance;
    const struct session *session = p->type->find_session(q);
    struct snapshot *snapshot = util_allocate(sizeof(struct snapshot));

    snapshot->state_is_shared = p->state_is_shared;
    snapshot->state = p->state_is_shared ? p->state : cJSON_Duplicate(p->state, true);
    snapshot->last_session_id = p->sessions.last_id;
    snapshot->counters = p->sessions;
    if (session) {
        snapshot->session_id = session->id;
        snapshot->transaction = copy_transaction(&session->transaction);
    }
    snapshot->n_sessions = p->sessions.n;
    snapshot->sessions = util_allocate(snapshot->n_sessions * sizeof(struct session *));
    for (size_t i = 0; i < snapshot->n_sessions; i++)
        snapshot->sessions[i] = session_duplicate(p->sessions.items[i]);
    return snapshot;
}

static void restore_sessions(struct snapshot *snapshot, struct session_table *table) {
    for (size_t i = 0; i < snapshot->n_sessions; i++)
        if (!session_find_id(table, snapshot->sessions[i]->id))
            session_return_take(table, TAKE_PTR(snapshot->sessions[i]));
    for (size_t i = table->n; i > 0; i--) {
        struct session *session = table->items[i - 1];

        if (session->id > snapshot->last_session_id) {
            transaction_close(&session->transaction);
            session_drop(table, session);
        } else if (session->id == snapshot->session_id) {
            transaction_close(&session->transaction);
            session->transaction = snapshot->transaction;
            snapshot->transaction = (struct transaction){0};
        }
    }
    table->transactions = snapshot->counters.transactions;
}

void snapshot_restore(struct snapshot *snapshot, struct request *q) {
    struct appliance *p = q->appliance;

    q->session = NULL;
    if (!p->state_is_shared)
        cJSON_Delete(p->state);
    p->state = TAKE_PTR(snapshot->state);
    p->state_is_shared = snapshot->state_is_shared;
    restore_sessions(snapshot, &p->sessions);
}

void snapshot_free(struct snapshot *snapshot) {
    if (!snapshot)
        return;
    if (!snapshot->state_is_shared)
        cJSON_Delete(snapshot->state);
    transaction_close(&snapshot->transaction);
    for (size_t i = 0; i < snapshot->n_sessions; i++)
        if (snapshot->sessions[i])
            session_free(snapshot->sessions[i]);
    free(snapshot->sessions);
    free(snapshot);
}
