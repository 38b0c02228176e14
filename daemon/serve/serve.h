/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon: every interval, and at once on SIGHUP, reads settings and documents again and reconciles all targets.
 * A faulty new state is reported and the last good one kept; without a good one nothing is written.
 */
#pragma once

#include "base/diag.h"
#include "reconcile/batch.h"

/* What is in force: swapped whole, or not at all. */
struct state {
    struct settings *settings;
    struct desired *desired; /* NULL while no good documents were seen */
};

struct daemon {
    const char *config;
    const char *credentials; /* --credentials, or NULL */
    struct http_client *http;
    int wake_fd;
    struct state state;
};

void state_done(struct state *s);
/* Loads a new state and swaps it in where it is good; faults are said. 0, or 78 where there are no settings at all. */
int daemon_load(struct daemon *d);
/* One reconciliation of all targets; everything worth knowing is said. */
void daemon_cycle(struct daemon *d);

/* "<N>" and a sentence on standard error, N being syslog's priority. */
void say(int priority, const char *format, ...) _printf_(2, 3);
void say_diags(struct diag_list *l);
