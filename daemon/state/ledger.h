/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Convergate created on a target, kept in the state directory: only such objects are removed when no document
 * names them any more. A ledger that is lost makes everything foreign; one that cannot be read stops the run.
 */
#pragma once

#include <stdbool.h>

#include "base/diag.h"
#include "value/value.h"

struct ledger {
    char *path;
    struct arena arena;
    struct value created; /* list of "KIND/OBJECT", sorted */
};

void ledger_done(struct ledger *l);
/* A missing file is an empty ledger. 0, -EBADMSG with the fault told, -ENOMEM. */
int ledger_load(const char *state_directory, const char *target, struct ledger *ret,
                struct diag_list *diags) _must_check_;
bool ledger_has(const struct ledger *l, const char *kind, const char *object);
/* Notes what was created and forgets what is gone, in memory. 0 or -ENOMEM. */
int ledger_note(struct ledger *l, const char *kind, const char *object, bool created) _must_check_;
int ledger_save(const struct ledger *l, const char *target, struct diag_list *diags) _must_check_;
