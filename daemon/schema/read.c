/* SPDX-License-Identifier: Apache-2.0 */
/* Reads values of documents against their rows. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "schema/field.h"
#include "schema/slots.h"

#define PRIVATE_KEY "PRIVATE KEY-----"

static int complain(struct field_reader *r, const struct value *v, enum diag_code code, const char *format, ...)
    _printf_(4, 5);

static int complain(struct field_reader *r, const struct value *v, enum diag_code code, const char *format, ...)
{
    va_list ap;

    r->faulty = true;
    va_start(ap, format);
    diag_vadd_place(r->diags, code, value_place(r->document, v), format, ap);
    va_end(ap);
    return 0;
}

static const char *const field_type_words[FIELD_TYPE_MAX] = {
    [FIELD_TEXT] = "a text",  [FIELD_BOOL] = "true or false", [FIELD_INT] = "a whole number",
    [FIELD_RECORD] = "a map", [FIELD_LIST] = "a list",        [FIELD_MAP] = "a map",
};

static int wrong_type(struct field_reader *r, const struct field *f, const struct value *v)
{
    const char *got = f->type == FIELD_BOOL || f->type == FIELD_INT
                          ? (v->type == VALUE_TEXT ? "another text" : value_type_to_string(v->type))
                          : value_type_to_string(v->type);
    bool quoted = v->type == VALUE_TEXT && !(v->flags & VALUE_PLAIN) && (f->type == FIELD_BOOL || f->type == FIELD_INT);

    return complain(r, v, f->flags & FIELD_SECRET ? DIAG_SECRET_IN_FILE : DIAG_WRONG_TYPE, "%s must be %s, not %s%s",
                    f->name ? f->name : "an item", field_type_words[f->type], got,
                    quoted ? "; write it without quotes" : "");
}

static int read_choices(struct field_reader *r, const struct field *f, const struct value *v)
{
    char hint[128], all[256] = "";
    size_t n = 0, used = 0;

    for (; f->choices[n]; n++) {
        if (strcmp(f->choices[n], v->text) == 0)
            return 0;
        used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s", n ? ", " : "", f->choices[n]);
        used = MIN(used, sizeof(all) - 1);
    }
    return complain(r, v, DIAG_BAD_VALUE, "%s is '%s' but must be one of: %s%s", f->name, v->text, all,
                    did_you_mean(v->text, f->choices, n, hint, sizeof(hint)));
}

static int normalise_text(struct field_reader *r, const struct field *f, struct value *v)
{
    const char *wrong = NULL;
    int k = f->normalise(r->arena, v, &wrong);

    if (k == -EBADMSG)
        return complain(r, v, DIAG_BAD_VALUE, "%s %s", f->name ? f->name : "an item", wrong);
    return k < 0 ? diag_oom(r->diags) : 0;
}

static int read_text(struct field_reader *r, const struct field *f, struct value *v)
{
    if (v->type != VALUE_TEXT)
        return wrong_type(r, f, v);
    /* Nothing that Convergate declares has one, so it got here by mistake; it is shown nowhere. */
    if (v->count > strlen(PRIVATE_KEY) && strstr(v->text, PRIVATE_KEY))
        return complain(r, v, DIAG_SECRET_IN_FILE, "%s holds a private key; take it out, and make a new one",
                        f->name ? f->name : "an item");
    if (f->max > 0 && ((int64_t)v->count < f->min || (int64_t)v->count > f->max))
        return complain(r, v, DIAG_BAD_VALUE, "%s must have %" PRId64 " to %" PRId64 " bytes",
                        f->name ? f->name : "an item", f->min, f->max);
    if (f->normalise)
        return normalise_text(r, f, v);
    return f->choices ? read_choices(r, f, v) : 0;
}

static int read_bool(struct field_reader *r, const struct field *f, struct value *v)
{
    bool plain = v->type == VALUE_TEXT && (v->flags & VALUE_PLAIN);

    if (!plain || (strcmp(v->text, "true") != 0 && strcmp(v->text, "false") != 0))
        return wrong_type(r, f, v);
    v->boolean = v->text[0] == 't';
    v->type = VALUE_BOOL;
    return 0;
}

/* 0|-?[1-9][0-9]*: no octal, no sign for its own sake, nothing that YAML 1.1 reads in another base. */
static bool parse_int(const char *text, int64_t *ret)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    size_t n = strspn(digits, "0123456789");

    if (n == 0 || n > 15 || digits[n] != '\0' || (digits[0] == '0' && (n > 1 || digits != text)))
        return false;
    *ret = strtoll(text, NULL, 10);
    return true;
}

static int read_int(struct field_reader *r, const struct field *f, struct value *v)
{
    int64_t n;

    if (v->type != VALUE_TEXT || !(v->flags & VALUE_PLAIN) || !parse_int(v->text, &n))
        return wrong_type(r, f, v);
    if (n < f->min || n > f->max)
        return complain(r, v, DIAG_BAD_VALUE, "%s is %" PRId64 " but must be between %" PRId64 " and %" PRId64, f->name,
                        n, f->min, f->max);
    v->integer = n;
    v->type = VALUE_INT;
    return 0;
}

static bool has_secret(const struct field *record)
{
    for (const struct field *m = record->members; m->name; m++)
        if (m->flags & FIELD_SECRET)
            return true;
    return false;
}

static int unknown_member(struct field_reader *r, const struct field *f, const struct pair *p)
{
    const char *words[64];
    char hint[128];
    size_t n = 0;

    for (const struct field *m = f->members; m->name && n < ARRAY_SIZE(words); m++)
        words[n++] = m->name;
    /* "password:secret" without the blank is one key: where secrets are given, only its first word is shown. */
    if (has_secret(f))
        return complain(r, &p->key, DIAG_UNKNOWN_KEY, "unknown key '%.*s'%s",
                        (int)strspn(p->key.text, "abcdefghijklmnopqrstuvwxyz-"), p->key.text,
                        did_you_mean(p->key.text, words, n, hint, sizeof(hint)));
    return complain(r, &p->key, DIAG_UNKNOWN_KEY, "unknown key '%s'%s", p->key.text,
                    did_you_mean(p->key.text, words, n, hint, sizeof(hint)));
}

/* A text that stands for a record becomes the record with just its key. */
static int expand_text(struct field_reader *r, const struct field *f, struct value *v)
{
    const struct field *key = field_key_member(f);
    struct value record;
    int k = value_new_map(r->arena, 1, &record);

    if (k < 0)
        return diag_oom(r->diags);
    value_set_pair(&record, 0, key->name, *v);
    record.line = v->line;
    record.column = v->column;
    *v = record;
    return 0;
}

static int prepare_record(struct field_reader *r, const struct field *f, struct value *v)
{
    const char *why = NULL;
    int k = f->prepare(r->arena, v, &why);

    if (k == -EBADMSG)
        return complain(r, v, DIAG_BAD_VALUE, "%s", why);
    return k < 0 ? diag_oom(r->diags) : 0;
}

static int read_record(struct field_reader *r, const struct field *f, struct value *v)
{
    bool before = r->faulty;
    int k;

    if (v->type == VALUE_TEXT && (f->flags & FIELD_FROM_TEXT)) {
        k = expand_text(r, f, v);
        if (k < 0)
            return k;
    }
    if (v->type != VALUE_MAP)
        return wrong_type(r, f, v);
    r->faulty = false;
    for (uint32_t i = 0; i < v->count; i++) {
        const struct field *m = field_member(f, v->pairs[i].key.text);

        k = m ? field_read(r, m, &v->pairs[i].value) : unknown_member(r, f, &v->pairs[i]);
        if (k < 0)
            return k;
    }
    for (const struct field *m = f->members; m->name; m++) {
        if (!(m->flags & (FIELD_REQUIRED | FIELD_KEY)) || value_get(v, m->name))
            continue;
        k = complain(r, v, DIAG_MISSING_KEY, "%s is missing here", m->name);
        if (k < 0)
            return k;
    }
    k = f->prepare && !r->faulty ? prepare_record(r, f, v) : 0;
    r->faulty = r->faulty || before;
    return k;
}

static int read_list_doubles(struct field_reader *r, const struct field *f, const struct value *v)
{
    _cleanup_free_ struct slot *slots = NULL;
    int k = slots_build(f->members, v, r->arena, &slots);

    if (k == -EINVAL)
        return complain(r, v, DIAG_BAD_VALUE, "%s has an item without a name", f->name);
    if (k < 0)
        return diag_oom(r->diags);
    for (uint32_t i = 1; i < v->count && k == 0; i++)
        if (slot_compare(&slots[i - 1], &slots[i]) == 0)
            k = complain(r, &v->items[slots[i].index], DIAG_DUPLICATE_ITEM,
                         "'%s' stands in this list twice; the first is at line %u", slots[i].text,
                         v->items[slots[i - 1].index].line);
    return k;
}

/* A list or map that holds too little or too much; a map that should hold something lacks keys. */
static int check_count(struct field_reader *r, const struct field *f, const struct value *v)
{
    bool few = (int64_t)v->count < f->min;
    const char *words = f->min == f->max ? "exactly" : few ? "at least" : "at most";

    if (field_count_fits(f, v))
        return 0;
    return complain(r, v, few && f->type == FIELD_MAP ? DIAG_MISSING_KEY : DIAG_BAD_VALUE,
                    "%s has %u %s but must have %s %" PRId64, f->name ? f->name : "an item", v->count,
                    f->type == FIELD_MAP ? "members" : "items", words, few ? f->min : f->max);
}

static int read_list(struct field_reader *r, const struct field *f, struct value *v)
{
    bool before = r->faulty;
    int k = 0;

    if (v->type != VALUE_LIST && (f->flags & FIELD_ONE_OR_MANY) && v->type != VALUE_NULL) {
        struct value only = *v;

        k = value_new_list(r->arena, 1, v);
        if (k < 0)
            return diag_oom(r->diags);
        v->line = only.line;
        v->column = only.column;
        v->items[0] = only;
    }
    if (v->type != VALUE_LIST)
        return wrong_type(r, f, v);
    r->faulty = false;
    k = check_count(r, f, v);
    for (uint32_t i = 0; i < v->count && k == 0; i++)
        k = field_read(r, f->members, &v->items[i]);
    if (k == 0 && !r->faulty && f->order != ORDER_WHOLE)
        k = read_list_doubles(r, f, v);
    r->faulty = r->faulty || before;
    return k;
}

static int read_map(struct field_reader *r, const struct field *f, struct value *v)
{
    int k;

    if (v->type != VALUE_MAP)
        return wrong_type(r, f, v);
    k = check_count(r, f, v);
    for (uint32_t i = 0; i < v->count && k == 0; i++)
        k = field_read(r, f->members, &v->pairs[i].value);
    return k;
}

static int read_typed(struct field_reader *r, const struct field *f, struct value *v)
{
    switch (f->type) {
    case FIELD_TEXT:
        return read_text(r, f, v);
    case FIELD_BOOL:
        return read_bool(r, f, v);
    case FIELD_INT:
        return read_int(r, f, v);
    case FIELD_RECORD:
        return read_record(r, f, v);
    case FIELD_LIST:
        return read_list(r, f, v);
    case FIELD_MAP:
        return read_map(r, f, v);
    case FIELD_TYPE_MAX:
        break;
    }
    return 0;
}

int field_read(struct field_reader *r, const struct field *f, struct value *v)
{
    bool before = r->faulty;
    const char *wrong;
    int k;

    if (f->flags & FIELD_LIVE_ONLY)
        return complain(r, v, f->flags & FIELD_SECRET ? DIAG_SECRET_IN_FILE : DIAG_BAD_VALUE,
                        "%s cannot be given by a document: %s", f->name, f->help);
    if (v->type == VALUE_NULL)
        return complain(r, v, DIAG_NULL_VALUE, "%s has no value; leave the key out, or write %s",
                        f->name ? f->name : "an item", f->type == FIELD_LIST ? "[]" : "\"\" for an empty text");
    r->faulty = false;
    k = read_typed(r, f, v);
    if (k == 0 && !r->faulty && f->check) {
        wrong = f->check(v);
        if (wrong)
            k = complain(r, v, f->flags & FIELD_SECRET ? DIAG_SECRET_IN_FILE : DIAG_BAD_VALUE, "%s %s",
                         f->name ? f->name : "an item", wrong);
    }
    r->faulty = r->faulty || before;
    return k;
}
