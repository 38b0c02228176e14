/* SPDX-License-Identifier: Apache-2.0 */
/* What runs left on record: in which order it came, and for how long it is kept. */
#pragma once

#include <dirent.h>

#include "base/macro.h"

/*
 * The records of FOLDER, oldest first. What names a time to come is of a clock that was ahead, and older than all
 * others. Each entry and the list are to be freed. How many, or a negative errno.
 */
int records_list(const char *folder, struct dirent ***ret) _must_check_;
/* Removes from FOLDER what is too old or too much. What cannot be removed is tried again the next time. */
void records_prune(const char *folder);
/* The same for all targets, also those that the settings name no more; and drafts of files that a kill left. */
void records_prune_all(const char *state_directory);
