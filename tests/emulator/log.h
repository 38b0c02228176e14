/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What one appliance was asked and what it answered; the oldest entries go when the limit is reached. */

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_entry {
    uint64_t sequence;
    char method[16];
    char *path, *peer, *user, *content_type, *content_length, *body;
    unsigned session; /* 0: none */
    unsigned status;  /* 0: no answer was sent */
    unsigned connection;
    bool write, applied;
    const char *fault;
};

struct log {
    struct log_entry *entries;
    size_t n, allocated, limit;
    uint64_t last_sequence;
};

/* Both return an entry that is valid until the next call; the second NULL when it is gone. */
struct log_entry *log_add(struct log *log);
struct log_entry *log_find(struct log *log, uint64_t sequence);
cJSON *log_to_json(const struct log *log);
void log_clear(struct log *log);
void log_done(struct log *log);
