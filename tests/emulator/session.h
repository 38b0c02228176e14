/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Logins of one appliance. An SPS session owns its transaction, which dies with it. */

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `base` is the configuration when the transaction was opened, `working` that with the session's edits. */
struct transaction {
    cJSON *base, *working;
};

struct session {
    unsigned id;
    char *key; /* API key or cookie value */
    char *user, *realm;
    cJSON *roles; /* ICS: as mapped at login */
    char *agent, *peer;
    uint64_t signed_in_usec;
    unsigned requests;
    uint64_t since_msec;
    struct transaction transaction; /* open if `working` is there */
};

struct session_table {
    struct session **items;
    size_t n;
    unsigned last_id, logins_ok, logins_refused;
    struct {
        unsigned opened, committed, aborted, expired;
    } transactions;
};

struct session *session_add(struct session_table *table, const char *user, const char *realm,
                            const char *key);
struct session *session_find(const struct session_table *table, const char *key);
/* Without its transaction. */
struct session *session_duplicate(const struct session *session);
struct session *session_find_id(const struct session_table *table, unsigned id);
/* Takes a session that was in the table, back to where it was. */
void session_return_take(struct session_table *table, struct session *session);
void session_free(struct session *session);
void session_drop(struct session_table *table, struct session *session);
void session_drop_all(struct session_table *table);
void session_table_done(struct session_table *table);

bool transaction_is_open(const struct transaction *transaction);
void transaction_open(struct transaction *transaction, const cJSON *configuration);
void transaction_close(struct transaction *transaction);

cJSON *session_table_to_json(const struct session_table *table);
