/* SPDX-License-Identifier: Apache-2.0 */
/* When the daemon last had a license client ask its server, and how that went; so that a new start does not ask anew.
 */
#pragma once

#include "base/buf.h"
#include "base/diag.h"

/* Owns its texts. Times are wall time, 0 for never. */
struct pulled {
    uint64_t attempted_usec, succeeded_usec;
    bool begun;            /* by the run that tells of it; not kept */
    char *code, *sentence; /* why the last attempt failed; NULL where it did not */
};

void pulled_done(struct pulled *p);
/* Also what a missing file says: never. 0, or -EBADMSG or -ENOMEM with the fault told. */
int pulled_load(const char *state_directory, const char *target, struct pulled *ret,
                struct diag_list *diags) _must_check_;
/* 0, or -EBADMSG or -ENOMEM with the fault told. */
int pulled_save(const char *state_directory, const char *target, const struct pulled *p,
                struct diag_list *diags) _must_check_;
/* {"last-attempt", "last-success", "error"}; null for what there is not. */
void pulled_write_json(const struct pulled *p, struct buf *out);
