/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind `cluster-members`: who belongs to the cluster (guide: "Adding a Member to Cluster", "Getting Cluster Status").
 * Members are added; nothing of one can be changed through the API, and none is removed but by command.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "provider/ics/cluster.h"

static const char *check_address(const struct value *v)
{
    struct in_addr in;

    return inet_pton(AF_INET, v->text, &in) == 1 ? NULL : "must be an IPv4 address";
}

static const char *check_netmask(const struct value *v)
{
    struct in_addr in;
    uint32_t holes;

    if (inet_pton(AF_INET, v->text, &in) != 1)
        return "must be a netmask such as 255.255.255.0";
    holes = ~ntohl(in.s_addr);
    return (holes & (holes + 1)) == 0 ? NULL : "must be a netmask whose set bits are together";
}

#define AN_ADDRESS .type = FIELD_TEXT, .pattern = "^[0-9]{1,3}([.][0-9]{1,3}){3}$"

static const struct field members[] = {
    {.name = "member-ip",
     AN_ADDRESS,
     .flags = FIELD_ON_CREATE,
     .check = check_address,
     .help = "its address on the internal network"},
    {.name = "member-netmask",
     AN_ADDRESS,
     .flags = FIELD_ON_CREATE,
     .check = check_netmask,
     .help = "the netmask there"},
    {.name = "member-gateway",
     AN_ADDRESS,
     .flags = FIELD_ON_CREATE | FIELD_UNSEEN,
     .check = check_address,
     .help = "the gateway there"},
    {.name = "member-external-ip", AN_ADDRESS, .check = check_address, .help = "its address on the external network"},
    {.name = "member-external-netmask", AN_ADDRESS, .check = check_netmask, .help = "the netmask there"},
    {.name = "member-external-gateway",
     AN_ADDRESS,
     .flags = FIELD_UNSEEN,
     .check = check_address,
     .help = "the gateway there"},
    {0},
};
static const struct field body = {.name = "cluster-members", .type = FIELD_RECORD, .members = members};

const struct kind ics_cluster_members = {
    .name = "cluster-members",
    .noun = "cluster member",
    .strategy = STRATEGY_COLLECTION,
    .flags = KIND_KEPT | KIND_FIXED,
    .rank = 45,
    .body = &body,
    .path = ICS_CLUSTER "/members",
    .nowhere = "it is in no cluster, so that no member can be added; use convergate cluster create or cluster join",
    .guide = "Adding a Member to Cluster; Getting Cluster Status",
    .help = "who belongs to the cluster that the appliance is in",
};

/* Names of what a document gives, and of what the status shows: A/A and A/P call the external netmask differently. */
static const struct {
    const char *name, *shown, *also_shown;
    bool always;
} views[] = {
    {"member-ip", "internal-ip", NULL, true},
    {"member-netmask", "internal-netmask", NULL, true},
    {"member-external-ip", "external-ip", NULL, false},
    {"member-external-netmask", "external-netmask", "external-network", false},
};

static int observe(struct session *s, const struct value *member, struct observed *ret)
{
    struct observed o = {.name = ics_text(member, "name")};
    size_t n = 0;

    if (value_new_map(s->arena, ARRAY_SIZE(views), &o.body) < 0)
        return diag_oom(s->diags);
    for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
        const char *text = ics_text(member, views[i].shown);

        if (!text[0] && views[i].also_shown)
            text = ics_text(member, views[i].also_shown);
        if (text[0])
            value_set_pair(&o.body, n++, views[i].name, value_text(text));
        else if (views[i].always)
            return session_tell(s, DIAG_WRONG_SHAPE, "GET", ICS_CLUSTER, "the member '%s' has no %s", o.name,
                                views[i].shown);
    }
    o.body.count = (uint32_t)n;
    *ret = o;
    return 0;
}

int ics_cluster_list(struct session *s, const struct kind *k, struct observed_list *ret)
{
    struct value cluster;
    const struct value *list;
    int r = ics_cluster_read(s, &cluster);

    list = r == 0 ? value_get(&cluster, "members") : NULL;
    for (uint32_t i = 0; r == 0 && i < list->count; i++) {
        struct observed o;

        r = observe(s, &list->items[i], &o);
        if (r == 0 && observed_list_add(ret, o) < 0)
            r = diag_oom(s->diags);
    }
    return r;
}

/* A refusal comes as a success under `info`: where the member is not there afterwards, those words are the reason. */
static int judge_added(struct session *s, const struct write *w, const struct answer *a, enum outcome *ret)
{
    const char *words = session_words(s, a);
    size_t told = s->diags->n;
    struct value cluster;
    int r = ics_cluster_read(s, &cluster);

    session_untell(s, told);
    if (r == 0 && !ics_cluster_member(&cluster, w->name)) {
        session_tell(s, DIAG_REFUSED, "POST", w->kind->path, "'%s' is no member afterwards; the appliance says: '%s'",
                     w->name, words ? words : "nothing");
        *ret = OUTCOME_REFUSED;
    }
    return r == -ENOMEM ? r : 0;
}

int ics_cluster_add_member(struct session *s, const struct write *w, enum outcome *ret)
{
    struct value named;
    struct answer a;
    int r;

    if (value_new_map(s->arena, (size_t)w->body->count + 1, &named) < 0)
        return diag_oom(s->diags);
    value_set_pair(&named, 0, "member-name", value_text(w->name));
    memcpy(named.pairs + 1, w->body->pairs, w->body->count * sizeof(*named.pairs));
    r = ics_send(s, "POST", w->kind->path, &named, &a, ret);
    return r < 0 || *ret != OUTCOME_ACCEPTED ? r : judge_added(s, w, &a, ret);
}
