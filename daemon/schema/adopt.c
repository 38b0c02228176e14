/* SPDX-License-Identifier: Apache-2.0 */
/* Takes values of an appliance into the types of their rows. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "schema/field.h"

static int misshapen(const struct field *f, const struct value *v, struct buf *why)
{
    static const char *const words[FIELD_TYPE_MAX] = {
        [FIELD_TEXT] = "a text",      [FIELD_BOOL] = "a truth value", [FIELD_INT] = "a number",
        [FIELD_RECORD] = "an object", [FIELD_LIST] = "a list",        [FIELD_MAP] = "an object",
    };

    buf_addf(why, "'%s' is %s where %s is documented", f->name ? f->name : "an item", value_type_to_string(v->type),
             words[f->type]);
    return -EBADMSG;
}

static int normalise_text(const struct field *f, struct value *v, struct arena *a, struct buf *why)
{
    const char *wrong = NULL;
    int r = f->normalise ? f->normalise(a, v, &wrong) : 0;

    if (r == -EBADMSG)
        buf_addf(why, "'%s' %s", f->name ? f->name : "an item", wrong);
    return r;
}

static int adopt_text(const struct field *f, struct value *v, struct arena *a, struct buf *why)
{
    const char *text = NULL;

    if (v->type == VALUE_TEXT)
        return normalise_text(f, v, a, why);
    if (v->type == VALUE_BOOL)
        text = v->boolean ? "true" : "false";
    else if (v->type == VALUE_INT)
        text = arena_printf(a, "%" PRId64, v->integer);
    else
        return 0;
    if (!text)
        return -ENOMEM;
    *v = value_text(text);
    return 0;
}

/* What cannot be taken as the type stays what it is, and so differs from whatever is declared. */
static void adopt_bool(struct value *v)
{
    if (v->type == VALUE_TEXT && strcmp(v->text, "true") == 0)
        *v = value_bool(true);
    else if (v->type == VALUE_TEXT && strcmp(v->text, "false") == 0)
        *v = value_bool(false);
}

static void adopt_int(struct value *v)
{
    const char *digits = v->type == VALUE_TEXT ? v->text + (v->text[0] == '-') : NULL;

    if (digits && digits[0] != '\0' && strlen(digits) <= 15 && strspn(digits, "0123456789") == strlen(digits))
        *v = value_int(strtoll(v->text, NULL, 10));
}

static int adopt_scalar(const struct field *f, struct value *v, struct arena *a, struct buf *why)
{
    if (v->type == VALUE_LIST || v->type == VALUE_MAP)
        return misshapen(f, v, why);
    if (f->type == FIELD_TEXT)
        return adopt_text(f, v, a, why);
    if (f->type == FIELD_BOOL)
        adopt_bool(v);
    else
        adopt_int(v);
    return 0;
}

/* Adds the lists that the appliance leaves out when they are empty. */
static int complete_record(const struct field *f, struct value *v, struct arena *a)
{
    for (const struct field *m = f->members; m->name; m++) {
        struct value larger;
        int r;

        if (m->type != FIELD_LIST || !(m->flags & FIELD_ABSENT_EMPTY) || value_get(v, m->name))
            continue;
        r = value_new_map(a, v->count + 1, &larger);
        if (r < 0)
            return r;
        if (v->count > 0)
            memcpy(larger.pairs, v->pairs, v->count * sizeof(*v->pairs));
        value_set_pair(&larger, v->count, m->name, (struct value){.type = VALUE_LIST});
        *v = larger;
    }
    return 0;
}

static int adopt_record(const struct field *f, struct value *v, struct arena *a, struct buf *why)
{
    int r;

    if (v->type != VALUE_MAP)
        return misshapen(f, v, why);
    for (uint32_t i = 0; i < v->count; i++) {
        const struct field *m = field_member(f, v->pairs[i].key.text);

        r = m ? field_adopt(m, &v->pairs[i].value, a, why) : 0;
        if (r < 0)
            return r;
    }
    return complete_record(f, v, a);
}

/* Takes the list out of its wrapping; other members beside it would be lost on writing, so they are a fault. */
static int unwrap_list(const struct field *f, struct value *v, struct buf *why)
{
    const struct value *inner = value_get(v, f->wrap);

    if (!value_is(v, VALUE_MAP) || v->count > 1 || (v->count == 1 && !inner)) {
        buf_addf(why, "'%s' is not an object that holds just '%s'", f->name, f->wrap);
        return -EBADMSG;
    }
    *v = inner ? *inner : (struct value){.type = VALUE_NULL};
    return 0;
}

static int adopt_list(const struct field *f, struct value *v, struct arena *a, struct buf *why)
{
    struct value key;
    int k = f->wrap && v->type != VALUE_NULL ? unwrap_list(f, v, why) : 0;

    if (k < 0)
        return k;
    if (v->type == VALUE_NULL && (f->flags & FIELD_ABSENT_EMPTY))
        *v = (struct value){.type = VALUE_LIST};
    if (v->type != VALUE_LIST)
        return misshapen(f, v, why);
    for (uint32_t i = 0; i < v->count; i++) {
        int r = field_adopt(f->members, &v->items[i], a, why);

        if (r < 0)
            return r;
        if (f->order == ORDER_WHOLE)
            continue;
        r = field_item_key(f->members, &v->items[i], a, &key);
        if (r == -ENOMEM)
            return r;
        if (r < 0) {
            buf_addf(why, "item %u of '%s' has no name that Convergate knows it by", i + 1, f->name);
            return -EBADMSG;
        }
    }
    return 0;
}

int field_adopt(const struct field *f, struct value *v, struct arena *a, struct buf *why)
{
    switch (f->type) {
    case FIELD_RECORD:
        /* A record that is null says nothing; it stays null. */
        return v->type == VALUE_NULL ? 0 : adopt_record(f, v, a, why);
    case FIELD_LIST:
        return adopt_list(f, v, a, why);
    case FIELD_TEXT:
    case FIELD_BOOL:
    case FIELD_INT:
        return adopt_scalar(f, v, a, why);
    case FIELD_MAP:
    case FIELD_TYPE_MAX:
        break;
    }
    return 0;
}
