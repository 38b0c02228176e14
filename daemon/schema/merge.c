/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/merge.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "schema/merge-list.h"

static const char *const item_op_table[ITEM_OP_MAX] = {
    [ITEM_ADD] = "add",
    [ITEM_REMOVE] = "remove",
    [ITEM_CHANGE] = "change",
    [ITEM_MOVE] = "move",
};

const char *item_op_to_string(enum item_op op)
{
    return (size_t)op < ITEM_OP_MAX ? item_op_table[op] : "?";
}

void merge_done(struct merge *m)
{
    free(m->items);
    free(m->losses);
    buf_done(&m->missing);
    m->items = NULL;
    m->losses = NULL;
}

int merge_tell(struct merge *m, const struct field *f, enum item_op op, const char *path, const struct value *before,
               const struct value *after)
{
    struct item *i;

    if (m->inside || m->silent)
        return 0;
    if (array_grow(&m->items, &m->items_allocated, m->n_items, sizeof(*m->items)) < 0)
        return -ENOMEM;
    i = &m->items[m->n_items++];
    *i = (struct item){.op = op, .path = path, .secret = f->flags & FIELD_SECRET, .field = f};
    if (before)
        i->before = *before;
    if (after)
        i->after = *after;
    return 0;
}

static int merge_miss(struct merge *m, const char *name, const char *of)
{
    if (m->missing.ceiling == 0)
        m->missing.ceiling = LIMIT_SENTENCE_BYTES / 2;
    /* Past the ceiling the sentence just ends; that something is missing is known by then. */
    buf_addf(&m->missing, "%s%s%s%s%s", m->missing.len ? ", " : "", name, of ? " of '" : "", of ? of : "",
             of ? "'" : "");
    return m->missing.error == -ENOMEM ? -ENOMEM : 0;
}

/* The name by which a new record is called in the list of what is missing. */
static const char *record_name(const struct field *f, const struct value *v, struct arena *a)
{
    struct value key;

    return (f->key || field_key_member(f)) && field_item_key(f, v, a, &key) == 0 ? key.text : NULL;
}

/* What a member of a new record is that is not given; NULL where nothing says it. */
static const struct value *default_of(const struct merge *merge, const struct field *m, const struct value *desired)
{
    static const struct value empty[FIELD_TYPE_MAX] = {
        [FIELD_TEXT] = {.type = VALUE_TEXT, .text = ""},
        [FIELD_RECORD] = {.type = VALUE_MAP},
        [FIELD_LIST] = {.type = VALUE_LIST},
        [FIELD_MAP] = {.type = VALUE_MAP},
    };

    if (m->same_as)
        return value_get(desired, m->same_as);
    if (!(m->flags & FIELD_EMPTY_ON_CREATE) || (value_is(merge->like, VALUE_MAP) && !value_get(merge->like, m->name)))
        return NULL;
    return &empty[m->type];
}

static bool has_alternative(const struct field *f, const struct value *v)
{
    for (const struct field *row = f->members; row->name; row++)
        if ((row->flags & FIELD_ALTERNATIVE) && value_get(v, row->name))
            return true;
    return false;
}

static int miss_alternatives(struct merge *m, const struct field *f, const struct value *desired)
{
    struct buf names = BUF_INIT(LIMIT_SENTENCE_BYTES / 2);
    int r = 0;

    for (const struct field *row = f->members; row->name; row++)
        if (row->flags & FIELD_ALTERNATIVE)
            buf_addf(&names, "%s%s", names.len ? " or " : "", row->name);
    if (names.len > 0 && !has_alternative(f, desired))
        r = merge_miss(m, buf_text(&names), record_name(f, desired, m->arena));
    buf_done(&names);
    return r;
}

/* A new record: as given, completed by the members that take another's value. */
static int complete_new(struct merge *m, const struct field *f, const struct value *desired, struct value *ret)
{
    size_t extra = 0;
    struct value v;
    int r = miss_alternatives(m, f, desired);

    for (const struct field *row = f->members; row->name && r == 0; row++) {
        if (value_get(desired, row->name))
            continue;
        if (default_of(m, row, desired))
            extra++;
        else if (row->flags & FIELD_ON_CREATE)
            if (merge_miss(m, row->name, record_name(f, desired, m->arena)) < 0)
                return -ENOMEM;
    }
    if (r < 0)
        return r;
    if (extra == 0) {
        *ret = *desired;
        return 0;
    }
    r = value_new_map(m->arena, desired->count + extra, &v);
    if (r < 0)
        return r;
    memcpy(v.pairs, desired->pairs, desired->count * sizeof(*v.pairs));
    extra = desired->count;
    for (const struct field *row = f->members; row->name; row++)
        if (!value_get(desired, row->name) && default_of(m, row, desired))
            value_set_pair(&v, extra++, row->name, *default_of(m, row, desired));
    *ret = v;
    return 0;
}

/* Replaces or adds one member of a map that is our own copy with room left. */
static void put_member(struct value *map, const char *name, struct value v)
{
    struct value *there = value_get(map, name);

    if (there) {
        *there = v;
        return;
    }
    map->pairs[map->count] = (struct pair){.key = value_text(name), .value = v};
    map->count++;
}

static int copy_with_room(struct arena *a, const struct value *live, size_t room, struct value *ret)
{
    size_t n = live ? live->count : 0;
    int r = value_new_map(a, n + room, ret);

    if (r < 0)
        return r;
    if (n > 0)
        memcpy(ret->pairs, live->pairs, n * sizeof(*ret->pairs));
    ret->count = (uint32_t)n;
    return 0;
}

static int merge_member(struct merge *m, const struct field *row, const struct value *was, const struct value *desired,
                        struct value *ret, bool *ret_differs)
{
    const struct value *like = m->like;
    int r;

    m->like = value_get(like, row->name);
    r = field_merge(m, row, was, desired, ret, ret_differs);
    m->like = like;
    return r;
}

static int merge_members(struct merge *m, const struct field *f, const struct value *live, const struct value *desired,
                         struct value *after, bool *differs)
{
    for (uint32_t i = 0; i < desired->count; i++) {
        const char *name = desired->pairs[i].key.text;
        const struct field *row = field_member(f, name);
        const struct value *was = value_get(live, name);
        struct value merged;
        bool changed = false;
        int r;

        if (!row)
            return -EINVAL;
        /* What nobody can see cannot differ; it is sent along with what does. */
        if (live && (row->flags & FIELD_UNSEEN)) {
            put_member(after, name, desired->pairs[i].value);
            continue;
        }
        r = merge_member(m, row, was, &desired->pairs[i].value, &merged, &changed);
        if (r < 0)
            return r;
        /* Nothing may differ from an empty text that is not there, but what is new is sent whole. */
        if (!changed && live)
            continue;
        put_member(after, name, merged);
        *differs = true;
    }
    return 0;
}

/* Null, empty, or an object of nothing else. */
static bool is_blank(const struct value *v)
{
    bool blank = value_is_empty(v) || v->type == VALUE_MAP;

    for (uint32_t i = 0; blank && v->type == VALUE_MAP && i < v->count; i++)
        blank = is_blank(&v->pairs[i].value);
    return blank;
}

/* Every list in what is dropped loses all it has. */
static int note_dropped(struct merge *m, const struct field *f, const struct value *v)
{
    int r = 0;

    if (value_is(v, VALUE_LIST)) {
        r = merge_note_loss(m, f, v->count, v->count, 0);
        if (r == 0 && v->count > 0 && m->n_losses > 0)
            m->losses[m->n_losses - 1].replaced = true;
        return r;
    }
    for (const struct field *row = f->members; value_is(v, VALUE_MAP) && row && row->name && r == 0; row++)
        r = note_dropped(m, row, value_get(v, row->name));
    return r;
}

/* What stands in the place of what a document gives goes. */
static int drop_alternatives(struct merge *m, const struct field *f, const struct value *desired, struct value *after,
                             bool *differs)
{
    uint32_t n = 0;

    if (!has_alternative(f, desired))
        return 0;
    for (uint32_t i = 0; i < after->count; i++) {
        const struct pair p = after->pairs[i];
        const struct field *row = field_member(f, p.key.text);

        if (!row || !(row->flags & FIELD_ALTERNATIVE) || value_get(desired, row->name) || is_blank(&p.value)) {
            after->pairs[n++] = p;
            continue;
        }
        *differs = true;
        if (note_dropped(m, row, &p.value) < 0 || merge_tell(m, row, ITEM_REMOVE, row->name, &p.value, NULL) < 0)
            return -ENOMEM;
    }
    after->count = n;
    return 0;
}

static int merge_record(struct merge *m, const struct field *f, const struct value *live, const struct value *desired,
                        struct value *ret_after, bool *ret_differs)
{
    struct value whole = *desired, after;
    bool differs = false;
    int r;

    if (!value_is(live, VALUE_MAP)) {
        r = complete_new(m, f, desired, &whole);
        if (r < 0)
            return r;
        live = NULL;
        differs = true;
    }
    r = copy_with_room(m->arena, live, whole.count, &after);
    if (r == 0)
        r = merge_members(m, f, live, &whole, &after, &differs);
    if (r == 0)
        r = drop_alternatives(m, f, desired, &after, &differs);
    if (r < 0)
        return r;
    *ret_after = differs || !live ? after : *live;
    *ret_differs = differs;
    return 0;
}

static int merge_plain(struct merge *m, const struct field *f, const struct value *live, const struct value *desired,
                       struct value *ret_after, bool *ret_differs)
{
    bool is_new = !live || live->type == VALUE_NULL;

    *ret_differs = !field_same(f, live, desired);
    *ret_after = *ret_differs || !live ? *desired : *live;
    if (!*ret_differs)
        return 0;
    /* A list that is one value is not counted item by item, but emptying it is emptying it. */
    if (value_is(live, VALUE_LIST) && live->count > 0 && value_is_empty(desired) &&
        merge_note_loss(m, f, live->count, live->count, 0) < 0)
        return -ENOMEM;
    return merge_tell(m, f, is_new ? ITEM_ADD : ITEM_CHANGE, f->name ? f->name : "", live, desired);
}

int field_merge(struct merge *m, const struct field *f, const struct value *live, const struct value *desired,
                struct value *ret_after, bool *ret_differs)
{
    static const struct value empty_list = {.type = VALUE_LIST};
    int r;

    switch (f->type) {
    case FIELD_RECORD:
        return merge_record(m, f, live, desired, ret_after, ret_differs);
    case FIELD_LIST:
        if (f->order == ORDER_WHOLE)
            break;
        if (value_is(live, VALUE_LIST))
            return merge_list(m, f, live, desired, ret_after, ret_differs);
        /* A new list differs even where it is empty: it has to be sent. */
        r = merge_list(m, f, &empty_list, desired, ret_after, ret_differs);
        *ret_differs = true;
        return r == 0 && desired->count == 0 ? merge_tell(m, f, ITEM_ADD, f->name, NULL, desired) : r;
    case FIELD_TEXT:
    case FIELD_BOOL:
    case FIELD_INT:
    case FIELD_MAP:
    case FIELD_TYPE_MAX:
        break;
    }
    return merge_plain(m, f, live, desired, ret_after, ret_differs);
}

static int tell_removed_list(struct merge *m, const struct field *f, const struct value *list)
{
    if (list->count > 0 && merge_note_loss(m, f, list->count, list->count, 0) < 0)
        return -ENOMEM;
    for (uint32_t i = 0; i < list->count; i++) {
        struct value key;
        int r = field_item_key(f->members, &list->items[i], m->arena, &key);

        if (r == 0)
            r = merge_tell(m, f->members, ITEM_REMOVE, key.text, &list->items[i], NULL);
        if (r < 0)
            return r;
    }
    return 0;
}

int field_tell_removed(struct merge *m, const struct field *f, const struct value *live)
{
    int r = 0;

    if (f->type == FIELD_LIST && f->order != ORDER_WHOLE)
        return value_is(live, VALUE_LIST) ? tell_removed_list(m, f, live) : 0;
    if (f->type != FIELD_RECORD)
        return merge_tell(m, f, ITEM_REMOVE, f->name, live, NULL);
    for (const struct field *row = f->members; row->name && r == 0; row++) {
        const struct value *member = value_get(live, row->name);

        if (member && member->type != VALUE_NULL)
            r = field_tell_removed(m, row, member);
    }
    return r;
}
