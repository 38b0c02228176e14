/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as a JSON Schema. */
#include "schema/json-schema.h"

#include <errno.h>
#include <regex.h>
#include <string.h>

#include "base/limits.h"

static void fail(struct schema *s, int error)
{
    if (!s->w->out->error)
        s->w->out->error = error;
}

static bool matches(struct schema *s, const char *pattern, const char *text)
{
    regex_t compiled;
    bool good;

    if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0) {
        fail(s, -EINVAL);
        return false;
    }
    good = regexec(&compiled, text, 0, NULL, 0) == 0;
    regfree(&compiled);
    return good;
}

/* What YAML takes for a number or truth value is a text to us. It gets here as what YAML took it for. */
static void put_text(struct schema *s, const struct field *f)
{
    static const struct {
        const char *type, *sample;
    } others[] = {{"number", "1"}, {"boolean", "true"}};
    const char *types[3] = {"string"};
    size_t n = 1;

    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        if (!f->pattern || matches(s, f->pattern, others[i].sample))
            types[n++] = others[i].type;
    json_put_words(s->w, "type", types, n);
    /* Bounds count bytes, a schema counts characters, of which there are never more. */
    if (f->max > 0 && f->min > 0)
        json_put_int(s->w, "minLength", 1);
    if (f->max > 0)
        json_put_int(s->w, "maxLength", f->max);
    if (f->pattern)
        json_put_text(s->w, "pattern", f->pattern);
}

static void put_int(struct schema *s, const struct field *f)
{
    json_put_text(s->w, "type", "integer");
    json_put_int(s->w, "minimum", f->min);
    json_put_int(s->w, "maximum", f->max);
}

static void put_default(struct schema *s, const struct field *f)
{
    if (f->type == FIELD_INT)
        json_put_int(s->w, "default", strtoll(f->fallback, NULL, 10));
    else if (f->type == FIELD_BOOL)
        json_put_bool(s->w, "default", strcmp(f->fallback, "true") == 0);
    else
        json_put_text(s->w, "default", f->fallback);
}

/* The help, and below it the row in words. */
static void put_words(struct schema *s, const struct field *f, const char *by_system)
{
    struct buf words = BUF_INIT(LIMIT_SENTENCE_BYTES);

    if (f->help)
        buf_addf(&words, "%s\n\n", f->help);
    explain_field(s->catalogue, f, &words);
    if (by_system)
        explain_by_system(s->catalogue, by_system, &words);
    json_put_text(s->w, "description", buf_text(&words));
    if (words.error)
        fail(s, words.error);
    buf_done(&words);
    if (f->fallback)
        put_default(s, f);
}

void schema_open(struct schema *s, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        json_open(s->w, names[i], '{');
}

void schema_close(struct schema *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        json_close(s->w, '}');
}

static void put_field(struct schema *s, const char *name, const struct field *f)
{
    json_open(s->w, name, '{');
    schema_put_type(s, f);
    json_close(s->w, '}');
}

static void put_system_names(struct schema *s)
{
    json_open(s->w, "enum", '[');
    for (size_t i = 0; i < s->catalogue->n_systems; i++)
        json_put_text(s->w, NULL, s->catalogue->systems[i]->name);
    json_close(s->w, ']');
}

static void put_choices(struct schema *s, const struct field *f)
{
    json_open(s->w, "enum", '[');
    for (size_t i = 0; f->choices[i]; i++)
        json_put_text(s->w, NULL, f->choices[i]);
    json_close(s->w, ']');
}

static const struct field *flagged(const struct field *record, unsigned flag)
{
    for (const struct field *m = record->members; m->name; m++)
        if (m->flags & flag)
            return m;
    return NULL;
}

static void put_auth_names(struct schema *s, const char *name, const struct system *system, bool required_only)
{
    json_open(s->w, name, '[');
    for (const struct auth_member *m = system->auth; m->name; m++)
        if (m->required || !required_only)
            json_put_text(s->w, NULL, m->name);
    json_close(s->w, ']');
}

/* Where TYPE says so, AUTH holds what that system needs and nothing that it has no use for. */
static void put_system_rule(struct schema *s, const struct field *type, const struct field *auth,
                            const struct system *system)
{
    json_open(s->w, NULL, '{');
    schema_open(s, (const char *const[]){"if", "properties", type->name}, 3);
    json_put_text(s->w, "const", system->name);
    schema_close(s, 3);
    schema_open(s, (const char *const[]){"then", "properties", auth->name}, 3);
    put_auth_names(s, "required", system, true);
    json_open(s->w, "propertyNames", '{');
    put_auth_names(s, "enum", system, false);
    json_close(s->w, '}');
    schema_close(s, 3);
    json_close(s->w, '}');
}

static void put_system_rules(struct schema *s, const struct field *record)
{
    const struct field *type = flagged(record, FIELD_SYSTEM), *auth = flagged(record, FIELD_BY_SYSTEM);

    if (!type || !auth)
        return;
    json_open(s->w, "allOf", '[');
    for (size_t i = 0; i < s->catalogue->n_systems; i++)
        put_system_rule(s, type, auth, s->catalogue->systems[i]);
    json_close(s->w, ']');
}

void schema_put_required(struct schema *s, const struct field *record)
{
    json_open(s->w, "required", '[');
    for (const struct field *m = record->members; m->name; m++)
        if (m->flags & (FIELD_REQUIRED | FIELD_KEY))
            json_put_text(s->w, NULL, m->name);
    json_close(s->w, ']');
}

void schema_put_members(struct schema *s, const struct field *record)
{
    for (const struct field *m = record->members; m->name; m++) {
        if (m->flags & FIELD_LIVE_ONLY)
            continue;
        json_open(s->w, m->name, '{');
        put_words(s, m, record->flags & FIELD_BY_SYSTEM ? m->name : NULL);
        schema_put_type(s, m);
        json_close(s->w, '}');
    }
}

static void put_record(struct schema *s, const struct field *f)
{
    json_put_text(s->w, "type", "object");
    json_put_bool(s->w, "additionalProperties", false);
    schema_put_required(s, f);
    json_open(s->w, "properties", '{');
    schema_put_members(s, f);
    json_close(s->w, '}');
    put_system_rules(s, f);
}

static void put_list(struct schema *s, const struct field *f)
{
    json_put_text(s->w, "type", "array");
    if (f->min > 0)
        json_put_int(s->w, "minItems", f->min);
    if (f->max > 0)
        json_put_int(s->w, "maxItems", f->max);
    if (f->order != ORDER_WHOLE)
        json_put_bool(s->w, "uniqueItems", true);
    put_field(s, "items", f->members);
}

static void put_map(struct schema *s, const struct field *f)
{
    json_put_text(s->w, "type", "object");
    if (f->min > 0)
        json_put_int(s->w, "minProperties", f->min);
    if (f->max > 0)
        json_put_int(s->w, "maxProperties", f->max);
    if (f->pattern) {
        json_open(s->w, "propertyNames", '{');
        json_put_text(s->w, "pattern", f->pattern);
        json_close(s->w, '}');
    }
    put_field(s, "additionalProperties", f->members);
}

/* The short form, or the whole one. */
static void put_either(struct schema *s, const struct field *f, const struct field *brief)
{
    struct field whole = *f;

    whole.flags &= ~(unsigned)(FIELD_FROM_TEXT | FIELD_ONE_OR_MANY);
    json_open(s->w, "anyOf", '[');
    put_field(s, NULL, brief);
    put_field(s, NULL, &whole);
    json_close(s->w, ']');
}

void schema_put_type(struct schema *s, const struct field *f)
{
    if (f->type == FIELD_RECORD && f->flags & FIELD_FROM_TEXT)
        put_either(s, f, field_key_member(f));
    else if (f->type == FIELD_LIST && f->flags & FIELD_ONE_OR_MANY)
        put_either(s, f, f->members);
    else if (f->type == FIELD_RECORD)
        put_record(s, f);
    else if (f->type == FIELD_LIST)
        put_list(s, f);
    else if (f->type == FIELD_MAP)
        put_map(s, f);
    else if (f->type == FIELD_INT)
        put_int(s, f);
    else if (f->type == FIELD_BOOL)
        json_put_text(s->w, "type", "boolean");
    else if (f->flags & FIELD_SYSTEM)
        put_system_names(s);
    else if (f->choices)
        put_choices(s, f);
    else
        put_text(s, f);
}
