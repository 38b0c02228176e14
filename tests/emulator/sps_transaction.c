/* SPDX-License-Identifier: Apache-2.0 */

#include "sps.h"

#include <stdio.h>
#include <string.h>

const cJSON *sps_visible_policies(const struct request *q) {
    if (q->session && transaction_is_open(&q->session->transaction))
        return q->session->transaction.working;
    return json_get(q->appliance->state, "policies");
}

static void answer_status(struct request *q, struct reply *a) {
    const struct options *options = &q->appliance->options;
    bool is_open = transaction_is_open(&q->session->transaction);
    bool in_body = options->transaction_shape == TRANSACTION_SHAPE_BODY;
    cJSON *json = cJSON_CreateObject(), *meta = sps_make_meta("/api/transaction", "/api");
    cJSON *status = cJSON_AddObjectToObject(json, in_body ? "body" : "transaction");

    if (in_body) {
        cJSON *changes = is_open ? sps_list_changes(&q->session->transaction) : NULL;

        cJSON_AddStringToObject(status, "commit_message",
                                options->require_commit_message ? "required" : "optional");
        cJSON_AddNumberToObject(meta, "remaining_seconds", sps_remaining_seconds(q));
        if (options->changes && changes && changes->child)
            cJSON_AddStringToObject(meta, "changes", "/api/transaction/changes");
        cJSON_Delete(changes);
    }
    cJSON_AddStringToObject(status, "status", is_open ? "open" : "closed");
    cJSON_AddStringToObject(json, "key", "transaction");
    cJSON_AddItemToObject(json, "meta", meta);
    reply_set_json_take(a, 200, json);
}

void sps_get_transaction(struct request *q, struct reply *a) {
    answer_status(q, a);
}

/* The user who keeps the session from opening a transaction, or NULL. */
static const char *find_holder(const struct request *q) {
    const struct appliance *p = q->appliance;

    if (p->options.locked_by[0] != '\0')
        return p->options.locked_by;
    if (q->refuse_lock)
        return "admin";
    for (size_t i = 0; p->options.exclusive && i < p->sessions.n; i++)
        if (p->sessions.items[i] != q->session && transaction_is_open(&p->sessions.items[i]->transaction))
            return p->sessions.items[i]->user;
    return NULL;
}

static bool try_open(struct request *q, struct reply *a) {
    const char *holder = find_holder(q);

    if (holder) {
        sps_refuse(q, a, 409, "LockedConfiguration", "The configuration is locked by the user '%s'.", holder);
        return false;
    }
    transaction_open(&q->session->transaction, json_get(q->appliance->state, "policies"));
    q->appliance->sessions.transactions.opened++;
    return true;
}

void sps_open_transaction(struct request *q, struct reply *a) {
    if (transaction_is_open(&q->session->transaction)) {
        sps_refuse(q, a, 400, "TransactionAlreadyOpen", "The session has an open transaction.");
        return;
    }
    if (!try_open(q, a))
        return;
    a->applied = true;
    answer_status(q, a);
}

/* Where a first write opens the transaction, it stays open even if that write is then refused. */
cJSON *sps_need_working(struct request *q, struct reply *a) {
    if (!transaction_is_open(&q->session->transaction)) {
        if (!q->appliance->options.auto_open) {
            sps_refuse(q, a, 400, "NoTransaction", "There is no open transaction.");
            return NULL;
        }
        if (!try_open(q, a))
            return NULL;
    }
    return q->session->transaction.working;
}

static bool check_commit(struct request *q, struct reply *a) {
    static const char *const names[] = {"status", "commit_message"};
    const char *status = json_text(q->json, "status"), *message = json_text(q->json, "commit_message"),
               *unknown;

    if (!transaction_is_open(&q->session->transaction))
        sps_refuse(q, a, 400, "NoTransaction", "There is no open transaction.");
    else if (json_has_unknown(q->json, names, ELEMENTSOF(names), &unknown))
        sps_refuse(q, a, 400, "SemanticError", "Unknown member '%s'.", unknown);
    else if (!status || strcmp(status, "commit") != 0)
        sps_refuse(q, a, 400, "SemanticError", "The status must be 'commit'.");
    else if (json_get(q->json, "commit_message") && !message)
        sps_refuse(q, a, 400, "SemanticError", "The commit_message must be a string.");
    else if (q->appliance->options.require_commit_message && (!message || message[0] == '\0'))
        sps_refuse(q, a, 400, "SemanticError", "A commit_message is required.");
    else
        return true;
    return false;
}

/* The whole configuration is judged as it would be afterwards; a refusal leaves the transaction open. */
void sps_commit_transaction(struct request *q, struct reply *a) {
    struct appliance *p = q->appliance;
    _cleanup_json_ cJSON *changes = NULL, *policies = NULL;
    _cleanup_free_ char *fault = NULL;

    if (!check_commit(q, a))
        return;
    changes = sps_list_changes(&q->session->transaction);
    policies = cJSON_Duplicate(json_get(p->state, "policies"), true);
    fault = sps_apply_changes(policies, changes);
    if (!fault)
        fault = sps_find_dangling(policies, json_get(p->state, "passwords"));
    if (!fault && changes->child)
        fault = sps_find_shared_password(policies);
    if (fault) {
        sps_refuse(q, a, 400, "SemanticError", "%s", fault);
        return;
    }
    if (changes->child)
        json_put(appliance_own_state(p), "policies", TAKE_PTR(policies));
    transaction_close(&q->session->transaction);
    p->sessions.transactions.committed++;
    a->applied = true;
    answer_status(q, a);
}

void sps_abort_transaction(struct request *q, struct reply *a) {
    if (!transaction_is_open(&q->session->transaction)) {
        sps_refuse(q, a, 400, "NoTransaction", "There is no open transaction.");
        return;
    }
    transaction_close(&q->session->transaction);
    q->appliance->sessions.transactions.aborted++;
    a->applied = true;
    answer_status(q, a);
}

void sps_get_changes(struct request *q, struct reply *a) {
    cJSON *json, *meta;

    if (!q->appliance->options.changes) {
        sps_refuse(q, a, 404, "NotFound", "The requested object does not exist.");
        return;
    }
    json = cJSON_CreateObject();
    meta = sps_make_meta("/api/transaction/changes", "/api/transaction");
    cJSON_AddStringToObject(meta, "transaction", "/api/transaction");
    cJSON_AddItemToObject(json, "changes",
                          transaction_is_open(&q->session->transaction)
                              ? sps_list_changes(&q->session->transaction)
                              : cJSON_CreateArray());
    cJSON_AddItemToObject(json, "meta", meta);
    reply_set_json_take(a, 200, json);
}

cJSON *sps_transactions_to_json(const struct appliance *p) {
    cJSON *json = cJSON_CreateObject(), *open = cJSON_CreateArray();

    for (size_t i = 0; i < p->sessions.n; i++) {
        const struct session *session = p->sessions.items[i];
        _cleanup_json_ cJSON *changes = NULL;
        char id[16];
        cJSON *item;

        if (!transaction_is_open(&session->transaction))
            continue;
        changes = sps_list_changes(&session->transaction);
        snprintf(id, sizeof(id), "s%u", session->id);
        item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "session", id);
        cJSON_AddNumberToObject(item, "changes", cJSON_GetArraySize(changes));
        cJSON_AddItemToArray(open, item);
    }
    cJSON_AddNumberToObject(json, "opened", p->sessions.transactions.opened);
    cJSON_AddNumberToObject(json, "committed", p->sessions.transactions.committed);
    cJSON_AddNumberToObject(json, "aborted", p->sessions.transactions.aborted);
    cJSON_AddNumberToObject(json, "expired", p->sessions.transactions.expired);
    cJSON_AddItemToObject(json, "open", open);
    return json;
}
