/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/absence.h"

#include <errno.h>
#include <string.h>

#include "base/time-util.h"
#include "reconcile/forget.h"

enum { DAY_SEC = 24 * 3600 };

/* A clock that went back must not put it off. */
static bool is_due(const struct run *r, const struct kind *k, const char *object, enum presence presence)
{
    const struct ledger_entry *e = ledger_find(&r->ledger, k->name, object);
    uint64_t now = now_real_usec() / USEC_PER_SEC;
    /* Half of the interval, so that no run of the daemon finds it not yet due. */
    uint64_t pause = presence == PRESENCE_HIDDEN ? DAY_SEC : r->context->settings->interval_usec / USEC_PER_SEC / 2;

    return !e || e->asserted_sec == 0 || e->asserted_sec > now || now - e->asserted_sec >= pause;
}

/* What was found, as items that will be gone. */
static int tell_found(struct merge *m, const struct value *what)
{
    if (what->type != VALUE_LIST || what->count == 0)
        return 0;
    m->items = calloc(what->count, sizeof(*m->items));
    if (!m->items)
        return -ENOMEM;
    for (uint32_t i = 0; i < what->count; i++)
        m->items[m->n_items++] = (struct item){
            .op = ITEM_REMOVE, .path = what->items[i].text, .before = what->items[i]};
    return 0;
}

static int plan_one(struct run *r, struct target_plan *p, const struct declared *d, const struct found *f)
{
    _cleanup_(merge_done) struct merge m = {.arena = &p->arena};
    struct observed o = {.name = d->name, .body = f->what};

    if (f->presence == PRESENCE_ABSENT ||
        (f->presence != PRESENCE_PRESENT && !is_due(r, d->kind, d->name, f->presence)))
        return observe_note_verified(p, d, &(struct observed){.name = d->name});
    if (tell_found(&m, &f->what) < 0)
        return diag_oom(&p->diags);
    if (observe_add_change(p, d->kind, d->name, ACTION_DELETE, &o, NULL, &m) < 0)
        return -ENOMEM;
    p->changes[p->n_changes - 1].sought = d->body;
    p->changes[p->n_changes - 1].unseen = f->presence != PRESENCE_PRESENT;
    /* Nobody has seen it: it is ended again because the document says so. */
    if (f->presence != PRESENCE_PRESENT) {
        p->changes[p->n_changes - 1].cause = ledger_find(&r->ledger, d->kind->name, d->name) ? CAUSE_DESIRED
                                                                                             : CAUSE_FIRST;
        return 0;
    }
    return observe_explain(r, &p->changes[p->n_changes - 1], &o, d->body) < 0 ? diag_oom(&p->diags) : 0;
}

static size_t choose(const struct kind *k, const struct wanted *w, struct declared const **chosen,
                     struct sought *sought)
{
    uint64_t now = now_real_usec();
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++) {
        if (k->is_over && k->is_over(w->objects[i]->body, now))
            continue;
        chosen[n] = w->objects[i];
        sought[n++] = (struct sought){.name = w->objects[i]->name, .body = w->objects[i]->body};
    }
    return n;
}

int absence_plan(struct run *r, struct target_plan *p, const struct kind *k)
{
    struct wanted w = wanted_of(r->desired, k);
    _cleanup_free_ struct declared const **chosen = calloc(w.n + 1, sizeof(*chosen));
    _cleanup_free_ struct sought *sought = calloc(w.n + 1, sizeof(*sought));
    _cleanup_free_ struct found *found = calloc(w.n + 1, sizeof(*found));
    size_t n;
    int e;

    if (!chosen || !sought || !found)
        return diag_oom(&p->diags);
    e = forget_note_unnamed(r, p, k, &w);
    if (e < 0)
        return e;
    n = choose(k, &w, chosen, sought);
    e = n > 0 ? r->session.provider->find(&r->session, k, sought, n, found) : 0;
    for (size_t i = 0; i < n && e == 0; i++)
        e = plan_one(r, p, chosen[i], &found[i]);
    return e;
}

int absence_note_ended(struct run *r, const struct change *c)
{
    if (!c->unseen || c->kind->strategy != STRATEGY_ABSENCE)
        return 0;
    return ledger_note_asserted(&r->ledger, c->kind->name, c->object, now_real_usec() / USEC_PER_SEC) < 0
               ? diag_oom(&r->plan->diags)
               : 0;
}

bool absence_lingers(const struct target_plan *p, const struct target_plan *fresh)
{
    for (size_t i = 0; i < p->n_changes; i++) {
        const struct change *c = &p->changes[i];

        if (c->kind->strategy == STRATEGY_ABSENCE && c->result == RESULT_UNVERIFIED &&
            target_plan_find(fresh, c->kind, c->object))
            return true;
    }
    return false;
}
