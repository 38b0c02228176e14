/* SPDX-License-Identifier: Apache-2.0 */
/* The second half of a run: lock, resolve what a killed run intended, write, keep the way back, verify. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time-util.h"
#include "reconcile/backup.h"
#include "reconcile/forget.h"
#include "reconcile/guard.h"
#include "reconcile/way-back.h"
#include "reconcile/write.h"
#include "state/lock.h"

static void skip_all(struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (p->changes[i].result == RESULT_NONE)
            p->changes[i].result = RESULT_SKIPPED;
}

static bool is_interrupted(const struct run *r)
{
    return atomic_load(r->context->cancelled);
}

static bool anything_open(const struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (change_is_open(&p->changes[i]))
            return true;
    return false;
}

/* What the killed run created and did not live to remember is remembered now, where it is there to be seen. */
static int resolve_intent(struct run *r, const struct value *intent)
{
    const char *kind = value_get_text(intent, "kind"), *object = value_get_text(intent, "object");
    const char *action = value_get_text(intent, "action");
    const struct kind *k = system_kind_by_name(r->target->system, kind);
    const struct verified *v = k ? target_plan_verified(r->plan, k, object) : NULL;
    const struct change *c = k ? target_plan_find(r->plan, k, object) : NULL;

    diag_add_target(&r->plan->notes, DIAG_RECOVERED, r->target->name,
                    "an earlier run was cut off while it wrote %s '%s'; %s", kind, object,
                    c && c->unanswered ? "the appliance does not show what became of it"
                    : c                ? "it reads back not as desired and is planned again"
                    : v                ? "it reads back as desired"
                                       : "the documents no longer name it");
    if (v && strcmp(action, action_to_string(ACTION_CREATE)) == 0)
        return ledger_note_created(&r->ledger, kind, object, v->key);
    return 0;
}

/* The intents of a killed run are resolved by what was read since, never by sending them again. */
static int resolve_intents(struct run *r)
{
    struct value intents;
    int e = journal_load(&r->journal, &r->plan->arena, &intents);

    if (e < 0)
        return e;
    for (uint32_t i = 0; i < intents.count; i++)
        if (resolve_intent(r, &intents.items[i]) < 0)
            return diag_oom(&r->plan->diags);
    e = ledger_save(&r->ledger, r->target->name, &r->plan->diags);
    return e < 0 ? e : journal_end(&r->journal);
}

static bool anything_tried(const struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (p->changes[i].result != RESULT_NONE)
            return true;
    return false;
}

/* Writes and reads back; the journal ends only when reading has told what became of every intent. */
static void write_and_verify(struct run *r)
{
    uint64_t from = now_usec();
    int e, back;

    /* From here on a newer desired state waits. */
    if (is_interrupted(r) || (r->context->watch && !run_watch_write(r->context->watch))) {
        diag_add_target(&r->plan->diags, DIAG_INTERRUPTED, r->target->name, "interrupted before anything was written");
        return;
    }
    e = run_write(r);
    back = e == -ENOTCONN ? e : way_back_confirm(r);
    r->phases[PHASE_APPLY] += now_usec() - from;
    if (is_interrupted(r) && !diag_any(&r->plan->diags))
        diag_add_target(&r->plan->diags, DIAG_INTERRUPTED, r->target->name, "interrupted before it could be read back");
    if (back == -ENOTCONN || is_interrupted(r) || (e < 0 && !anything_tried(r->plan)))
        return;
    from = now_usec();
    if (run_verify(r) == 0 && journal_end(&r->journal) == -ENOMEM)
        diag_oom(&r->plan->diags);
    r->phases[PHASE_VERIFY] += now_usec() - from;
}

/* Another process may have written the ledger since this run read it: under the lock it is read again. */
static int reload_ledger(struct run *r)
{
    ledger_done(&r->ledger);
    if (ledger_load(r->context->settings->state_directory, r->target->name, &r->ledger, &r->plan->diags) < 0)
        return -EBADMSG;
    return run_note_ledger(r, r->plan);
}

int run_check_hold(struct run *r)
{
    struct hold h = {0};
    int e = hold_load(r->context->settings->state_directory, r->target->name, &h, &r->plan->diags);

    if (e == 0 && !r->hold.reason)
        e = diag_add_target(&r->plan->diags, DIAG_ON_HOLD, r->target->name,
                            "%s has put it on hold since the plan was made (%s); nothing was written", h.by, h.reason);
    hold_done(&h);
    return e == -ENOENT ? 0 : e;
}

static void apply_locked(struct run *r)
{
    if (run_check_hold(r) < 0 || run_recover_locked(r) < 0 || reload_ledger(r) < 0 ||
        session_check_identity(&r->session) < 0 || (!anything_open(r->plan) && forget_noted(r, r->plan) < 0) ||
        resolve_intents(r) < 0 || ledger_save(&r->ledger, r->target->name, &r->plan->diags) < 0)
        return;
    /* Whoever was asked may have thought about it until a window closed. */
    if (guard_judge_late(r) < 0)
        diag_oom(&r->plan->diags);
    else if (anything_open(r->plan) && run_back_up(r) == 0)
        write_and_verify(r);
}

void run_apply(struct run *r)
{
    _cleanup_close_ int lock = -1;
    int e;

    if (r->plan->status == TARGET_FAILED || !r->session.may_write || !r->opened)
        return;
    r->session.deadline_usec = now_usec() + r->context->settings->run_timeout_usec;
    e = run_open_journal(r);
    /* What is as it should be is worth remembering too, where it is news. */
    if (e == 0)
        e = run_note_ledger(r, r->plan);
    if (e == 0 &&
        (anything_open(r->plan) || access(r->journal.path, F_OK) == 0 || r->ledger.changed ||
         r->plan->n_forgotten > 0) &&
        lock_target(r->context->settings->state_directory, r->target->name, now_usec() + r->context->lock_timeout_usec,
                    r->context->cancelled, &r->plan->diags, &lock) == 0)
        apply_locked(r);
    journal_done(&r->journal);
    skip_all(r->plan);
    target_plan_judge(r->plan);
}
