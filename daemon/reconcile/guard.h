/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guards: judged over the plans of all targets before the first write on any. What one holds stays as it is;
 * the rest goes on. Only naming the very object lets it through, and `protect` not even that.
 */
#pragma once

#include "reconcile/guard-budget.h"

/* One --allow GUARD:TARGET/KIND/OBJECT. */
struct allowance {
    enum guard guard;
    const char *object; /* TARGET/KIND/OBJECT */
};

/* Parses an allowance; the text must outlive it. NULL when good, else what is wrong with it. */
const char *allowance_parse(const char *text, struct allowance *ret) _must_check_;

/*
 * Sets held-by and why on every change of the runs' plans that must not be made, then judges the plans again. The
 * BUDGET may be NULL where these runs are all there are. 0 or -ENOMEM.
 */
int guard_judge(const struct settings *s, struct run *runs, size_t n_runs, const struct allowance *allowances,
                size_t n_allowances, struct guard_budget *budget) _must_check_;
/* True where OPEN cannot be made while OTHER is not: it names what OTHER would bring, or takes away what is named. */
bool guard_change_depends(const struct change *open, const struct change *other);
/* Under the target's lock, before the first write: holds what no maintenance window lets be written any more. 0 or
   -ENOMEM. */
int guard_judge_late(struct run *r) _must_check_;
