/* SPDX-License-Identifier: Apache-2.0 */

#include "session.h"

#include "util.h"

#include <string.h>
#include <time.h>

static uint64_t now_usec(void) {
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t) now.tv_sec * 1000000 + (uint64_t) now.tv_nsec / 1000;
}

struct session *session_add(struct session_table *table, const char *user, const char *realm,
                            const char *key) {
    struct session *session = util_allocate(sizeof(struct session));

    session->id = ++table->last_id;
    session->key = util_duplicate_text(key);
    session->user = util_duplicate_text(user);
    session->realm = util_duplicate_text(realm);
    session->since_msec = util_now_msec();
    session->signed_in_usec = now_usec();
    session_return_take(table, session);
    return session;
}

void session_return_take(struct session_table *table, struct session *session) {
    size_t i = table->n;

    while (i > 0 && table->items[i - 1]->id > session->id)
        i--;
    table->items = util_resize(table->items, (table->n + 1) * sizeof(struct session *));
    memmove(table->items + i + 1, table->items + i, (table->n - i) * sizeof(struct session *));
    table->items[i] = session;
    table->n++;
}

static char *copy_or_null(const char *text) {
    return text ? util_duplicate_text(text) : NULL;
}

struct session *session_duplicate(const struct session *session) {
    struct session *copy = util_allocate(sizeof(struct session));

    *copy = *session;
    copy->key = util_duplicate_text(session->key);
    copy->user = util_duplicate_text(session->user);
    copy->realm = util_duplicate_text(session->realm);
    copy->roles = cJSON_Duplicate(session->roles, true);
    copy->agent = copy_or_null(session->agent);
    copy->peer = copy_or_null(session->peer);
    copy->transaction = (struct transaction){0};
    return copy;
}

struct session *session_find_id(const struct session_table *table, unsigned id) {
    for (size_t i = table->n; i > 0; i--)
        if (table->items[i - 1]->id == id)
            return table->items[i - 1];
    return NULL;
}

/* The newest first: it is the one in use. */
struct session *session_find(const struct session_table *table, const char *key) {
    for (size_t i = table->n; i > 0; i--)
        if (strcmp(table->items[i - 1]->key, key) == 0)
            return table->items[i - 1];
    return NULL;
}

void session_free(struct session *session) {
    transaction_close(&session->transaction);
    cJSON_Delete(session->roles);
    free(session->key);
    free(session->user);
    free(session->realm);
    free(session->agent);
    free(session->peer);
    free(session);
}

void session_drop(struct session_table *table, struct session *session) {
    size_t i = 0;

    while (i < table->n && table->items[i] != session)
        i++;
    if (i == table->n)
        return;
    if (transaction_is_open(&session->transaction))
        table->transactions.expired++;
    table->n--;
    memmove(table->items + i, table->items + i + 1, (table->n - i) * sizeof(struct session *));
    session_free(session);
}

void session_drop_all(struct session_table *table) {
    while (table->n > 0)
        session_drop(table, table->items[table->n - 1]);
}

void session_table_done(struct session_table *table) {
    session_drop_all(table);
    free(table->items);
}

bool transaction_is_open(const struct transaction *transaction) {
    return transaction->working;
}

void transaction_open(struct transaction *transaction, const cJSON *configuration) {
    transaction->base = cJSON_Duplicate(configuration, true);
    transaction->working = cJSON_Duplicate(configuration, true);
}

void transaction_close(struct transaction *transaction) {
    cJSON_Delete(transaction->base);
    cJSON_Delete(transaction->working);
    *transaction = (struct transaction){0};
}

cJSON *session_table_to_json(const struct session_table *table) {
    cJSON *json = cJSON_CreateObject(), *logins = cJSON_AddObjectToObject(json, "logins");

    cJSON_AddNumberToObject(json, "live", (double) table->n);
    cJSON_AddNumberToObject(logins, "ok", table->logins_ok);
    cJSON_AddNumberToObject(logins, "refused", table->logins_refused);
    return json;
}
