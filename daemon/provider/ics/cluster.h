/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the commands that change a cluster share. What a node cannot do it refuses under `info` with status 200 (guide:
 * "VIP Failover"), so that only the status read afterwards tells what became of it.
 */
#pragma once

#include "provider/ics/commands.h"

#define ICS_CLUSTER "/api/v1/cluster"

/* A member of a body, and the option that gives it. */
struct ics_given_member {
    const char *name;
    enum command_option option;
};

/* An option's text, "" where it was not given. */
const char *ics_given(const struct command_run *c, enum command_option option);
/* Sends the members that were given, the password as its credential has it, and the action where there is one. */
int ics_cluster_send(struct command_run *c, const char *method, const char *path,
                     const struct ics_given_member *members, size_t n, const char *action,
                     enum outcome *ret) _must_check_;

/* Whether a cluster is as it should be; NULL for a node that is in none. */
typedef bool ics_cluster_done(const struct command_run *c, const struct value *cluster);

/* The kind `cluster-members`; as in struct provider. */
int ics_cluster_list(struct session *s, const struct kind *k, struct observed_list *ret) _must_check_;
int ics_cluster_add_member(struct session *s, const struct write *w, enum outcome *ret) _must_check_;

/* `cluster` of struct provider (guide: "Getting Cluster Status"): each member with its address and the cluster's name.
 */
int ics_cluster_identity(struct session *s, struct value *ret) _must_check_;

/* Reads until it is done, for a while, and sets the result of the one step. 0, or -EBADMSG where it cannot be read. */
int ics_cluster_verify(struct command_run *c, ics_cluster_done *done) _must_check_;
