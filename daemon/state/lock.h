/* SPDX-License-Identifier: Apache-2.0 */
/* One writer a target: a lock file in the state directory that ends with the process that holds it. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "base/diag.h"

/* Waits until DEADLINE (monotonic), then fails naming the holder and its age. The descriptor is the lock. */
int lock_target(const char *state_directory, const char *target, uint64_t deadline_usec, const atomic_bool *cancelled,
                struct diag_list *diags, int *ret_fd) _must_check_;
