/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"

static enum exit_status run_check(const struct options *o)
{
    _cleanup_(loaded_done) struct loaded l = {0};
    enum exit_status s = load_all(o, true, &l);
    size_t objects = 0;

    if (s != STATUS_OK)
        return s;
    for (size_t i = 0; i < l.desired->n_targets; i++)
        objects += l.desired->targets[i].n_objects;
    if (!o->quiet && (printf("valid: %zu targets, %zu documents, %zu declared objects\n", l.settings->n_targets,
                             l.desired->n_documents, objects) < 0 ||
                      fflush(stdout) != 0)) {
        say_error("cannot write the results");
        return STATUS_FAILED;
    }
    return STATUS_OK;
}

const struct verb verb_check = {
    .name = "check",
    .arguments = "",
    .help = "settings and desired documents; no network",
    .run = run_check,
};
