/* SPDX-License-Identifier: Apache-2.0 */
/* Removals of other runs that count against the limit over all targets: those of one interval of the daemon. */
#pragma once

#include <pthread.h>

#include "reconcile/run.h"

struct guard_budget {
    pthread_mutex_t lock;
    size_t used, under_way; /* under_way: of the used ones, those of runs that have not been settled */
};

#define GUARD_BUDGET_INIT                 \
    {                                     \
        .lock = PTHREAD_MUTEX_INITIALIZER \
    }

/*
 * Reserves N removals for a run where all of them stay within LIMIT, else none. Tells how many the others have used;
 * without a budget there are no others.
 */
bool guard_budget_take(struct guard_budget *b, size_t n, size_t limit, size_t *ret_others) _must_check_;
/* At the end of a run: what it reserved and is known not to have removed can be used by others again. */
void guard_budget_settle(struct guard_budget *b, const struct run *r);
/* A new interval begins: only runs that are under way count. */
void guard_budget_renew(struct guard_budget *b);
