/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time-util.h"
#include "reconcile/cluster.h"
#include "reconcile/rename.h"
#include "reconcile/unseal.h"
#include "state/credentials.h"

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
    hold_done(&r->hold);
    unseal_done(r);
    free(r->unhealthy);
    r->plan = target_plan_free(r->plan);
}

static int load_login(struct run *r)
{
    const struct target *t = r->target;
    const char *username = t->username ? t->username : "";
    int e;

    r->login.realm = t->realm;
    r->login.method = t->login_method;
    e = secret_set(&r->login.username, username, strlen(username));
    if (e < 0)
        return diag_oom(&r->plan->diags);
    return credential_load(t->credential, r->context->credentials, r->context->settings->credentials, t->name,
                           &r->plan->diags, &r->login.password);
}

int run_new_peer(struct run *r, struct http_peer **ret)
{
    const struct target *t = r->target;
    struct http_endpoint e = {.url = t->url,
                              .ca_file = t->ca_file,
                              .pinned_public_key = t->pinned_public_key,
                              .timeout_usec = t->timeout_usec};

    return http_peer_new(r->context->http, &e, r->context->cancelled, ret);
}

static int open_peer(struct run *r)
{
    const struct target *t = r->target;

    r->session = (struct session){
        .provider = provider_of(t->system),
        .target = t->name,
        .login = &r->login,
        .expect = t->expect,
        .arena = &r->plan->arena,
        .diags = &r->plan->diags,
        .deadline_usec = now_usec() + r->context->settings->run_timeout_usec,
        .cancelled = r->context->cancelled,
        .may_write = r->context->may_write && t->mode == MODE_ENFORCE,
    };
    if (run_new_peer(r, &r->session.peer) < 0)
        return diag_oom(&r->plan->diags);
    return 0;
}

int run_open(struct run *r)
{
    uint64_t from = now_usec();
    int e = load_login(r);

    if (e == 0 && !r->ledger.path)
        e = ledger_load(r->context->settings->state_directory, r->target->name, &r->ledger, &r->plan->diags);
    if (e == 0)
        e = open_peer(r);
    if (e == 0)
        e = session_open(&r->session);
    r->opened = e == 0;
    r->phases[PHASE_OPEN] += now_usec() - from;
    return e;
}

int run_look_for_hold(struct run *r)
{
    struct buf words = BUF_INIT(LIMIT_SENTENCE_BYTES);
    int e;

    hold_done(&r->hold);
    e = hold_load(r->context->settings->state_directory, r->target->name, &r->hold, &r->plan->diags);
    if (e == 0) {
        hold_describe(&r->hold, &words);
        diag_add_target(&r->plan->notes, DIAG_ON_HOLD, r->target->name, "%s", buf_text(&words));
        buf_done(&words);
    }
    return e == -ENOENT ? 0 : e;
}

/* A plan of a target that failed shows no changes: they would rest on half of the truth. Nor is it written, so that
   another member of its cluster may be. */
static void fail(struct run *r)
{
    target_plan_clear(r->plan);
    r->health = (struct value){.type = VALUE_NULL};
    r->plan->status = TARGET_FAILED;
    if (r->context->clusters)
        clusters_forget(r->context->clusters, r->target->name);
}

/* Where a killed run left its key, the appliance is visited even when nothing is declared for it any more. */
static bool run_left_open(const struct run *r)
{
    _cleanup_free_ char *path = NULL;

    if (!r->context->may_write)
        return false;
    if (asprintf(&path, "%s/journal/%s.key", r->context->settings->state_directory, r->target->name) < 0) {
        path = NULL;
        return true;
    }
    return access(path, F_OK) == 0;
}

size_t run_count_kept(const struct run *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->ledger.n; i++)
        n += r->ledger.entries[i].digest[0] != '\0';
    return n;
}

/* Documents that are gone, or a pattern that no longer matches, look like this: it must not pass in silence. */
static int note_nothing_declared(struct run *r)
{
    size_t n;

    if (!r->ledger.path &&
        ledger_load(r->context->settings->state_directory, r->target->name, &r->ledger, &r->plan->diags) < 0)
        return -EBADMSG;
    n = run_count_kept(r);
    if (n > 0)
        diag_add_target(&r->plan->notes, DIAG_NOTHING_DECLARED, r->target->name,
                        "no document declares an object for it any more; %zu objects were kept before and stay as "
                        "they are",
                        n);
    return 0;
}

void run_plan(struct run *r)
{
    r->started_usec = now_real_usec();
    if (run_look_for_hold(r) < 0) {
        fail(r);
        return;
    }
    if (r->desired->n_objects == 0 && note_nothing_declared(r) < 0) {
        fail(r);
        return;
    }
    if (r->desired->n_objects > 0 || r->desired->kinds || run_left_open(r)) {
        if (run_open(r) < 0 || run_recover(r) < 0 || run_observe(r, r->plan) < 0 || rename_note(r->plan) < 0 ||
            run_look_at_health(r) < 0 || run_look_at_cluster(r, LOOK_BEFORE_WRITING) < 0) {
            fail(r);
            return;
        }
    }
    target_plan_judge(r->plan);
}
