/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the desired state: one file, or all *.yaml below a folder in the order of their paths. */
#pragma once

#include "base/diag.h"

struct files {
    const char *root;
    char **paths;
    size_t n, allocated;
    size_t n_folders; /* that were walked through */
};

void files_done(struct files *f);
int files_find(const char *root, struct files *f, struct diag_list *diags) _must_check_;
