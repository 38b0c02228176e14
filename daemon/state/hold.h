/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holds: a target that an operator has put on hold is read and reported, but not written to, by nobody, until the
 * hold is released or its time is over. One file a target in the state directory, so that it survives a restart.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"

struct hold {
    char *reason;
    char *by;            /* who asked, as claimed */
    uint64_t since_usec; /* wall time */
    uint64_t until_usec; /* wall time; 0: until it is released */
};

void hold_done(struct hold *h);
/* -ENOENT for none, or one whose time is over. One that cannot be read is told, -EBADMSG: nothing may be written. */
int hold_load(const char *state_directory, const char *target, struct hold *ret, struct diag_list *diags) _must_check_;
/* On disk before it returns; replaces one that there is. 0, or -EBADMSG with the fault told. */
int hold_save(const char *state_directory, const char *target, const struct hold *h,
              struct diag_list *diags) _must_check_;
/* 0, -ENOENT where there was none, or -EBADMSG with the fault told. */
int hold_release(const char *state_directory, const char *target, struct diag_list *diags) _must_check_;
/* "{"reason": ..., "by": ..., "since": ..., "until": TIME or null}" */
void hold_write_json(const struct hold *h, struct buf *out);
/* "on hold by NAME since TIME until TIME: REASON" */
void hold_describe(const struct hold *h, struct buf *out);
