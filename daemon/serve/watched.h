/* SPDX-License-Identifier: Apache-2.0 */
/* What is wanted of inotify's watches: pairs of a watch and the name of what changes in the folder that it is on. */
#pragma once

#include <stdbool.h>

#include "base/macro.h"

struct watched {
    void *root; /* of tsearch() */
};

/* In place of a name; no file has them. */
#define WATCHED_SELF "" /* the folder itself: a pair that each watch has */
#define WATCHED_ALL "/" /* whatever is in it */

/* 1 where the pair is new, 0 where it is known, -ENOMEM. */
int watched_add(struct watched *w, int wd, const char *name) _must_check_;
bool watched_has(const struct watched *w, int wd, const char *name);
/* Calls DROP for each watch that was there BEFORE and is not there NOW. */
void watched_compare(const struct watched *before, const struct watched *now, void (*drop)(int wd, void *data),
                     void *data);
void watched_done(struct watched *w);
