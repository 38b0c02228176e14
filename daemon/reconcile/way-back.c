/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/way-back.h"

#include <errno.h>
#include <time.h>

#include "base/limits.h"
#include "base/time-util.h"

enum { ATTEMPTS = 3 };

static bool anything_unconfirmed(const struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (p->changes[i].unconfirmed)
            return true;
    return false;
}

static void note_confirmed(struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        p->changes[i].unconfirmed = false;
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

/* What it is answered matters less than whether a login works afterwards; so its own words are not told. */
static int write_back(struct run *r, struct change *c, const char **ret_words)
{
    struct write w = {.op = WRITE_REPLACE, .kind = c->kind, .name = c->object, .key = c->key, .body = &c->live};
    enum outcome outcome = OUTCOME_UNKNOWN;
    struct diag_list unheard = {0};
    struct value facts;
    int e;

    r->session.diags = &unheard;
    r->session.keep_connection = true;
    r->session.cleaning = true;
    e = r->session.provider->write(&r->session, &w, &outcome);
    *ret_words = outcome == OUTCOME_ACCEPTED ? "written back"
                 : r->session.provider->facts(&r->session, &facts) == 0
                     ? "could not be written back, the appliance refused it"
                     : "could not be written back, the appliance cut the living connection too";
    r->session.cleaning = false;
    r->session.keep_connection = false;
    r->session.diags = &r->plan->diags;
    diag_list_done(&unheard);
    c->result = RESULT_FAILED;
    return e == -ENOMEM ? e : 0;
}

/* All rules go back before a login is tried: which of them shut us out cannot be told. */
static int write_all_back(struct run *r, struct buf *told)
{
    for (size_t i = r->plan->n_changes; i > 0; i--) {
        struct change *c = &r->plan->changes[i - 1];
        const char *words;

        if (!c->unconfirmed)
            continue;
        if (write_back(r, c, &words) < 0)
            return -ENOMEM;
        buf_addf(told, "%s%s '%s' %s", told->len > 0 ? "; " : "", c->kind->name, c->object, words);
    }
    return told->error == -ENOMEM ? -ENOMEM : 0;
}

int way_back_confirm(struct run *r)
{
    _cleanup_(buf_done) struct buf told = BUF_INIT(LIMIT_SENTENCE_BYTES);

    if (!anything_unconfirmed(r->plan))
        return 0;
    if (try_login(r) == 0) {
        note_confirmed(r->plan);
        return 0;
    }
    if (write_all_back(r, &told) < 0)
        return diag_oom(&r->plan->diags);
    note_confirmed(r->plan);
    if (try_login(r) == 0)
        return diag_add_target(&r->plan->diags, DIAG_ROLLED_BACK, r->target->name,
                               "with the new access rules Convergate could not log in again: %s; a new login works now",
                               buf_text(&told));
    diag_add_target(&r->plan->diags, DIAG_LOCKED_OUT, r->target->name,
                    "with the new access rules Convergate cannot log in: %s; a login still fails, and a person must "
                    "act on the appliance",
                    buf_text(&told));
    return -ENOTCONN;
}
