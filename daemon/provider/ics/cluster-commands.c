/* SPDX-License-Identifier: Apache-2.0 */
/* `cluster create`, `cluster join` (guide: "Creating a Cluster", "Joining a Cluster"). */
#include <errno.h>
#include <string.h>

#include "provider/ics/cluster.h"

static const char *check_create(const struct given *g)
{
    if (given_text(g, COMMAND_NAME) && given_text(g, COMMAND_MEMBER) && given_text(g, COMMAND_PASSWORD))
        return NULL;
    return "say --name CLUSTER, --member NAME for this node, and --password with the name of a credential";
}

static bool is_created(const struct command_run *c, const struct value *cluster)
{
    return cluster && strcmp(ics_text(cluster, "name"), ics_given(c, COMMAND_NAME)) == 0 &&
           ics_cluster_member(cluster, ics_given(c, COMMAND_MEMBER));
}

/* 0 where it is in no cluster; 1 where nothing is left to do; else a negative errno. */
static int look_for_cluster(struct command_run *c, ics_cluster_done *done)
{
    struct value cluster;
    int r = ics_cluster_read(c->session, &cluster);

    if (r == -ENOENT)
        return 0;
    if (r == 0 && !done(c, &cluster))
        return command_refuse(c, "it is in the cluster '%s' already; nothing was sent", ics_text(&cluster, "name"));
    if (r == 0)
        r = command_remark(c, "it is in the cluster %s already", ics_text(&cluster, "name"));
    return r < 0 ? r : 1;
}

static int read_create(struct command_run *c)
{
    int r = look_for_cluster(c, is_created);

    if (r != 0)
        return MIN(r, 0);
    return command_add_step(c, (struct step){.kind = "cluster", .object = ics_given(c, COMMAND_NAME)},
                            "create the cluster %s with this node as its member %s", ics_given(c, COMMAND_NAME),
                            ics_given(c, COMMAND_MEMBER));
}

static int send_create(struct command_run *c, struct step *steps, size_t n, enum outcome *ret)
{
    static const struct ics_given_member members[] = {
        {"cluster-name", COMMAND_NAME}, {"cluster-password", COMMAND_PASSWORD}, {"member-name", COMMAND_MEMBER}};

    return ics_cluster_send(c, "PUT", ICS_CLUSTER, members, ARRAY_SIZE(members), "create", ret);
}

static int verify_create(struct command_run *c)
{
    return ics_cluster_verify(c, is_created);
}

const struct command ics_cluster_create_command = {
    .verb = "cluster",
    .word = "create",
    .usage = "TARGET --name CLUSTER --member NAME --password CREDENTIAL",
    .help = "makes a cluster of this node",
    .effect = EFFECT_WRITE,
    .takes = TAKES(NAME) | TAKES(MEMBER) | TAKES(PASSWORD),
    .guide = "Creating a Cluster",
    .check = check_create,
    .read = read_create,
    .send = send_create,
    .verify = verify_create,
};

static const char *check_join(const struct given *g)
{
    if (given_text(g, COMMAND_NAME) && given_text(g, COMMAND_ADDRESS) && given_text(g, COMMAND_PASSWORD))
        return NULL;
    return "say --name CLUSTER, --address of a member of it, and --password with the name of a credential";
}

static bool is_joined(const struct command_run *c, const struct value *cluster)
{
    return cluster && strcmp(ics_text(cluster, "name"), ics_given(c, COMMAND_NAME)) == 0;
}

static int read_join(struct command_run *c)
{
    int r = look_for_cluster(c, is_joined);

    if (r != 0)
        return MIN(r, 0);
    return command_add_step(c, (struct step){.kind = "cluster", .object = ics_given(c, COMMAND_NAME)},
                            "join the cluster %s at %s", ics_given(c, COMMAND_NAME), ics_given(c, COMMAND_ADDRESS));
}

static int send_join(struct command_run *c, struct step *steps, size_t n, enum outcome *ret)
{
    static const struct ics_given_member members[] = {
        {"cluster-name", COMMAND_NAME}, {"cluster-password", COMMAND_PASSWORD}, {"member-address", COMMAND_ADDRESS}};

    return ics_cluster_send(c, "PUT", ICS_CLUSTER, members, ARRAY_SIZE(members), "join", ret);
}

static int verify_join(struct command_run *c)
{
    return ics_cluster_verify(c, is_joined);
}

const struct command ics_cluster_join_command = {
    .verb = "cluster",
    .word = "join",
    .usage = "TARGET --name CLUSTER --address ADDRESS --password CREDENTIAL",
    .help = "joins the cluster of which a member has this address",
    .effect = EFFECT_WRITE,
    .takes = TAKES(NAME) | TAKES(ADDRESS) | TAKES(PASSWORD),
    .guide = "Joining a Cluster",
    .check = check_join,
    .read = read_join,
    .send = send_join,
    .verify = verify_join,
};
