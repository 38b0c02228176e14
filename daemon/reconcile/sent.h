/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects that an appliance may not show (KIND_SENT). What was sent and accepted is kept in the ledger, and counts
 * where the appliance shows nothing else. What was sent and not answered is not sent again by itself.
 */
#pragma once

#include "reconcile/run.h"

/* What the ledger knows to be there, where the appliance shows nothing at all. 0 or -ENOMEM, told. */
int sent_recall(struct run *r, struct target_plan *p, const struct kind *k, struct observed_list *ret) _must_check_;
/* Adds to what the appliance shows of each object what it does not. 0 or -ENOMEM, told. */
int sent_complete(struct run *r, struct target_plan *p, const struct kind *k, struct observed_list *live) _must_check_;
/* Of several objects of one name the one that is as declared is meant, else any of them; the others are noted and left
   out of the sorted list. 0 or -ENOMEM, told. */
int sent_choose(struct run *r, struct target_plan *p, const struct kind *k, struct observed_list *live) _must_check_;
/* Marks a change of what was not, or not all, seen. 0 or -ENOMEM, told. */
int sent_mark(struct run *r, struct target_plan *p, struct change *c, bool unseen) _must_check_;
/* On disk before it is sent: a run that is killed after that must not be followed by one that sends it again. 0, or a
   negative errno with the fault told. */
int sent_begin(struct run *r, const struct change *c) _must_check_;
/* What became of it. The same. */
int sent_end(struct run *r, const struct change *c, enum outcome outcome) _must_check_;
