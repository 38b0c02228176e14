/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must not be there: revoked users, identities, licences. It is looked for by name and ended where it is found;
 * where the API cannot look, it is ended again from time to time, and the ledger knows when.
 */
#pragma once

#include "reconcile/run.h"

/* Plans one kind: a deletion for each declared absence that is found, or that cannot be looked for and is due. */
int absence_plan(struct run *r, struct target_plan *p, const struct kind *k) _must_check_;
/* What was just ended unseen is not due again soon. 0 or -ENOMEM, told. */
int absence_note_ended(struct run *r, const struct change *c) _must_check_;
/* True where an ended absence still shows in FRESH: an appliance may need a moment to let go. */
bool absence_lingers(const struct target_plan *p, const struct target_plan *fresh);
