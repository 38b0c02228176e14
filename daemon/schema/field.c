/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/field.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/time-util.h"

const char *field_check_time(const struct value *v)
{
    uint64_t usec;

    return parse_time(v->text, &usec) < 0 ? "must be a time such as 2027-01-31T00:00:00Z" : NULL;
}

const struct field *field_member(const struct field *record, const char *name)
{
    for (const struct field *m = record->members; m && m->name; m++)
        if (strcmp(m->name, name) == 0)
            return m;
    return NULL;
}

const struct field *field_key_member(const struct field *item)
{
    if (item->type != FIELD_RECORD)
        return NULL;
    for (const struct field *m = item->members; m && m->name; m++)
        if (m->flags & FIELD_KEY)
            return m;
    return NULL;
}

static int key_by_hook(const struct field *item, const struct value *v, struct arena *a, struct value *ret_key)
{
    struct buf text = BUF_INIT(LIMIT_NAME_BYTES);
    const char *copy;
    int r = item->key(v, &text);

    if (r == 0)
        r = text.error;
    if (r == 0) {
        copy = arena_strndup(a, buf_text(&text), text.len);
        if (copy)
            *ret_key = value_text_n(copy, text.len);
        else
            r = -ENOMEM;
    }
    buf_done(&text);
    return r;
}

int field_item_key(const struct field *item, const struct value *v, struct arena *a, struct value *ret_key)
{
    const struct field *member;

    if (item->key)
        return key_by_hook(item, v, a, ret_key);
    member = field_key_member(item);
    if (member)
        v = value_get(v, member->name);
    if (!value_is(v, VALUE_TEXT))
        return -EINVAL;
    *ret_key = *v;
    return 0;
}

bool field_count_fits(const struct field *f, const struct value *v)
{
    if (f->type != FIELD_LIST && f->type != FIELD_MAP)
        return true;
    return (int64_t)v->count >= f->min && (f->max == 0 || (int64_t)v->count <= f->max);
}

static bool same_canonical(const struct field *f, const struct value *a, const struct value *b, bool *ret_known)
{
    struct buf x = BUF_INIT(LIMIT_BODY_BYTES), y = BUF_INIT(LIMIT_BODY_BYTES);
    bool same;

    *ret_known = f->canon(a, &x) == 0 && f->canon(b, &y) == 0 && !x.error && !y.error;
    same = *ret_known && strcmp(buf_text(&x), buf_text(&y)) == 0;
    buf_done(&x);
    buf_done(&y);
    return same;
}

static bool same_record(const struct field *f, const struct value *a, const struct value *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        const char *name = a->pairs[i].key.text;
        const struct field *m = field_member(f, name);
        const struct value *other = value_get(b, name);

        if (!other || (m ? !field_same(m, &a->pairs[i].value, other) : !value_equal(&a->pairs[i].value, other)))
            return false;
    }
    return true;
}

static bool is_nothing(const struct field *f, const struct value *v)
{
    return value_is_empty(v) || (f->type == FIELD_BOOL && v->type == VALUE_BOOL && !v->boolean);
}

bool field_same(const struct field *f, const struct value *a, const struct value *b)
{
    static const struct value null = {.type = VALUE_NULL};
    bool known;

    a = a ? a : &null;
    b = b ? b : &null;
    if (value_equal(a, b))
        return true;
    if ((f->flags & FIELD_ABSENT_EMPTY) && is_nothing(f, a) && is_nothing(f, b))
        return true;
    if (f->canon && a->type == b->type) {
        bool same = same_canonical(f, a, b, &known);

        if (known)
            return same;
    }
    if (f->type == FIELD_RECORD && a->type == VALUE_MAP && b->type == VALUE_MAP)
        return same_record(f, a, b);
    return false;
}
