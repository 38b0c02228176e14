/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Saved plans: which changes of which objects were shown, each bound by a digest to what was read and what is to
 * be written. The file holds names and digests, no values, and is refused when it was altered. Before it is applied
 * everything is planned again, and only a plan that is exactly the saved one goes on.
 */
#pragma once

#include "reconcile/plan.h"

/* The text of the file. Failed targets cannot be saved: -EBADMSG, told. */
int saved_plan_write(const struct plan *p, struct buf *out, struct diag_list *diags) _must_check_;
/* Reads and checks a file's text; FILE is for messages. */
int saved_plan_read(const char *file, const char *text, size_t len, struct arena *a, struct value *ret,
                    struct diag_list *diags) _must_check_;
/* Tells every object whose change is not the saved one. 0 or -EBADMSG. */
int saved_plan_compare(const struct value *saved, const struct plan *p, struct diag_list *diags) _must_check_;
