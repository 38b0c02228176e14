/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The desired documents: read, checked against the kinds' rows, and sorted out by target. Loaded whole or refused
 * whole; never changed afterwards, so threads may share it.
 */
#pragma once

#include "base/digest.h"
#include "state/settings.h"

/* One object that a document declares. */
struct declared {
    const struct kind *kind;
    const char *name;
    const struct value *body; /* read by the kind's row */
    struct place place;
    bool told; /* while loading: that it stands twice was said */
};

/* What is declared for one target. */
struct desired_target {
    struct declared **objects; /* by order of kinds, then by name */
    size_t n_objects, allocated;
    bool *kinds; /* for each kind of the system: something, even an empty map, declares it */
};

struct desired_document;

/* What a document says besides its sections: at least one of its optional members, which choose the targets. */
extern const struct field desired_rows;

struct desired {
    struct desired_document **documents;
    size_t n_documents, allocated;
    struct desired_target *targets; /* one for each target of the settings, in their order */
    size_t n_targets;
    char digest[DIGEST_SIZE]; /* of all documents, in the order of their paths */
};

struct desired *desired_free(struct desired *d);
DEFINE_CLEANUP(struct desired *, desired_free);
/* All faults of all files go to DIAGS (up to the ceiling); 0, -EBADMSG when there were any, or -ENOMEM. */
int desired_load(const struct settings *s, struct diag_list *diags, struct desired **ret) _must_check_;
