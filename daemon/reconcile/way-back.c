/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/way-back.h"

#include <errno.h>

static bool was_written(const struct change *c)
{
    return (c->kind->flags & KIND_ACCESS) && c->action == ACTION_UPDATE && c->result == RESULT_UNVERIFIED;
}

static bool anything_written(const struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (was_written(&p->changes[i]))
            return true;
    return false;
}

/* A login of its own over a connection of its own, and one read that needs it. */
static int try_login(struct run *r)
{
    struct diag_list unheard = {0};
    struct session probe = r->session;
    struct value facts;
    int e;

    probe.peer = NULL;
    probe.key = (struct secret){0};
    probe.diags = &unheard;
    probe.may_write = false;
    e = run_new_peer(r, &probe.peer);
    if (e == 0)
        e = session_open(&probe, NULL);
    if (e == 0)
        e = probe.provider->facts(&probe, &facts);
    session_done(&probe);
    http_peer_free(probe.peer);
    diag_list_done(&unheard);
    return e;
}

/* What it is answered matters less than whether a login works afterwards; so its words are not told. */
static int write_back(struct run *r, struct change *c)
{
    struct write w = {.op = WRITE_REPLACE, .kind = c->kind, .name = c->object, .key = c->key, .body = &c->live};
    struct diag_list unheard = {0};
    enum outcome outcome;
    int e;

    r->session.diags = &unheard;
    r->session.keep_connection = true;
    e = r->session.provider->write(&r->session, &w, &outcome);
    r->session.keep_connection = false;
    r->session.diags = &r->plan->diags;
    diag_list_done(&unheard);
    return e < 0 ? e : outcome == OUTCOME_ACCEPTED ? 0 : -EIO;
}

static int go_back(struct run *r, struct change *c)
{
    int e = write_back(r, c);

    c->result = RESULT_FAILED;
    if (e == -ENOMEM)
        return diag_oom(&r->plan->diags);
    if (e == 0 && try_login(r) == 0)
        return diag_add_target(&r->plan->diags, DIAG_ROLLED_BACK, r->target->name,
                               "%s '%s': with the new rules Convergate could not log in again; the previous rules were "
                               "written back, and a new login works",
                               c->kind->name, c->object);
    diag_add_target(&r->plan->diags, DIAG_LOCKED_OUT, r->target->name,
                    "%s '%s': with the new rules Convergate cannot log in, and the previous ones could not be written "
                    "back%s; a person must act on the appliance",
                    c->kind->name, c->object,
                    e == 0 ? " so that a new login works" : ": the appliance cut the living connection too");
    return -ENOTCONN;
}

int way_back_confirm(struct run *r)
{
    int e = 0;

    if (!anything_written(r->plan) || atomic_load(r->context->cancelled) || try_login(r) == 0)
        return 0;
    for (size_t i = r->plan->n_changes; i > 0; i--)
        if (was_written(&r->plan->changes[i - 1]))
            e = go_back(r, &r->plan->changes[i - 1]);
    return e;
}
