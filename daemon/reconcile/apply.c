/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second half of a run: lock, take back what a killed run left open, read again, write in order with every
 * intent on disk first, commit, keep the way back, verify.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time-util.h"
#include "reconcile/order.h"
#include "reconcile/run.h"
#include "reconcile/way-back.h"
#include "state/lock.h"

static void tell_moved(struct run *r, const struct kind *k, const char *object)
{
    diag_add_target(&r->plan->diags, DIAG_PLAN_MOVED, r->target->name,
                    "%s '%s' changed on the appliance since the plan was made; nothing was written, plan again", k->name,
                    object);
}

/* True where the appliance is still as the plan was made for; else every object that moved is named. */
static bool still_the_same(struct run *r, struct target_plan *fresh)
{
    if (run_observe(r, fresh) < 0) {
        diag_move(&r->plan->diags, &fresh->diags);
        return false;
    }
    if (target_plan_same(r->plan, fresh))
        return true;
    for (size_t i = 0; i < r->plan->n_changes; i++) {
        const struct change *c = &r->plan->changes[i], *now = target_plan_find(fresh, c->kind, c->object);

        if (!now || !change_same(c, now))
            tell_moved(r, c->kind, c->object);
    }
    for (size_t i = 0; i < fresh->n_changes; i++)
        if (!target_plan_find(r->plan, fresh->changes[i].kind, fresh->changes[i].object))
            tell_moved(r, fresh->changes[i].kind, fresh->changes[i].object);
    return false;
}

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

enum sent {
    SENT_ALL,
    SENT_STOPPED, /* nothing more may be sent; what was sent is to be taken back where that can be done */
};

/* Sends the steps. Results are only noted here, reading decides. */
static int send_steps(struct run *r, struct step *steps, size_t n, struct write *accepted, size_t *ret_accepted,
                      enum sent *ret)
{
    *ret = SENT_STOPPED;
    for (size_t i = 0; i < n; i++) {
        struct change *c = steps[i].change;
        enum outcome outcome;
        int e;

        if (is_interrupted(r)) {
            diag_add_target(&r->plan->diags, DIAG_INTERRUPTED, r->target->name, "interrupted between two writes");
            return 0;
        }
        /* An object that was refused once is not tried in a second step. */
        if (c->result == RESULT_FAILED)
            continue;
        e = journal_note(&r->journal, c->kind->name, c->object, action_to_string(c->action));
        if (e == 0)
            e = r->session.provider->write(&r->session, &steps[i].write, &outcome);
        if (e < 0)
            return e;
        c->result = outcome == OUTCOME_REFUSED ? RESULT_FAILED : RESULT_UNVERIFIED;
        if (outcome == OUTCOME_ACCEPTED)
            accepted[(*ret_accepted)++] = steps[i].write;
        if (outcome == OUTCOME_UNKNOWN || r->session.refused)
            return 0;
    }
    *ret = SENT_ALL;
    return 0;
}

static int write_steps(struct run *r, struct step *steps, size_t n)
{
    _cleanup_free_ struct write *accepted = calloc(n + 1, sizeof(*accepted));
    enum outcome committed;
    enum sent sent;
    size_t n_accepted = 0;
    int e = accepted ? r->session.provider->begin(&r->session) : diag_oom(&r->plan->diags);

    if (e < 0)
        return e;
    e = send_steps(r, steps, n, accepted, &n_accepted, &sent);
    if (e < 0 || sent == SENT_STOPPED || n_accepted == 0) {
        r->session.provider->abort(&r->session);
        return e;
    }
    return r->session.provider->commit(&r->session, accepted, n_accepted, &committed);
}

static bool anything_open(const struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (p->changes[i].held_by == GUARD_NONE)
            return true;
    return false;
}

/* What a killed run left open is closed under its own login; ours is put aside meanwhile. */
static int recover_transaction(struct run *r)
{
    struct secret ours = r->session.key;
    int e;

    r->session.key = (struct secret){0};
    e = journal_load_key(&r->journal, &r->session.key);
    if (e == 0)
        e = r->session.provider->recover(&r->session);
    secret_done(&r->session.key);
    r->session.key = ours;
    if (e == -ENOENT)
        return 0;
    if (e < 0)
        return e;
    diag_add_target(&r->plan->notes, DIAG_RECOVERED, r->target->name,
                    "an earlier run was cut off with a transaction open; it was taken back");
    return journal_forget_key(&r->journal);
}

/* What the killed run created and did not live to remember is remembered now. */
static int resolve_intent(struct run *r, const struct value *intent)
{
    const char *kind = value_get_text(intent, "kind"), *object = value_get_text(intent, "object");
    const char *action = value_get_text(intent, "action");
    const struct kind *k = system_kind_by_name(r->target->system, kind);
    bool differs = k && target_plan_find(r->plan, k, object);

    diag_add_target(&r->plan->notes, DIAG_RECOVERED, r->target->name,
                    "an earlier run was cut off while it wrote %s '%s'; it reads back %s", kind, object,
                    differs ? "not as desired and is planned again" : "as desired");
    if (differs || strcmp(action, action_to_string(ACTION_UPDATE)) == 0)
        return 0;
    if (strcmp(action, action_to_string(ACTION_CREATE)) == 0)
        return ledger_note_created(&r->ledger, kind, object);
    return ledger_note_gone(&r->ledger, kind, object);
}

/* The intents of a killed run are resolved by what was read since, never by sending them again. */
static int resolve_intents(struct run *r)
{
    struct value intents;
    int e = journal_load(&r->journal, &r->plan->arena, &intents);

    if (e < 0 || intents.count == 0)
        return e;
    for (uint32_t i = 0; i < intents.count; i++)
        if (resolve_intent(r, &intents.items[i]) < 0)
            return diag_oom(&r->plan->diags);
    e = ledger_save(&r->ledger, r->target->name, &r->plan->diags);
    return e < 0 ? e : journal_end(&r->journal);
}

/* Writes and reads back; the journal ends only when reading has told what became of every intent. */
static void write_and_verify(struct run *r)
{
    _cleanup_free_ struct step *steps = NULL;
    uint64_t from;
    size_t n = 0;
    int e;

    if (order_steps(r->plan, &r->plan->arena, &steps, &n) < 0) {
        diag_oom(&r->plan->diags);
        return;
    }
    /* From here on a newer desired state waits; one that came before has set the flag that is looked at next. */
    if (r->context->watch)
        atomic_store(&r->context->watch->writing, true);
    from = now_usec();
    e = is_interrupted(r) ? -ECANCELED : write_steps(r, steps, n);
    if (e == 0)
        e = way_back_confirm(r);
    r->phases[PHASE_APPLY] += now_usec() - from;
    if (e == -ENOTCONN || is_interrupted(r))
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

static void apply_locked(struct run *r)
{
    struct target_plan *fresh;
    bool same;

    if (reload_ledger(r) < 0 || recover_transaction(r) < 0 || resolve_intents(r) < 0 ||
        ledger_save(&r->ledger, r->target->name, &r->plan->diags) < 0 || !anything_open(r->plan))
        return;
    fresh = calloc(1, sizeof(*fresh));
    if (!fresh) {
        diag_oom(&r->plan->diags);
        return;
    }
    fresh->target = r->target;
    same = still_the_same(r, fresh);
    r->session.arena = &r->plan->arena;
    r->session.diags = &r->plan->diags;
    target_plan_free(fresh);
    if (same)
        write_and_verify(r);
}

static int keep_key(void *user, const struct secret *key)
{
    return journal_keep_key(user, key);
}

static int forget_key(void *user)
{
    return journal_forget_key(user);
}

static int open_journal(struct run *r)
{
    r->keeper = (struct key_keeper){.keep = keep_key, .forget = forget_key, .user = &r->journal};
    r->session.keeper = &r->keeper;
    return journal_init(&r->journal, r->context->settings->state_directory, r->target->name, &r->plan->diags);
}

static bool anything_left(const struct run *r)
{
    return access(r->journal.path, F_OK) == 0 || access(r->journal.key_path, F_OK) == 0;
}

void run_apply(struct run *r)
{
    _cleanup_close_ int lock = -1;

    if (r->plan->status == TARGET_FAILED || !r->session.may_write)
        return;
    r->session.deadline_usec = now_usec() + r->context->settings->run_timeout_usec;
    /* What is as it should be is worth remembering too, where it is news. */
    if (open_journal(r) == 0 && run_note_ledger(r, r->plan) == 0 &&
        (anything_open(r->plan) || anything_left(r) || r->ledger.changed) &&
        lock_target(r->context->settings->state_directory, r->target->name, now_usec() + r->context->lock_timeout_usec,
                    r->context->cancelled, &r->plan->diags, &lock) == 0)
        apply_locked(r);
    journal_done(&r->journal);
    skip_all(r->plan);
    target_plan_judge(r->plan);
}
