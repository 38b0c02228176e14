/* SPDX-License-Identifier: Apache-2.0 */
/* What the makers and the users of a long list share: where its files are. */
#pragma once

#define LIST_SETTINGS "settings.yaml"
#define LIST_DOCUMENT "docs/list.yaml"
#define LIST_BODY "body.json"      /* the answer to GET /api/configuration/policies/userlists */
#define LIST_STATE "emulator.json" /* a state file of the emulator with the same list */

/* Writes them all into the folder; ORDER is sorted, drifted or shuffled. 0 or 1. */
int list_make(unsigned long n, const char *order, const char *folder);
