/* SPDX-License-Identifier: Apache-2.0 */
/* What the guards share: each judges one change, and the first that holds it is the one that is named. */
#pragma once

#include "reconcile/guard.h"

struct judging {
    const struct settings *settings;
    const struct allowance *allowances;
    size_t n_allowances;
};

/* TARGET/KIND/OBJECT, to be freed; NULL where memory is short. */
char *guard_object_name(const struct target_plan *p, const struct change *c);
/* True where NAME, the change's TARGET/KIND/OBJECT, is let through by this guard. */
bool guard_allows(const struct judging *j, enum guard g, const char *name);
/* Holds a change that nothing holds yet. 0 or -ENOMEM. */
int guard_hold(struct change *c, enum guard g, const char *format, ...) _printf_(3, 4) _must_check_;

/* Judges of one change; 0 or -ENOMEM. */
int guard_judge_hold(const struct judging *j, const struct run *r, struct change *c, const char *name) _must_check_;
int guard_judge_protect(const struct judging *j, const struct run *r, struct change *c, const char *name) _must_check_;
int guard_judge_foreign(const struct judging *j, const struct run *r, struct change *c, const char *name) _must_check_;
int guard_judge_lock_out(const struct judging *j, const struct run *r, struct change *c, const char *name) _must_check_;
int guard_judge_open_up(const struct judging *j, const struct run *r, struct change *c, const char *name) _must_check_;
int guard_judge_shrink(const struct judging *j, const struct run *r, struct change *c, const char *name) _must_check_;
int guard_judge_lists(const struct judging *j, const struct run *r, struct change *c, const char *name) _must_check_;
int guard_judge_fight(const struct judging *j, const struct run *r, struct change *c, const char *name) _must_check_;
int guard_judge_window(const struct judging *j, const struct run *r, struct change *c, const char *name) _must_check_;
int guard_judge_health(const struct judging *j, const struct run *r, struct change *c, const char *name) _must_check_;

/* Holds creations of what was there before, where most of a kind reads as gone. 0 or -ENOMEM. */
int guard_hold_vanished(const struct judging *j, const struct run *r) _must_check_;
/* Holds what depends on what is held. 0 or -ENOMEM. */
int guard_hold_dependents(struct target_plan *p) _must_check_;
