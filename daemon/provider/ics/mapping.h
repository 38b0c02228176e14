/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Role-mapping rules as they are judged: whom each one matches, as far as that can be told from outside. Whom a group
 * or an expression matches is known on the appliance only; such a condition is a fact that may hold or not. Lives in
 * an arena.
 */
#pragma once

#include "value/value.h"

enum reach {
    REACH_NOBODY,
    REACH_SOME, /* those of whom one of the facts holds */
    REACH_SURE, /* the user that is looked for; every one, where none is */
};

struct mapping_rule {
    const struct value *value;
    enum reach reach;
    const char **facts;
    uint32_t n_facts;
    bool stops; /* it is the last for whom it matches */
};

struct mapping {
    struct mapping_rule *rules; /* without those behind one that surely matches and stops */
    uint32_t n;
};

/*
 * Reads the rules of a realm as USER meets them, or anybody where USER is NULL. IS_NEW: of two ways to read what is
 * neither true nor false, the one that gives less. 0, -E2BIG or -ENOMEM.
 */
int mapping_read(struct arena *a, const struct value *v, const char *user, bool is_new,
                 struct mapping *ret) _must_check_;
/* How many roles a rule gives to whom it reaches; RET_ROLES is their list. */
uint32_t mapping_roles(const struct mapping_rule *r, const struct value **ret_roles);
/* The rule's name, never NULL. */
const char *mapping_rule_name(const struct mapping_rule *r);
