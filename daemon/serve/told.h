/* SPDX-License-Identifier: Apache-2.0 */
/* What the journal was told of a target last, so that it is not told the same again. */
#pragma once

#include <stdint.h>

#include "reconcile/plan.h"

/* A mark for each change of the last run that came to its objects, in order. */
struct told {
    uint64_t *marks;
    size_t n;
};

void told_done(struct told *t);
/* The same for a change that differs in the same way, and of which the same came in WORDS; values of secrets do not
   count. 0 where memory is short. */
uint64_t told_mark(const struct change *c, const char *words);
bool told_knows(const struct told *t, uint64_t mark);
/* Takes over MARKS, N of them in any order. */
void told_renew(struct told *t, uint64_t *marks, size_t n);
/* The same for the same faults. */
uint64_t told_mark_diags(const struct diag_list *l);
