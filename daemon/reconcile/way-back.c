/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/way-back.h"

#include <errno.h>
#include <time.h>

#include "base/time-util.h"

enum { ATTEMPTS = 3 };

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

/*
 * A login of its own over a connection of its own, and one read that needs it. Neither a stop nor the end of the
 * run's time cuts it short: what follows from it is a write.
 */
static int try_login_once(struct run *r, bool *ret_refused)
{
    struct diag_list unheard = {0};
    struct session probe = r->session;
    struct value facts;
    int e;

    probe.peer = NULL;
    probe.key = (struct secret){0};
    probe.diags = &unheard;
    probe.may_write = false;
    probe.cleaning = true;
    probe.new_connections = true;
    e = run_new_peer(r, &probe.peer);
    if (e == 0)
        e = session_open(&probe);
    if (e == 0)
        e = probe.provider->facts(&probe, &facts);
    *ret_refused = e < 0 && unheard.n > 0 &&
                   (unheard.items[0].code == DIAG_LOGIN_REFUSED || unheard.items[0].code == DIAG_FORBIDDEN);
    session_done(&probe);
    http_peer_free(probe.peer);
    diag_list_done(&unheard);
    return e;
}

/* A refusal is an answer; anything else may pass. */
static int try_login(struct run *r)
{
    bool refused = false;
    int e = try_login_once(r, &refused);

    for (int i = 1; e < 0 && !refused && i < ATTEMPTS; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 300 * 1000000L}, NULL);
        e = try_login_once(r, &refused);
    }
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
    r->session.cleaning = true;
    e = r->session.provider->write(&r->session, &w, &outcome);
    r->session.cleaning = false;
    r->session.keep_connection = false;
    r->session.diags = &r->plan->diags;
    diag_list_done(&unheard);
    c->result = RESULT_FAILED;
    return e < 0 ? e : outcome == OUTCOME_ACCEPTED ? 0 : -EIO;
}

/* All rules go back before a login is tried: which of them shut us out cannot be told. */
int way_back_confirm(struct run *r)
{
    const char *names = NULL;
    int e = 0, k;

    if (!anything_written(r->plan) || try_login(r) == 0)
        return 0;
    for (size_t i = r->plan->n_changes; i > 0; i--) {
        struct change *c = &r->plan->changes[i - 1];

        if (!was_written(c))
            continue;
        names = c->object;
        k = write_back(r, c);
        e = k < 0 ? k : e;
    }
    if (e == -ENOMEM)
        return diag_oom(&r->plan->diags);
    if (try_login(r) == 0)
        return diag_add_target(&r->plan->diags, DIAG_ROLLED_BACK, r->target->name,
                               "with the new access rules ('%s') Convergate could not log in again; the previous rules "
                               "were written back, and a new login works",
                               names);
    diag_add_target(
        &r->plan->diags, DIAG_LOCKED_OUT, r->target->name,
        "with the new access rules ('%s') Convergate cannot log in; the previous rules %s; a person must act "
        "on the appliance",
        names,
        e == 0 ? "were written back and accepted, but a login still fails"
               : "could not be written back, the appliance cut the living connection too");
    return -ENOTCONN;
}
