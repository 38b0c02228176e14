/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Says what the rows say: as text, as JSON, and as a JSON Schema. There is no list of kinds or fields here: what
 * a row gains is told the day it is there.
 */
#pragma once

#include "schema/kind.h"
#include "value/json-writer.h"

/* All rows that there are. */
struct catalogue {
    const struct field *settings;
    const struct field *document; /* what a document says besides its sections */
    const struct system *const *systems;
    size_t n_systems;
};

/* As text, in lines of at most WIDTH columns. */
void explain_everything(const struct catalogue *c, size_t width, struct buf *out);
void explain_settings(const struct catalogue *c, size_t width, struct buf *out);
void explain_document(const struct catalogue *c, size_t width, struct buf *out);
void explain_kind(const struct catalogue *c, const struct system *s, const struct kind *k, size_t width,
                  struct buf *out);

/* "list of texts, each of 1 to 1024 bytes, in order; required in a new one": all but the help. */
void explain_field(const struct catalogue *c, const struct field *f, struct buf *out);
/* "required for ics, sps": of a member of a FIELD_BY_SYSTEM record. */
void explain_by_system(const struct catalogue *c, const char *member, struct buf *out);
/* What becomes of the objects of a kind, as a sentence. */
const char *explain_keeping(const struct kind *k);

/* As JSON, without a final newline: "settings", "desired" or the kinds of that name; all of them for NULL. */
void explain_json(const struct catalogue *c, const char *name, struct json_writer *w);
