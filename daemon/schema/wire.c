/* SPDX-License-Identifier: Apache-2.0 */
/* From our form of a value to the appliance's, and to a document's. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "schema/slots.h"

static int wire_leaf(const struct value *v, bool text_leaves, struct arena *a, struct value *ret)
{
    const char *text;

    *ret = *v;
    if (!text_leaves || (v->type != VALUE_BOOL && v->type != VALUE_INT))
        return 0;
    text = v->type == VALUE_BOOL ? (v->boolean ? "true" : "false") : arena_printf(a, "%" PRId64, v->integer);
    if (!text)
        return -ENOMEM;
    *ret = value_text(text);
    return 0;
}

static int wire_record(const struct field *f, const struct value *v, bool text_leaves, struct arena *a,
                       struct value *ret)
{
    struct value out;
    int r = value_new_map(a, v->count, &out);

    for (uint32_t i = 0; i < v->count && r == 0; i++) {
        const struct field *m = field_member(f, v->pairs[i].key.text);

        out.pairs[i] = v->pairs[i];
        if (m)
            r = field_wire(m, &v->pairs[i].value, text_leaves, a, &out.pairs[i].value);
    }
    if (r == 0)
        *ret = out;
    return r;
}

static int wire_list(const struct field *f, const struct value *v, bool text_leaves, struct arena *a, struct value *ret)
{
    struct value out = *v, wrapper;
    int r = 0;

    /* Plain texts travel as they are, and there may be a million of them. */
    if (f->members->type != FIELD_TEXT) {
        r = value_new_list(a, v->count, &out);
        for (uint32_t i = 0; i < v->count && r == 0; i++)
            r = field_wire(f->members, &v->items[i], text_leaves, a, &out.items[i]);
    }
    if (r == 0 && f->wrap) {
        r = value_new_map(a, 1, &wrapper);
        if (r == 0) {
            value_set_pair(&wrapper, 0, f->wrap, out);
            out = wrapper;
        }
    }
    if (r == 0)
        *ret = out;
    return r;
}

int field_wire(const struct field *f, const struct value *v, bool text_leaves, struct arena *a, struct value *ret)
{
    if (f->type == FIELD_RECORD && v->type == VALUE_MAP)
        return wire_record(f, v, text_leaves, a, ret);
    if (f->type == FIELD_LIST && v->type == VALUE_LIST)
        return wire_list(f, v, text_leaves, a, ret);
    return wire_leaf(v, text_leaves, a, ret);
}

static bool is_choice(const struct field *f, const char *text)
{
    for (size_t i = 0; f->choices[i]; i++)
        if (strcmp(f->choices[i], text) == 0)
            return true;
    return false;
}

/* What a document could not say is left out, and so left as it is. */
static bool is_declarable(const struct field *f, const struct value *v)
{
    if ((f->flags & (FIELD_SERVER_FILLED | FIELD_SECRET | FIELD_LIVE_ONLY)) || v->type == VALUE_NULL)
        return false;
    if (f->type == FIELD_TEXT && v->type != VALUE_TEXT)
        return false;
    if (f->type == FIELD_BOOL && v->type != VALUE_BOOL)
        return false;
    if (f->type == FIELD_INT && (v->type != VALUE_INT || v->integer < f->min || v->integer > f->max))
        return false;
    if ((v->type == VALUE_LIST || v->type == VALUE_MAP) && !field_count_fits(f, v))
        return false;
    if (f->choices && (v->type != VALUE_TEXT || !is_choice(f, v->text)))
        return false;
    return !f->check || !f->check(v);
}

/* In a set a second item of the same key says nothing, and a document may not give it. */
static int drop_repeats(const struct field *f, struct arena *a, struct value *list)
{
    _cleanup_free_ struct slot *slots = NULL;
    _cleanup_free_ bool *repeat = calloc((size_t)list->count + 1, sizeof(*repeat));
    struct value out;
    uint32_t n = 0;
    int r = repeat ? slots_build(f->members, list, a, &slots) : -ENOMEM;

    if (r < 0)
        return r == -EINVAL ? 0 : r;
    for (uint32_t i = 1; i < list->count; i++)
        repeat[slots[i].index] = slot_compare(&slots[i - 1], &slots[i]) == 0;
    r = value_new_list(a, list->count, &out);
    for (uint32_t i = 0; r == 0 && i < list->count; i++)
        if (!repeat[i])
            out.items[n++] = list->items[i];
    if (r < 0)
        return r;
    out.count = n;
    out.flags = list->flags;
    *list = out;
    return 0;
}

static int export_record(const struct field *f, const struct value *v, struct arena *a, struct value *ret)
{
    struct value out;
    uint32_t n = 0;
    int r = value_new_map(a, v->count, &out);

    for (uint32_t i = 0; i < v->count && r == 0; i++) {
        const struct field *m = field_member(f, v->pairs[i].key.text);

        if (!m || !is_declarable(m, &v->pairs[i].value))
            continue;
        out.pairs[n].key = v->pairs[i].key;
        r = field_export(m, &v->pairs[i].value, a, &out.pairs[n++].value);
    }
    if (r < 0)
        return r;
    out.count = n;
    *ret = out;
    return 0;
}

int field_export(const struct field *f, const struct value *v, struct arena *a, struct value *ret)
{
    struct value out;
    int r;

    *ret = *v;
    if (f->type == FIELD_RECORD && v->type == VALUE_MAP)
        return export_record(f, v, a, ret);
    if (f->type != FIELD_LIST || v->type != VALUE_LIST)
        return 0;
    if (f->members->type == FIELD_TEXT)
        return f->order == ORDER_SET ? drop_repeats(f, a, ret) : 0;
    r = value_new_list(a, v->count, &out);
    for (uint32_t i = 0; i < v->count && r == 0; i++)
        r = field_export(f->members, &v->items[i], a, &out.items[i]);
    if (r == 0) {
        /* Pairs of times and the like read better on one line. */
        out.flags = f->order == ORDER_WHOLE ? VALUE_FLOW : 0;
        *ret = out;
    }
    return r;
}
