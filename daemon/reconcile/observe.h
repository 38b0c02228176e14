/* SPDX-License-Identifier: Apache-2.0 */
/* What the strategies share while they plan: the declared objects of a kind, and what is put into the plan. */
#pragma once

#include "reconcile/run.h"

/* Declared objects of one kind: a run of the target's sorted list. */
struct wanted {
    struct declared *const *objects;
    size_t n;
};
struct wanted wanted_of(const struct desired_target *d, const struct kind *k);
bool wanted_has(const struct wanted *w, const char *name);

/* Moves what the merge found into a change of the plan. O and AFTER may be NULL. 0 or -ENOMEM, told. */
int observe_add_change(struct target_plan *p, const struct kind *k, const char *object, enum action action,
                       const struct observed *o, const struct value *after, struct merge *m) _must_check_;
/* What is as it should be, for the ledger. 0 or -ENOMEM, told. */
int observe_note_verified(struct target_plan *p, const struct declared *d, const struct observed *o) _must_check_;
/*
 * Why it differs, and whether the settings accept that. O is NULL for what is not there, DECLARED for what no document
 * names. 0 or -ENOMEM.
 */
int observe_explain(const struct run *r, struct change *c, const struct observed *o,
                    const struct value *declared) _must_check_;
