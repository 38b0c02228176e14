/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon does every `pull-interval`: the provider's command that has a license client ask its server, by the
 * same way as a person's: holds, protection, the lock, intents on disk and the record of commands count for it.
 */
#pragma once

#include "reconcile/run.h"
#include "state/pulled.h"

enum pull_result {
    PULL_NONE, /* it was not due, or may not be */
    PULL_DONE,
    PULL_FAILED,
};

/*
 * After a run, in its session where that is open: pulls where it is due. RET says how it stands and is the caller's to
 * end. What fails stands in RET; the run's plan only gets notes.
 */
enum pull_result run_pull(struct run *r, struct pulled *ret);
