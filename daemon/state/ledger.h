/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Convergate knows of a target's objects, kept in the state directory: which it created, and how each was when
 * it was last verified. Only what it created is removed when no document names it any more. A ledger that is lost
 * makes everything foreign; one that cannot be read stops the run.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/digest.h"
#include "value/value.h"

enum { LEDGER_HEALS = 3 };

struct ledger_entry {
    char *name; /* KIND/OBJECT */
    bool created;
    char *key;                         /* the appliance's own of what we created; NULL where it has none */
    uint32_t size;                     /* items of its longest list when it was last verified */
    char digest[DIGEST_SIZE];          /* of the value that was last verified; "" for never */
    uint64_t healed_sec[LEDGER_HEALS]; /* since 1970: when drift of it was last set right, oldest first; 0 for never */
    uint64_t asserted_sec;             /* since 1970: when an absence was last ended unseen; 0 for never */
    char desired[DIGEST_SIZE];         /* of what the document said then; "" where that is not known */
    char *sent;                        /* JSON of what was last sent and accepted, where the API may not show it */
    char unanswered[DIGEST_SIZE];      /* of what was sent and not answered: it may be in force; "" for nothing */
};

struct ledger {
    char *path;
    struct ledger_entry *entries; /* in order of their names */
    size_t n, allocated;
    bool changed; /* since it was loaded or saved */
};

void ledger_done(struct ledger *l);
/* A missing file is an empty ledger. 0, -EBADMSG with the fault told, -ENOMEM. */
int ledger_load(const char *state_directory, const char *target, struct ledger *ret,
                struct diag_list *diags) _must_check_;
/* The entry of an object, made where there is none; in memory. 0 or -ENOMEM. */
int ledger_entry_of(struct ledger *l, const char *kind, const char *object, struct ledger_entry **ret) _must_check_;
/* NULL for an object that it knows nothing of. */
const struct ledger_entry *ledger_find(const struct ledger *l, const char *kind, const char *object);
/* True where we created this very object: one that somebody else made under the same name has another key. */
bool ledger_created(const struct ledger *l, const char *kind, const char *object, const char *key);
/* In memory: notes that an object was created, that one is gone, or how one was verified. 0 or -ENOMEM. */
int ledger_note_created(struct ledger *l, const char *kind, const char *object, const char *key) _must_check_;
int ledger_note_gone(struct ledger *l, const char *kind, const char *object) _must_check_;
int ledger_note_verified(struct ledger *l, const char *kind, const char *object, uint32_t size,
                         const char digest[static DIGEST_SIZE], const char desired[static DIGEST_SIZE]) _must_check_;
/* Its drift was set right. 0 or -ENOMEM. */
int ledger_note_healed(struct ledger *l, const char *kind, const char *object, uint64_t real_sec) _must_check_;
/* It was deleted: of it is known only when, as somebody may make it anew again and again. 0 or -ENOMEM. */
int ledger_note_deleted(struct ledger *l, const char *kind, const char *object, uint64_t real_sec) _must_check_;
/* An absence was ended though nobody could look whether it is there. 0 or -ENOMEM. */
int ledger_note_asserted(struct ledger *l, const char *kind, const char *object, uint64_t real_sec) _must_check_;
/* VALUE was accepted, which the API may not show; what went unanswered before is settled. 0 or -ENOMEM. */
int ledger_note_sent(struct ledger *l, const char *kind, const char *object, const struct value *v) _must_check_;
/* A value of this digest is about to be sent, or with "" it is known what became of it. 0 or -ENOMEM. */
int ledger_note_unanswered(struct ledger *l, const char *kind, const char *object,
                           const char digest[static DIGEST_SIZE]) _must_check_;
/* Somebody removed it: an object of that name that comes later is not ours. How it was verified stays known. */
void ledger_note_lost(struct ledger *l, const char *kind, const char *object);
/* True where some object of the ledger was created by us. */
bool ledger_any_created(const struct ledger *l);
/* Writes it where it changed. 0, or -EBADMSG with the fault told. */
int ledger_save(struct ledger *l, const char *target, struct diag_list *diags) _must_check_;
