/* SPDX-License-Identifier: Apache-2.0 */
/* `licenses show`, `licenses pull` (guide: "Querying Set of Leased Licenses", "Pulling State from a License Server").
 */
#include <errno.h>
#include <string.h>

#include "provider/ics/commands.h"

#define LEASES "/api/v1/license/license-server-lease-information"

int ics_licenses_read(struct session *s, struct value *ret)
{
    const struct value *counts;
    struct value answer;
    int r = session_get(s, LEASES, &answer);

    if (r < 0)
        return r;
    counts = value_get(&answer, "leased-license-counts");
    if (!value_is(counts, VALUE_MAP))
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", LEASES, "the answer holds no leased-license-counts");
    *ret = *counts;
    return 0;
}

struct rows {
    struct command_run *run;
    struct value list; /* with room for all */
};

static int add_row(struct rows *r, const struct value *feature, const struct value *client)
{
    struct value row;
    const struct {
        const char *name;
        const struct value *value;
    } members[] = {{"feature", value_get(feature, "name")},
                   {"client", value_get(client, "name")},
                   {"leased-count", value_get(client, "leased-count")},
                   {"total-count", value_get(feature, "total-count")}};

    if (value_new_map(r->run->session->arena, ARRAY_SIZE(members), &row) < 0)
        return diag_oom(r->run->session->diags);
    for (size_t i = 0; i < ARRAY_SIZE(members); i++)
        value_set_pair(&row, i, members[i].name,
                       members[i].value ? *members[i].value : (struct value){.type = VALUE_NULL});
    r->list.items[r->list.count++] = row;
    return 0;
}

static const struct value *clients_of(const struct value *feature)
{
    const struct value *clients = value_get(value_get(feature, "clients"), "client-info");

    return value_is(clients, VALUE_LIST) ? clients : NULL;
}

static size_t count_rows(const struct value *features)
{
    size_t n = features->count;

    for (uint32_t i = 0; i < features->count; i++)
        n += clients_of(&features->items[i]) ? clients_of(&features->items[i])->count : 0;
    return n;
}

/* A row for each client of each feature. */
static int make_rows(struct command_run *c, const struct value *features)
{
    struct rows rows = {.run = c};
    int r = 0;

    if (value_new_list(c->session->arena, count_rows(features), &rows.list) < 0)
        return diag_oom(c->session->diags);
    rows.list.count = 0;
    for (uint32_t i = 0; i < features->count && r == 0; i++) {
        const struct value *feature = &features->items[i], *clients = clients_of(feature);

        if (!clients || clients->count == 0)
            r = add_row(&rows, feature, NULL);
        for (uint32_t k = 0; clients && k < clients->count && r == 0; k++)
            r = add_row(&rows, feature, &clients->items[k]);
    }
    c->report.rows = rows.list;
    return r;
}

/* What has no name, or no number, is left out. */
static int count_one(struct session *s, const struct value *feature, const struct value *client, const char *member,
                     struct value *list)
{
    const char *name = value_get_text(feature, "name"), *of = client ? value_get_text(client, "name") : NULL;
    struct value row;
    int64_t n;

    if (!name || (client && !of) || !ics_take_count(value_get(client ? client : feature, member), &n))
        return 0;
    if (value_new_map(s->arena, of ? 3 : 2, &row) < 0)
        return diag_oom(s->diags);
    value_set_pair(&row, 0, "feature", value_text(name));
    value_set_pair(&row, 1, "count", value_int(n));
    if (of)
        value_set_pair(&row, 2, "client", value_text(of));
    list->items[list->count++] = row;
    return 0;
}

int ics_licenses_count(struct session *s, struct value *ret)
{
    const struct value *features;
    struct value counts;
    int r = ics_licenses_read(s, &counts);

    if (r < 0)
        return r;
    features = value_get(value_get(&counts, "features"), "feature");
    if (!value_is(features, VALUE_LIST))
        return -ENOENT;
    if (value_new_list(s->arena, count_rows(features), ret) < 0)
        return diag_oom(s->diags);
    ret->count = 0;
    for (uint32_t i = 0; i < features->count && r == 0; i++) {
        const struct value *clients = clients_of(&features->items[i]);

        r = count_one(s, &features->items[i], NULL, "total-count", ret);
        for (uint32_t k = 0; clients && k < clients->count && r == 0; k++)
            r = count_one(s, &features->items[i], &clients->items[k], "leased-count", ret);
    }
    return r;
}

static int read_show(struct command_run *c)
{
    const struct value *features;
    struct value counts;
    int r = ics_licenses_read(c->session, &counts);

    if (r == -ENOENT)
        return session_tell(c->session, DIAG_HTTP_STATUS, "GET", LEASES, "status 404: it is no license server");
    if (r < 0)
        return r;
    features = value_get(value_get(&counts, "features"), "feature");
    if (!features && !value_get(&counts, "features"))
        return session_tell(c->session, DIAG_WRONG_SHAPE, "GET", LEASES, "the answer holds no features");
    c->report.rows = (struct value){.type = VALUE_LIST};
    r = command_put_member(c, "leased-license-counts", counts);
    if (r == 0 && value_is(features, VALUE_LIST))
        r = make_rows(c, features);
    return r == 0 && c->report.rows.count == 0 ? command_remark(c, "no licence is leased") : r;
}

static const struct column license_columns[] = {
    {"FEATURE", "feature", NULL},
    {"CLIENT", "client", NULL},
    {"LEASED", "leased-count", NULL},
    {"TOTAL", "total-count", NULL},
    {0},
};

const struct command ics_licenses_show_command = {
    .verb = "licenses",
    .word = "show",
    .usage = "TARGET",
    .help = "what a license server has leased, and to whom",
    .effect = EFFECT_READ,
    .columns = license_columns,
    .guide = "Querying Set of Leased Licenses in the License Server System",
    .read = read_show,
};

static int read_pull(struct command_run *c)
{
    return command_add_step(c, (struct step){.kind = "licenses", .object = "lease-state"},
                            "pull the state of its leases from its license server");
}

/* Guide: the body must be there, and is empty. */
static int send_pull(struct command_run *c, struct step *steps, size_t n, enum outcome *ret)
{
    const struct value empty = {.type = VALUE_MAP};
    const struct session_request e = {
        .method = "PUT", .path = "/api/v1/license/license-client-lease-state", .body = &empty};

    return ics_send_blindly(c, &e, ret);
}

const struct command ics_licenses_pull_command = {
    .verb = "licenses",
    .word = "pull",
    .usage = "TARGET",
    .help = "has a license client ask its license server now",
    .effect = EFFECT_WRITE,
    .guide = "Pulling State from a License Server on a License Client",
    .read = read_pull,
    .send = send_pull,
    .verify = ics_verify_blindly,
};
