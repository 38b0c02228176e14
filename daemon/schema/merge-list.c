/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/merge-list.h"

#include <errno.h>
#include <string.h>

#include "schema/slots.h"

#define NO_TWIN UINT32_MAX
#define REPEATED (UINT32_MAX - 1) /* a second item of a key that has a twin */

/* Two lists side by side: for each item the index of its twin in the other list. */
struct sides {
    const struct field *f;
    const struct value *live, *desired;
    struct slot *live_slots, *desired_slots;
    uint32_t *live_twin, *desired_twin;
    size_t added, removed, repeated;
};

static void sides_done(struct sides *s)
{
    free(s->live_slots);
    free(s->desired_slots);
    free(s->live_twin);
    free(s->desired_twin);
}

static uint32_t *new_twins(size_t n)
{
    uint32_t *twins = malloc((n + 1) * sizeof(*twins));

    for (size_t i = 0; twins && i < n; i++)
        twins[i] = NO_TWIN;
    return twins;
}

/* One walk over both sorted lists. Of equal live keys only the first has a twin; a set does not miss the others. */
static void sides_match(struct sides *s)
{
    uint32_t i = 0, j = 0;

    while (i < s->live->count || j < s->desired->count) {
        const struct slot *x = i < s->live->count ? &s->live_slots[i] : NULL;
        const struct slot *y = j < s->desired->count ? &s->desired_slots[j] : NULL;
        int r = !x ? 1 : !y ? -1 : slot_compare(x, y);

        if (r == 0) {
            s->live_twin[x->index] = y->index;
            s->desired_twin[y->index] = x->index;
            i++;
            j++;
            for (; i < s->live->count && slot_compare(&s->live_slots[i], y) == 0; i++, s->repeated++)
                s->live_twin[s->live_slots[i].index] = REPEATED;
        } else if (r < 0) {
            s->removed++;
            i++;
        } else {
            s->added++;
            j++;
        }
    }
}

static int sides_build(struct sides *s, struct arena *a)
{
    int r = slots_build(s->f->members, s->live, a, &s->live_slots);

    if (r == 0)
        r = slots_build(s->f->members, s->desired, a, &s->desired_slots);
    if (r < 0)
        return r;
    s->live_twin = new_twins(s->live->count);
    s->desired_twin = new_twins(s->desired->count);
    if (!s->live_twin || !s->desired_twin)
        return -ENOMEM;
    sides_match(s);
    return 0;
}

/* A second text of the same key in a set says nothing more, and stays; a second record goes. */
static bool repeats_stay(const struct sides *s)
{
    return s->f->order == ORDER_SET && s->f->members->type == FIELD_TEXT;
}

static bool is_removed(const struct sides *s, uint32_t i)
{
    return s->live_twin[i] == NO_TWIN || (s->live_twin[i] == REPEATED && !repeats_stay(s));
}

/* The item that shows what items of this list have; NULL where there is none. */
static const struct value *find_like(const struct merge *m, const struct value *live)
{
    if (live->count > 0)
        return &live->items[0];
    return value_is(m->like, VALUE_LIST) && m->like->count > 0 ? &m->like->items[0] : NULL;
}

static int merge_one(struct merge *m, const struct sides *s, const struct value *live, const struct value *desired,
                     struct value *ret, bool *ret_differs)
{
    const struct value *like = m->like;
    const struct merge_inside inside = {.item = s->f->members, .v = desired, .outer = m->inside};
    int r;

    m->like = find_like(m, s->live);
    m->inside = &inside;
    r = field_merge(m, s->f->members, live, desired, ret, ret_differs);
    m->inside = inside.outer;
    m->like = like;
    return r;
}

static int tell_item(struct merge *m, const struct sides *s, enum item_op op, const struct value *before,
                     const struct value *after)
{
    struct value key;
    int r = field_item_key(s->f->members, before ? before : after, m->arena, &key);

    return r < 0 ? r : merge_tell(m, s->f->members, op, key.text, before, after);
}

/* Items that are nothing but their key: twins are equal. */
static bool is_plain(const struct field *f)
{
    return f->members->type == FIELD_TEXT && !f->members->key;
}

/* The item of the desired list at J, merged with its live twin, told where it is new or changed. */
static int merge_item(struct merge *m, const struct sides *s, uint32_t j, struct value *ret, bool *differs)
{
    const struct value *live = s->desired_twin[j] == NO_TWIN ? NULL : &s->live->items[s->desired_twin[j]];
    bool changed = false;
    int r;

    if (live && is_plain(s->f)) {
        *ret = *live;
        return 0;
    }
    r = merge_one(m, s, live, &s->desired->items[j], ret, &changed);
    if (r == 0 && (!live || changed)) {
        *differs = true;
        r = tell_item(m, s, live ? ITEM_CHANGE : ITEM_ADD, live, ret);
    }
    return r;
}

static int tell_removals(struct merge *m, const struct sides *s)
{
    for (uint32_t i = 0; i < s->live->count; i++) {
        int r;

        if (!is_removed(s, i))
            continue;
        r = tell_item(m, s, ITEM_REMOVE, &s->live->items[i], NULL);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Server's order for what stays, then what is new in the order of the document. */
static int build_set(struct merge *m, const struct sides *s, struct value *ret, bool *differs)
{
    struct value after;
    uint32_t n = 0;
    int r = value_new_list(m->arena, (size_t)s->live->count + s->added, &after);

    for (uint32_t i = 0; i < s->live->count && r == 0; i++) {
        if (is_removed(s, i))
            continue;
        if (s->live_twin[i] == REPEATED)
            after.items[n++] = s->live->items[i];
        else
            r = merge_item(m, s, s->live_twin[i], &after.items[n++], differs);
    }
    for (uint32_t j = 0; j < s->desired->count && r == 0; j++)
        if (s->desired_twin[j] == NO_TWIN)
            r = merge_item(m, s, j, &after.items[n++], differs);
    if (r < 0)
        return r;
    after.count = n;
    *ret = after;
    return 0;
}

/* Marks the longest run of items that keep their order; what is left must move. O(n log n). */
static int mark_steady(const struct sides *s, bool *steady)
{
    size_t n = s->desired->count, length = 0;
    _cleanup_free_ uint32_t *tails = malloc((n + 1) * sizeof(*tails));
    _cleanup_free_ uint32_t *previous = malloc((n + 1) * sizeof(*previous));

    if (!tails || !previous)
        return -ENOMEM;
    for (uint32_t j = 0; j < n; j++) {
        size_t low = 0, high = length;

        if (s->desired_twin[j] == NO_TWIN)
            continue;
        while (low < high) {
            size_t middle = (low + high) / 2;

            if (s->desired_twin[tails[middle]] < s->desired_twin[j])
                low = middle + 1;
            else
                high = middle;
        }
        previous[j] = low > 0 ? tails[low - 1] : NO_TWIN;
        tails[low] = j;
        length = MAX(length, low + 1);
    }
    for (uint32_t j = length ? tails[length - 1] : NO_TWIN; j != NO_TWIN; j = previous[j])
        steady[j] = true;
    return 0;
}

static int tell_moves(struct merge *m, const struct sides *s, bool *differs)
{
    _cleanup_free_ bool *steady = calloc((size_t)s->desired->count + 1, sizeof(*steady));
    int r = steady ? mark_steady(s, steady) : -ENOMEM;

    for (uint32_t j = 0; j < s->desired->count && r == 0; j++) {
        struct value from, to = value_int((int64_t)j + 1), key;

        if (steady[j] || s->desired_twin[j] == NO_TWIN)
            continue;
        *differs = true;
        from = value_int((int64_t)s->desired_twin[j] + 1);
        r = field_item_key(s->f->members, &s->desired->items[j], m->arena, &key);
        if (r == 0)
            r = merge_tell(m, s->f->members, ITEM_MOVE, key.text, &from, &to);
    }
    return r;
}

static int build_ordered(struct merge *m, const struct sides *s, struct value *ret, bool *differs)
{
    struct value after;
    int r = value_new_list(m->arena, s->desired->count, &after);

    for (uint32_t j = 0; j < s->desired->count && r == 0; j++)
        r = merge_item(m, s, j, &after.items[j], differs);
    if (r == 0)
        r = tell_moves(m, s, differs);
    if (r < 0)
        return r;
    *ret = after;
    return 0;
}

int merge_note_loss(struct merge *m, const struct field *f, size_t before, size_t removed, size_t after)
{
    const char *path = f->name ? f->name : "";

    if (removed == 0 || m->silent)
        return 0;
    for (const struct merge_inside *i = m->inside; i; i = i->outer) {
        struct value key;
        int r = field_item_key(i->item, i->v, m->arena, &key);

        path = r == 0 ? arena_printf(m->arena, "%s of '%s'", path, key.text) : NULL;
        if (!path)
            return r < 0 ? r : -ENOMEM;
    }
    if (array_grow(&m->losses, &m->losses_allocated, m->n_losses, sizeof(*m->losses)) < 0)
        return -ENOMEM;
    m->losses[m->n_losses++] = (struct list_loss){
        .path = path, .inside = m->inside != NULL, .before = before, .removed = removed, .after = after};
    return 0;
}

static int merge_sides(struct merge *m, struct sides *s, struct value *ret_after, bool *ret_differs)
{
    bool ordered = s->f->order == ORDER_LIST, differs = s->removed > 0;
    int r;

    if (!repeats_stay(s) && s->repeated > 0) {
        s->removed += s->repeated;
        differs = true;
    }
    if (!ordered && is_plain(s->f) && s->added == 0 && !differs) {
        *ret_after = *s->live;
        *ret_differs = false;
        return 0;
    }
    r = tell_removals(m, s);
    if (r == 0)
        r = ordered ? build_ordered(m, s, ret_after, &differs) : build_set(m, s, ret_after, &differs);
    if (r == 0)
        r = merge_note_loss(m, s->f, s->live->count, s->removed, ret_after->count);
    if (r < 0)
        return r;
    if (!differs)
        *ret_after = *s->live;
    *ret_differs = differs;
    return 0;
}

/* The usual case in a healthy system, told without sorting anything. */
static bool same_in_order(const struct field *f, const struct value *live, const struct value *desired)
{
    if (f->members->type != FIELD_TEXT || live->count != desired->count)
        return false;
    for (uint32_t i = 0; i < live->count; i++)
        if (!value_equal(&live->items[i], &desired->items[i]))
            return false;
    return true;
}

int merge_list(struct merge *m, const struct field *f, const struct value *live, const struct value *desired,
               struct value *ret_after, bool *ret_differs)
{
    struct sides s = {.f = f, .live = live, .desired = desired};
    int r;

    if (same_in_order(f, live, desired)) {
        *ret_after = *live;
        *ret_differs = false;
        return 0;
    }
    r = sides_build(&s, m->arena);
    if (r == 0)
        r = merge_sides(m, &s, ret_after, ret_differs);
    sides_done(&s);
    return r;
}

static int grow_list(struct arena *a, const struct field *f, const struct value *live, const struct value *after,
                     struct value *ret)
{
    struct sides s = {.f = f, .live = live, .desired = after};
    struct value grown = {0};
    uint32_t n = after->count;
    int r = sides_build(&s, a);

    if (r == 0)
        r = value_new_list(a, (size_t)after->count + live->count, &grown);
    if (r == 0) {
        if (n > 0)
            memcpy(grown.items, after->items, n * sizeof(*grown.items));
        for (uint32_t i = 0; i < live->count; i++)
            if (is_removed(&s, i))
                grown.items[n++] = live->items[i];
        grown.count = n;
        *ret = grown;
    }
    sides_done(&s);
    return r;
}

int field_grow(struct arena *a, const struct field *f, const struct value *live, const struct value *after,
               struct value *ret)
{
    *ret = *after;
    if (f->type == FIELD_LIST && f->order == ORDER_SET && value_is(live, VALUE_LIST))
        return grow_list(a, f, live, after, ret);
    return 0;
}
