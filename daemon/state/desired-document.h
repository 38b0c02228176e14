/* SPDX-License-Identifier: Apache-2.0 */
/* One desired document: whom it speaks of, and what each of its sections declares. */
#pragma once

#include "base/digest.h"
#include "state/desired.h"

struct section {
    const struct system *system;
    struct place place;
    struct declared *objects;
    size_t n_objects, allocated;
    bool *kinds; /* which kinds it declares at all */
    bool used;   /* some target of the document is of its system */
};

struct desired_document {
    struct document document;
    char digest[DIGEST_SIZE];    /* of the file */
    const struct value *targets; /* list of names and patterns, or NULL */
    const struct value *labels;  /* map, or NULL */
    struct section *sections;
    size_t n_sections, allocated;
};

/* 0 also where faults were told; -EBADMSG where nothing can be said about the rest of the file; -ENOMEM. */
int desired_document_read(const struct settings *s, const char *path, struct desired_document *d,
                          struct diag_list *diags) _must_check_;
