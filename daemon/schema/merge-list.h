/* SPDX-License-Identifier: Apache-2.0 */
/* The list half of merging, and what both halves tell differences with. */
#pragma once

#include "schema/merge.h"

/* Adds a difference unless we are inside an item that is told as a whole. */
int merge_tell(struct merge *m, const struct field *f, enum item_op op, const char *path, const struct value *before,
               const struct value *after) _must_check_;
/* Notes what a list loses, for the guards. */
int merge_note_loss(struct merge *m, const struct field *f, size_t before, size_t removed, size_t after) _must_check_;
/* As field_merge(), for lists whose items have keys. LIVE is a list. */
int merge_list(struct merge *m, const struct field *f, const struct value *live, const struct value *desired,
               struct value *ret_after, bool *ret_differs) _must_check_;
