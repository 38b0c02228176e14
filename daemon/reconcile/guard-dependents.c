/* SPDX-License-Identifier: Apache-2.0 */
/* What is held takes along what depends on it: what names something that will not be there, or that will stay. */
#include <errno.h>
#include <string.h>

#include "reconcile/judge.h"

static bool refers_to(const struct kind *k, const struct kind *other)
{
    for (const char *const *name = k->refers_to; name && *name; name++)
        if (strcmp(*name, other->name) == 0)
            return true;
    return false;
}

/* True where some text of the value is this one. */
static bool names(const struct value *v, const char *text)
{
    switch ((enum value_type)v->type) {
    case VALUE_TEXT:
        return strcmp(v->text, text) == 0;
    case VALUE_LIST:
        for (uint32_t i = 0; i < v->count; i++)
            if (names(&v->items[i], text))
                return true;
        return false;
    case VALUE_MAP:
        for (uint32_t i = 0; i < v->count; i++)
            if (names(&v->pairs[i].value, text))
                return true;
        return false;
    default:
        return false;
    }
}

/* True where V names the object, or an item of it, that the change would bring (or take away). */
static bool names_part(const struct value *v, const struct change *c, enum action action, enum item_op op)
{
    if (c->action == action && (names(v, c->object) || (c->key && names(v, c->key))))
        return true;
    for (size_t i = 0; i < c->n_items; i++)
        if (c->items[i].op == op && names(v, c->items[i].path))
            return true;
    return false;
}

bool guard_change_depends(const struct change *open, const struct change *other)
{
    if (refers_to(open->kind, other->kind))
        return names_part(&open->after, other, ACTION_CREATE, ITEM_ADD);
    return refers_to(other->kind, open->kind) && names_part(&other->live, open, ACTION_DELETE, ITEM_REMOVE);
}

/* Changes stand by kind, so each kind is looked at once. */
static bool any_refers(const struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (p->changes[i].kind->refers_to && (i == 0 || p->changes[i - 1].kind != p->changes[i].kind))
            return true;
    return false;
}

int guard_hold_dependents(struct target_plan *p)
{
    bool again = any_refers(p);

    while (again) {
        again = false;
        for (size_t h = 0; h < p->n_changes; h++) {
            const struct change *held = &p->changes[h];

            for (size_t i = 0; held->held_by != GUARD_NONE && i < p->n_changes; i++) {
                struct change *c = &p->changes[i];

                if (c->held_by != GUARD_NONE || !guard_change_depends(c, held))
                    continue;
                if (guard_hold(c, held->held_by, "it depends on %s '%s', which is held", held->kind->name,
                               held->object) < 0)
                    return -ENOMEM;
                again = true;
            }
        }
    }
    return 0;
}
