/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The binary configuration of a target, saved before a run writes to it: backups/TARGET/TIME.b64 below the state
 * directory. It holds every secret of the appliance: nobody but its owner can read it or see that it is there.
 */
#pragma once

#include "reconcile/run.h"

/*
 * Under the target's lock, right before the first write. Where the settings want it, saves the configuration, checked
 * and synced to disk, names the file in the plan, and removes what is past the number to keep. 0, or a negative errno
 * with the fault told: then nothing may be written.
 */
int run_back_up(struct run *r) _must_check_;
