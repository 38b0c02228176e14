/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as JSON: what is so is there, what is not is left out. */
#include <string.h>

#include "base/limits.h"
#include "schema/explain.h"

static size_t count_words(const char *const *words)
{
    size_t n = 0;

    while (words && words[n])
        n++;
    return n;
}

static void put_if(struct json_writer *w, const char *name, const char *text)
{
    if (text)
        json_put_text(w, name, text);
}

static void put_flags(struct json_writer *w, const struct field *f)
{
    static const struct {
        unsigned flag;
        const char *name;
    } words[] = {
        {FIELD_KEY, "key"},
        {FIELD_REQUIRED | FIELD_KEY, "required"},
        {FIELD_ON_CREATE, "on-create"},
        {FIELD_EMPTY_ON_CREATE, "empty-on-create"},
        {FIELD_ALTERNATIVE, "alternative"},
        {FIELD_SERVER_FILLED, "server-filled"},
        {FIELD_LIVE_ONLY, "live-only"},
        {FIELD_UNSEEN, "unseen"},
        {FIELD_CREDENTIAL, "credential"},
        {FIELD_SECRET, "secret"},
        {FIELD_FROM_TEXT, "from-text"},
        {FIELD_ONE_OR_MANY, "one-or-many"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (f->flags & words[i].flag)
            json_put_bool(w, words[i].name, true);
}

static void put_bounds(struct json_writer *w, const struct field *f)
{
    if (f->type == FIELD_INT || f->max > 0 || f->min > 0)
        json_put_int(w, "min", f->min);
    if (f->type == FIELD_INT || f->max > 0)
        json_put_int(w, "max", f->max);
}

static void put_choices(struct json_writer *w, const struct catalogue *c, const struct field *f)
{
    const char *names[16];
    size_t n = 0;

    if (f->choices)
        json_put_words(w, "choices", f->choices, count_words(f->choices));
    if (!(f->flags & FIELD_SYSTEM))
        return;
    for (; n < c->n_systems && n < ARRAY_SIZE(names); n++)
        names[n] = c->systems[n]->name;
    json_put_words(w, "choices", names, n);
}

static void put_field(const struct catalogue *c, const char *name, const struct field *f, struct json_writer *w);

static void put_below(struct json_writer *w, const struct catalogue *c, const struct field *f)
{
    if (f->type == FIELD_LIST)
        put_field(c, "item", f->members, w);
    if (f->type == FIELD_MAP)
        put_field(c, "value", f->members, w);
    if (f->type != FIELD_RECORD)
        return;
    json_open(w, "members", '[');
    for (const struct field *m = f->members; m->name; m++)
        put_field(c, NULL, m, w);
    json_close(w, ']');
}

static void put_field(const struct catalogue *c, const char *name, const struct field *f, struct json_writer *w)
{
    static const char *const types[FIELD_TYPE_MAX] = {
        [FIELD_TEXT] = "text",     [FIELD_BOOL] = "boolean", [FIELD_INT] = "number",
        [FIELD_RECORD] = "record", [FIELD_LIST] = "list",    [FIELD_MAP] = "map",
    };
    static const char *const orders[] = {[ORDER_SET] = "set", [ORDER_LIST] = "list", [ORDER_WHOLE] = "whole"};

    json_open(w, name, '{');
    put_if(w, "name", f->name);
    json_put_text(w, "type", types[f->type]);
    if (f->type == FIELD_LIST)
        json_put_text(w, "order", orders[f->order]);
    put_choices(w, c, f);
    put_bounds(w, f);
    put_if(w, "pattern", f->pattern);
    put_flags(w, f);
    put_if(w, "same-as", f->same_as);
    put_if(w, "default", f->fallback);
    put_if(w, "absent", f->absent);
    put_if(w, "help", f->help);
    put_below(w, c, f);
    json_close(w, '}');
}

static void put_kind(const struct catalogue *c, const struct system *s, const struct kind *k, struct json_writer *w)
{
    static const char *const strategies[STRATEGY_MAX] = {
        [STRATEGY_CONTAINER] = "container", [STRATEGY_COLLECTION] = "collection", [STRATEGY_ABSENCE] = "absence"};
    struct buf place = BUF_INIT(LIMIT_SENTENCE_BYTES);
    struct field value = kind_value(k);

    kind_add_place(s, k, &place);
    json_open(w, NULL, '{');
    json_put_text(w, "kind", k->name);
    json_put_text(w, "system", s->name);
    json_put_text(w, "place", buf_text(&place));
    json_put_text(w, "noun", k->noun);
    json_put_text(w, "strategy", strategies[k->strategy]);
    if (k->refers_to)
        json_put_words(w, "refers-to", k->refers_to, count_words(k->refers_to));
    json_put_text(w, "guide", k->guide);
    json_put_text(w, "help", k->help);
    put_field(c, "value", &value, w);
    json_close(w, '}');
    w->out->error = w->out->error ? w->out->error : place.error;
    buf_done(&place);
}

static void put_system(const struct system *s, struct json_writer *w)
{
    json_open(w, NULL, '{');
    json_put_text(w, "system", s->name);
    json_put_text(w, "title", s->title);
    json_open(w, "auth", '[');
    for (const struct auth_member *m = s->auth; m->name; m++) {
        json_open(w, NULL, '{');
        json_put_text(w, "name", m->name);
        json_put_bool(w, "required", m->required);
        json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
}

static void put_kinds(const struct catalogue *c, const char *name, struct json_writer *w)
{
    json_open(w, "kinds", '[');
    for (size_t i = 0; i < c->n_systems; i++) {
        const struct system *s = c->systems[i];

        for (size_t k = 0; k < s->n_kinds; k++)
            if (!name || strcmp(name, s->kinds[k]->name) == 0)
                put_kind(c, s, s->kinds[k], w);
    }
    json_close(w, ']');
}

void explain_json(const struct catalogue *c, const char *name, struct json_writer *w)
{
    bool settings = !name || strcmp(name, "settings") == 0, document = !name || strcmp(name, "desired") == 0;

    json_open(w, NULL, '{');
    json_put_int(w, "version", 1);
    if (settings)
        put_field(c, "settings", c->settings, w);
    if (document)
        put_field(c, "desired", c->document, w);
    if (!name) {
        json_open(w, "systems", '[');
        for (size_t i = 0; i < c->n_systems; i++)
            put_system(c->systems[i], w);
        json_close(w, ']');
    }
    if (!name || (!settings && !document))
        put_kinds(c, name, w);
    json_close(w, '}');
}
