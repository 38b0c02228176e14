/* SPDX-License-Identifier: Apache-2.0 */
/* Values as a reader of a plan sees them: what is long and says little by its rows' short forms. */
#include <errno.h>

#include "base/limits.h"
#include "schema/field.h"

static bool has_short_form(const struct field *f)
{
    if (f->show)
        return true;
    if (f->type == FIELD_LIST || f->type == FIELD_MAP)
        return has_short_form(f->members);
    for (const struct field *m = f->type == FIELD_RECORD ? f->members : NULL; m && m->name; m++)
        if (has_short_form(m))
            return true;
    return false;
}

static int show_leaf(const struct field *f, const struct value *v, struct arena *a, struct value *ret)
{
    struct buf text = BUF_INIT(LIMIT_SENTENCE_BYTES);
    const char *copy;
    int r = f->show(v, &text);

    *ret = *v;
    if (r == 0 && text.error == 0) {
        copy = arena_strndup(a, buf_text(&text), text.len);
        r = copy ? 0 : -ENOMEM;
        if (copy)
            *ret = value_text_n(copy, text.len);
    }
    buf_done(&text);
    return r == -ENOMEM ? r : 0;
}

static int show(const struct field *f, const struct value *v, struct arena *a, struct value *ret)
{
    int r;

    *ret = *v;
    if (!has_short_form(f))
        return 0;
    if (f->show)
        return show_leaf(f, v, a, ret);
    if (f->type == FIELD_LIST && v->type == VALUE_LIST) {
        r = value_new_list(a, v->count, ret);
        for (uint32_t i = 0; i < v->count && r == 0; i++)
            r = show(f->members, &v->items[i], a, &ret->items[i]);
        return r;
    }
    if (v->type != VALUE_MAP || f->type != FIELD_RECORD)
        return 0;
    r = value_new_map(a, v->count, ret);
    for (uint32_t i = 0; i < v->count && r == 0; i++) {
        const struct field *m = field_member(f, v->pairs[i].key.text);

        ret->pairs[i] = v->pairs[i];
        if (m)
            r = show(m, &v->pairs[i].value, a, &ret->pairs[i].value);
    }
    return r;
}

const struct value *field_show(const struct field *f, const struct value *v, struct arena *a)
{
    struct value *shown = f && has_short_form(f) ? arena_alloc(a, sizeof(*shown)) : NULL;

    return shown && show(f, v, a, shown) == 0 ? shown : v;
}
