/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict YAML in, quoted YAML out. Read: one document of maps, lists and scalars, UTF-8; anchors, aliases, tags,
 * merge keys, complex keys, duplicate keys, control characters and empty documents are refused with their place.
 * Every scalar stays the text that was written; only an unquoted `null`, `~` or nothing at all is null.
 */
#pragma once

#include "base/buf.h"
#include "value/value.h"

/* Parses LEN bytes into a document whose file name is set; 0, or a diagnostic and a negative errno. */
int yaml_read(struct document *d, const char *text, size_t len, struct diag_list *diags) _must_check_;
/* Writes a value in block style, every text double-quoted unless it is plainly a word; 0 or -errno. */
int yaml_write(const struct value *v, struct buf *out) _must_check_;
