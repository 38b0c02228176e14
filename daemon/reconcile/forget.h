/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ledger is to forget. One answer may be false: what a plan has to write for is read twice before anything is
 * forgotten, so observing only notes it, in the plan that it makes.
 */
#pragma once

#include "reconcile/observe.h"

/* Of all objects of the kind: what we created and LIVE does not show. 0 or -ENOMEM, told. */
int forget_note_gone(struct run *r, struct target_plan *p, const struct kind *k,
                     const struct observed_list *live) _must_check_;
/* Of a kind that must be absent: what no document asks for any more. 0 or -ENOMEM, told. */
int forget_note_unnamed(struct run *r, struct target_plan *p, const struct kind *k,
                        const struct wanted *w) _must_check_;
/* Takes what P noted out of the run's ledger, which is not saved. 0 or -ENOMEM, told. */
int forget_noted(struct run *r, const struct target_plan *p) _must_check_;
