/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/forget.h"

#include <string.h>

#include "base/limits.h"
#include "base/time-util.h"

static int note(struct target_plan *p, const struct kind *k, const char *object, bool only_lost)
{
    if (array_grow(&p->forgotten, &p->forgotten_allocated, p->n_forgotten, sizeof(*p->forgotten)) < 0)
        return diag_oom(&p->diags);
    /* The ledger may be read again before this is carried out. */
    object = arena_strdup(&p->arena, object);
    if (!object)
        return diag_oom(&p->diags);
    p->forgotten[p->n_forgotten++] = (struct forgotten){.kind = k, .object = object, .only_lost = only_lost};
    return 0;
}

/* The object's name where the entry is of this kind; else NULL. */
static const char *object_of(const struct ledger_entry *e, const struct kind *k)
{
    size_t n = strlen(k->name);

    return strncmp(e->name, k->name, n) == 0 && e->name[n] == '/' ? e->name + n + 1 : NULL;
}

/* What was deleted within the hour may come again: then it is a fight. */
static bool is_deleted_lately(const struct ledger_entry *e)
{
    uint64_t now = now_real_usec() / USEC_PER_SEC, last = e->healed_sec[LEDGER_HEALS - 1];

    return !e->created && !e->digest[0] && last > 0 && last <= now && now - last < FIGHT_SEC;
}

/* What we created and somebody removed is no longer ours: who makes one of that name again makes his own. */
int forget_note_gone(struct run *r, struct target_plan *p, const struct kind *k, const struct observed_list *live)
{
    struct wanted w = wanted_of(r->desired, k);
    int e = 0;

    for (size_t i = 0; i < r->ledger.n && e == 0; i++) {
        const char *object = object_of(&r->ledger.entries[i], k);

        if (!object || observed_list_find(live, object) || is_deleted_lately(&r->ledger.entries[i]))
            continue;
        if (!wanted_has(&w, object))
            e = note(p, k, object, false);
        else if (r->ledger.entries[i].created)
            e = note(p, k, object, true);
    }
    return e;
}

/* Whatever comes of that name is nobody's business again. */
int forget_note_unnamed(struct run *r, struct target_plan *p, const struct kind *k, const struct wanted *w)
{
    int e = 0;

    for (size_t i = 0; i < r->ledger.n && e == 0; i++) {
        const char *object = object_of(&r->ledger.entries[i], k);

        if (object && !wanted_has(w, object) && !is_deleted_lately(&r->ledger.entries[i]))
            e = note(p, k, object, false);
    }
    return e;
}

/* Where the listing may not have been whole, what it did not show is not gone. */
static bool is_doubted(const struct target_plan *p, const struct kind *k)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (p->changes[i].kind == k && p->changes[i].held_by == GUARD_SHRINK)
            return true;
    return false;
}

int forget_noted(struct run *r, const struct target_plan *p)
{
    for (size_t i = 0; i < p->n_forgotten; i++) {
        const struct forgotten *f = &p->forgotten[i];

        if (is_doubted(p, f->kind))
            continue;
        if (f->only_lost)
            ledger_note_lost(&r->ledger, f->kind->name, f->object);
        else if (ledger_note_gone(&r->ledger, f->kind->name, f->object) < 0)
            return diag_oom(&r->plan->diags);
    }
    return 0;
}
