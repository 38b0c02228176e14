/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who would lose a role by new role-mapping rules. Rules are tried in order, roles add up, and a rule that stops is
 * the last for whom it matches (notes A4). For every way in which a live rule can give a role, the new rules must
 * surely give it, whatever else holds of the user.
 */
#include "provider/ics/mapping.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "provider/ics/ics.h"

#define ANYBODY ""
#define NOWHERE UINT32_MAX
#define CANNOT_JUDGE "there is not the memory to judge so many rules"

/* Where a fact and a role meet, or where one of them is met alone. */
struct mark {
    const char *fact, *role;
    uint32_t at;
};

struct marks {
    struct mark *items;
    size_t n, allocated;
};

static int compare_marks(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    int r = strcmp(x->fact, y->fact);

    if (r == 0)
        r = strcmp(x->role, y->role);
    return r ? r : (x->at > y->at) - (x->at < y->at);
}

static void sort_marks(struct marks *m)
{
    if (m->n > 1)
        qsort(m->items, m->n, sizeof(*m->items), compare_marks);
}

static int add_mark(struct marks *m, const char *fact, const char *role, uint32_t at)
{
    if (array_grow(&m->items, &m->allocated, m->n, sizeof(*m->items)) < 0)
        return -ENOMEM;
    m->items[m->n++] = (struct mark){fact, role, at};
    return 0;
}

static uint32_t first_at(const struct marks *m, const char *fact, const char *role)
{
    const struct mark wanted = {fact, role, 0};
    size_t low = 0, high = m->n;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (compare_marks(&m->items[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == m->n || strcmp(m->items[low].fact, fact) != 0 || strcmp(m->items[low].role, role) != 0)
        return NOWHERE;
    return m->items[low].at;
}

static int mark_stops(const struct mapping *m, struct marks *ret)
{
    for (uint32_t i = 0; i < m->n; i++)
        for (uint32_t f = 0; m->rules[i].stops && f < m->rules[i].n_facts; f++)
            if (add_mark(ret, m->rules[i].facts[f], "", i) < 0)
                return -ENOMEM;
    sort_marks(ret);
    return 0;
}

static int mark_roles(const struct mapping *m, struct marks *ret)
{
    const struct value *roles;

    for (uint32_t i = 0; i < m->n; i++)
        for (uint32_t k = 0, n = mapping_roles(&m->rules[i], &roles); k < n; k++)
            if (roles->items[k].type == VALUE_TEXT && add_mark(ret, "", roles->items[k].text, i) < 0)
                return -ENOMEM;
    sort_marks(ret);
    return 0;
}

static int mark_role(struct marks *ret, const struct mapping_rule *r, const char *role, uint32_t at)
{
    if (r->reach == REACH_SURE)
        return add_mark(ret, ANYBODY, role, at);
    for (uint32_t f = 0; f < r->n_facts; f++)
        if (add_mark(ret, r->facts[f], role, at) < 0)
            return -ENOMEM;
    return 0;
}

static int mark_grants(const struct mapping *m, struct marks *ret)
{
    const struct value *roles;

    for (uint32_t i = 0; i < m->n; i++)
        for (uint32_t k = 0, n = mapping_roles(&m->rules[i], &roles); k < n; k++)
            if (roles->items[k].type == VALUE_TEXT && mark_role(ret, &m->rules[i], roles->items[k].text, i) < 0)
                return -ENOMEM;
    sort_marks(ret);
    return 0;
}

/*
 * The last live rule that may reach somebody whom the new rule stops: whom a later one reaches, one of the live rules
 * before it would have stopped for the same reason. -1 for a rule that stops nobody.
 */
static int64_t stops_until(const struct mapping_rule *r, const struct marks *live_stops)
{
    int64_t last = -1;

    /* One that surely stops is the last of the mapping anyway. */
    if (!r->stops || r->reach != REACH_SOME)
        return -1;
    for (uint32_t f = 0; f < r->n_facts; f++)
        last = MAX(last, (int64_t)first_at(live_stops, r->facts[f], ""));
    return last;
}

struct loss {
    const struct mapping_rule *rule; /* NULL for none */
    const char *role;
};

struct judging {
    struct mapping live, after;
    struct marks live_stops, live_roles, grants, given;
    int64_t *until; /* of each new rule */
};

/* True where live rule I gives the role to somebody to whom the new rules up to LAST do not surely give it. */
static bool is_lost(const struct judging *j, uint32_t i, const char *role, uint32_t last)
{
    const struct mapping_rule *r = &j->live.rules[i];

    if (first_at(&j->grants, ANYBODY, role) <= last)
        return false;
    if (r->reach == REACH_SURE)
        return true;
    for (uint32_t f = 0; f < r->n_facts; f++)
        if (first_at(&j->live_stops, r->facts[f], "") >= i && first_at(&j->grants, r->facts[f], role) > last)
            return true;
    return false;
}

/* The new rule may end the search for the role, without giving it. */
static bool cuts_off(const struct judging *j, uint32_t at, uint32_t i, const char *role)
{
    const struct mark wanted = {"", role, at};

    return j->until[at] >= i && !bsearch(&wanted, j->given.items, j->given.n, sizeof(*j->given.items), compare_marks);
}

/* For each role one walk over both: the further down a live rule, the fewer new rules can stop whom it reaches. */
static int walk(const struct judging *j, struct loss *ret)
{
    const char *role = NULL;
    uint64_t roles = 0;
    uint32_t last = 0;

    for (size_t k = 0; k < j->live_roles.n; k++) {
        const struct mark *m = &j->live_roles.items[k];

        if (!role || strcmp(m->role, role) != 0) {
            role = m->role;
            last = 0;
            if (++roles * j->after.n > LIMIT_RULE_PAIRS)
                return -E2BIG;
        }
        while (last < j->after.n && !cuts_off(j, last, m->at, role))
            last++;
        if (is_lost(j, m->at, role, last)) {
            *ret = (struct loss){&j->live.rules[m->at], role};
            return 0;
        }
    }
    return 0;
}

static bool gives_anything(const struct mapping *m)
{
    const struct value *roles;

    for (uint32_t i = 0; i < m->n; i++)
        if (mapping_roles(&m->rules[i], &roles) > 0)
            return true;
    return false;
}

static int mark_all(struct arena *a, struct judging *j)
{
    int k = mark_stops(&j->live, &j->live_stops);

    if (k == 0)
        k = mark_roles(&j->live, &j->live_roles);
    if (k == 0)
        k = mark_roles(&j->after, &j->given);
    if (k == 0)
        k = mark_grants(&j->after, &j->grants);
    if (k < 0)
        return k;
    j->until = arena_alloc(a, ((size_t)j->after.n + 1) * sizeof(*j->until));
    for (uint32_t i = 0; j->until && i < j->after.n; i++)
        j->until[i] = stops_until(&j->after.rules[i], &j->live_stops);
    return j->until ? 0 : -ENOMEM;
}

/* What USER may lose, or anybody where USER is NULL. */
static int find_loss(struct arena *a, const struct value *live, const struct value *after, const char *user,
                     struct loss *ret)
{
    struct judging j = {0};
    int k = mapping_read(a, live, user, false, &j.live);

    /* Convergate is in, though by no rule that seems to match it: then it is not known which do. */
    if (k == 0 && user && !gives_anything(&j.live)) {
        user = NULL;
        k = mapping_read(a, live, user, false, &j.live);
    }
    if (k == 0)
        k = mapping_read(a, after, user, true, &j.after);
    if (k == 0)
        k = mark_all(a, &j);
    if (k == 0)
        k = walk(&j, ret);
    free(j.live_stops.items);
    free(j.live_roles.items);
    free(j.given.items);
    free(j.grants.items);
    return k;
}

static bool loses_role(const struct value *live, const struct value *after, const char *user, struct buf *why)
{
    const char *who = user ? "Convergate itself" : "who must be able to log in here";
    struct arena arena = {0};
    struct loss loss = {0};
    int k = find_loss(&arena, live, after, user, &loss);

    if (k < 0)
        buf_add_str(why, CANNOT_JUDGE);
    else if (loss.rule && loss.rule->reach == REACH_SURE)
        buf_addf(why, "the rules would take role '%s' from %s; rule '%s' gives it now", loss.role, who,
                 mapping_rule_name(loss.rule));
    else if (loss.rule)
        buf_addf(why,
                 "the rules may take role '%s' from %s; rule '%s' gives it now, and whom that matches cannot be seen",
                 loss.role, who, mapping_rule_name(loss.rule));
    arena_done(&arena);
    return k < 0 || loss.rule;
}

static bool has_flag(const struct value *v, const char *name)
{
    const struct value *flag = value_get(v, name);

    return value_is(flag, VALUE_BOOL) && flag->boolean;
}

/* A login that has to choose among roles is one that Convergate cannot finish. */
static bool must_choose(const struct value *live, const struct value *after, struct buf *why)
{
    static const char *const flags[] = {"user-selects-role", "user-selects-roleset"};

    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        if (!has_flag(after, flags[i]) || has_flag(live, flags[i]))
            continue;
        buf_addf(why, "with %s, Convergate's own login would have to choose among its roles, which it cannot",
                 flags[i]);
        return true;
    }
    return false;
}

bool ics_mapping_locks_out(const struct access *a, const char *realm, const struct value *live,
                           const struct value *after, struct buf *why)
{
    if (ics_is_login_realm(a, realm) && (must_choose(live, after, why) || loses_role(live, after, a->login_user, why)))
        return true;
    return ics_is_management_realm(a, realm) && loses_role(live, after, NULL, why);
}

static const char *opened_role(const struct mapping *after, const struct marks *before)
{
    const struct value *roles;

    for (uint32_t i = 0; i < after->n; i++)
        for (uint32_t k = 0, n = mapping_roles(&after->rules[i], &roles); k < n; k++)
            if (after->rules[i].reach == REACH_SURE && roles->items[k].type == VALUE_TEXT &&
                first_at(before, ANYBODY, roles->items[k].text) == NOWHERE)
                return roles->items[k].text;
    return NULL;
}

bool ics_mapping_opens_up(const struct value *live, const struct value *after, struct buf *why)
{
    struct arena arena = {0};
    struct mapping before, then;
    struct marks grants = {0};
    const char *role = NULL;
    int k = mapping_read(&arena, live, NULL, false, &before);

    if (k == 0)
        k = mapping_read(&arena, after, NULL, false, &then);
    if (k == 0)
        k = mark_grants(&before, &grants);
    if (k == 0)
        role = opened_role(&then, &grants);
    if (k < 0)
        buf_add_str(why, CANNOT_JUDGE);
    else if (role)
        buf_addf(why, "the rules would give role '%s' to every user of the realm", role);
    free(grants.items);
    arena_done(&arena);
    return k < 0 || role;
}
