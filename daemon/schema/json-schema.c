/* SPDX-License-Identifier: Apache-2.0 */
/* The two files as JSON Schemas, and where kinds stand in a document. */
#include "schema/json-schema.h"

#include <string.h>

#include "base/limits.h"

static void put_head(struct schema *s, const char *title, const char *name)
{
    struct buf comment = BUF_INIT(LIMIT_SENTENCE_BYTES);

    buf_addf(&comment, "SPDX-License-Identifier: Apache-2.0; made by: convergate explain --format schema %s", name);
    json_put_text(s->w, "$schema", "http://json-schema.org/draft-07/schema#");
    json_put_text(s->w, "$comment", buf_text(&comment));
    json_put_text(s->w, "title", title);
    buf_done(&comment);
}

void json_schema_settings(const struct catalogue *c, struct json_writer *w)
{
    struct schema s = {.catalogue = c, .w = w};

    json_open(w, NULL, '{');
    put_head(&s, "Settings of Convergate", "settings");
    schema_put_type(&s, c->settings);
    json_close(w, '}');
}

static bool same_step(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* How far two kinds stand in one place. */
static size_t common_steps(const struct system *system, const struct kind *a, const struct kind *b)
{
    const char *x[KIND_PLACE_MAX], *y[KIND_PLACE_MAX];
    size_t n = MIN(kind_place(system, a, x), kind_place(system, b, y)), i = 0;

    while (i < n && same_step(x[i], y[i]))
        i++;
    return i;
}

static void put_names(struct schema *s, const struct kind *k)
{
    json_open(s->w, "propertyNames", '{');
    json_put_int(s->w, "minLength", 1);
    json_put_int(s->w, "maxLength", LIMIT_NAME_BYTES);
    if (k->name_pattern)
        json_put_text(s->w, "pattern", k->name_pattern);
    schema_open(s, (const char *const[]){"not"}, 1);
    json_put_words(s->w, "enum", (const char *const[]){".", ".."}, 2);
    schema_close(s, 2);
}

static void put_kind_words(struct schema *s, const struct kind *k)
{
    struct buf words = BUF_INIT(LIMIT_SENTENCE_BYTES);

    buf_addf(&words, "%s\n\n%s\n\nGuide: %s", k->help, explain_keeping(k), k->guide);
    json_put_text(s->w, "description", buf_text(&words));
    buf_done(&words);
}

static void put_system_words(struct schema *s, const struct system *system)
{
    struct buf words = BUF_INIT(LIMIT_SENTENCE_BYTES);

    buf_addf(&words, "what should be on targets of %s", system->title);
    json_put_text(s->w, "description", buf_text(&words));
    buf_done(&words);
}

static void put_place(struct schema *s, const struct system *system, const char *name, size_t first, size_t depth);

/* Each next step of the kinds from FIRST on that stand in one place with it. */
static void put_next(struct schema *s, const struct system *system, size_t first, size_t depth)
{
    const struct kind *const *kinds = system->kinds;

    json_put_bool(s->w, "additionalProperties", false);
    json_open(s->w, "properties", '{');
    for (size_t i = first; i < system->n_kinds; i++) {
        const char *steps[KIND_PLACE_MAX];
        bool told = common_steps(system, kinds[first], kinds[i]) < depth;

        for (size_t before = first; before < i && !told; before++)
            told = common_steps(system, kinds[before], kinds[i]) > depth;
        kind_place(system, kinds[i], steps);
        if (!told)
            put_place(s, system, steps[depth], i, depth + 1);
    }
    json_close(s->w, '}');
}

/* What stands DEPTH steps down in the place of the kind FIRST, which is the first that stands there. */
static void put_place(struct schema *s, const struct system *system, const char *name, size_t first, size_t depth)
{
    const struct kind *k = system->kinds[first];
    const char *steps[KIND_PLACE_MAX];
    size_t n = kind_place(system, k, steps);
    struct field value = kind_value(k);

    json_open(s->w, name, '{');
    if (depth == 1)
        put_system_words(s, system);
    else if (steps[depth - 1] == k->name)
        put_kind_words(s, k);
    if (depth == n) {
        schema_put_type(s, &value);
    } else {
        json_put_text(s->w, "type", "object");
        if (steps[depth]) {
            put_next(s, system, first, depth);
        } else {
            put_names(s, k);
            put_place(s, system, "additionalProperties", first, depth + 1);
        }
    }
    json_close(s->w, '}');
}

/* At least one of the members that choose targets. */
static void put_choosing(struct schema *s, const struct field *document)
{
    json_open(s->w, "anyOf", '[');
    for (const struct field *m = document->members; m->name; m++) {
        if (m->flags & FIELD_REQUIRED)
            continue;
        json_open(s->w, NULL, '{');
        json_put_words(s->w, "required", &m->name, 1);
        json_close(s->w, '}');
    }
    json_close(s->w, ']');
}

void json_schema_document(const struct catalogue *c, struct json_writer *w)
{
    struct schema s = {.catalogue = c, .w = w};

    json_open(w, NULL, '{');
    put_head(&s, "Desired document of Convergate", "desired");
    json_put_text(w, "type", "object");
    json_put_bool(w, "additionalProperties", false);
    schema_put_required(&s, c->document);
    put_choosing(&s, c->document);
    json_open(w, "properties", '{');
    schema_put_members(&s, c->document);
    for (size_t i = 0; i < c->n_systems; i++)
        if (c->systems[i]->n_kinds > 0)
            put_place(&s, c->systems[i], c->systems[i]->name, 0, 1);
    json_close(w, '}');
    json_close(w, '}');
}
