/* SPDX-License-Identifier: Apache-2.0 */
/* Reading one YAML file of ours: what settings and desired documents have in common. */
#pragma once

#include "base/digest.h"
#include "value/value.h"

/* Reads PATH into a document called SHOWN in messages; DIGEST of its bytes. 0, -EBADMSG with the fault told, -ENOMEM.
 */
int load_yaml(const char *path, const char *shown, struct document *d, char digest[static DIGEST_SIZE],
              struct diag_list *diags) _must_check_;
/* `version: 1` must stand in every file. */
int load_check_version(const struct document *d, struct diag_list *diags) _must_check_;
