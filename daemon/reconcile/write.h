/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends the steps of a plan: begins, reads again what the plan was made of, writes with every intent on disk first,
 * commits. An appliance that does not take all of it at once gets what is to stay, and each removal by itself.
 */
#pragma once

#include "reconcile/run.h"

/*
 * Which steps the plan takes is settled when the appliance is ours, as a maintenance window may close while somebody
 * else holds it. Sets the results of their changes as far as answers tell them, and tells every fault; reading back
 * decides. 0 or a negative errno.
 */
int run_write(struct run *r) _must_check_;
