/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what is declared and lays it under what should be. Any failed read fails the target: nothing is planned. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/time-util.h"
#include "reconcile/absence.h"
#include "reconcile/forget.h"
#include "reconcile/observe.h"
#include "reconcile/run.h"
#include "reconcile/sent.h"
#include "reconcile/unseal.h"

struct wanted wanted_of(const struct desired_target *d, const struct kind *k)
{
    struct wanted w = {0};

    for (size_t i = 0; i < d->n_objects; i++) {
        if (d->objects[i]->kind != k)
            continue;
        if (w.n == 0)
            w.objects = &d->objects[i];
        w.n++;
    }
    return w;
}

static int tell_incomplete(struct run *r, struct target_plan *p, const struct declared *d, const struct merge *m,
                           bool is_new)
{
    return diag_add_target(&p->diags, DIAG_INCOMPLETE, r->target->name,
                           "%s '%s' %s, but its document (%s:%u:%u) does not give: %s", d->kind->noun, d->name,
                           is_new ? "has to be created" : "gets new items", d->place.file, d->place.line,
                           d->place.column, buf_text(&m->missing));
}

/* Moves what the merge found into a change of the plan. */
int observe_add_change(struct target_plan *p, const struct kind *k, const char *object, enum action action,
                       const struct observed *o, const struct value *after, struct merge *m)
{
    struct change *c;

    if (target_plan_add(p, &c) < 0)
        return diag_oom(&p->diags);
    c->kind = k;
    c->object = object;
    c->action = action;
    c->key = o ? o->key : NULL;
    if (o)
        c->live = o->body;
    if (after)
        c->after = *after;
    c->items = TAKE_PTR(m->items);
    c->n_items = m->n_items;
    c->losses = TAKE_PTR(m->losses);
    c->n_losses = m->n_losses;
    return 0;
}

/* What is as it should be, for the ledger. */
int observe_note_verified(struct target_plan *p, const struct declared *d, const struct observed *o)
{
    if (array_grow(&p->verified, &p->verified_allocated, p->n_verified, sizeof(*p->verified)) < 0)
        return diag_oom(&p->diags);
    p->verified[p->n_verified++] = (struct verified){
        .kind = d->kind, .object = d->name, .key = o->key, .live = o->body, .declared = d->body};
    return 0;
}

/* Drift or intent: what the ledger last saw verified is held against what is there and what is declared. */
static int find_cause(const struct run *r, struct change *c, const struct value *declared)
{
    const struct ledger_entry *e = ledger_find(&r->ledger, c->kind->name, c->object);
    char desired[DIGEST_SIZE] = "";
    bool drifted, moved;

    c->cause = CAUSE_FIRST;
    if (!e || !e->digest[0])
        return 0;
    if (declared && value_digest(declared, desired) < 0)
        return -ENOMEM;
    drifted = strcmp(c->live_digest, e->digest) != 0;
    moved = e->desired[0] ? strcmp(desired, e->desired) != 0 : !drifted;
    c->cause = drifted && moved ? CAUSE_BOTH : drifted ? CAUSE_DRIFT : CAUSE_DESIRED;
    return 0;
}

/* What the documents newly ask for is no known drift, whatever is there. */
static int find_acceptance(const struct run *r, struct change *c)
{
    const struct settings *s = r->context->settings;
    _cleanup_free_ char *name = NULL;

    if (s->n_accepted == 0 || (c->cause != CAUSE_DRIFT && c->cause != CAUSE_FIRST))
        return 0;
    if (asprintf(&name, "%s/%s/%s", r->target->name, c->kind->name, c->object) < 0)
        return -ENOMEM;
    c->accepted = acceptance_find(s->accepted, s->n_accepted, name, c->live_digest, now_real_usec());
    return 0;
}

int observe_explain(const struct run *r, struct change *c, const struct observed *o, const struct value *declared)
{
    static const struct value nothing = {.type = VALUE_NULL};

    if (value_digest(o ? &o->body : &nothing, c->live_digest) < 0 || find_cause(r, c, declared) < 0)
        return -ENOMEM;
    return c->kind->strategy == STRATEGY_ABSENCE ? 0 : find_acceptance(r, c);
}

/* Once a run: the plans that are made of later reads are only compared. */
static void remark(struct run *r, struct target_plan *p, const struct declared *d, const struct value *after)
{
    const struct remark about = {.kind = d->kind,
                                 .target = r->target->name,
                                 .object = d->name,
                                 .file = d->place.file,
                                 .after = after,
                                 .interval_usec = r->context->settings->interval_usec,
                                 .now = time(NULL),
                                 .notes = &p->notes};

    if (d->kind->remark && p == r->plan)
        d->kind->remark(&about, d->body);
}

static int add_declared_change(struct run *r, struct target_plan *p, const struct declared *d, const struct observed *o,
                               const struct value *after, struct merge *m)
{
    if (observe_add_change(p, d->kind, d->name, o ? ACTION_UPDATE : ACTION_CREATE, o, after, m) < 0)
        return -ENOMEM;
    return observe_explain(r, &p->changes[p->n_changes - 1], o, d->body) < 0 ? diag_oom(&p->diags) : 0;
}

/* LIKE: as in struct merge. */
static int plan_object(struct run *r, struct target_plan *p, const struct declared *d, const struct observed *o,
                       const struct value *like)
{
    _cleanup_(merge_done) struct merge m = {.arena = &p->arena, .like = like};
    struct value after;
    bool differs;
    int k = unseal_declared(r, p, d, &d);

    if (k < 0)
        return k;
    k = field_merge(&m, d->kind->body, o ? &o->body : NULL, d->body, &after, &differs);
    if (k < 0)
        return diag_oom(&p->diags);
    remark(r, p, d, &after);
    if (m.missing.len > 0)
        return tell_incomplete(r, p, d, &m, !o);
    k = unseal_judge(r, p, d, differs || !o);
    if (k < 0)
        return k;
    return differs || !o ? add_declared_change(r, p, d, o, &after, &m) : observe_note_verified(p, d, o);
}

static bool is_removable(const struct run *r, const struct kind *k, const struct observed *o, bool *ret_foreign)
{
    char name[256];
    bool ours = ledger_created(&r->ledger, k->name, o->name, o->key);

    bool unlisted;

    snprintf(name, sizeof(name), "%s/%s", r->target->name, k->name);
    unlisted = settings_matches(r->context->settings->remove_unlisted, name);
    *ret_foreign = !ours;
    if (o->built_in || (k->flags & KIND_KEPT))
        return false;
    return k->flags & KIND_UNLISTED ? ours && unlisted : ours || unlisted;
}

/* What no document names: removed where it is ours or settings say so, else left alone and reported. */
static int plan_unnamed(struct run *r, struct target_plan *p, const struct kind *k, const struct observed *o)
{
    _cleanup_(merge_done) struct merge m = {.arena = &p->arena};
    bool foreign;

    if (!is_removable(r, k, o, &foreign)) {
        if (array_grow(&p->unmanaged, &p->unmanaged_allocated, p->n_unmanaged, sizeof(*p->unmanaged)) < 0)
            return diag_oom(&p->diags);
        p->unmanaged[p->n_unmanaged++] = (struct unmanaged){.kind = k, .object = o->name};
        return 0;
    }
    if (field_tell_removed(&m, k->body, &o->body) < 0)
        return diag_oom(&p->diags);
    if (observe_add_change(p, k, o->name, ACTION_DELETE, o, NULL, &m) < 0)
        return -ENOMEM;
    p->changes[p->n_changes - 1].foreign = foreign;
    return observe_explain(r, &p->changes[p->n_changes - 1], o, NULL) < 0 ? diag_oom(&p->diags) : 0;
}

/* Names are the identity: of two objects with one name nobody knows which is meant. */
static int check_ambiguous(struct run *r, struct target_plan *p, const struct kind *k, const struct observed_list *l)
{
    for (size_t i = 1; i < l->n; i++)
        if (strcmp(l->items[i - 1].name, l->items[i].name) == 0)
            return diag_add_target(&p->diags, DIAG_AMBIGUOUS, r->target->name,
                                   "two objects of kind %s are called '%s' on the appliance; rename one of them there",
                                   k->name, l->items[i].name);
    return 0;
}

static int compare_declared(const void *name, const void *object)
{
    return strcmp(name, (*(struct declared *const *)object)->name);
}

bool wanted_has(const struct wanted *w, const char *name)
{
    return w->n > 0 && bsearch(name, w->objects, w->n, sizeof(struct declared *), compare_declared);
}

/* The live object that shows most of what objects of this kind have. */
static const struct value *find_like(const struct observed_list *live)
{
    const struct value *like = NULL;

    for (size_t i = 0; i < live->n; i++)
        if (!like || value_longest_list(&live->items[i].body) > value_longest_list(like))
            like = &live->items[i].body;
    return like;
}

/* One walk over both sorted lists. HIDDEN: the appliance did not show what is there. */
static int plan_listed(struct run *r, struct target_plan *p, const struct kind *k, const struct observed_list *live,
                       bool hidden)
{
    struct wanted w = wanted_of(r->desired, k);
    const struct value *like = find_like(live);
    size_t i = 0, j = 0;
    int e = 0;

    while ((i < live->n || j < w.n) && e != -ENOMEM) {
        int side = i == live->n ? 1 : j == w.n ? -1 : strcmp(live->items[i].name, w.objects[j]->name);
        bool unseen = side > 0 ? hidden : live->items[i].unseen;
        size_t before = p->n_changes;

        if (side < 0)
            e = plan_unnamed(r, p, k, &live->items[i++]);
        else if (side > 0)
            e = plan_object(r, p, w.objects[j++], NULL, like);
        else
            e = plan_object(r, p, w.objects[j++], &live->items[i++], like);
        if (e == 0 && (k->flags & KIND_SENT) && p->n_changes > before)
            e = sent_mark(r, p, &p->changes[before], unseen);
    }
    return e == -ENOMEM ? e : 0;
}

/* Where the appliance cannot have such objects, none can be created either. */
static int tell_nowhere(struct run *r, struct target_plan *p, const struct kind *k)
{
    struct wanted w = wanted_of(r->desired, k);

    return w.n == 0 ? 0
                    : diag_add_target(&p->diags, DIAG_UNKNOWN_OBJECT, r->target->name, "%s '%s': %s (%s:%u:%u)",
                                      k->noun, w.objects[0]->name, k->nowhere, w.objects[0]->place.file,
                                      w.objects[0]->place.line, w.objects[0]->place.column);
}

/* Nothing was seen: what was sent counts. */
static int plan_hidden(struct run *r, struct target_plan *p, const struct kind *k)
{
    _cleanup_(observed_list_done) struct observed_list known = {0};
    int e = sent_recall(r, p, k, &known);

    if (e < 0)
        return e;
    if (p == r->plan)
        diag_add_target(&p->notes, DIAG_HTTP_STATUS, r->target->name,
                        "the appliance does not show its %s: what was sent to it and accepted counts, as the ledger "
                        "has it",
                        k->name);
    observed_list_sort(&known);
    return plan_listed(r, p, k, &known, true);
}

/* Makes of what was read what can be compared. */
static int complete_list(struct run *r, struct target_plan *p, const struct kind *k, struct observed_list *live)
{
    int e = 0;

    observed_list_sort(live);
    if (k->flags & KIND_SENT) {
        e = sent_complete(r, p, k, live);
        return e < 0 ? e : sent_choose(r, p, k, live);
    }
    return check_ambiguous(r, p, k, live);
}

static int plan_collection(struct run *r, struct target_plan *p, const struct kind *k)
{
    _cleanup_(observed_list_done) struct observed_list live = {0};
    int e = r->session.provider->list(&r->session, k, &live);

    if (e == -ENOENT)
        return tell_nowhere(r, p, k);
    if (e == -EOPNOTSUPP)
        return plan_hidden(r, p, k);
    if (e == 0)
        e = complete_list(r, p, k, &live);
    if (e == 0)
        e = forget_note_gone(r, p, k, &live);
    return e < 0 ? e : plan_listed(r, p, k, &live, false);
}

static void tell_unknown(struct run *r, struct target_plan *p, const struct declared *d)
{
    const struct place *at = &d->place;

    if (d->kind->flags & KIND_SINGLE)
        diag_add_target(&p->diags, DIAG_UNKNOWN_OBJECT, r->target->name,
                        "the appliance has no %s (404), which a document declares (%s:%u:%u)", d->kind->name, at->file,
                        at->line, at->column);
    else
        diag_add_target(&p->diags, DIAG_UNKNOWN_OBJECT, r->target->name,
                        "%s '%s' has no %s on the appliance (404); it is made there, not here; check its name and type "
                        "(%s:%u:%u)",
                        d->kind->noun, d->name, d->kind->name, at->file, at->line, at->column);
}

static int plan_containers(struct run *r, struct target_plan *p, const struct kind *k)
{
    struct wanted w = wanted_of(r->desired, k);

    for (size_t i = 0; i < w.n; i++) {
        struct observed o = {0};
        int e = r->session.provider->read(&r->session, k, w.objects[i]->name, &o);

        if (e == -ENOENT) {
            tell_unknown(r, p, w.objects[i]);
            continue;
        }
        if (e == 0)
            e = plan_object(r, p, w.objects[i], &o, NULL);
        if (e < 0)
            return e;
    }
    return 0;
}

static int (*const plan_kind[STRATEGY_MAX])(struct run *r, struct target_plan *p, const struct kind *k) = {
    [STRATEGY_CONTAINER] = plan_containers,
    [STRATEGY_COLLECTION] = plan_collection,
    [STRATEGY_ABSENCE] = absence_plan,
};

int run_observe(struct run *r, struct target_plan *p)
{
    const struct system *system = r->target->system;
    uint64_t from = now_usec();
    int e = 0;

    r->session.arena = &p->arena;
    r->session.diags = &p->diags;
    r->session.notes = &p->notes;
    for (size_t i = 0; i < system->n_kinds && e == 0; i++) {
        const struct kind *k = system->kinds[i];

        if (!r->desired->kinds || !r->desired->kinds[i])
            continue;
        e = plan_kind[k->strategy](r, p, k);
    }
    r->phases[PHASE_OBSERVE] += now_usec() - from;
    return diag_any(&p->diags) ? -EBADMSG : e;
}
