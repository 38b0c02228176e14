/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many runs at once: as many threads as may be at work, each taking the next run until none is left. A target that
 * hangs keeps one thread and nobody else.
 */
#pragma once

#include <stddef.h>

#include "base/macro.h"

struct pool_job {
    void (*work)(void *item, void *user);     /* in a thread of the pool; where none can be had, in the caller's */
    void (*finished)(void *item, void *user); /* after it, one at a time; may be NULL */
    void *user;
};

/* Works on N items of SIZE bytes and returns when all are done. 0 or -ENOMEM. */
int pool_run(void *items, size_t n, size_t size, size_t concurrency, const struct pool_job *job) _must_check_;
