/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan: for each target the changes that would make what is into what should be. The same objects feed text,
 * JSON, Markdown, the guards and the apply, so that they cannot disagree. A target's plan owns its changes and the
 * arena that their values live in; documents must outlive it.
 */
#pragma once

#include "base/digest.h"
#include "schema/merge.h"
#include "state/desired.h"

enum action {
    ACTION_CREATE,
    ACTION_UPDATE,
    ACTION_DELETE,
    ACTION_MAX,
};

enum result {
    RESULT_NONE,       /* nothing was tried */
    RESULT_APPLIED,    /* written, read back, as desired */
    RESULT_UNVERIFIED, /* written or perhaps written; it could not be read back */
    RESULT_FAILED,
    RESULT_SKIPPED,
    RESULT_MAX,
};

enum guard {
    GUARD_LOCK_OUT,
    GUARD_REMOVALS,
    GUARD_EMPTYING,
    GUARD_SHRINK,
    GUARD_PROTECT,
    GUARD_FOREIGN,
    GUARD_OPEN_UP,
    GUARD_WINDOW,
    GUARD_FIGHT,
    GUARD_HEALTH,
    GUARD_HOLD,
    GUARD_MAX,
    GUARD_NONE = GUARD_MAX,
    GUARD_INVALID = -22,
};

/* Why an object differs. */
enum cause {
    CAUSE_FIRST,   /* it was never seen as declared */
    CAUSE_DRIFT,   /* the appliance moved since */
    CAUSE_DESIRED, /* the document moved since */
    CAUSE_BOTH,
    CAUSE_MAX,
};

enum target_status {
    TARGET_IN_SYNC,
    TARGET_DIFFERS,
    TARGET_FAILED,
    TARGET_HELD,
    TARGET_STATUS_MAX,
};

const char *action_to_string(enum action a);
const char *result_to_string(enum result r); /* NULL for RESULT_NONE */
const char *guard_to_string(enum guard g);   /* NULL for GUARD_NONE */
enum guard guard_from_string(const char *text);
const char *cause_to_string(enum cause c);
const char *target_status_to_string(enum target_status s);

struct change {
    const struct kind *kind;
    const char *object;
    const char *key; /* the appliance's own, of an object that exists */
    enum action action;
    enum cause cause;
    char live_digest[DIGEST_SIZE];     /* of the value on the appliance; "" of what is to be absent */
    const struct acceptance *accepted; /* of the settings: known drift that is no alarm, or NULL */
    bool foreign;                      /* a removal of what Convergate did not create */
    struct value live, after;          /* null where there is none */
    const struct value *sought;        /* of an absence: what the document says of it */
    bool unseen;                       /* nobody could look whether it is there, nor of a KIND_SENT how it is */
    bool unanswered;                   /* the very same was sent before and not answered, and nobody could look since */
    struct item *items;
    size_t n_items;
    struct list_loss *losses;
    size_t n_losses;
    enum guard held_by;
    char *held_why;
    bool at_any_time; /* an operator let it through the maintenance windows */
    bool budgeted;    /* its removals count against the limit over all targets */
    enum result result;
    bool unconfirmed; /* access rules that were sent, whatever was answered; no new login has worked since */
    bool undone;      /* it was accepted, and reads back as if it was not */
    bool untouched;   /* it failed, and reads as it did before */
    bool ours; /* a creation that was accepted, or may have been, and not one that somebody else came first with */
};

struct unmanaged {
    const struct kind *kind;
    const char *object;
};

/* A declared object that is as it should be. */
struct verified {
    const struct kind *kind;
    const char *object;
    const char *key;
    struct value live;
    const struct value *declared;
};

/* What the ledger is to forget once it is sure. */
struct forgotten {
    const struct kind *kind;
    const char *object;
    bool only_lost; /* only that it was ours: a document names it */
};

struct target_plan {
    const struct target *target;
    enum target_status status;
    struct arena arena;
    struct change *changes; /* by order of kinds, then by object */
    size_t n_changes, changes_allocated;
    struct unmanaged *unmanaged;
    size_t n_unmanaged, unmanaged_allocated;
    struct verified *verified;
    size_t n_verified, verified_allocated;
    struct forgotten *forgotten;
    size_t n_forgotten, forgotten_allocated;
    const char *backup;          /* the file that was made before the first write; NULL for none */
    const char *same_cluster_as; /* the target that is written in its place; NULL for none */
    struct diag_list diags;      /* the first is the error */
    struct diag_list notes;      /* worth knowing, nothing wrong */
};

struct plan {
    struct target_plan **targets; /* in order of their names */
    size_t n_targets;
};

void target_plan_clear(struct target_plan *p); /* all but the target and the diagnostics */
struct target_plan *target_plan_free(struct target_plan *p);
int target_plan_add(struct target_plan *p, struct change **ret) _must_check_;
/* True where it holds a change of what the appliance has, held or not: neither an end of what must not be there nor
   what is only reported. */
bool target_plan_writes(const struct target_plan *p);
/* True where both would do the same to the same state. */
bool change_same(const struct change *a, const struct change *b);
/* True where both would do the same, absences aside: sessions begin and end while plans are made. */
bool target_plan_same(const struct target_plan *a, const struct target_plan *b);
const struct verified *target_plan_verified(const struct target_plan *p, const struct kind *k, const char *object);
const struct change *target_plan_find(const struct target_plan *p, const struct kind *k, const char *object);
/* Sets the status from the diagnostics, the holds and the changes. */
void target_plan_judge(struct target_plan *p);
/* SHA-256 of a value, members in the order of their names; 0 or -ENOMEM. */
int value_digest(const struct value *v, char ret[static DIGEST_SIZE]) _must_check_;
/* Items of the longest list that the value holds at its top. */
uint32_t value_longest_list(const struct value *v);
/* True where it may be written: no guard holds it, and its kind is not only looked at. */
bool change_is_open(const struct change *c);
/* True where nobody may write it: what differs is only told. */
bool change_is_reported(const struct change *c);
/* Changes but for known drift that is no alarm. */
size_t target_plan_alarms(const struct target_plan *p);
/* Whether the run came to the target's objects, whatever became of them. */
bool target_plan_was_read(const struct target_plan *p);
/* List items and objects that a change takes away; not what a document names to be absent. */
size_t change_removals(const struct change *c);

struct plan_summary {
    size_t by_status[TARGET_STATUS_MAX];
    size_t by_action[ACTION_MAX];
};
struct plan_summary plan_summarise(const struct plan *p);

/* One target of it, as it stands in "targets". */
void target_plan_write_json(const struct target_plan *p, struct buf *out);
/* The plan as JSON, as the manual describes it, with a final newline; errors stick to the buffer. */
void plan_write_json(const struct plan *p, struct buf *out);
