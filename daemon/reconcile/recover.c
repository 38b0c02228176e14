/* SPDX-License-Identifier: Apache-2.0 */
/* Before anything else: what a killed run left open on the appliance is taken back under its own login. */
#include <errno.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time-util.h"
#include "reconcile/run.h"
#include "state/lock.h"

static int keep_key(void *user, const struct secret *key)
{
    return journal_keep_key(user, key);
}

static int forget_key(void *user)
{
    return journal_forget_key(user);
}

int run_open_journal(struct run *r)
{
    r->keeper = (struct key_keeper){.keep = keep_key, .forget = forget_key, .user = &r->journal};
    r->session.keeper = &r->keeper;
    return journal_init(&r->journal, r->context->settings->state_directory, r->target->name, &r->plan->diags);
}

/* What a killed run left open is closed under its own login; ours is put aside meanwhile. */
int run_recover_locked(struct run *r)
{
    struct secret ours = r->session.key;
    int e;

    if (access(r->journal.key_path, F_OK) < 0)
        return 0;
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
                    "an earlier run was cut off while it had a transaction; nothing of it is open any more");
    return journal_forget_key(&r->journal);
}

int run_recover(struct run *r)
{
    _cleanup_close_ int lock = -1;
    int e;

    if (!r->session.may_write)
        return 0;
    e = run_open_journal(r);
    if (e == 0 && access(r->journal.key_path, F_OK) == 0) {
        e = lock_target(r->context->settings->state_directory, r->target->name,
                        now_usec() + r->context->lock_timeout_usec, r->context->cancelled, &r->plan->diags, &lock);
        if (e == 0)
            e = run_recover_locked(r);
    }
    journal_done(&r->journal);
    r->session.keeper = NULL;
    return e;
}
