/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run of one target: open, observe and plan; then, after the guards and whoever was asked have judged the plans
 * of all targets, apply and verify. Both halves are straight-line code for one thread; between them the run keeps
 * its login.
 */
#pragma once

#include "provider/provider.h"
#include "reconcile/plan.h"
#include "state/hold.h"
#include "state/journal.h"
#include "state/ledger.h"

/* Who is first decides: a run that has begun to write is no longer superseded, only stopped. */
enum run_turn {
    TURN_OPEN, /* it has not begun to write */
    TURN_WRITING,
    TURN_SUPERSEDED,
};

/* What others may watch of a run while it is under way. */
struct run_watch {
    atomic_int turn;
};

static inline bool run_watch_take(struct run_watch *w, enum run_turn turn)
{
    int open = TURN_OPEN;

    return atomic_compare_exchange_strong(&w->turn, &open, (int)turn);
}

/* Begins to write, or goes on; false where it was superseded before. */
static inline bool run_watch_write(struct run_watch *w)
{
    return run_watch_take(w, TURN_WRITING) || atomic_load(&w->turn) == TURN_WRITING;
}

struct clusters;

/* What all runs of one command or one cycle share. */
struct run_context {
    const struct settings *settings;
    const struct desired *desired;
    struct http_client *http;
    const char *credentials; /* --credentials, or NULL */
    const atomic_bool *cancelled;
    uint64_t lock_timeout_usec;
    bool may_write;
    struct run_watch *watch;   /* may be NULL */
    struct clusters *clusters; /* NULL: whether targets are one cluster is not asked */
};

/* Where the time of a run goes. */
enum phase {
    PHASE_OPEN,
    PHASE_OBSERVE,
    PHASE_APPLY,
    PHASE_VERIFY,
    PHASE_MAX,
};

struct run {
    const struct run_context *context;
    const struct target *target;
    const struct desired_target *desired;
    struct login login;
    struct session session;
    struct ledger ledger;
    struct journal journal; /* while applying */
    struct key_keeper keeper;
    struct value health; /* what the target said of it, null where it was not asked; in the plan's arena */
    char *unhealthy;     /* why the target is in no state to be written to; NULL where it is */
    struct hold hold;    /* a reason where the target is on hold */
    struct target_plan *plan;
    struct unsealed_object *unsealed; /* what the credentials hold that documents name, as soon as that is read */
    bool opened;
    const char *reason; /* why it runs, for the record */
    struct {
        bool known;
        enum target_status status;
        uint64_t since_usec;     /* wall time */
        uint64_t succeeded_usec; /* wall time at which one last did not fail; 0 for never */
    } previous;                  /* how the run before it ended */
    uint64_t started_usec;       /* wall time */
    uint64_t phases[PHASE_MAX];  /* microseconds */
};

int run_init(struct run *r, const struct run_context *c, const struct target *t) _must_check_;
void run_done(struct run *r);
/* Logs in; every fault is told in the plan's diagnostics. 0 or a negative errno. */
int run_open(struct run *r) _must_check_;
/* A connection of its own to the run's target. */
int run_new_peer(struct run *r, struct http_peer **ret) _must_check_;
/* Names the files of the write journal and lets the session keep its key there. */
int run_open_journal(struct run *r) _must_check_;
/* Takes back what a killed run left open, where it did; under the target's lock. What fails is told. */
int run_recover(struct run *r) _must_check_;
/* The same where the lock is held, for who was killed while this run waited for it. */
int run_recover_locked(struct run *r) _must_check_;
/* Looks whether the target is on hold, and notes it. 0, or -EBADMSG with the fault told. */
int run_look_for_hold(struct run *r) _must_check_;
/* Under the target's lock: a hold that came since it was looked for stops what was to be written, and is told. */
int run_check_hold(struct run *r) _must_check_;
/* Where the settings ask for it, looks whether the target may be written to; sets `unhealthy` where it may not. 0, or a
   negative errno with the fault told. */
int run_look_at_health(struct run *r) _must_check_;
/* When a target is asked for its cluster. */
enum look {
    LOOK_BEFORE_WRITING, /* where it is to be written to, or was never asked */
    LOOK_FOR_OTHERS,     /* because another one is in a cluster and is to be written to */
};

/* Asks the target for its cluster where that matters; what fails is noted. 0, or -ENOMEM or -EBADMSG, told. */
int run_look_at_cluster(struct run *r, enum look look) _must_check_;
/* Once all were asked: names in the plan the target that is written in place of this one. */
void run_settle_cluster(struct run *r);
/* Objects that were once as declared: what the ledger knows to be kept. */
size_t run_count_kept(const struct run *r);
/* First half: the plan's status says how it went. */
void run_plan(struct run *r);
/* Second half: applies what no guard holds, verifies, and sets each change's result and the plan's status. */
void run_apply(struct run *r);
/* Reads back what was written, sets the results and keeps the ledger; 0 when it could be read. */
int run_verify(struct run *r) _must_check_;
/* Notes in the ledger what P found to be as it should be; in memory. 0 or -ENOMEM. */
int run_note_ledger(struct run *r, const struct target_plan *p) _must_check_;
/* Observes again and plans into P, which must be empty but for its target; 0, or the fault is told in P. */
int run_observe(struct run *r, struct target_plan *p) _must_check_;
