/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second half of a run: lock, resolve what a killed run intended, begin, read again, write in order with every
 * intent on disk first, commit, keep the way back, verify.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time-util.h"
#include "reconcile/absence.h"
#include "reconcile/order.h"
#include "reconcile/run.h"
#include "reconcile/way-back.h"
#include "state/lock.h"

static void tell_moved(struct run *r, const struct kind *k, const char *object)
{
    diag_add_target(&r->plan->diags, DIAG_PLAN_MOVED, r->target->name,
                    "%s '%s' changed on the appliance since the plan was made; nothing was written, plan again",
                    k->name, object);
}

/* True where the appliance is still as the plan was made for; else every object that moved is named. */
static bool compare_fresh(struct run *r, struct target_plan *fresh)
{
    if (run_observe(r, fresh) < 0) {
        diag_move(&r->plan->diags, &fresh->diags);
        return false;
    }
    if (target_plan_same(r->plan, fresh))
        return true;
    for (size_t i = 0; i < r->plan->n_changes; i++) {
        const struct change *c = &r->plan->changes[i], *now = target_plan_find(fresh, c->kind, c->object);

        if (c->kind->strategy != STRATEGY_ABSENCE && (!now || !change_same(c, now)))
            tell_moved(r, c->kind, c->object);
    }
    for (size_t i = 0; i < fresh->n_changes; i++)
        if (fresh->changes[i].kind->strategy != STRATEGY_ABSENCE &&
            !target_plan_find(r->plan, fresh->changes[i].kind, fresh->changes[i].object))
            tell_moved(r, fresh->changes[i].kind, fresh->changes[i].object);
    return false;
}

static bool still_the_same(struct run *r)
{
    struct target_plan *fresh = calloc(1, sizeof(*fresh));
    bool same;

    if (!fresh) {
        diag_oom(&r->plan->diags);
        return false;
    }
    fresh->target = r->target;
    same = compare_fresh(r, fresh);
    r->session.arena = &r->plan->arena;
    r->session.diags = &r->plan->diags;
    target_plan_free(fresh);
    return same;
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

/* So many steps from the first go by one request: absences of one kind. */
static size_t group_size(const struct step *steps, size_t n)
{
    const struct kind *k = steps[0].write.kind;
    size_t most = k->strategy == STRATEGY_ABSENCE && k->at_once > 1 ? k->at_once : 1, size = 1;

    while (size < n && size < most && steps[size].write.kind == k)
        size++;
    return size;
}

/* Sends what goes together; the intents are on disk before. */
static int send_group(struct run *r, struct step *steps, size_t n, enum outcome *ret)
{
    const struct provider *provider = r->session.provider;
    const struct kind *k = steps[0].write.kind;
    _cleanup_free_ struct write *writes = NULL;

    for (size_t i = 0; i < n; i++)
        if (journal_note(&r->journal, k->name, steps[i].change->object, action_to_string(steps[i].change->action)) < 0)
            return -EBADMSG;
    if (k->strategy != STRATEGY_ABSENCE)
        return provider->write(&r->session, &steps[0].write, ret);
    writes = calloc(n, sizeof(*writes));
    if (!writes)
        return diag_oom(&r->plan->diags);
    for (size_t i = 0; i < n; i++)
        writes[i] = steps[i].write;
    return provider->end(&r->session, k, writes, n, ret);
}

/* Notes what came of one step; false where nothing more may be sent. */
static bool note_outcome(struct run *r, const struct step *s, enum outcome outcome, struct write *accepted,
                         size_t *n_accepted)
{
    struct change *c = s->change;

    c->result = outcome == OUTCOME_REFUSED ? RESULT_FAILED : RESULT_UNVERIFIED;
    c->ours = outcome != OUTCOME_REFUSED;
    if (outcome == OUTCOME_ACCEPTED) {
        accepted[(*n_accepted)++] = s->write;
        if (absence_note_ended(r, c) < 0)
            return false;
    }
    return outcome != OUTCOME_UNKNOWN && !r->session.refused;
}

/* Sends the steps. Results are only noted here, reading decides. */
static int send_steps(struct run *r, struct step *steps, size_t n, struct write *accepted, size_t *ret_accepted,
                      enum sent *ret)
{
    _cleanup_free_ enum outcome *outcomes = calloc(n + 1, sizeof(*outcomes));
    size_t group;

    *ret = SENT_STOPPED;
    if (!outcomes)
        return diag_oom(&r->plan->diags);
    for (size_t i = 0; i < n; i += group) {
        bool go_on = true;
        int e;

        group = group_size(steps + i, n - i);
        if (is_interrupted(r)) {
            diag_add_target(&r->plan->diags, DIAG_INTERRUPTED, r->target->name, "interrupted between two writes");
            return 0;
        }
        /* An object that was refused once is not tried in a second step. */
        if (steps[i].change->result == RESULT_FAILED)
            continue;
        e = send_group(r, steps + i, group, outcomes);
        if (e < 0)
            return e;
        for (size_t k = 0; k < group; k++)
            go_on = note_outcome(r, &steps[i + k], outcomes[k], accepted, ret_accepted) && go_on;
        if (!go_on)
            return 0;
    }
    *ret = SENT_ALL;
    return 0;
}

static int write_begun(struct run *r, struct step *steps, size_t n, struct write *accepted)
{
    enum outcome committed;
    enum sent sent = SENT_STOPPED;
    size_t n_accepted = 0;
    int e = still_the_same(r) ? 0 : -EBADMSG;

    if (e == 0)
        e = send_steps(r, steps, n, accepted, &n_accepted, &sent);
    if (e < 0 || sent == SENT_STOPPED || n_accepted == 0) {
        r->session.provider->abort(&r->session);
        return e;
    }
    return r->session.provider->commit(&r->session, accepted, n_accepted, &committed);
}

/* What is compared with the plan is read after the appliance is ours: whoever held it before may have changed it. */
static int write_steps(struct run *r, struct step *steps, size_t n)
{
    _cleanup_free_ struct write *accepted = calloc(n + 1, sizeof(*accepted));
    int e = accepted ? r->session.provider->begin(&r->session) : diag_oom(&r->plan->diags);

    return e < 0 ? e : write_begun(r, steps, n, accepted);
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
    bool differs = k && target_plan_find(r->plan, k, object);

    diag_add_target(&r->plan->notes, DIAG_RECOVERED, r->target->name,
                    "an earlier run was cut off while it wrote %s '%s'; %s", kind, object,
                    differs ? "it reads back not as desired and is planned again"
                    : v     ? "it reads back as desired"
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
    _cleanup_free_ struct step *steps = NULL;
    uint64_t from = now_usec();
    size_t n = 0;
    int e, back;

    if (order_steps(r->plan, &r->plan->arena, &steps, &n) < 0) {
        diag_oom(&r->plan->diags);
        return;
    }
    /* From here on a newer desired state waits; one that came before has set the flag that is looked at next. */
    if (r->context->watch)
        atomic_store(&r->context->watch->writing, true);
    e = is_interrupted(r) ? -ECANCELED : write_steps(r, steps, n);
    back = way_back_confirm(r);
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
    if (run_check_hold(r) < 0 || reload_ledger(r) < 0 || session_check_identity(&r->session) < 0 ||
        resolve_intents(r) < 0 || ledger_save(&r->ledger, r->target->name, &r->plan->diags) < 0)
        return;
    if (anything_open(r->plan))
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
    if (e == 0 && (anything_open(r->plan) || access(r->journal.path, F_OK) == 0 || r->ledger.changed) &&
        lock_target(r->context->settings->state_directory, r->target->name, now_usec() + r->context->lock_timeout_usec,
                    r->context->cancelled, &r->plan->diags, &lock) == 0)
        apply_locked(r);
    journal_done(&r->journal);
    skip_all(r->plan);
    target_plan_judge(r->plan);
}
