/* SPDX-License-Identifier: Apache-2.0 */
/* Reading back: what was applied, what was not, and what the ledger is to remember of it. */
#include <errno.h>
#include <string.h>

#include "base/time-util.h"
#include "reconcile/absence.h"
#include "reconcile/run.h"

enum { SETTLE_ATTEMPTS = 5 };

/* An object is applied when reading finds nothing left to do for it, whatever its write was answered. */
static void judge_results(struct run *r, const struct target_plan *fresh)
{
    bool all_accepted = !diag_any(&r->plan->diags);

    for (size_t i = 0; i < r->plan->n_changes; i++) {
        struct change *c = &r->plan->changes[i];
        const struct change *now;

        if (c->result != RESULT_UNVERIFIED && c->result != RESULT_FAILED)
            continue;
        now = target_plan_find(fresh, c->kind, c->object);
        if (!now) {
            c->result = RESULT_APPLIED;
            continue;
        }
        /* Nobody can tell. */
        if (now->unanswered)
            continue;
        c->undone = c->result == RESULT_UNVERIFIED && all_accepted;
        if (c->undone && !diag_any(&r->plan->diags))
            diag_add_target(&r->plan->diags, DIAG_NOT_CONVERGED, r->target->name,
                            "%s '%s' was written and accepted, but reads back different from what is desired",
                            c->kind->name, c->object);
        c->result = RESULT_FAILED;
        c->untouched = strcmp(now->live_digest, c->live_digest) == 0;
    }
}

/* The plan must now be empty: what differs and was not in it came while we wrote. */
static void judge_others(struct run *r, const struct target_plan *fresh)
{
    for (size_t i = 0; i < fresh->n_changes; i++) {
        const struct change *c = &fresh->changes[i];

        /* A session may begin at any time; the next run ends it. */
        if (c->kind->strategy != STRATEGY_ABSENCE && !target_plan_find(r->plan, c->kind, c->object))
            diag_add_target(&r->plan->diags, DIAG_NOT_CONVERGED, r->target->name,
                            "%s '%s' differs now, though it did not when this was planned; plan again", c->kind->name,
                            c->object);
    }
}

int run_note_ledger(struct run *r, const struct target_plan *p)
{
    for (size_t i = 0; i < p->n_verified; i++) {
        const struct verified *v = &p->verified[i];
        char digest[DIGEST_SIZE], desired[DIGEST_SIZE];
        static const char settled[DIGEST_SIZE] = "";

        if (value_digest(&v->live, digest) < 0 || value_digest(v->declared, desired) < 0 ||
            ledger_note_verified(&r->ledger, v->kind->name, v->object, value_longest_list(&v->live), digest, desired) <
                0)
            return diag_oom(&r->plan->diags);
        /* However it came about: what was sent and not answered is in force. */
        if (ledger_find(&r->ledger, v->kind->name, v->object)->unanswered[0] &&
            ledger_note_unanswered(&r->ledger, v->kind->name, v->object, settled) < 0)
            return diag_oom(&r->plan->diags);
    }
    return 0;
}

static int note_created(struct run *r, const struct change *c, const struct target_plan *fresh)
{
    const struct verified *v = target_plan_verified(fresh, c->kind, c->object);

    return v ? ledger_note_created(&r->ledger, c->kind->name, c->object, v->key) : 0;
}

/* What was created, deleted, or set right, though in vain, and how everything reads that is as it should be. */
static int note_results(struct run *r, const struct target_plan *fresh)
{
    int e = 0;

    for (size_t i = 0; i < r->plan->n_changes && e == 0; i++) {
        const struct change *c = &r->plan->changes[i];

        if (c->result != RESULT_APPLIED && !c->undone)
            continue;
        if (c->action != ACTION_DELETE && (c->cause == CAUSE_DRIFT || c->cause == CAUSE_BOTH))
            e = ledger_note_healed(&r->ledger, c->kind->name, c->object, now_real_usec() / USEC_PER_SEC);
        if (e < 0 || c->undone)
            continue;
        if (c->action == ACTION_CREATE && c->ours)
            e = note_created(r, c, fresh);
        else if (c->action == ACTION_DELETE && c->kind->strategy != STRATEGY_ABSENCE)
            e = ledger_note_deleted(&r->ledger, c->kind->name, c->object, now_real_usec() / USEC_PER_SEC);
    }
    if (e < 0)
        return diag_oom(&r->plan->diags);
    e = run_note_ledger(r, fresh);
    return e < 0 ? e : ledger_save(&r->ledger, r->target->name, &r->plan->diags);
}

static bool all_applied(const struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (change_is_open(&p->changes[i]) && p->changes[i].result != RESULT_APPLIED)
            return false;
    return true;
}

/* Reads until what was ended no longer shows, or for some seconds: a gateway only queues what it is told. */
static int observe_settled(struct run *r, struct target_plan *fresh)
{
    uint64_t pause = 250 * USEC_PER_MSEC;
    int e = run_observe(r, fresh);

    for (int i = 0; i < SETTLE_ATTEMPTS && e == 0 && absence_lingers(r->plan, fresh); i++, pause *= 2) {
        e = session_wait(&r->session, pause);
        if (e == 0) {
            target_plan_clear(fresh);
            e = run_observe(r, fresh);
        }
    }
    return e;
}

/* Fresh reads decide. A lost answer that turns out to have been applied is no failure. */
int run_verify(struct run *r)
{
    struct target_plan *fresh = calloc(1, sizeof(*fresh));
    int e;

    if (!fresh)
        return diag_oom(&r->plan->diags);
    fresh->target = r->target;
    e = observe_settled(r, fresh);
    if (e < 0) {
        diag_move(&r->plan->diags, &fresh->diags);
    } else {
        judge_results(r, fresh);
        if (all_applied(r->plan))
            diag_list_done(&r->plan->diags);
        judge_others(r, fresh);
        e = note_results(r, fresh);
    }
    r->session.arena = &r->plan->arena;
    r->session.diags = &r->plan->diags;
    target_plan_free(fresh);
    return e;
}
