/* SPDX-License-Identifier: Apache-2.0 */
/* What a list loses: emptied, cut by too much, or suddenly so short that the reply may not be whole. */
#include <errno.h>

#include "reconcile/judge.h"

enum { MOST_SMALL = 10 }; /* of so many, few that are left say nothing */

int guard_judge_lists(const struct judging *j, const struct run *r, struct change *c, const char *name)
{
    uint32_t percent = j->settings->guards.max_removals_percent;
    int k = 0;

    /* An object that goes takes its lists along; it is counted, and it had to be ours or be named in settings. */
    if (c->action == ACTION_DELETE)
        return 0;

    for (size_t i = 0; i < c->n_losses && k == 0; i++) {
        const struct list_loss *l = &c->losses[i];

        if (l->after == 0 && l->before > 0 && !l->replaced && !guard_allows(j, GUARD_EMPTYING, name))
            k = guard_hold(c, GUARD_EMPTYING, "it would empty the list %s of %zu", l->path, l->before);
        else if (l->before >= 4 && l->removed * 100 > l->before * percent && !guard_allows(j, GUARD_REMOVALS, name))
            k = guard_hold(c, GUARD_REMOVALS, "it would remove %zu of the %zu items of %s; the limit is %u %%",
                           l->removed, l->before, l->path, percent);
    }
    return k;
}

/* A list that is suddenly less than half of what was last verified may be a short reply and no truth. */
int guard_judge_shrink(const struct judging *j, const struct run *r, struct change *c, const char *name)
{
    const struct ledger_entry *e = ledger_find(&r->ledger, c->kind->name, c->object);
    uint32_t size = value_longest_list(&c->live);

    if (guard_allows(j, GUARD_SHRINK, name))
        return 0;
    if (c->action == ACTION_DELETE && r->desired->n_objects == 0 && run_count_kept(r) > 0)
        return guard_hold(c, GUARD_SHRINK, "the documents suddenly declare no object at all for this target");
    if (c->action == ACTION_UPDATE && e && e->size >= MOST_SMALL && size * 2 < e->size)
        return guard_hold(c, GUARD_SHRINK,
                          "its list was last verified with %u items and now reads %u; is the reply whole?", e->size,
                          size);
    return 0;
}

/* To be made, though it was there when it was last looked at. */
static bool was_there(const struct run *r, const struct change *c)
{
    const struct ledger_entry *e = ledger_find(&r->ledger, c->kind->name, c->object);

    return c->action == ACTION_CREATE && e && (e->created || e->digest[0]);
}

/* Of the declared objects of a kind that were there before: how many are, and how many no more. */
static void count_known(const struct run *r, const struct kind *k, size_t *ret_there, size_t *ret_gone)
{
    *ret_there = *ret_gone = 0;
    for (size_t i = 0; i < r->plan->n_verified; i++)
        *ret_there += r->plan->verified[i].kind == k;
    for (size_t i = 0; i < r->plan->n_changes; i++) {
        const struct change *c = &r->plan->changes[i];

        *ret_there += c->kind == k && c->action == ACTION_UPDATE;
        *ret_gone += c->kind == k && was_there(r, c);
    }
}

int guard_hold_vanished(const struct judging *j, const struct run *r)
{
    const struct kind *k = NULL;
    size_t there = 0, gone = 0;
    int e = 0;

    for (size_t i = 0; i < r->plan->n_changes && e == 0; i++) {
        struct change *c = &r->plan->changes[i];
        _cleanup_free_ char *name = NULL;

        if (!was_there(r, c))
            continue;
        if (k != c->kind)
            count_known(r, c->kind, &there, &gone);
        k = c->kind;
        if (there + gone < MOST_SMALL || there >= gone)
            continue;
        name = guard_object_name(r->plan, c);
        if (!name)
            return -ENOMEM;
        if (!guard_allows(j, GUARD_SHRINK, name))
            e = guard_hold(c, GUARD_SHRINK,
                           "%zu of the %zu objects of its kind that were there before are no more; is the reply whole?",
                           gone, there + gone);
    }
    return e;
}
