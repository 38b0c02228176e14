/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Users who must have no session, or hold no named-user licence. Some auth servers take a name in any case of
 * letters, so case does not count: who is revoked cannot come back as another spelling of himself.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider/ics/commands.h"

const char *ics_check_user(const struct value *v)
{
    return strpbrk(v->text, "*?") ? "must be a name; patterns are not understood" : NULL;
}

bool ics_user_locks_out(const struct access *a, const char *user, const struct value *live, const struct value *after,
                        struct buf *why)
{
    if (!a->login_user || strcasecmp(user, a->login_user) != 0)
        return false;
    buf_addf(why, "'%s' is the account that Convergate itself logs in with", user);
    return true;
}

static int describe_session(struct session *s, const struct value *record, struct value *ret)
{
    const char *id = ics_session_shown(s, ics_text(record, "session-id"));
    const char *realm = ics_text(record, "authentication-realm");
    const char *from = ics_text(record, "source-ip"), *since = ics_text(record, "user-sign-in-time");
    const char *text = id ? arena_printf(s->arena, "session %s in %s%s%s%s%s", id,
                                         realm[0] ? realm : "an unknown realm", from[0] ? " from " : "", from,
                                         since[0] ? " since " : "", since)
                          : NULL;

    if (!text)
        return -ENOMEM;
    *ret = value_text(text);
    return 0;
}

static const char *either(const struct value *record, const char *member, const char *other)
{
    const char *text = ics_text(record, member);

    return text[0] ? text : ics_text(record, other);
}

/* The two shapes of a record: of an appliance, and of a license server. */
static int describe_licence(struct session *s, const struct value *record, struct value *ret)
{
    const char *list = ics_text(record, "list"), *appliance = ics_text(record, "Appliance");
    const char *since = either(record, "Last Sign in", "Last Login time");
    const char *text = arena_printf(s->arena, "licence%s%s%s%s%s%s", list[0] ? " of " : "", list,
                                    appliance[0] ? " on " : "", appliance, since[0] ? ", last sign-in " : "", since);

    if (!text)
        return -ENOMEM;
    *ret = value_text(text);
    return 0;
}

/* Someone who is looked for; a name may be looked for in more than one spelling. */
struct wanted {
    const char *user;
    struct found *found;
};

static int compare_wanted(const void *a, const void *b)
{
    return strcasecmp(((const struct wanted *)a)->user, ((const struct wanted *)b)->user);
}

/* The first of N who is meant by a live user's name, NULL for none. */
static struct wanted *find_wanted(struct wanted *all, size_t n, const char *user)
{
    const struct wanted key = {.user = user};
    struct wanted *w = bsearch(&key, all, n, sizeof(*all), compare_wanted);

    while (w && w > all && compare_wanted(w - 1, &key) == 0)
        w--;
    return w;
}

/* What differs between the two kinds. */
struct lookup {
    const char *member; /* of a record: the user's name */
    int (*describe)(struct session *s, const struct value *record, struct value *ret);
};

static const struct lookup sessions_lookup = {"active-user-name", describe_session};
static const struct lookup licences_lookup = {"User", describe_licence};

/* Counts, or describes, a record for each who is meant by it. */
static int for_wanted(struct session *s, const struct lookup *l, const struct value *record, struct wanted *all,
                      size_t n, bool fill)
{
    const struct wanted key = {.user = ics_text(record, l->member)};
    int r = 0;

    for (struct wanted *w = find_wanted(all, n, key.user); r == 0 && w && w < all + n && compare_wanted(w, &key) == 0;
         w++) {
        if (fill)
            r = l->describe(s, record, &w->found->what.items[w->found->what.count]);
        w->found->what.count++;
    }
    return r;
}

/* Room for as many texts as were counted. */
static int make_room(struct session *s, struct found *f)
{
    f->presence = f->what.count > 0 ? PRESENCE_PRESENT : PRESENCE_ABSENT;
    if (value_new_list(s->arena, f->what.count, &f->what) < 0)
        return -ENOMEM;
    f->what.count = 0;
    return 0;
}

/* Two walks over the records: one counts, one describes. */
static int match(struct session *s, const struct lookup *l, const struct value *records, const struct sought *sought,
                 size_t n, struct found *ret)
{
    _cleanup_free_ struct wanted *all = calloc(n + 1, sizeof(*all));
    int r = all ? 0 : -ENOMEM;

    for (size_t i = 0; r == 0 && i < n; i++) {
        ret[i] = (struct found){.presence = PRESENCE_ABSENT};
        all[i] = (struct wanted){.user = sought[i].name, .found = &ret[i]};
    }
    if (r == 0)
        qsort(all, n, sizeof(*all), compare_wanted);
    for (uint32_t i = 0; r == 0 && i < records->count; i++)
        r = for_wanted(s, l, &records->items[i], all, n, false);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = make_room(s, &ret[i]);
    for (uint32_t i = 0; r == 0 && i < records->count; i++)
        r = for_wanted(s, l, &records->items[i], all, n, true);
    return r < 0 ? diag_oom(s->diags) : 0;
}

static bool is_of_sessions(const struct kind *k)
{
    return strcmp(k->name, "revoked-users") == 0;
}

int ics_find(struct session *s, const struct kind *k, const struct sought *sought, size_t n, struct found *ret)
{
    bool sessions = is_of_sessions(k);
    struct value all;
    int r = sessions ? ics_sessions_read(s, &all) : ics_named_users_read(s, NULL, &all, NULL);

    return r < 0 ? r : match(s, sessions ? &sessions_lookup : &licences_lookup, &all, sought, n, ret);
}

/* Whatever guards let through, Convergate does not end itself. */
static bool is_own(struct session *s, const struct write *w)
{
    if (strcasecmp(w->name, secret_reveal(&s->login->username)) != 0)
        return false;
    diag_add_target(s->diags, DIAG_REFUSED, s->target,
                    "%s '%s': that is the account that Convergate itself logs in with; it is left alone", w->kind->name,
                    w->name);
    return true;
}

/* Reads once more, and ends one session after the other; where one is refused the others are still ended. */
static int end_sessions(struct session *s, const struct write *w, enum outcome *ret)
{
    enum outcome one = OUTCOME_ACCEPTED;
    struct value all;
    int r;

    *ret = OUTCOME_REFUSED;
    if (is_own(s, w))
        return 0;
    r = ics_sessions_read(s, &all);
    if (r < 0)
        return r == -ENOMEM ? r : 0;
    *ret = OUTCOME_ACCEPTED;
    for (uint32_t i = 0; i < all.count && one != OUTCOME_UNKNOWN && !s->refused; i++) {
        if (strcasecmp(ics_text(&all.items[i], "active-user-name"), w->name) != 0)
            continue;
        r = ics_session_end(s, ics_text(&all.items[i], "session-id"), &one);
        if (r < 0)
            return r;
        if (one != OUTCOME_ACCEPTED)
            *ret = one;
    }
    return 0;
}

/* The users who are to go from one list, as the appliance writes them. */
struct leaving {
    const char *list; /* of a license server; NULL where there is just one */
    const char **users;
    size_t n;
};

static bool is_meant(const struct write *writes, const enum outcome *outcomes, size_t n, const char *user)
{
    for (size_t i = 0; i < n; i++)
        if (outcomes[i] != OUTCOME_REFUSED && strcasecmp(writes[i].name, user) == 0)
            return true;
    return false;
}

/* Records stand in the order of users. */
static void collect(const struct value *all, const struct write *writes, const enum outcome *outcomes, size_t n,
                    struct leaving *l)
{
    l->n = 0;
    for (uint32_t i = 0; i < all->count; i++) {
        const char *user = ics_text(&all->items[i], "User");

        if ((l->list && strcmp(ics_text(&all->items[i], "list"), l->list) != 0) ||
            (l->n > 0 && strcmp(l->users[l->n - 1], user) == 0))
            continue;
        if (is_meant(writes, outcomes, n, user))
            l->users[l->n++] = user;
    }
}

/* What came of one request is what came of all who were named in it. */
static int end_list(struct session *s, const struct write *writes, size_t n, const struct leaving *l,
                    enum outcome *outcomes)
{
    enum outcome one;
    int r = l->n > 0 ? ics_named_users_end(s, l->list, l->users, l->n, true, &one) : 0;

    for (size_t k = 0; r == 0 && k < l->n && one != OUTCOME_ACCEPTED; k++)
        for (size_t i = 0; i < n; i++)
            if (strcasecmp(writes[i].name, l->users[k]) == 0)
                outcomes[i] = one;
    return r;
}

/* The next list of a license server, in the order of their names; NULL behind the last. */
static const char *next_list(const struct value *all, const char *after)
{
    const char *next = NULL;

    for (uint32_t i = 0; i < all->count; i++) {
        const char *list = ics_text(&all->items[i], "list");

        if (strcmp(list, after) > 0 && (!next || strcmp(list, next) < 0))
            next = list;
    }
    return next;
}

static bool may_go_on(const struct session *s, const enum outcome *outcomes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (outcomes[i] == OUTCOME_UNKNOWN)
            return false;
    return !s->refused;
}

/* Guide: an appliance takes one request for all its users, a license server one for each of its lists. */
static int end_licences(struct session *s, const struct write *writes, size_t n, const struct value *all, bool server,
                        enum outcome *outcomes)
{
    _cleanup_free_ const char **users = calloc((size_t)all->count + 1, sizeof(*users));
    struct leaving l = {.users = users, .list = server ? next_list(all, "") : NULL};
    int r = users ? 0 : diag_oom(s->diags);

    while (r == 0 && (l.list || !server) && may_go_on(s, outcomes, n)) {
        collect(all, writes, outcomes, n, &l);
        r = end_list(s, writes, n, &l, outcomes);
        if (!server)
            break;
        l.list = next_list(all, l.list);
    }
    return r;
}

static int end_named_users(struct session *s, const struct write *writes, size_t n, enum outcome *ret)
{
    struct value all;
    bool server;
    int r = ics_named_users_read(s, NULL, &all, &server);

    for (size_t i = 0; i < n; i++)
        ret[i] = r < 0 || is_own(s, &writes[i]) ? OUTCOME_REFUSED : OUTCOME_ACCEPTED;
    if (r < 0)
        return r == -ENOMEM ? r : 0;
    return end_licences(s, writes, n, &all, server, ret);
}

int ics_end(struct session *s, const struct kind *k, const struct write *writes, size_t n, enum outcome *ret)
{
    return is_of_sessions(k) ? end_sessions(s, writes, ret) : end_named_users(s, writes, n, ret);
}
