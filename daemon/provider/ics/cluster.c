/* SPDX-License-Identifier: Apache-2.0 */
/* What a cluster says of itself (guide: "Getting Cluster Status"); `cluster status`. */
#include <errno.h>
#include <string.h>

#include "provider/ics/cluster.h"

static int tell(struct session *s, const char *what)
{
    return session_tell(s, DIAG_WRONG_SHAPE, "GET", ICS_CLUSTER, "%s", what);
}

/* The guide does not show what an appliance in no cluster answers: nothing that a cluster would. */
static int judge(struct session *s, const struct value *answer)
{
    const struct value *name = value_get(answer, "name"), *members = value_get(answer, "members");
    const struct value *errors = value_get(value_get(answer, "result"), "errors");

    if (!value_is_empty(errors))
        return tell(s, "the answer is an error");
    if (!name && !members)
        return -ENOENT;
    if (!value_is(name, VALUE_TEXT) || !value_is(members, VALUE_LIST))
        return tell(s, "the answer is no cluster with a name and members");
    for (uint32_t i = 0; i < members->count; i++)
        if (!ics_text(&members->items[i], "name")[0])
            return tell(s, "a member has no name");
    return 0;
}

int ics_cluster_read(struct session *s, struct value *ret)
{
    struct value answer;
    int r = session_get(s, ICS_CLUSTER, &answer);

    if (r == 0)
        r = judge(s, &answer);
    if (r == 0)
        *ret = answer;
    return r;
}

const struct value *ics_cluster_member(const struct value *cluster, const char *name)
{
    const struct value *members = value_get(cluster, "members");

    for (uint32_t i = 0; value_is(members, VALUE_LIST) && i < members->count; i++)
        if (strcmp(ics_text(&members->items[i], "name"), name) == 0)
            return &members->items[i];
    return NULL;
}

int ics_cluster_identity(struct session *s, struct value *ret)
{
    const struct value *members;
    struct value cluster;
    uint32_t n = 0;
    int r = ics_cluster_read(s, &cluster);

    if (r < 0)
        return r;
    members = value_get(&cluster, "members");
    if (value_new_list(s->arena, members->count, ret) < 0)
        return diag_oom(s->diags);
    for (uint32_t i = 0; i < members->count; i++) {
        const struct value *m = &members->items[i];
        const char *address = ics_text(m, "internal-ip"), *text;

        /* A name alone is soon the same elsewhere. */
        if (!address[0])
            continue;
        text = arena_printf(s->arena, "%s (%s) of the cluster %s", ics_text(m, "name"), address,
                            ics_text(&cluster, "name"));
        if (!text)
            return diag_oom(s->diags);
        ret->items[n++] = value_text(text);
    }
    ret->count = n;
    return 0;
}

static int remark_vip(struct command_run *c, const struct value *cluster, const char *which)
{
    const char *address = arena_printf(c->session->arena, "%s-vip-ipv4", which);
    const char *owner = arena_printf(c->session->arena, "%s-vip-owner", which);

    if (!address || !owner)
        return diag_oom(c->session->diags);
    if (!ics_text(cluster, owner)[0])
        return 0;
    return command_remark(c, "the %s VIP %s is on %s", which, ics_text(cluster, address), ics_text(cluster, owner));
}

static int read_status(struct command_run *c)
{
    struct value cluster;
    int r = ics_cluster_read(c->session, &cluster);

    if (r == -ENOENT) {
        r = command_put_member(c, "cluster", (struct value){.type = VALUE_NULL});
        c->report.rows = (struct value){.type = VALUE_LIST};
        return r < 0 ? r : command_remark(c, "it is in no cluster");
    }
    if (r < 0)
        return r;
    c->report.rows = *value_get(&cluster, "members");
    r = command_put_member(c, "cluster", cluster);
    if (r == 0)
        r = command_remark(c, "cluster %s, %s", ics_text(&cluster, "name"), ics_text(&cluster, "mode"));
    if (r == 0)
        r = remark_vip(c, &cluster, "internal");
    return r < 0 ? r : remark_vip(c, &cluster, "external");
}

static const struct column member_columns[] = {
    {"MEMBER", "name", NULL},
    {"INTERNAL", "internal-ip", NULL},
    {"EXTERNAL", "external-ip", NULL},
    {"ENABLED", "enabled", NULL},
    {"STATE", "notes", NULL},
    {"CODE", "status-code", NULL},
    {0},
};

const struct command ics_cluster_status_command = {
    .verb = "cluster",
    .word = "status",
    .usage = "TARGET",
    .help = "members, mode and who has the VIP",
    .effect = EFFECT_READ,
    .columns = member_columns,
    .guide = "Getting Cluster Status",
    .read = read_status,
};
