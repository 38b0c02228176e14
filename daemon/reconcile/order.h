/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of writes: what is referred to is there before what refers to it, and goes after it. A list whose items
 * others name is written twice where it loses some of them while others change: first with both, last without.
 */
#pragma once

#include "provider/provider.h"
#include "reconcile/plan.h"

struct step {
    struct change *change;
    struct write write;
};

/* The steps of all changes that nothing holds. BODIES live in ARENA; the caller frees the array. 0 or -ENOMEM. */
int order_steps(struct target_plan *p, struct arena *arena, struct step **ret, size_t *ret_n) _must_check_;
