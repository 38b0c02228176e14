/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Copies of real appliances, made of what Convergate gave of them (`export`, `facts`) and of its settings,
 * and settings with which Convergate works on the copies instead. What an export leaves out gets a stand-in.
 */

#include "appliance.h"

enum { COPY_FILES_MAX = 256 };

struct copy_order {
    const char *settings, *desired, *source_address; /* the last two may be NULL */
    const char *exports[COPY_FILES_MAX], *facts[COPY_FILES_MAX];
    size_t n_exports, n_facts;
};

struct copy {
    cJSON *settings; /* to be written with the copies' addresses */
    cJSON *secrets;  /* {CREDENTIAL: stand-in} */
    int closed;      /* a socket on which nobody listens: the address of targets without a copy */
};

/* Ends the emulator where FOLDER holds the state of another rehearsal. */
void copy_refuse_old(const char *folder);
/* Adds the copies to `appliances`, as a state file has them. Ends the emulator where something does not fit.
 */
void copy_make(const struct copy_order *order, struct copy *ret, cJSON *appliances);
/* FOLDER/convergate.yaml and FOLDER/credentials; returns the absolute path of the first (to be freed). */
char *copy_write(struct copy *copy, const struct fleet *fleet, const char *folder);
void copy_done(struct copy *copy);

/* copy_ics.c, copy_sps.c: the state of what a section of an export and the facts (may be NULL) say. */
cJSON *copy_ics(const cJSON *section, const cJSON *facts, cJSON *options);
cJSON *copy_sps(const cJSON *section, const cJSON *facts, cJSON *options);
/* Ends the emulator where `section` has a member that is not among `names`: it would be lost. */
void copy_refuse_unknown(const cJSON *section, const char *const *names, size_t n);
