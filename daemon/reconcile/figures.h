/* SPDX-License-Identifier: Apache-2.0 */
/* What an appliance says of its load and of the licences that it lends, for metrics: numbers, and nothing to act on. */
#pragma once

#include "reconcile/run.h"

/* A number and what it is of: owned. */
struct figure {
    char *name;   /* "cpu-utilization", or a licence's feature */
    char *client; /* of a license server; NULL for none, or for the feature as a whole */
    int64_t n;
};

/* In the order of names and clients, each once. */
struct figure_list {
    struct figure *items;
    size_t n, allocated;
    bool known; /* it was read */
};

void figure_list_done(struct figure_list *l);

struct figures {
    struct figure_list health, licenses;
};

void figures_done(struct figures *f);

enum {
    FIGURES_HEALTH = 1 << 0,
    FIGURES_LICENSES = 1 << 1,
};

/*
 * After a run, in its session where that is open: what the run has read already, and what is WANTED besides. What the
 * appliance does not tell, or not so that it can be read, is not known. 0 or -ENOMEM.
 */
int run_read_figures(struct run *r, unsigned wanted, struct figures *ret) _must_check_;
