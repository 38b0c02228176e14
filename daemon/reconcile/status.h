/* SPDX-License-Identifier: Apache-2.0 */
/* How a target stands: what the daemon knows of it, or what the state directory says of its last run. */
#pragma once

#include "reconcile/plan.h"
#include "state/hold.h"
#include "state/pulled.h"

/* Texts are borrowed. Times are wall time, 0 for none. */
struct target_state {
    const struct target *target;
    bool known; /* false where no run has ended yet */
    bool running;
    enum target_status status;
    uint64_t since_usec, last_run_usec, last_success_usec, next_run_usec;
    size_t differences, alarms;     /* the latter without what the settings accept */
    uint64_t completed;             /* runs that the daemon has ended since its start */
    const char *error_code, *error; /* NULL for none */
    const struct hold *hold;        /* NULL for none */
    const struct pulled *pulled;    /* NULL where the settings want no pulls */
};

/* As it stands in "targets" of `convergate status --format json`. */
void target_state_write_json(const struct target_state *s, struct buf *out);

/*
 * What the record of the last run says, for where no daemon can be asked. The texts live in ARENA. A missing record
 * leaves the state unknown; one that cannot be read is told. 0, -EBADMSG, -ENOMEM.
 */
int target_state_load(const char *state_directory, const struct target *t, struct arena *arena,
                      struct target_state *ret, struct diag_list *diags) _must_check_;

/* Adds `"last": {record of the last run}, "runs": [heads of the newest records]`; null and [] where there is none. */
void target_history_write_json(const char *state_directory, const char *target, struct buf *out);
