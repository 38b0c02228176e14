/* SPDX-License-Identifier: Apache-2.0 */
/* `named-users list`, `named-users remove`. */
#include <string.h>

#include "provider/ics/commands.h"

enum { USERS_AT_ONCE = 100 };

static int read_list(struct command_run *c)
{
    struct value all;
    int r = ics_named_users_read(c->session, given_text(c->given, COMMAND_CLIENT), &all, NULL);

    if (r < 0)
        return r;
    c->report.rows = all;
    r = command_put_member(c, "named-users", all);
    return r == 0 && all.count == 0 ? command_remark(c, "no named user") : r;
}

/* The two shapes of a record: of an appliance, and of a license server. */
static const struct column user_columns[] = {
    {"USER", "User", NULL},
    {"ROLE", "Last Role", "Role"},
    {"FROM", "IP", "Last Login IP"},
    {"LAST SIGN-IN", "Last Sign in", "Last Login time"},
    {"APPLIANCE", "Appliance", NULL},
    {"LIST", "list", NULL},
    {0},
};

const struct command ics_named_users_list_command = {
    .verb = "named-users",
    .word = "list",
    .usage = "TARGET [--client NAME]",
    .help = "who holds a named-user licence",
    .effect = EFFECT_READ,
    .takes = TAKES(CLIENT),
    .columns = user_columns,
    .guide = "Get APIs to Delete Named Users",
    .read = read_list,
};

static const char *check_remove(const struct given *g)
{
    if (!given_find(g, COMMAND_USER, NULL) == !given_find(g, COMMAND_ALL, NULL))
        return "say which users: --user NAME, or --all";
    if (given_find(g, COMMAND_CLIENT, NULL) && given_find(g, COMMAND_END_SESSIONS, NULL))
        return "a license server cannot end the sessions of its clients: no --end-sessions with --client";
    return NULL;
}

static bool is_own(const struct session *s, const char *user)
{
    return strcasecmp(user, secret_reveal(&s->login->username)) == 0;
}

static int add_remove(struct command_run *c, const char *user)
{
    bool sessions = given_find(c->given, COMMAND_END_SESSIONS, NULL);
    const char *client = given_text(c->given, COMMAND_CLIENT);

    return command_add_step(c, (struct step){.kind = "named-users", .object = user}, "remove the named user %s%s%s%s",
                            user, client ? " of " : "", client ? client : "",
                            sessions ? " and end the user's sessions" : "");
}

static int add_given(struct command_run *c, const struct value *all)
{
    const struct given_option *o = NULL;
    int r = 0;

    while (r == 0 && (o = given_find(c->given, COMMAND_USER, o))) {
        if (is_own(c->session, o->text))
            command_refuse(c, "'%s' is the account that Convergate logs in with; it is left alone", o->text);
        else if (ics_named_users_hold(all, o->text))
            r = add_remove(c, o->text);
        else
            r = command_remark(c, "'%s' is no named user", o->text);
    }
    return r;
}

/* By name, not by the guide's remove-all: that would take who came since, and who is left alone. */
static int add_all(struct command_run *c, const struct value *all)
{
    const char *last = "";
    int r = 0;

    for (uint32_t i = 0; i < all->count && r == 0; i++) {
        const char *user = ics_text(&all->items[i], "User");

        if (strcmp(user, last) == 0)
            continue;
        last = user;
        r = is_own(c->session, user) ? command_remark(c, "'%s', Convergate's own account, is left alone", user)
                                     : add_remove(c, user);
    }
    return r;
}

static int read_remove(struct command_run *c)
{
    const char *client = given_text(c->given, COMMAND_CLIENT);
    struct value all;
    bool server;
    int r = ics_named_users_read(c->session, client, &all, &server);

    if (r < 0)
        return r;
    if (server && !client)
        return command_refuse(c, "it is a license server; say with --client whose named users are meant");
    return given_find(c->given, COMMAND_ALL, NULL) ? add_all(c, &all) : add_given(c, &all);
}

static int send_remove(struct command_run *c, struct step *steps, size_t n, enum outcome *ret)
{
    const char *users[USERS_AT_ONCE];

    for (size_t i = 0; i < n; i++)
        users[i] = steps[i].object;
    return ics_named_users_end(c->session, given_text(c->given, COMMAND_CLIENT), users, n,
                               given_find(c->given, COMMAND_END_SESSIONS, NULL), ret);
}

static int verify_remove(struct command_run *c)
{
    struct value all, sessions = {.type = VALUE_LIST};
    int r = ics_named_users_read(c->session, given_text(c->given, COMMAND_CLIENT), &all, NULL);

    if (r == 0 && given_find(c->given, COMMAND_END_SESSIONS, NULL))
        r = ics_sessions_read(c->session, &sessions);
    for (size_t i = 0; r == 0 && i < c->n_steps; i++) {
        struct step *s = &c->steps[i];

        if (!s->sent)
            continue;
        s->result = ics_named_users_hold(&all, s->object) || ics_sessions_hold_user(&sessions, s->object)
                        ? STEP_FAILED
                        : STEP_APPLIED;
        if (s->result == STEP_FAILED)
            ics_tell_failed(c, s, NULL);
    }
    return r;
}

const struct command ics_named_users_remove_command = {
    .verb = "named-users",
    .word = "remove",
    .usage = "TARGET --user NAME... | --all [--client NAME] [--end-sessions]",
    .help = "takes named-user licences back",
    .effect = EFFECT_WRITE,
    .takes = TAKES(USER) | TAKES(ALL) | TAKES(CLIENT) | TAKES(END_SESSIONS),
    .repeats = TAKES(USER),
    .at_once = USERS_AT_ONCE,
    .guide = "PUT APIs to Delete single/ Multiple User; PUT APIs to remove all users",
    .check = check_remove,
    .read = read_remove,
    .send = send_remove,
    .verify = verify_remove,
};
