/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends the steps of a plan: begins, reads again what the plan was made of, writes with every intent on disk first,
 * commits. An appliance that does not take all of it at once gets what is to stay, and each removal by itself.
 */
#pragma once

#include "reconcile/order.h"
#include "reconcile/run.h"

/*
 * The steps may change their places. Sets the results of their changes as far as answers tell them, and tells every
 * fault; reading back decides. 0 or a negative errno.
 */
int run_write(struct run *r, struct step *steps, size_t n) _must_check_;
