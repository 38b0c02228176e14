/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for identities by address, and revokes them. */
#include <errno.h>
#include <string.h>

#include "provider/checkpoint/checkpoint.h"

/* The client type behind an identity source as show-identity words it; NULL where no guide says. */
static const char *type_of_source(const char *source)
{
    /* The vendor's own sample misspells it. */
    if (strncmp(source, "Identity Awareness API", 22) == 0 || strncmp(source, "Identiy Awareness API", 21) == 0)
        return "ida-api";
    return strcmp(source, "AD Query") == 0 ? "ad-query" : NULL;
}

enum presence checkpoint_judge_source(const char *source, const char *wanted)
{
    const char *type = source ? type_of_source(source) : NULL;

    if (strcmp(wanted, "any") == 0 || strcmp(wanted, "vpn") == 0)
        return PRESENCE_PRESENT;
    if (!type)
        return PRESENCE_UNKNOWN;
    return strcmp(type, wanted) == 0 ? PRESENCE_PRESENT : PRESENCE_ABSENT;
}

struct looking {
    struct session *session;
    const struct sought *sought;
    struct found *found;
    struct value **what; /* texts of each entry */
    size_t *allocated;
};

/* An address that shows more than one kind of record: what is there outweighs what is not known. */
static void weigh(struct found *f, enum presence p)
{
    if (p == PRESENCE_PRESENT || f->presence == PRESENCE_ABSENT)
        f->presence = p == PRESENCE_ABSENT ? f->presence : p;
}

static int note(void *user, const struct probe *p, const struct identity *i)
{
    struct looking *l = user;
    struct found *f = &l->found[p->entry];
    enum presence is = checkpoint_judge_source(i->source, value_get_text(l->sought[p->entry].body, "client-type"));
    const char *source = i->source, *text;

    weigh(f, is);
    if (is != PRESENCE_PRESENT)
        return 0;
    text = arena_printf(l->session->arena, "%s: %s%s%s%s", i->address, i->who, source ? " (" : "", source ? source : "",
                        source ? ")" : "");
    if (!text || array_grow(&l->what[p->entry], &l->allocated[p->entry], f->what.count, sizeof(**l->what)) < 0)
        return -ENOMEM;
    l->what[p->entry][f->what.count++] = value_text(text);
    return 0;
}

/* 404 says nothing of why. What cannot be looked at is not taken for absent. */
static int cannot_look(struct session *s, size_t n, struct found *found)
{
    session_note(s, DIAG_HTTP_STATUS,
                 "show-identity is not answered (404): the gateway may not offer it; or the shared secret is wrong, "
                 "this host is no client of the gateway, or its Identity Web API is off. Nobody can look, so "
                 "identities are revoked unseen");
    for (size_t i = 0; i < n; i++)
        if (found[i].presence != PRESENCE_HIDDEN)
            found[i] = (struct found){.presence = PRESENCE_UNKNOWN};
    return 0;
}

/* What was found lives in the session's arena from here on. */
static int hand_over(struct looking *l, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct found *f = &l->found[i];
        struct value list;

        if (value_new_list(l->session->arena, f->what.count, &list) < 0)
            return diag_oom(l->session->diags);
        if (f->what.count > 0)
            memcpy(list.items, l->what[i], f->what.count * sizeof(*list.items));
        f->what = list;
    }
    return 0;
}

static int choose_probes(struct looking *l, size_t n, struct probes *ret)
{
    struct ip_range range;

    for (size_t i = 0; i < n; i++) {
        l->found[i] = (struct found){.presence = PRESENCE_ABSENT};
        if (checkpoint_range_of(l->sought[i].body, &range) || ip_range_count(&range) == SIZE_MAX)
            l->found[i].presence = PRESENCE_HIDDEN;
        else if (probes_add(ret, &range, i) < 0)
            return diag_oom(l->session->diags);
    }
    return 0;
}

int checkpoint_seek(struct session *s, const struct sought *sought, size_t n, struct found *ret)
{
    _cleanup_(probes_done) struct probes probes = {0};
    _cleanup_free_ struct value **what = calloc(n + 1, sizeof(*what));
    _cleanup_free_ size_t *allocated = calloc(n + 1, sizeof(*allocated));
    struct looking l = {.session = s, .sought = sought, .found = ret, .what = what, .allocated = allocated};
    int r = what && allocated ? choose_probes(&l, n, &probes) : diag_oom(s->diags);

    if (r == 0)
        r = checkpoint_look(s, &probes, note, &l);
    if (r == 0)
        r = hand_over(&l, n);
    for (size_t i = 0; what && i < n; i++)
        free(what[i]);
    return r;
}

int checkpoint_find(struct session *s, const struct kind *k, const struct sought *sought, size_t n, struct found *ret)
{
    int r = checkpoint_seek(s, sought, n, ret);

    return r == -ENOENT ? cannot_look(s, n, ret) : r;
}

/* Guide: "Delete Identity (v1.0)", parameters. The client type always stands there: its default is any. */
static int request_of(struct session *s, const struct value *entry, struct value *ret)
{
    static const char *const members[] = {"ip-address", "ip-address-first", "ip-address-last",
                                          "subnet",     "subnet-mask",      "client-type"};
    size_t n = 0;

    if (value_new_map(s->arena, ARRAY_SIZE(members) + 1, ret) < 0)
        return diag_oom(s->diags);
    if (value_get(entry, "ip-address-first"))
        value_set_pair(ret, n++, "revoke-method", value_text("range"));
    else if (value_get(entry, "subnet"))
        value_set_pair(ret, n++, "revoke-method", value_text("mask"));
    for (size_t i = 0; i < ARRAY_SIZE(members); i++)
        if (value_get(entry, members[i]))
            value_set_pair(ret, n++, members[i], value_text(value_get_text(entry, members[i])));
    ret->count = (uint32_t)n;
    return 0;
}

static bool is_count(const struct value *v)
{
    return value_is(v, VALUE_INT) ||
           (value_is(v, VALUE_TEXT) && v->count > 0 && strspn(v->text, "0123456789") == v->count);
}

/* The answer says what is queued, not what was done: reading decides, where it can. */
static enum outcome judge(struct session *s, const struct write *w, const struct value *reply)
{
    static const char path[] = "/_IA_API/v1.0/delete-identity";
    const char *failure = checkpoint_failure(s, reply);

    if (failure) {
        session_tell(s, DIAG_REFUSED, "POST", path, "%s: '%s'", w->name, failure);
        return OUTCOME_REFUSED;
    }
    if (is_count(value_get(reply, "count")))
        return OUTCOME_ACCEPTED;
    session_tell(s, DIAG_WRONG_SHAPE, "POST", path, "%s: the answer holds no count", w->name);
    return OUTCOME_UNKNOWN;
}

int checkpoint_end(struct session *s, const struct kind *k, const struct write *writes, size_t n, enum outcome *ret)
{
    struct value requests[CHECKPOINT_AT_ONCE], replies[CHECKPOINT_AT_ONCE];
    bool maybe = false;
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++)
        r = request_of(s, writes[i].body, &requests[i]);
    if (r < 0)
        return r;
    r = checkpoint_send(s, "delete-identity", requests, n, replies, &maybe);
    if (r == -ENOMEM)
        return r;
    if (r == -ENOENT)
        session_tell(s, DIAG_FORBIDDEN, "POST", k->path, "status 404: %s", session_meaning(s, 404, NULL));
    for (size_t i = 0; i < n; i++)
        ret[i] = r == 0                   ? judge(s, &writes[i], &replies[i])
                 : r == -ENOENT || !maybe ? OUTCOME_REFUSED
                                          : OUTCOME_UNKNOWN;
    return 0;
}
