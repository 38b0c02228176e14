/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/batch.h"

#include <errno.h>

#include "base/text.h"
#include "reconcile/pool.h"

int batch_init(struct batch *b, const struct run_context *c, const char *const *targets, size_t n, const char **ret_bad)
{
    const struct settings *s = c->settings;

    *b = (struct batch){.context = *c};
    clusters_init(&b->clusters, false);
    b->context.clusters = &b->clusters;
    *ret_bad = settings_find_useless(s, targets, n);
    if (*ret_bad)
        return -ENOENT;
    b->runs = calloc(s->n_targets + 1, sizeof(*b->runs));
    b->plan.targets = calloc(s->n_targets + 1, sizeof(*b->plan.targets));
    if (!b->runs || !b->plan.targets)
        return -ENOMEM;
    for (size_t t = 0; t < s->n_targets; t++) {
        if (n > 0 && !any_pattern_matches(targets, n, s->targets[t].name))
            continue;
        if (run_init(&b->runs[b->n_runs], &b->context, &s->targets[t]) < 0)
            return -ENOMEM;
        b->plan.targets[b->n_runs] = b->runs[b->n_runs].plan;
        b->n_runs++;
        b->plan.n_targets++;
    }
    return 0;
}

void batch_done(struct batch *b)
{
    for (size_t i = 0; i < b->n_runs; i++)
        run_done(&b->runs[i]);
    free(b->runs);
    free(b->plan.targets);
    clusters_done(&b->clusters);
    *b = (struct batch){0};
}

struct half {
    void (*work)(struct run *r);
    batch_progress *progress;
    void *user;
};

static void work(void *item, void *user)
{
    struct half *p = user;

    p->work(item);
}

static void finished(void *item, void *user)
{
    const struct run *r = item;
    struct half *p = user;

    if (p->progress)
        p->progress(r->plan, p->user);
}

static int run_phase(struct batch *b, void (*half)(struct run *r), batch_progress *progress, void *user)
{
    struct half p = {.work = half, .progress = progress, .user = user};
    struct pool_job job = {.work = work, .finished = finished, .user = &p};

    return pool_run(b->runs, b->n_runs, sizeof(*b->runs), b->context.settings->concurrency, &job);
}

static void look_for_others(struct run *r)
{
    if (r->plan->status != TARGET_FAILED && run_look_at_cluster(r, LOOK_FOR_OTHERS) < 0)
        target_plan_judge(r->plan);
}

int batch_plan(struct batch *b, batch_progress *progress, void *user)
{
    int r = run_phase(b, run_plan, progress, user);

    /* A member that is in sync now may be what the others are compared with. */
    return r == 0 && clusters_any(&b->clusters) ? run_phase(b, look_for_others, NULL, NULL) : r;
}

int batch_apply(struct batch *b, batch_progress *progress, void *user)
{
    return run_phase(b, run_apply, progress, user);
}
