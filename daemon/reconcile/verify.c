/* SPDX-License-Identifier: Apache-2.0 */
/* Reading back: what was applied, what was not, and what the ledger is to remember of it. */
#include <errno.h>

#include "reconcile/run.h"

/* An object is applied when reading finds nothing left to do for it, whatever its write was answered. */
static void judge_results(struct run *r, const struct target_plan *fresh)
{
    for (size_t i = 0; i < r->plan->n_changes; i++) {
        struct change *c = &r->plan->changes[i];

        if (c->result != RESULT_UNVERIFIED && c->result != RESULT_FAILED)
            continue;
        if (!target_plan_find(fresh, c->kind, c->object)) {
            c->result = RESULT_APPLIED;
            continue;
        }
        if (c->result == RESULT_UNVERIFIED && !diag_any(&r->plan->diags))
            diag_add_target(&r->plan->diags, DIAG_NOT_CONVERGED, r->target->name,
                            "%s '%s' was written and accepted, but reads back different from what is desired",
                            c->kind->name, c->object);
        c->result = RESULT_FAILED;
    }
}

static int note_ledger(struct run *r)
{
    bool changed = false;

    for (size_t i = 0; i < r->plan->n_changes; i++) {
        const struct change *c = &r->plan->changes[i];

        if (c->action == ACTION_UPDATE || c->result != RESULT_APPLIED)
            continue;
        changed = true;
        if (ledger_note(&r->ledger, c->kind->name, c->object, c->action == ACTION_CREATE) < 0)
            return diag_oom(&r->plan->diags);
    }
    return changed ? ledger_save(&r->ledger, r->target->name, &r->plan->diags) : 0;
}

static bool all_applied(const struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (p->changes[i].held_by == GUARD_NONE && p->changes[i].result != RESULT_APPLIED)
            return false;
    return true;
}

/* Fresh reads decide. A lost answer that turns out to have been applied is no failure. */
int run_verify(struct run *r)
{
    struct target_plan *fresh = calloc(1, sizeof(*fresh));
    int e;

    if (!fresh)
        return diag_oom(&r->plan->diags);
    fresh->target = r->target;
    e = run_observe(r, fresh);
    if (e < 0) {
        diag_move(&r->plan->diags, &fresh->diags);
    } else {
        judge_results(r, fresh);
        if (all_applied(r->plan))
            diag_list_done(&r->plan->diags);
        e = note_ledger(r);
    }
    r->session.arena = &r->plan->arena;
    r->session.diags = &r->plan->diags;
    target_plan_free(fresh);
    return e;
}
