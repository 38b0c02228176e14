/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/run.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/time-util.h"
#include "reconcile/order.h"
#include "state/credentials.h"
#include "state/lock.h"

int run_init(struct run *r, const struct run_context *c, const struct target *t)
{
    *r = (struct run){.context = c, .target = t};
    r->desired = c->desired ? &c->desired->targets[t - c->settings->targets] : NULL;
    r->plan = calloc(1, sizeof(*r->plan));
    if (!r->plan)
        return -ENOMEM;
    r->plan->target = t;
    return 0;
}

void run_done(struct run *r)
{
    session_done(&r->session);
    r->session.peer = http_peer_free(r->session.peer);
    secret_done(&r->login.username);
    secret_done(&r->login.password);
    ledger_done(&r->ledger);
    r->plan = target_plan_free(r->plan);
}

static int load_login(struct run *r)
{
    const struct target *t = r->target;
    int e;

    r->login.realm = t->realm;
    r->login.method = t->login_method;
    e = secret_set(&r->login.username, t->username, strlen(t->username));
    if (e < 0)
        return diag_oom(&r->plan->diags);
    return credential_load(t->credential, r->context->credentials, r->context->settings->credentials, t->name,
                           &r->plan->diags, &r->login.password);
}

static int open_peer(struct run *r)
{
    const struct target *t = r->target;
    struct http_endpoint e = {.url = t->url, .ca_file = t->ca_file, .pinned_public_key = t->pinned_public_key,
                              .timeout_usec = t->timeout_usec};

    r->session = (struct session){
        .provider = provider_of(t->system),
        .target = t->name,
        .login = &r->login,
        .arena = &r->plan->arena,
        .diags = &r->plan->diags,
        .deadline_usec = now_usec() + r->context->settings->run_timeout_usec,
        .cancelled = r->context->cancelled,
        .may_write = r->context->may_write && t->mode == MODE_ENFORCE,
    };
    if (http_peer_new(r->context->http, &e, r->context->cancelled, &r->session.peer) < 0)
        return diag_oom(&r->plan->diags);
    return 0;
}

int run_open(struct run *r)
{
    int e = load_login(r);

    if (e == 0)
        e = ledger_load(r->context->settings->state_directory, r->target->name, &r->ledger, &r->plan->diags);
    if (e == 0)
        e = open_peer(r);
    if (e == 0)
        e = session_open(&r->session, r->target->expect);
    r->opened = e == 0;
    return e;
}

/* A plan of a target that failed shows no changes: they would rest on half of the truth. */
static void fail(struct target_plan *p)
{
    target_plan_clear(p);
    p->status = TARGET_FAILED;
}

void run_plan(struct run *r)
{
    if (r->desired->n_objects > 0 || r->desired->kinds) {
        if (run_open(r) < 0 || run_observe(r, r->plan) < 0) {
            fail(r->plan);
            return;
        }
    }
    target_plan_judge(r->plan);
}

/* True where the appliance is still as the plan was made for. */
static bool still_the_same(struct run *r, struct target_plan *fresh)
{
    if (run_observe(r, fresh) < 0) {
        diag_move(&r->plan->diags, &fresh->diags);
        return false;
    }
    if (target_plan_same(r->plan, fresh))
        return true;
    for (size_t i = 0; i < fresh->n_changes; i++)
        if (!target_plan_find(r->plan, fresh->changes[i].kind, fresh->changes[i].object))
            diag_add_target(&r->plan->diags, DIAG_PLAN_MOVED, r->target->name,
                            "%s '%s' changed on the appliance since the plan was made; nothing was written, plan again",
                            fresh->changes[i].kind->name, fresh->changes[i].object);
    if (!diag_any(&r->plan->diags))
        diag_add_target(&r->plan->diags, DIAG_PLAN_MOVED, r->target->name,
                        "the appliance changed since the plan was made; nothing was written, plan again");
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

/* Sends the steps; those after an unknown outcome are not sent. Results are only noted here, reading decides. */
static int send_steps(struct run *r, struct step *steps, size_t n, struct write *accepted, size_t *ret_accepted,
                      enum outcome *ret_worst)
{
    *ret_worst = OUTCOME_ACCEPTED;
    for (size_t i = 0; i < n; i++) {
        struct change *c = steps[i].change;
        enum outcome outcome;
        int e;

        if (is_interrupted(r)) {
            diag_add_target(&r->plan->diags, DIAG_INTERRUPTED, r->target->name, "interrupted between two writes");
            *ret_worst = OUTCOME_UNKNOWN;
            return 0;
        }
        /* An object that was refused once is not tried in a second step. */
        if (c->result == RESULT_FAILED)
            continue;
        e = r->session.provider->write(&r->session, &steps[i].write, &outcome);
        if (e < 0)
            return e;
        c->result = outcome == OUTCOME_REFUSED ? RESULT_FAILED : RESULT_UNVERIFIED;
        if (outcome == OUTCOME_ACCEPTED)
            accepted[(*ret_accepted)++] = steps[i].write;
        if (outcome == OUTCOME_UNKNOWN || r->session.refused) {
            *ret_worst = OUTCOME_UNKNOWN;
            return 0;
        }
    }
    return 0;
}

static int write_steps(struct run *r, struct step *steps, size_t n)
{
    _cleanup_free_ struct write *accepted = calloc(n + 1, sizeof(*accepted));
    enum outcome worst, committed;
    size_t n_accepted = 0;
    int e = accepted ? r->session.provider->begin(&r->session) : diag_oom(&r->plan->diags);

    if (e < 0)
        return e;
    e = send_steps(r, steps, n, accepted, &n_accepted, &worst);
    if (e < 0 || worst == OUTCOME_UNKNOWN || n_accepted == 0) {
        r->session.provider->abort(&r->session);
        return e;
    }
    return r->session.provider->commit(&r->session, accepted, n_accepted, &committed);
}

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
                            "%s '%s' was written and accepted, but reads back different from what is desired", c->kind->name,
                            c->object);
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
static void verify(struct run *r)
{
    struct target_plan *fresh = calloc(1, sizeof(*fresh));

    if (!fresh) {
        diag_oom(&r->plan->diags);
        return;
    }
    fresh->target = r->target;
    if (run_observe(r, fresh) < 0) {
        diag_move(&r->plan->diags, &fresh->diags);
    } else {
        judge_results(r, fresh);
        if (all_applied(r->plan))
            diag_list_done(&r->plan->diags);
        if (note_ledger(r) == -ENOMEM)
            fail(r->plan);
    }
    r->session.arena = &r->plan->arena;
    r->session.diags = &r->plan->diags;
    target_plan_free(fresh);
}

static bool anything_open(const struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (p->changes[i].held_by == GUARD_NONE)
            return true;
    return false;
}

static void apply_locked(struct run *r, struct target_plan *fresh)
{
    _cleanup_free_ struct step *steps = NULL;
    size_t n = 0;

    if (!still_the_same(r, fresh))
        return;
    r->session.arena = &r->plan->arena;
    r->session.diags = &r->plan->diags;
    if (order_steps(r->plan, &r->plan->arena, &steps, &n) < 0) {
        diag_oom(&r->plan->diags);
        return;
    }
    if (write_steps(r, steps, n) == -ENOMEM)
        diag_oom(&r->plan->diags);
    verify(r);
}

void run_apply(struct run *r)
{
    _cleanup_close_ int lock = -1;
    struct target_plan *fresh;

    if (r->plan->status == TARGET_FAILED || !anything_open(r->plan) || !r->session.may_write)
        return;
    fresh = calloc(1, sizeof(*fresh));
    r->session.deadline_usec = now_usec() + r->context->settings->run_timeout_usec;
    if (!fresh) {
        diag_oom(&r->plan->diags);
    } else if (lock_target(r->context->settings->state_directory, r->target->name,
                           now_usec() + r->context->lock_timeout_usec, r->context->cancelled, &r->plan->diags,
                           &lock) == 0) {
        fresh->target = r->target;
        apply_locked(r, fresh);
    }
    r->session.arena = &r->plan->arena;
    r->session.diags = &r->plan->diags;
    skip_all(r->plan);
    target_plan_judge(r->plan);
    target_plan_free(fresh);
}
