/* SPDX-License-Identifier: Apache-2.0 */
/* `sessions list`, `sessions end`. */
#include <string.h>

#include "provider/ics/commands.h"

static bool is_asked_for(const struct given *g, const char *user)
{
    const struct given_option *o = NULL;

    while ((o = given_find(g, COMMAND_USER, o)))
        if (strcmp(o->text, user) == 0)
            return true;
    return !given_find(g, COMMAND_USER, NULL);
}

static int read_list(struct command_run *c)
{
    struct value all;
    uint32_t n = 0;
    int r = ics_sessions_read(c->session, &all);

    if (r < 0)
        return r;
    for (uint32_t i = 0; i < all.count; i++)
        if (is_asked_for(c->given, ics_text(&all.items[i], "active-user-name")))
            all.items[n++] = all.items[i];
    all.count = n;
    c->report.rows = all;
    r = command_put_member(c, "sessions", all);
    return r == 0 && n == 0 ? command_remark(c, "no session") : r;
}

static const struct column session_columns[] = {
    {"SESSION", "session-id", NULL}, {"USER", "active-user-name", NULL},   {"REALM", "authentication-realm", NULL},
    {"FROM", "source-ip", NULL},     {"SINCE", "user-sign-in-time", NULL}, {0},
};

const struct command ics_sessions_list_command = {
    .verb = "sessions",
    .word = "list",
    .usage = "TARGET [--user NAME]...",
    .help = "who is logged in: users and administrators",
    .effect = EFFECT_READ,
    .takes = TAKES(USER),
    .repeats = TAKES(USER),
    .columns = session_columns,
    .guide = "Getting Active Sessions; Getting Particular Active Session Details",
    .read = read_list,
};

static const char *check_end(const struct given *g)
{
    bool user = given_find(g, COMMAND_USER, NULL), id = given_find(g, COMMAND_ID, NULL);
    bool all = given_find(g, COMMAND_ALL, NULL);

    return user + id + all == 1 ? NULL : "say which sessions: --user NAME, --id SESSION, or --all";
}

static bool is_meant(const struct given *g, const struct value *record)
{
    const struct given_option *o = NULL;

    if (!given_find(g, COMMAND_ID, NULL))
        return is_asked_for(g, ics_text(record, "active-user-name"));
    while ((o = given_find(g, COMMAND_ID, o)))
        if (strcmp(o->text, ics_text(record, "session-id")) == 0)
            return true;
    return false;
}

static int add_end(struct command_run *c, const struct value *record)
{
    const char *id = ics_session_shown(c->session, ics_text(record, "session-id"));
    const char *user = ics_text(record, "active-user-name");
    const char *from = ics_text(record, "source-ip");
    struct step s = {.kind = "sessions", .object = user, .id = id, .record = record};

    if (!id)
        return diag_oom(c->session->diags);
    return command_add_step(c, s, "end the session %s of %s (%s)%s%s", id, user,
                            ics_text(record, "authentication-realm"), from[0] ? " from " : "", from);
}

/* Who asks for a name or an id that nobody has is told so: it may be a slip. */
static int remark_missing(struct command_run *c, const struct value *all, enum command_option option,
                          const char *member)
{
    const struct given_option *o = NULL;
    int r = 0;

    while (r == 0 && (o = given_find(c->given, option, o))) {
        bool there = false;

        for (uint32_t i = 0; i < all->count; i++)
            there = there || strcmp(ics_text(&all->items[i], member), o->text) == 0;
        if (!there && option == COMMAND_ID)
            r = command_remark(c, "no session has the %s '%.*s...'", member, (int)session_shown(o->text), o->text);
        else if (!there)
            r = command_remark(c, "no session has the %s '%s'", member, o->text);
    }
    return r;
}

/* Convergate's own are never ended; whoever named them must hear that. */
static int spare_own(struct command_run *c, size_t n)
{
    static const char format[] = "%zu session%s of Convergate's own account %s left alone";
    const char *plural = n == 1 ? "" : "s", *verb = n == 1 ? "is" : "are";

    if (n == 0)
        return 0;
    if (given_find(c->given, COMMAND_ALL, NULL))
        return command_remark(c, format, n, plural, verb);
    command_refuse(c, format, n, plural, verb);
    return 0;
}

static int read_end(struct command_run *c)
{
    struct value all;
    size_t own = 0;
    int r = ics_sessions_read(c->session, &all);

    for (uint32_t i = 0; r == 0 && i < all.count; i++) {
        const struct value *record = &all.items[i];

        if (!is_meant(c->given, record))
            continue;
        if (ics_session_is_own(c->session, record))
            own++;
        else
            r = add_end(c, record);
    }
    if (r == 0)
        r = remark_missing(c, &all, COMMAND_USER, "active-user-name");
    if (r == 0)
        r = remark_missing(c, &all, COMMAND_ID, "session-id");
    return r < 0 ? r : spare_own(c, own);
}

static int send_end(struct command_run *c, struct step *steps, size_t n, enum outcome *ret)
{
    return ics_session_end(c->session, ics_text(steps[0].record, "session-id"), ret);
}

static int verify_end(struct command_run *c)
{
    struct value all;
    int r = ics_sessions_read(c->session, &all);

    for (size_t i = 0; r == 0 && i < c->n_steps; i++) {
        struct step *s = &c->steps[i];

        if (!s->sent)
            continue;
        s->result = ics_sessions_hold(&all, s->record) ? STEP_FAILED : STEP_APPLIED;
        if (s->result == STEP_FAILED)
            r = ics_tell_failed(c, s, NULL);
    }
    return r;
}

const struct command ics_sessions_end_command = {
    .verb = "sessions",
    .word = "end",
    .usage = "TARGET --user NAME... | --id SESSION... | --all",
    .help = "ends sessions one by one, all but Convergate's own",
    .effect = EFFECT_WRITE,
    .takes = TAKES(USER) | TAKES(ID) | TAKES(ALL),
    .repeats = TAKES(USER) | TAKES(ID),
    .guide = "Deleting a Particular Active Session; Deleting All Active Sessions",
    .check = check_end,
    .read = read_end,
    .send = send_end,
    .verify = verify_end,
};
