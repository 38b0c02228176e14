/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/order.h"

#include <errno.h>
#include <string.h>

static const enum write_op ops[ACTION_MAX] = {
    [ACTION_CREATE] = WRITE_CREATE,
    [ACTION_UPDATE] = WRITE_REPLACE,
    [ACTION_DELETE] = WRITE_DELETE,
};

static bool refers_to(const struct kind *k, const struct kind *other)
{
    for (const char *const *name = k->refers_to; name && *name; name++)
        if (strcmp(*name, other->name) == 0)
            return true;
    return false;
}

/* True where something that may refer to this kind's items changes as well. */
static bool others_follow(const struct target_plan *p, const struct change *c)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (change_is_open(&p->changes[i]) && refers_to(p->changes[i].kind, c->kind))
            return true;
    return false;
}

/* What an item of a list loses goes with the item: others name items only. */
static bool loses_items(const struct change *c)
{
    for (size_t i = 0; i < c->n_losses; i++)
        if (!c->losses[i].inside)
            return true;
    return false;
}

static bool loses_late(const struct target_plan *p, const struct change *c)
{
    return c->action == ACTION_UPDATE && loses_items(c) && others_follow(p, c);
}

static void add_step(struct step *steps, size_t *n, struct change *c, const struct value *body)
{
    steps[(*n)++] = (struct step){
        .change = c,
        .write = {.op = ops[c->action], .kind = c->kind, .name = c->object, .key = c->key, .body = body},
    };
}

static bool adds_something(const struct change *c)
{
    for (size_t i = 0; i < c->n_items; i++)
        if (c->items[i].op != ITEM_REMOVE)
            return true;
    return false;
}

/* The first pass, in order of ranks: everything that is new or changed. */
static int add_early(struct target_plan *p, struct arena *arena, struct change *c, struct step *steps, size_t *n)
{
    struct value *grown;
    int r;

    if (c->action == ACTION_DELETE)
        return 0;
    if (!loses_late(p, c)) {
        add_step(steps, n, c, &c->after);
        return 0;
    }
    if (!adds_something(c))
        return 0;
    grown = arena_alloc(arena, sizeof(*grown));
    r = grown ? field_grow(arena, c->kind->body, &c->live, &c->after, grown) : -ENOMEM;
    if (r == 0)
        add_step(steps, n, c, grown);
    return r;
}

int order_steps(struct target_plan *p, struct arena *arena, struct step **ret, size_t *ret_n)
{
    _cleanup_free_ struct step *steps = calloc(p->n_changes * 2 + 1, sizeof(*steps));
    size_t n = 0;

    if (!steps)
        return -ENOMEM;
    /* Changes stand in the order of kinds, which is that of their ranks. */
    for (size_t i = 0; i < p->n_changes; i++)
        if (change_is_open(&p->changes[i]) && add_early(p, arena, &p->changes[i], steps, &n) < 0)
            return -ENOMEM;
    for (size_t i = p->n_changes; i > 0; i--) {
        struct change *c = &p->changes[i - 1];

        if (change_is_open(c) && (c->action == ACTION_DELETE || loses_late(p, c)))
            add_step(steps, &n, c, c->action == ACTION_DELETE ? c->sought : &c->after);
    }
    *ret = TAKE_PTR(steps);
    *ret_n = n;
    return 0;
}
