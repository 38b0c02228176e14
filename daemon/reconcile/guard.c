/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/guard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "reconcile/judge.h"

const char *allowance_parse(const char *text, struct allowance *ret)
{
    const char *colon = strchr(text, ':'), *slash;
    char name[32];

    if (!colon || (size_t)(colon - text) >= sizeof(name))
        return "must be GUARD:TARGET/KIND/OBJECT";
    snprintf(name, sizeof(name), "%.*s", (int)(colon - text), text);
    ret->guard = guard_from_string(name);
    if (ret->guard < 0)
        return "names no guard that there is";
    if (ret->guard == GUARD_PROTECT || ret->guard == GUARD_HOLD)
        return "names a guard that lets nothing through; change the settings, or release the hold";
    slash = strchr(colon + 1, '/');
    if (!slash || !strchr(slash + 1, '/'))
        return "must be GUARD:TARGET/KIND/OBJECT, naming the very object";
    ret->object = colon + 1;
    return NULL;
}

char *guard_object_name(const struct target_plan *p, const struct change *c)
{
    char *name;

    return asprintf(&name, "%s/%s/%s", p->target->name, c->kind->name, c->object) < 0 ? NULL : name;
}

bool guard_allows(const struct judging *j, enum guard g, const char *name)
{
    for (size_t i = 0; i < j->n_allowances; i++)
        if (j->allowances[i].guard == g && strcmp(j->allowances[i].object, name) == 0)
            return true;
    return false;
}

/* The first guard that holds a change is the one that is named. */
int guard_hold(struct change *c, enum guard g, const char *format, ...)
{
    va_list ap;
    int n;

    if (c->held_by != GUARD_NONE)
        return 0;
    va_start(ap, format);
    n = vasprintf(&c->held_why, format, ap);
    va_end(ap);
    if (n < 0) {
        c->held_why = NULL;
        return -ENOMEM;
    }
    c->held_by = g;
    return 0;
}

/* What counts against the limits: neither what is held by name nor what is let through by name. */
static size_t counted_removals(const struct judging *j, const struct target_plan *p, const struct change *c)
{
    _cleanup_free_ char *name = guard_object_name(p, c);

    if (!name)
        return 0;
    return c->held_by != GUARD_NONE || guard_allows(j, GUARD_REMOVALS, name) ? 0 : change_removals(c);
}

static size_t count_target(const struct judging *j, const struct target_plan *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_changes; i++)
        n += counted_removals(j, p, &p->changes[i]);
    return n;
}

static int hold_removals(const struct judging *j, struct target_plan *p, size_t n, uint32_t limit, const char *where)
{
    int r = 0;

    for (size_t i = 0; i < p->n_changes && r == 0; i++)
        if (counted_removals(j, p, &p->changes[i]) > 0)
            r = guard_hold(&p->changes[i], GUARD_REMOVALS, "%zu removals %s; the limit is %u", n, where, limit);
    return r;
}

static int (*const judges[])(const struct judging *j, const struct run *r, struct change *c, const char *name) = {
    guard_judge_hold,    guard_judge_protect, guard_judge_foreign, guard_judge_health, guard_judge_lock_out,
    guard_judge_open_up, guard_judge_shrink,  guard_judge_fight,   guard_judge_lists,  guard_judge_window,
};

static int judge_object(const struct judging *j, const struct run *r, struct change *c)
{
    _cleanup_free_ char *name = guard_object_name(r->plan, c);
    int k = name ? 0 : -ENOMEM;

    /* What is only reported need not be held. */
    if (c->kind->flags & KIND_ASSERTED)
        return k;
    for (size_t i = 0; i < ARRAY_SIZE(judges) && k == 0; i++)
        k = judges[i](j, r, c, name);
    return k;
}

static int judge_target(const struct judging *j, const struct run *r)
{
    struct target_plan *p = r->plan;
    size_t n;
    int k = 0;

    for (size_t i = 0; i < p->n_changes && k == 0; i++)
        k = judge_object(j, r, &p->changes[i]);
    if (k == 0)
        k = guard_hold_vanished(j, r);
    if (k < 0)
        return k;
    n = count_target(j, p);
    if (n > j->settings->guards.max_removals)
        k = hold_removals(j, p, n, j->settings->guards.max_removals, "on this target");
    return k;
}

static void note_budgeted(const struct judging *j, struct run *r)
{
    for (size_t i = 0; i < r->plan->n_changes && r->target->mode == MODE_ENFORCE; i++)
        r->plan->changes[i].budgeted = counted_removals(j, r->plan, &r->plan->changes[i]) > 0;
}

static int judge_all(const struct judging *j, struct run *runs, size_t n_runs, struct guard_budget *budget)
{
    size_t total = 0, others, limit = j->settings->guards.max_removals_run;
    int r = 0;

    /* What is only observed is not removed. */
    for (size_t i = 0; i < n_runs; i++)
        total += runs[i].target->mode == MODE_ENFORCE ? count_target(j, runs[i].plan) : 0;
    if (guard_budget_take(budget, total, limit, &others)) {
        for (size_t i = 0; i < n_runs; i++)
            note_budgeted(j, &runs[i]);
        return 0;
    }
    for (size_t i = 0; i < n_runs && r == 0; i++)
        r = hold_removals(j, runs[i].plan, others + total, (uint32_t)limit, "over all targets");
    return r;
}

int guard_judge(const struct settings *s, struct run *runs, size_t n_runs, const struct allowance *allowances,
                size_t n_allowances, struct guard_budget *budget)
{
    struct judging j = {.settings = s, .allowances = allowances, .n_allowances = n_allowances};
    int r = 0;

    for (size_t i = 0; i < n_runs; i++)
        run_settle_cluster(&runs[i]);
    for (size_t i = 0; i < n_runs && r == 0; i++)
        r = judge_target(&j, &runs[i]);
    if (r == 0)
        r = judge_all(&j, runs, n_runs, budget);
    for (size_t i = 0; i < n_runs && r == 0; i++)
        r = guard_hold_dependents(runs[i].plan);
    for (size_t i = 0; i < n_runs; i++)
        target_plan_judge(runs[i].plan);
    return r;
}
