/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Permits: what an operator lets through a guard of the daemon, by name, until a time, with a reason. One file in
 * the state directory; what is past its time counts no more and goes with the next change.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"

struct permit {
    char *what; /* GUARD:TARGET/KIND/OBJECT */
    char *reason;
    char *by;
    uint64_t since_usec, until_usec; /* wall time */
};

struct permits {
    struct permit *items;
    size_t n, allocated;
};

void permits_done(struct permits *p);
/* Those in force; a missing file holds none. One that cannot be read is told, and lets nothing through: -EBADMSG. */
int permits_load(const char *state_directory, struct permits *ret, struct diag_list *diags) _must_check_;
/* Adds copies of N texts, each in place of an older permit of the same. On disk before it returns. */
int permits_add(const char *state_directory, const char *const *what, size_t n, const struct permit *like,
                struct diag_list *diags) _must_check_;
/* [{"what": ..., "reason": ..., "by": ..., "since": TIME, "until": TIME}, ...] */
void permits_write_json(const struct permits *p, struct buf *out);
