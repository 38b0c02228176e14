/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The write journal of one target: what is about to be written stands on disk before it is sent, so that the next
 * run knows what a killed one may have done. It also keeps the key of a login while a transaction is open under it,
 * the one secret that is ever stored, so that the next run can take back what was left open.
 */
#pragma once

#include <stdbool.h>

#include "base/diag.h"
#include "base/secret.h"
#include "value/value.h"

struct journal {
    char *path;     /* intents, one JSON object a line */
    char *key_path; /* 0600 */
    const char *target;
    struct diag_list *diags;
    int fd; /* -1 while no intent was noted */
};

/* Names the files only; nothing is opened. */
int journal_init(struct journal *j, const char *state_directory, const char *target,
                 struct diag_list *diags) _must_check_;
void journal_done(struct journal *j);

/* Appends an intent and waits until it is on disk; nothing may be sent when this fails (told). */
int journal_note(struct journal *j, const char *kind, const char *object, const char *action) _must_check_;
/* All intents of this run are resolved by reading: the file goes. What fails is told. */
int journal_end(struct journal *j) _must_check_;
/* Intents that a run before this one left open: a list of {kind, object, action} in ARENA; empty for none. */
int journal_load(struct journal *j, struct arena *arena, struct value *ret) _must_check_;

/* On disk before it returns. */
int journal_keep_key(struct journal *j, const struct secret *key) _must_check_;
int journal_forget_key(struct journal *j) _must_check_;
/* -ENOENT where none was kept. */
int journal_load_key(struct journal *j, struct secret *ret) _must_check_;
