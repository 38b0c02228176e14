/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials that documents name. They are read once in a run, so that what is sent is what was compared and judged,
 * and wiped at its end.
 */
#pragma once

#include "reconcile/run.h"

/* One object of the run; a list. */
struct unsealed_object {
    struct unsealed_object *next;
    const struct declared *declared;
    struct declared whole; /* with what its credentials tell of it */
    struct secret secrets[SECRETS_MAX];
    struct unsealed told;
};

void unseal_done(struct run *r);
/*
 * The object as it is compared: with what its credentials tell of it, or D itself where it names none. 0, -ENOMEM, or
 * -EBADMSG with the fault told in P.
 */
int unseal_declared(struct run *r, struct target_plan *p, const struct declared *d,
                    const struct declared **ret) _must_check_;
/* Tells in P why an object must not be written though it DIFFERS, and notes what else is worth knowing of it: 0, or
   -EBADMSG. */
int unseal_judge(struct run *r, struct target_plan *p, const struct declared *d, bool differs) _must_check_;
/* What the object's credentials hold, in the order of its fields; NULL for none. */
const struct secret *unseal_secrets(const struct run *r, const struct kind *k, const char *object);
