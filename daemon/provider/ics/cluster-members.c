/* SPDX-License-Identifier: Apache-2.0 */
/* `cluster add-member`, `remove-member`, `failover` (guide: "Adding a Member to Cluster", "Deleting Cluster Member").
 */
#include <errno.h>
#include <string.h>

#include "provider/ics/cluster.h"

/* The cluster that something is to be done to. */
static int need_cluster(struct command_run *c, struct value *ret)
{
    int r = ics_cluster_read(c->session, ret);

    return r == -ENOENT ? command_refuse(c, "it is in no cluster; nothing was sent") : r;
}

static const char *check_add(const struct given *g)
{
    if (given_text(g, COMMAND_MEMBER) && given_text(g, COMMAND_ADDRESS) && given_text(g, COMMAND_NETMASK) &&
        given_text(g, COMMAND_GATEWAY))
        return NULL;
    return "say --member NAME, --address, --netmask and --gateway of the node that will join";
}

static bool is_added(const struct command_run *c, const struct value *cluster)
{
    const struct value *member = cluster ? ics_cluster_member(cluster, ics_given(c, COMMAND_MEMBER)) : NULL;

    return member && strcmp(ics_text(member, "internal-ip"), ics_given(c, COMMAND_ADDRESS)) == 0;
}

static int read_add(struct command_run *c)
{
    const char *name = ics_given(c, COMMAND_MEMBER);
    struct value cluster;
    int r = need_cluster(c, &cluster);

    if (r < 0)
        return r;
    if (is_added(c, &cluster))
        return command_remark(c, "%s is a member already", name);
    if (ics_cluster_member(&cluster, name))
        return command_refuse(c, "'%s' is a member already, with another address; nothing was sent", name);
    return command_add_step(c, (struct step){.kind = "cluster-members", .object = name},
                            "add the member %s (%s) to the cluster %s", name, ics_given(c, COMMAND_ADDRESS),
                            ics_text(&cluster, "name"));
}

static int send_add(struct command_run *c, struct step *steps, size_t n, enum outcome *ret)
{
    static const struct ics_given_member members[] = {{"member-name", COMMAND_MEMBER},
                                                      {"member-ip", COMMAND_ADDRESS},
                                                      {"member-netmask", COMMAND_NETMASK},
                                                      {"member-gateway", COMMAND_GATEWAY},
                                                      {"member-external-ip", COMMAND_EXTERNAL_ADDRESS},
                                                      {"member-external-netmask", COMMAND_EXTERNAL_NETMASK},
                                                      {"member-external-gateway", COMMAND_EXTERNAL_GATEWAY}};

    return ics_cluster_send(c, "POST", ICS_CLUSTER "/members", members, ARRAY_SIZE(members), NULL, ret);
}

static int verify_add(struct command_run *c)
{
    return ics_cluster_verify(c, is_added);
}

const struct command ics_cluster_add_command = {
    .verb = "cluster",
    .word = "add-member",
    .usage = "TARGET --member NAME --address A --netmask M --gateway G [--external-address A --external-netmask M "
             "--external-gateway G]",
    .help = "lets a node join",
    .effect = EFFECT_WRITE,
    .takes = TAKES(MEMBER) | TAKES(ADDRESS) | TAKES(NETMASK) | TAKES(GATEWAY) | TAKES(EXTERNAL_ADDRESS) |
             TAKES(EXTERNAL_NETMASK) | TAKES(EXTERNAL_GATEWAY),
    .guide = "Adding a Member to Cluster",
    .check = check_add,
    .read = read_add,
    .send = send_add,
    .verify = verify_add,
};

static const char *check_remove(const struct given *g)
{
    return given_text(g, COMMAND_MEMBER) ? NULL : "say --member NAME";
}

/* A node that removed itself is in no cluster any more. */
static bool is_removed(const struct command_run *c, const struct value *cluster)
{
    return !cluster || !ics_cluster_member(cluster, ics_given(c, COMMAND_MEMBER));
}

static int read_remove(struct command_run *c)
{
    const char *name = ics_given(c, COMMAND_MEMBER), *state;
    const struct value *member;
    struct value cluster;
    int r = need_cluster(c, &cluster);

    if (r < 0)
        return r;
    member = ics_cluster_member(&cluster, name);
    if (!member)
        return command_remark(c, "%s is no member of the cluster %s", name, ics_text(&cluster, "name"));
    state = ics_text(member, "notes");
    return command_add_step(c, (struct step){.kind = "cluster-members", .object = name},
                            "remove the member %s (%s%s%s) from the cluster %s", name, ics_text(member, "internal-ip"),
                            state[0] ? ", " : "", state, ics_text(&cluster, "name"));
}

static int send_remove(struct command_run *c, struct step *steps, size_t n, enum outcome *ret)
{
    struct session_request e = {.method = "DELETE"};
    int r = session_path(c->session, ICS_CLUSTER "/members/%s", steps[0].object, &e.path);

    return r < 0 ? r : ics_send_blindly(c, &e, ret);
}

static int verify_remove(struct command_run *c)
{
    return ics_cluster_verify(c, is_removed);
}

const struct command ics_cluster_remove_command = {
    .verb = "cluster",
    .word = "remove-member",
    .usage = "TARGET --member NAME",
    .help = "takes a node out of the cluster",
    .effect = EFFECT_WRITE,
    .takes = TAKES(MEMBER),
    .guide = "Deleting Cluster Member",
    .check = check_remove,
    .read = read_remove,
    .send = send_remove,
    .verify = verify_remove,
};

static const char *owner_of(const struct value *cluster)
{
    const char *owner = ics_text(cluster, "internal-vip-owner");

    return owner[0] ? owner : ics_text(cluster, "external-vip-owner");
}

static bool has_moved(const struct command_run *c, const struct value *cluster)
{
    return cluster && owner_of(cluster)[0] && strcmp(owner_of(cluster), c->steps[0].id) != 0;
}

/* Guide: an active-active cluster answers that the operation is invalid; it has no VIP to begin with. */
static int read_failover(struct command_run *c)
{
    struct value cluster;
    int r = need_cluster(c, &cluster);

    if (r < 0)
        return r;
    if (!owner_of(&cluster)[0])
        return command_refuse(c, "its cluster is %s: no member has a VIP that another could take; nothing was sent",
                              ics_text(&cluster, "mode"));
    return command_add_step(
        c, (struct step){.kind = "cluster", .object = ics_text(&cluster, "name"), .id = owner_of(&cluster)},
        "move the VIP of the cluster %s away from %s", ics_text(&cluster, "name"), owner_of(&cluster));
}

static int send_failover(struct command_run *c, struct step *steps, size_t n, enum outcome *ret)
{
    return ics_cluster_send(c, "PUT", ICS_CLUSTER, NULL, 0, "vip-failover", ret);
}

static int verify_failover(struct command_run *c)
{
    return ics_cluster_verify(c, has_moved);
}

const struct command ics_cluster_failover_command = {
    .verb = "cluster",
    .word = "failover",
    .usage = "TARGET",
    .help = "has another member take the VIP",
    .effect = EFFECT_WRITE,
    .guide = "VIP Failover",
    .read = read_failover,
    .send = send_failover,
    .verify = verify_failover,
};
