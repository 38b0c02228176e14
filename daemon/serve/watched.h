/* SPDX-License-Identifier: Apache-2.0 */
/* What is wanted of inotify's watches: pairs of a watch and the name of what changes in the folder that it is on. */
#pragma once

#include <stdbool.h>

#include "base/macro.h"

struct watched {
    void *root; /* of tsearch() */
};

/* In place of a name; no file has it. */
#define WATCHED_ALL "/" /* whatever is in the folder */

/* 1 where the pair is new, 0 where it is known, -ENOMEM. */
int watched_add(struct watched *w, int wd, const char *name) _must_check_;
bool watched_has(const struct watched *w, int wd, const char *name);
void watched_done(struct watched *w);
