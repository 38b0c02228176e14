/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/sent.h"

#include <errno.h>
#include <string.h>

#include "reconcile/observe.h"
#include "reconcile/unseal.h"
#include "value/json.h"

/* What the ledger knows of it; null where it knows nothing. */
static int read_sent(struct arena *a, const struct ledger_entry *e, struct value *ret)
{
    struct json_fault fault;
    int r;

    *ret = (struct value){.type = VALUE_NULL};
    if (!e || !e->sent)
        return 0;
    r = json_read(a, e->sent, strlen(e->sent), ret, &fault);
    return r == -EBADMSG ? 0 : r;
}

int sent_recall(struct run *r, struct target_plan *p, const struct kind *k, struct observed_list *ret)
{
    size_t n = strlen(k->name);

    for (size_t i = 0; i < r->ledger.n; i++) {
        const struct ledger_entry *e = &r->ledger.entries[i];
        struct observed o = {.unseen = true};

        if (strncmp(e->name, k->name, n) != 0 || e->name[n] != '/' || !e->sent)
            continue;
        /* The ledger may be read again while the plan is in use. */
        o.name = arena_strdup(&p->arena, e->name + n + 1);
        if (!o.name || read_sent(&p->arena, e, &o.body) < 0 || observed_list_add(ret, o) < 0)
            return diag_oom(&p->diags);
    }
    return 0;
}

static bool is_shown_by_none(const struct field *row)
{
    return row->flags & FIELD_UNSEEN;
}

static int complete(struct run *r, struct target_plan *p, const struct kind *k, struct observed *o)
{
    const struct ledger_entry *e = ledger_find(&r->ledger, k->name, o->name);
    struct value sent, body;
    size_t room = 0;

    for (const struct field *row = k->body->members; row->name; row++)
        room++;
    if (read_sent(&p->arena, e, &sent) < 0 || value_new_map(&p->arena, o->body.count + room, &body) < 0)
        return diag_oom(&p->diags);
    if (o->body.count > 0)
        memcpy(body.pairs, o->body.pairs, o->body.count * sizeof(*body.pairs));
    body.count = o->body.count;
    for (const struct field *row = k->body->members; row->name; row++) {
        const struct value *known = value_get(&sent, row->name);

        if (is_shown_by_none(row) || value_get(&o->body, row->name))
            continue;
        o->unseen = true;
        if (known)
            value_set_pair(&body, body.count++, row->name, *known);
    }
    o->body = body;
    return 0;
}

int sent_complete(struct run *r, struct target_plan *p, const struct kind *k, struct observed_list *live)
{
    int e = 0;

    for (size_t i = 0; i < live->n && e == 0; i++)
        e = complete(r, p, k, &live->items[i]);
    return e;
}

static const struct declared *find_wanted(const struct wanted *w, const char *name)
{
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->objects[i]->name, name) == 0)
            return w->objects[i];
    return NULL;
}

static int is_as_declared(struct target_plan *p, const struct declared *d, const struct observed *o, bool *ret)
{
    _cleanup_(merge_done) struct merge m = {.arena = &p->arena, .silent = true};
    struct value after;
    bool differs = true;
    int e = field_merge(&m, d->kind->body, &o->body, d->body, &after, &differs);

    *ret = e == 0 && !differs;
    return e == -ENOMEM ? e : 0;
}

/* Which of N namesakes is meant. */
static int choose(struct run *r, struct target_plan *p, const struct kind *k, const struct observed *group, size_t n,
                  size_t *ret)
{
    struct wanted w = wanted_of(r->desired, k);
    const struct declared *d = find_wanted(&w, group->name);
    bool same = false;
    int e = d ? unseal_declared(r, p, d, &d) : 0;

    *ret = n - 1;
    for (size_t i = 0; d && i < n && e == 0 && !same; i++) {
        e = is_as_declared(p, d, &group[i], &same);
        *ret = same ? i : *ret;
    }
    if (e == 0 && p == r->plan)
        diag_add_target(
            &p->notes, DIAG_AMBIGUOUS, r->target->name,
            "the appliance has %zu objects '%s' of kind %s; the one that is as declared counts, where there "
            "is one; remove the others there",
            n, group->name, k->name);
    return e;
}

int sent_choose(struct run *r, struct target_plan *p, const struct kind *k, struct observed_list *live)
{
    size_t kept = 0, chosen = 0;

    for (size_t i = 0, n; i < live->n; i += n) {
        int e = 0;

        for (n = 1; i + n < live->n && strcmp(live->items[i].name, live->items[i + n].name) == 0;)
            n++;
        chosen = 0;
        if (n > 1)
            e = choose(r, p, k, &live->items[i], n, &chosen);
        if (e < 0)
            return e == -ENOMEM ? diag_oom(&p->diags) : e;
        live->items[kept++] = live->items[i + chosen];
    }
    live->n = kept;
    return 0;
}

/* What is kept of a value: all of it that could be seen. Null stays null: a removal. */
static int keep(struct arena *a, const struct kind *k, const struct value *v, struct value *ret)
{
    uint32_t n = 0;

    *ret = *v;
    if (v->type != VALUE_MAP)
        return 0;
    if (value_new_map(a, v->count, ret) < 0)
        return -ENOMEM;
    for (uint32_t i = 0; i < v->count; i++) {
        const struct field *row = field_member(k->body, v->pairs[i].key.text);

        if (row && !is_shown_by_none(row))
            ret->pairs[n++] = v->pairs[i];
    }
    ret->count = n;
    return 0;
}

static int digest_of(struct arena *a, const struct change *c, char ret[static DIGEST_SIZE])
{
    struct value kept;

    return keep(a, c->kind, &c->after, &kept) < 0 ? -ENOMEM : value_digest(&kept, ret);
}

int sent_mark(struct run *r, struct target_plan *p, struct change *c, bool unseen)
{
    const struct ledger_entry *e = ledger_find(&r->ledger, c->kind->name, c->object);
    char digest[DIGEST_SIZE];

    c->unseen = unseen;
    if (!unseen || !e || !e->unanswered[0])
        return 0;
    if (digest_of(&p->arena, c, digest) < 0)
        return diag_oom(&p->diags);
    c->unanswered = strcmp(digest, e->unanswered) == 0;
    return 0;
}

int sent_begin(struct run *r, const struct change *c)
{
    char digest[DIGEST_SIZE];

    if (!(c->kind->flags & KIND_SENT))
        return 0;
    if (digest_of(&r->plan->arena, c, digest) < 0 ||
        ledger_note_unanswered(&r->ledger, c->kind->name, c->object, digest) < 0)
        return diag_oom(&r->plan->diags);
    return ledger_save(&r->ledger, r->target->name, &r->plan->diags);
}

static int note(struct run *r, const struct change *c, enum outcome outcome)
{
    static const char known[DIGEST_SIZE] = "";
    struct value kept;

    if (outcome != OUTCOME_ACCEPTED)
        return ledger_note_unanswered(&r->ledger, c->kind->name, c->object, known);
    if (c->action != ACTION_DELETE)
        return keep(&r->plan->arena, c->kind, &c->after, &kept) < 0
                   ? -ENOMEM
                   : ledger_note_sent(&r->ledger, c->kind->name, c->object, &kept);
    return c->unseen ? ledger_note_gone(&r->ledger, c->kind->name, c->object)
                     : ledger_note_unanswered(&r->ledger, c->kind->name, c->object, known);
}

int sent_end(struct run *r, const struct change *c, enum outcome outcome)
{
    if (!(c->kind->flags & KIND_SENT) || outcome == OUTCOME_UNKNOWN)
        return 0;
    if (note(r, c, outcome) < 0)
        return diag_oom(&r->plan->diags);
    return ledger_save(&r->ledger, r->target->name, &r->plan->diags);
}
