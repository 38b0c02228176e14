/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows as a JSON Schema (draft-07), for editors and other tools. It refuses what a schema can refuse and never
 * what the reader accepts; what is beyond it (times that overlap, an address without its netmask) is for `check`.
 */
#pragma once

#include "schema/explain.h"

/* One object, without a final newline. */
void json_schema_settings(const struct catalogue *c, struct json_writer *w);
void json_schema_document(const struct catalogue *c, struct json_writer *w);

/* What is being written, for the two files that write it. */
struct schema {
    const struct catalogue *catalogue;
    struct json_writer *w;
};

/* Objects one in the other, and as many closed. */
void schema_open(struct schema *s, const char *const *names, size_t n);
void schema_close(struct schema *s, size_t n);
/* What a row says of its value, into the object that is open: all but its help. */
void schema_put_type(struct schema *s, const struct field *f);
/* The members of a record that a document can give, into the `properties` that are open. */
void schema_put_members(struct schema *s, const struct field *record);
void schema_put_required(struct schema *s, const struct field *record);
