/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a test orders to go wrong: which requests, how often, and what happens to them. */

#include <cjson/cJSON.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reply;
struct request;

enum fault_step {
    FAULT_STEP_PROCESS, /* serve the request as usual */
    FAULT_STEP_ANSWER,  /* the reply is there, the request is not served */
    FAULT_STEP_DELAY,   /* serve it later */
    FAULT_STEP_HANG,
    FAULT_STEP_CLOSE,
    FAULT_STEP_DROP_TLS,
    FAULT_STEP_RESET,
};

struct fault_kind {
    const char *name;
    const char *const *required; /* parameters, NULL at the end */
    enum fault_step (*before)(struct request *q, struct reply *a, const cJSON *order);
    enum fault_step (*after)(struct request *q, struct reply *a, const cJSON *order);
};

struct fault {
    atomic_uint references; /* the list, and each request that it struck */
    const struct fault_kind *kind;
    cJSON *order;
    const char *method, *path;
    unsigned skip, times; /* times 0: for ever */
    uint64_t matched, fired;
};

struct fault_list {
    struct fault **items;
    size_t n;
};

const struct fault_kind *fault_kind_find(const char *name);

/* Adds one order or a list of them, or none at all: then returns a sentence to be freed. */
char *fault_list_add(struct fault_list *list, const cJSON *orders);
void fault_list_clear(struct fault_list *list);
cJSON *fault_list_to_json(const struct fault_list *list);

/* The first order that is due for this request, counted as fired, or NULL. */
struct fault *fault_list_pick(struct fault_list *list, const char *method, const char *path);
void fault_unref(struct fault *fault);
