/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The cluster that an appliance belongs to: what its status and its changes share. */

#include "ics.h"

/* NULL if the appliance stands alone. */
const cJSON *ics_cluster_find(const struct request *q);
bool ics_cluster_is_passive(const cJSON *cluster);
bool ics_member_is_reachable(const cJSON *member);
/* Fills in what a cluster lacks: a leader, codes, the owner of its address. */
void ics_cluster_complete(cJSON *cluster);
void ics_cluster_mend(cJSON *cluster);
void ics_cluster_fail_over(struct request *q, struct reply *a);
