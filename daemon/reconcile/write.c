/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/write.h"

#include <errno.h>
#include <string.h>

#include "reconcile/absence.h"
#include "reconcile/forget.h"
#include "reconcile/guard.h"
#include "reconcile/order.h"
#include "reconcile/sent.h"
#include "reconcile/unseal.h"
#include "reconcile/way-back.h"

/* What one transaction takes. */
struct pass {
    struct step *steps; /* chosen when the appliance is ours, unless apart */
    size_t n;
    bool apart; /* only a part of the plan, because the appliance did not take all of it at once */
};

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
        return forget_noted(r, fresh) == 0;
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

/* The same for just these steps, where others were written since. One that finds nothing to do leaves the pass. */
static bool compare_steps(struct run *r, struct target_plan *fresh, struct pass *p)
{
    bool same = run_observe(r, fresh) == 0;
    size_t kept = 0;

    if (!same)
        diag_move(&r->plan->diags, &fresh->diags);
    for (size_t i = 0; i < p->n && same; i++) {
        struct change *c = p->steps[i].change;
        const struct change *now = target_plan_find(fresh, c->kind, c->object);

        /* It was refused with the others, and done all the same. */
        if (!now) {
            c->result = RESULT_UNVERIFIED;
            continue;
        }
        p->steps[kept++] = p->steps[i];
        same = change_same(c, now);
        if (!same)
            diag_add_target(
                &r->plan->diags, DIAG_PLAN_MOVED, r->target->name,
                "%s '%s' changed on the appliance since the plan was made; it was left as it is, plan again",
                c->kind->name, c->object);
    }
    p->n = kept;
    return same;
}

static bool still_the_same(struct run *r, struct pass *p)
{
    struct target_plan *fresh = calloc(1, sizeof(*fresh));
    bool same;

    if (!fresh) {
        diag_oom(&r->plan->diags);
        return false;
    }
    fresh->target = r->target;
    same = p->apart ? compare_steps(r, fresh, p) : compare_fresh(r, fresh);
    r->session.arena = &r->plan->arena;
    r->session.diags = &r->plan->diags;
    target_plan_free(fresh);
    return same;
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

/* Who may log in: each write of it is confirmed by a new login. */
static bool is_access(const struct step *s)
{
    return (s->write.kind->flags & KIND_ACCESS) && s->write.op == WRITE_REPLACE;
}

static int send_one(struct run *r, struct step *s, enum outcome *ret)
{
    int e = sent_begin(r, s->change);

    s->write.secrets = unseal_secrets(r, s->write.kind, s->write.name);
    if (e < 0)
        return e;
    s->change->unconfirmed = is_access(s);
    return r->session.provider->write(&r->session, &s->write, ret);
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
        return send_one(r, &steps[0], ret);
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
    /* Else a refusal proves nothing; one that comes with the end of our login is about that. */
    if (outcome == OUTCOME_REFUSED && r->session.refused)
        c->unconfirmed = false;
    if (sent_end(r, c, outcome) < 0)
        return false;
    if (outcome == OUTCOME_ACCEPTED) {
        accepted[(*n_accepted)++] = s->write;
        if (absence_note_ended(r, c) < 0)
            return false;
    }
    return outcome != OUTCOME_UNKNOWN && !r->session.refused;
}

/* What needs a change that failed, or is still needed by what that would have replaced, stays. */
static bool is_barred(const struct step *steps, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (steps[k].change->result == RESULT_FAILED && steps[k].change != steps[i].change &&
            guard_change_depends(steps[i].change, steps[k].change))
            return true;
    return false;
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
        if (steps[i].change->result == RESULT_FAILED || is_barred(steps, i))
            continue;
        /* Before anything that the old rules need is taken away, so that they can be written back. */
        e = is_access(&steps[i]) ? 0 : way_back_confirm(r);
        if (e < 0)
            return e;
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

/* Once the first write is sent, the rest follows, whatever window closes meanwhile. */
static int choose_steps(struct run *r, struct pass *p)
{
    if (!still_the_same(r, p))
        return -EBADMSG;
    if (p->apart)
        return 0;
    if (guard_judge_late(r) < 0 || order_steps(r->plan, &r->plan->arena, &p->steps, &p->n) < 0)
        return diag_oom(&r->plan->diags);
    return 0;
}

static int write_begun(struct run *r, struct pass *p, enum outcome *ret)
{
    _cleanup_free_ struct write *accepted = NULL;
    enum sent sent = SENT_STOPPED;
    size_t n_accepted = 0;
    int e = choose_steps(r, p);

    if (e == 0 && !(accepted = calloc(p->n + 1, sizeof(*accepted))))
        e = diag_oom(&r->plan->diags);
    if (e == 0)
        e = send_steps(r, p->steps, p->n, accepted, &n_accepted, &sent);
    if (e < 0 || sent == SENT_STOPPED || n_accepted == 0) {
        r->session.provider->abort(&r->session);
        return e;
    }
    return r->session.provider->commit(&r->session, accepted, n_accepted, ret);
}

/* What is compared with the plan is read after the appliance is ours: whoever held it before may have changed it. */
static int write_pass(struct run *r, struct pass *p, enum outcome *ret)
{
    int e = r->session.provider->begin(&r->session);

    *ret = OUTCOME_ACCEPTED;
    return e < 0 ? e : write_begun(r, p, ret);
}

/* Removals to the end, otherwise in order; returns how many others there are. */
static size_t part_removals(struct step *steps, size_t n, struct step *spare)
{
    size_t kept = 0, removals = 0;

    for (size_t i = 0; i < n; i++) {
        if (steps[i].write.op == WRITE_DELETE)
            spare[removals++] = steps[i];
        else
            steps[kept++] = steps[i];
    }
    memcpy(steps + kept, spare, removals * sizeof(*spare));
    return kept;
}

/*
 * An object that others use may be refused only when all is committed, and then nothing of the plan was done: what is
 * to stay is written without what is to go, and then each of these by itself.
 */
static int write_apart(struct run *r, struct step *steps, size_t n)
{
    _cleanup_free_ struct step *spare = calloc(n + 1, sizeof(*spare));
    struct pass pass = {.steps = steps, .apart = true};
    enum outcome outcome = OUTCOME_ACCEPTED;
    size_t kept;
    int e = 0;

    if (!spare)
        return diag_oom(&r->plan->diags);
    for (size_t i = 0; i < n; i++)
        steps[i].change->result = RESULT_NONE;
    pass.n = kept = part_removals(steps, n, spare);
    if (kept > 0)
        e = write_pass(r, &pass, &outcome);
    if (outcome != OUTCOME_ACCEPTED)
        return e;
    for (size_t i = kept; i < n && e == 0 && !is_interrupted(r) && !r->session.refused; i++) {
        pass = (struct pass){.steps = steps + i, .n = 1, .apart = true};
        e = write_pass(r, &pass, &outcome);
        if (outcome == OUTCOME_UNKNOWN)
            return e;
    }
    return e;
}

static size_t count_removals(const struct step *steps, size_t n)
{
    size_t removals = 0;

    for (size_t i = 0; i < n; i++)
        removals += steps[i].write.op == WRITE_DELETE;
    return removals;
}

int run_write(struct run *r)
{
    struct pass all = {0};
    size_t told = r->plan->diags.n;
    enum outcome outcome;
    int e = write_pass(r, &all, &outcome);
    _cleanup_free_ struct step *steps = all.steps;

    if (e < 0 || outcome != OUTCOME_REFUSED_TOGETHER || all.n < 2 || count_removals(steps, all.n) == 0 ||
        is_interrupted(r))
        return e;
    session_untell(&r->session, told);
    return write_apart(r, steps, all.n);
}
