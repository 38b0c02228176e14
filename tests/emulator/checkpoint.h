/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Check Point: the Identity Awareness Web API, by the guide. */

#include "ip.h"
#include "json.h"
#include "request.h"

/* What the answer to one command begins with, alone or in bulk: a fault has a `code`. */
cJSON *checkpoint_fault(const char *code, const char *format, ...) _printf_(2, 3);

/* checkpoint_parameter.c */
enum checkpoint_sort {
    CHECKPOINT_TEXT,
    CHECKPOINT_TEXTS,
    CHECKPOINT_ADDRESS, /* an empty text is none */
    CHECKPOINT_FLAG,    /* 0 or 1 */
    CHECKPOINT_SECONDS,
};

struct checkpoint_parameter {
    const char *name;
    enum checkpoint_sort sort;
    bool is_required;
};

/* The fault, or NULL. The table ends with a row without a name. */
cJSON *checkpoint_check(const cJSON *command, const struct checkpoint_parameter *table);
/* The address in a parameter that was checked; false if there is none. */
bool checkpoint_address(const cJSON *command, const char *name, struct ip *ret);
/* The text, if there is one and it is not empty, else NULL. */
const char *checkpoint_text(const cJSON *command, const char *name);

/* The three commands: each returns its answer. */
cJSON *checkpoint_add(struct request *q, struct reply *a, const cJSON *command);
cJSON *checkpoint_delete(struct request *q, struct reply *a, const cJSON *command);
cJSON *checkpoint_show(struct request *q, struct reply *a, const cJSON *command);

/* checkpoint_queue.c: what was answered, but is not to be seen yet. */
/* Takes `order`, `{"add": IDENTITY}` or `{"delete": {"first", "last", "client-type"}}`. */
void checkpoint_queue_take(struct appliance *p, cJSON *order);
/* Once before each request that shows: carries out what is due. */
void checkpoint_queue_step(struct appliance *p);
/* True if the identity has an address in the range and is of that source; NULL stands for every source. */
bool checkpoint_matches(const cJSON *identity, const struct ip_range *range, const char *client_type);
void checkpoint_normalise_state(cJSON *state);

/* checkpoint_show.c */
void checkpoint_add_address(const struct request *q, cJSON *answer, const struct ip *ip);
