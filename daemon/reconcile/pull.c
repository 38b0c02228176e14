/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/pull.h"

#include <stdlib.h>
#include <string.h>

#include "base/time-util.h"
#include "reconcile/act.h"

static bool is_due(const struct run *r, const struct pulled *p, uint64_t now)
{
    /* A clock that was put back must not silence it. */
    return p->attempted_usec > now || now - p->attempted_usec >= r->target->pull_interval_usec;
}

/* A target that could not be reached, or refuses, has told so by its run; one without documents was not visited. */
static bool may_pull(const struct run *r)
{
    return provider_of(r->target->system)->pull && r->target->mode == MODE_ENFORCE && r->context->may_write &&
           (r->opened || r->plan->status != TARGET_FAILED) && !r->session.refused &&
           !atomic_load(r->context->cancelled);
}

/* The session, where there is one, goes from one run to the other; its login stays the first one's. */
static void hand_over(struct run *from, struct run *to)
{
    if (!from->opened)
        return;
    to->session = from->session;
    to->session.arena = &to->plan->arena;
    to->session.diags = &to->plan->diags;
    to->session.notes = &to->plan->notes;
    to->session.secret = NULL;
    to->opened = from->opened;
    from->session.peer = NULL;
    from->session.key = (struct secret){0};
    from->opened = false;
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static void note_failure(struct pulled *p, const struct diag_list *told)
{
    const struct diag *d = told->n > 0 ? &told->items[0] : NULL;

    p->code = strdup(diag_code_to_string(d ? d->code : DIAG_OUTCOME_UNKNOWN));
    p->sentence = d && d->sentence ? copy(d->sentence) : copy("what became of it is not known");
}

/* On disk before it is sent: a daemon that is killed meanwhile does not send it again at once. */
static int begin(const struct run *r, struct pulled *p, struct diag_list *diags)
{
    free(p->code);
    free(p->sentence);
    p->attempted_usec = now_real_usec();
    p->begun = true;
    p->code = strdup(diag_code_to_string(DIAG_OUTCOME_UNKNOWN));
    p->sentence = strdup("the daemon ended while it was under way");
    if (!p->code || !p->sentence)
        return diag_oom(diags);
    return pulled_save(r->context->settings->state_directory, r->target->name, p, diags);
}

static enum pull_result perform(struct run *r, struct act *a, struct pulled *p)
{
    const char *state = r->context->settings->state_directory;
    struct diag_list *diags = &a->run.plan->diags;
    int e = act_read(a);
    bool done;

    if (e == 0 && act_count_open(a) == 0)
        return PULL_NONE;
    /* From here on a newer desired state waits; one that came before lets the next run pull. */
    if (e == 0 && r->context->watch && !run_watch_write(r->context->watch))
        return PULL_NONE;
    if (e == 0)
        e = begin(r, p, diags);
    if (e == 0)
        act_perform(a);
    done = e == 0 && !diag_any(diags);
    for (size_t i = 0; i < a->command.n_steps; i++)
        done = done && (a->command.steps[i].result == STEP_APPLIED || a->command.steps[i].result == STEP_ACCEPTED);
    free(p->code);
    free(p->sentence);
    p->code = p->sentence = NULL;
    if (done)
        p->succeeded_usec = p->attempted_usec;
    else
        note_failure(p, diags);
    if (p->attempted_usec > 0 && pulled_save(state, r->target->name, p, diags) < 0 && done) {
        note_failure(p, diags);
        done = false;
    }
    return done ? PULL_DONE : PULL_FAILED;
}

static enum pull_result pull(struct run *r, struct pulled *p)
{
    const struct given nothing = {0};
    enum pull_result result = PULL_FAILED;
    struct act a;

    if (act_init(&a, r->context, r->target, provider_of(r->target->system)->pull, &nothing) == 0) {
        bool lent = r->opened;

        hand_over(r, &a.run);
        result = perform(r, &a, p);
        if (lent)
            hand_over(&a.run, r);
        diag_move(&r->plan->notes, &a.run.plan->notes);
    }
    act_done(&a);
    return result;
}

enum pull_result run_pull(struct run *r, struct pulled *ret)
{
    struct diag_list told = {0};
    enum pull_result result = PULL_NONE;

    *ret = (struct pulled){0};
    if (r->target->pull_interval_usec == 0)
        return PULL_NONE;
    if (pulled_load(r->context->settings->state_directory, r->target->name, ret, &told) < 0) {
        note_failure(ret, &told);
        result = PULL_FAILED;
    } else if (may_pull(r) && is_due(r, ret, now_real_usec())) {
        result = pull(r, ret);
    }
    diag_list_done(&told);
    return result;
}
