/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run records in the state directory, readable with jq: last/TARGET.json after every run, and one file in
 * runs/TARGET/ for each run that found or did something; old ones go by count and age.
 */
#pragma once

#include "reconcile/run.h"

enum { RECORD_ID_SIZE = 64 };

/* A name for a run and for what it leaves on disk, by the wall time when it began. */
void record_format_time(uint64_t usec, char ret[static RECORD_ID_SIZE]);
void record_format_id(const struct run *r, char ret[static RECORD_ID_SIZE]);
/* Keeps TEXT as FOLDER/TARGET/ID.json below the state directory; old ones go. 0, or a negative errno, told. */
int record_keep(const struct run *r, const char *folder, const struct buf *text, struct diag_list *diags) _must_check_;
/* The record of a run that is over. What fails is told in DIAGS. 0 or a negative errno. */
/* Needs `previous` of the run to say since when the target stands as it does. */
int record_write(const struct run *r, const char *commit, struct diag_list *diags) _must_check_;
