/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guards: judged over the plans of all targets before the first write on any. What one holds stays as it is;
 * the rest goes on. Only naming the very object lets it through, and `protect` not even that.
 */
#pragma once

#include "reconcile/batch.h"

/* One --allow GUARD:TARGET/KIND/OBJECT. */
struct allowance {
    enum guard guard;
    const char *object; /* TARGET/KIND/OBJECT */
};

/* Parses an allowance; the text must outlive it. NULL when good, else what is wrong with it. */
const char *allowance_parse(const char *text, struct allowance *ret) _must_check_;
/* Sets held-by and why on every change that must not be made, then judges the plans again. 0 or -ENOMEM. */
int guard_judge(struct batch *b, const struct allowance *allowances, size_t n) _must_check_;
