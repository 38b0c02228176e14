/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/rename.h"

#include <errno.h>

/* Whoever renames more at once knows what he does; each pair costs a comparison. */
enum { MOST_PAIRS = 4096 };

/* True where the new object asks for nothing that the old one does not have. */
static int is_same(struct target_plan *p, const struct change *old, const struct change *new, bool *ret)
{
    _cleanup_(merge_done) struct merge m = {.arena = &p->arena, .silent = true};
    struct value after;
    bool differs = true;
    int r = field_merge(&m, new->kind->body, &old->live, &new->after, &after, &differs);

    *ret = r == 0 && !differs;
    return r;
}

/* The object that takes the place of an old one; NULL for none. */
static int find_new(struct target_plan *p, const struct change *old, size_t *pairs, const struct change **ret)
{
    *ret = NULL;
    for (size_t i = 0; i < p->n_changes && *pairs < MOST_PAIRS; i++) {
        const struct change *new = &p->changes[i];
        bool same = false;
        int r;

        if (new->action != ACTION_CREATE || new->kind != old->kind)
            continue;
        (*pairs)++;
        r = is_same(p, old, new, &same);
        if (r < 0)
            return r;
        if (same) {
            *ret = new;
            return 0;
        }
    }
    return 0;
}

int rename_note(struct target_plan *p)
{
    size_t pairs = 0;

    for (size_t i = 0; i < p->n_changes; i++) {
        const struct change *old = &p->changes[i], *new;

        if (old->action != ACTION_DELETE || old->kind->strategy != STRATEGY_COLLECTION)
            continue;
        if (find_new(p, old, &pairs, &new) < 0)
            return diag_oom(&p->diags);
        if (new)
            diag_add_target(
                &p->notes, DIAG_RENAMED, p->target->name,
                "%s '%s' goes and '%s' comes with the same content: on the appliance that is another object, "
                "and what refers to the old one keeps it from going until it is changed there",
                old->kind->name, old->object, new->object);
    }
    return 0;
}
