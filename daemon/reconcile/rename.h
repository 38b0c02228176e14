/* SPDX-License-Identifier: Apache-2.0 */
/* What a person calls a rename: an object that goes and one of another name that comes in its place. */
#pragma once

#include "reconcile/plan.h"

/* Notes each pair in the plan's notes. 0 or -ENOMEM. */
int rename_note(struct target_plan *p) _must_check_;
