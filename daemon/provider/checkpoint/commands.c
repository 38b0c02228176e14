/* SPDX-License-Identifier: Apache-2.0 */
/* `identities show`, `identities revoke`: who is at an address, a range or a subnet, and nobody any more. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/time-util.h"
#include "provider/checkpoint/checkpoint.h"
#include "provider/command.h"

#define SHOW "/_IA_API/v1.0/show-identity"

/* Reading back goes on for eight seconds, as for what is declared; and a sentence names so many identities. */
enum { ATTEMPTS = 5, TOLD = 8 };

static bool is_client_type(const char *text)
{
    for (const char *const *t = checkpoint_client_types; *t; t++)
        if (strcmp(*t, text) == 0)
            return true;
    return false;
}

/* The entry that the line means, as a document would give it. 0, -ENOMEM, or -EBADMSG and what is wrong. */
static int entry_of(const struct given *g, struct arena *a, struct value *ret, const char **ret_wrong)
{
    const char *type = given_text(g, COMMAND_CLIENT_TYPE);
    int r = checkpoint_read_range(g->arguments[0], type ? type : "any", a, ret, ret_wrong);

    if (r == -EBADMSG)
        *ret_wrong = "say an address, a range such as 192.0.2.10-192.0.2.20 or an IPv4 subnet such as 192.0.2.0/24";
    return r;
}

static const char *check_entry(const struct given *g)
{
    const char *type = given_text(g, COMMAND_CLIENT_TYPE), *wrong = NULL;
    struct arena a = {0};
    struct value entry;

    if (type && !is_client_type(type))
        return "--client-type is any, captive-portal, ida-agent, vpn, ad-query, multihost-agent, radius, ida-api or "
               "identity-collector";
    if (entry_of(g, &a, &entry, &wrong) == -ENOMEM)
        wrong = "out of memory";
    arena_done(&a);
    return wrong;
}

static const char *check_show(const struct given *g)
{
    const char *wrong = check_entry(g), *why;
    struct arena a = {0};
    struct ip_range range;
    struct value entry;

    if (!wrong && entry_of(g, &a, &entry, &why) == 0 && !checkpoint_range_of(&entry, &range) &&
        ip_range_count(&range) == SIZE_MAX)
        wrong = "these are more than 1,024 addresses, and a gateway can be asked for one at a time; show fewer";
    arena_done(&a);
    return wrong;
}

struct listing {
    struct command_run *run;
    const char *type; /* whose identities; NULL for all */
    struct value *rows;
    size_t n, allocated;
};

/* Whose source nobody can tell may be of the type: it is shown. */
static int add_row(void *user, const struct probe *p, const struct identity *i)
{
    static const struct value none = {.type = VALUE_NULL};
    struct listing *l = user;
    const struct {
        const char *name;
        struct value value;
    } members[] = {{"ip-address", value_text(i->address)},
                   {"user", i->machine ? none : value_text(i->who)},
                   {"machine", i->machine ? value_text(i->who) : none},
                   {"identity-source", i->source ? value_text(i->source) : none},
                   {"groups", i->groups ? *i->groups : none},
                   {"roles", i->roles ? *i->roles : none}};
    struct value row;

    if (l->type && checkpoint_judge_source(i->source, l->type) == PRESENCE_ABSENT)
        return 0;
    if (value_new_map(l->run->session->arena, ARRAY_SIZE(members), &row) < 0 ||
        array_grow(&l->rows, &l->allocated, l->n, sizeof(*l->rows)) < 0)
        return -ENOMEM;
    for (size_t m = 0; m < ARRAY_SIZE(members); m++)
        value_set_pair(&row, m, members[m].name, members[m].value);
    l->rows[l->n++] = row;
    return 0;
}

static int report_rows(struct command_run *c, const struct listing *l)
{
    struct value list;

    if (value_new_list(c->session->arena, l->n, &list) < 0 || value_new_map(c->session->arena, 1, &c->report.json) < 0)
        return diag_oom(c->session->diags);
    if (l->n > 0)
        memcpy(list.items, l->rows, l->n * sizeof(*list.items));
    c->report.rows = list;
    value_set_pair(&c->report.json, 0, "identities", list);
    return l->n == 0 ? command_remark(c, "no identity") : 0;
}

static int read_show(struct command_run *c)
{
    _cleanup_(probes_done) struct probes probes = {0};
    struct listing l = {.run = c, .type = given_text(c->given, COMMAND_CLIENT_TYPE)};
    struct ip_range range;
    struct value entry;
    const char *wrong;
    int r;

    if (entry_of(c->given, c->session->arena, &entry, &wrong) < 0 || checkpoint_range_of(&entry, &range) ||
        probes_add(&probes, &range, 0) < 0)
        return diag_oom(c->session->diags);
    r = checkpoint_look(c->session, &probes, add_row, &l);
    if (r == -ENOENT)
        r = session_tell(c->session, DIAG_HTTP_STATUS, "POST", SHOW, "status 404: the gateway may not offer it; or %s",
                         session_meaning(c->session, 404, NULL));
    if (r == 0)
        r = report_rows(c, &l);
    free(l.rows);
    return r;
}

static const struct column identity_columns[] = {
    {"ADDRESS", "ip-address", NULL},     {"USER", "user", NULL},   {"MACHINE", "machine", NULL},
    {"SOURCE", "identity-source", NULL}, {"ROLES", "roles", NULL}, {0},
};

static const struct command show_command = {
    .verb = "identities",
    .word = "show",
    .usage = "TARGET ADDRESS|FIRST-LAST|SUBNET/PREFIX [--client-type TYPE]",
    .help = "who is known at addresses",
    .effect = EFFECT_READ,
    .takes = TAKES(CLIENT_TYPE),
    .n_arguments = 1,
    .columns = identity_columns,
    .guide = "Delete Identity (v1.0)",
    .check = check_show,
    .read = read_show,
};

/* The API's own default would remove the identities of every source, so nothing is taken for granted. */
static const char *check_revoke(const struct given *g)
{
    return given_text(g, COMMAND_CLIENT_TYPE)
               ? check_entry(g)
               : "say whose identities with --client-type; any and vpn mean those of every source";
}

/* "192.0.2.7: joe (AD Query), 192.0.2.8: ann (AD Query) and 3 more" */
static void tell_whom(const struct found *f, struct buf *out)
{
    size_t n = MIN((size_t)f->what.count, (size_t)TOLD);

    for (size_t i = 0; i < n; i++)
        buf_addf(out, "%s%s", i > 0 ? ", " : "", f->what.items[i].text);
    if (f->what.count > n)
        buf_addf(out, " and %zu more", f->what.count - n);
}

static void tell_why_unseen(const struct found *f, bool answered, struct buf *out)
{
    buf_add_str(out, f->presence == PRESENCE_HIDDEN ? "unseen: these are more than 1,024 addresses"
                     : answered ? "unseen: nobody can tell of which client type those are that the gateway shows"
                                : "unseen: the gateway does not answer show-identity");
}

static int add_revocation(struct command_run *c, const struct value *entry, const struct found *f, bool answered)
{
    struct buf name = BUF_INIT(LIMIT_SENTENCE_BYTES), whom = BUF_INIT(LIMIT_SENTENCE_BYTES / 2);
    const char *type = value_get_text(entry, "client-type"), *object = NULL;
    bool all = strcmp(type, "any") == 0 || strcmp(type, "vpn") == 0;
    struct step s = {.kind = "identities", .record = entry};
    int r = checkpoint_entry_key(entry, &name);

    if (f->presence == PRESENCE_PRESENT)
        tell_whom(f, &whom);
    else
        tell_why_unseen(f, answered, &whom);
    if (r == 0)
        s.object = object = arena_strdup(c->session->arena, buf_text(&name));
    r = object ? command_add_step(c, s, "revoke the %s%s at %s (%s)", all ? "identities of every source" : type,
                                  all ? "" : " identities", c->given->arguments[0], buf_text(&whom))
               : diag_oom(c->session->diags);
    buf_done(&name);
    buf_done(&whom);
    return r;
}

static int seek(struct command_run *c, const struct value *entry, struct found *ret)
{
    const struct sought sought = {.body = entry};

    return checkpoint_seek(c->session, &sought, 1, ret);
}

static int read_revoke(struct command_run *c)
{
    struct value *entry = arena_zalloc(c->session->arena, 1, sizeof(*entry));
    const char *wrong;
    struct found f;
    int r;

    if (!entry || entry_of(c->given, c->session->arena, entry, &wrong) < 0)
        return diag_oom(c->session->diags);
    r = seek(c, entry, &f);
    if (r == -ENOENT)
        f = (struct found){.presence = PRESENCE_UNKNOWN};
    else if (r < 0)
        return r;
    if (f.presence == PRESENCE_ABSENT)
        return command_remark(c, "no identity of this client type is at %s", c->given->arguments[0]);
    return add_revocation(c, entry, &f, r == 0);
}

static int send_revoke(struct command_run *c, struct step *steps, size_t n, enum outcome *ret)
{
    static const struct kind kind = {.path = "/_IA_API/v1.0/delete-identity"};
    const struct write w = {.op = WRITE_DELETE, .kind = &kind, .name = steps[0].object, .body = steps[0].record};

    return checkpoint_end(c->session, &kind, &w, 1, ret);
}

/* What can be seen is looked at until it is gone, or for some seconds: a gateway only queues what it is told. */
static int seek_gone(struct command_run *c, const struct step *s, struct found *ret)
{
    uint64_t pause = 250 * USEC_PER_MSEC;
    int r = seek(c, s->record, ret);

    for (int i = 0; i < ATTEMPTS && r == 0 && ret->presence == PRESENCE_PRESENT && s->outcome != OUTCOME_REFUSED;
         i++, pause *= 2) {
        r = session_wait(c->session, pause);
        if (r == 0)
            r = seek(c, s->record, ret);
    }
    return r;
}

static int verify_revoke(struct command_run *c)
{
    struct step *s = &c->steps[0];
    struct found f;
    int r;

    if (!s->sent)
        return 0;
    r = seek_gone(c, s, &f);
    if (r < 0 && r != -ENOENT)
        return r;
    if (r == 0 && f.presence == PRESENCE_ABSENT)
        s->result = STEP_APPLIED;
    else if (r == 0 && f.presence == PRESENCE_PRESENT)
        s->result = STEP_FAILED;
    else if (s->outcome == OUTCOME_ACCEPTED)
        s->result = STEP_ACCEPTED;
    if (s->result == STEP_FAILED && s->outcome == OUTCOME_ACCEPTED)
        diag_add_target(c->session->diags, DIAG_NOT_CONVERGED, c->session->target,
                        "it was to %s, and the gateway still shows some after several seconds", s->sentence);
    return 0;
}

static const struct command revoke_command = {
    .verb = "identities",
    .word = "revoke",
    .usage = "TARGET ADDRESS|FIRST-LAST|SUBNET/PREFIX --client-type TYPE",
    .help = "revokes the identities of a client type at addresses",
    .effect = EFFECT_WRITE,
    .takes = TAKES(CLIENT_TYPE),
    .n_arguments = 1,
    .guide = "Delete Identity (v1.0)",
    .check = check_revoke,
    .read = read_revoke,
    .send = send_revoke,
    .verify = verify_revoke,
};

const struct command *const checkpoint_commands[] = {&show_command, &revoke_command, NULL};
