/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many targets as one: all are planned, the guards judge over all, then all are applied; `concurrency` at a time.
 * One command and one cycle of the daemon are one batch each. Owns its runs and their plans.
 */
#pragma once

#include "reconcile/cluster.h"
#include "reconcile/run.h"

struct batch {
    struct run_context context;
    struct clusters clusters;
    struct run *runs;
    size_t n_runs;
    struct plan plan; /* the runs' plans, in order of names */
};

/* Called after each target, one at a time, from any thread. */
typedef void batch_progress(const struct target_plan *p, void *user);

/* TARGETS are patterns; none means all. -ENOENT where one matches nothing (RET_BAD is that one), or -ENOMEM. */
int batch_init(struct batch *b, const struct run_context *c, const char *const *targets, size_t n,
               const char **ret_bad) _must_check_;
void batch_done(struct batch *b);
int batch_plan(struct batch *b, batch_progress *progress, void *user) _must_check_;
int batch_apply(struct batch *b, batch_progress *progress, void *user) _must_check_;
