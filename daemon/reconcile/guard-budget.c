/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/guard-budget.h"

bool guard_budget_take(struct guard_budget *b, size_t n, size_t limit, size_t *ret_others)
{
    bool fits;

    *ret_others = 0;
    if (!b)
        return n <= limit;
    pthread_mutex_lock(&b->lock);
    *ret_others = b->used;
    fits = b->used + n <= limit;
    if (fits) {
        b->used += n;
        b->under_way += n;
    }
    pthread_mutex_unlock(&b->lock);
    return fits;
}

/* What failed may have been done in part, unless it reads as it did before. */
static bool is_undone(const struct change *c)
{
    return c->result == RESULT_NONE || c->result == RESULT_SKIPPED || (c->result == RESULT_FAILED && c->untouched);
}

void guard_budget_settle(struct guard_budget *b, const struct run *r)
{
    size_t reserved = 0, undone = 0;

    for (size_t i = 0; i < r->plan->n_changes; i++) {
        const struct change *c = &r->plan->changes[i];
        size_t n = c->budgeted ? change_removals(c) : 0;

        reserved += n;
        undone += is_undone(c) ? n : 0;
    }
    pthread_mutex_lock(&b->lock);
    b->under_way -= reserved;
    b->used -= undone;
    pthread_mutex_unlock(&b->lock);
}

void guard_budget_renew(struct guard_budget *b)
{
    pthread_mutex_lock(&b->lock);
    b->used = b->under_way;
    pthread_mutex_unlock(&b->lock);
}
