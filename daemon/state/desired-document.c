/* SPDX-License-Identifier: Apache-2.0 */
#include "state/desired-document.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "state/load.h"

static const struct field a_name = {.name = "a target", .type = FIELD_TEXT, .min = 1, .max = 256};
static const struct field a_label = {.name = "a label", .type = FIELD_TEXT, .min = 1, .max = 256};

static const struct field rows[] = {
    {.name = "version",
     .type = FIELD_INT,
     .flags = FIELD_REQUIRED,
     .min = 1,
     .max = 1,
     .help = "the format of this file"},
    {.name = "targets",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .flags = FIELD_ONE_OR_MANY,
     .members = &a_name,
     .absent = "all that have the labels",
     .help = "names or patterns of targets"},
    {.name = "labels",
     .type = FIELD_MAP,
     .members = &a_label,
     .min = 1, /* no label would choose every target */
     .absent = "whatever the labels",
     .help = "the targets that have all these labels"},
    {0},
};

const struct field desired_rows = {.name = "a document", .type = FIELD_RECORD, .members = rows};

/* What is being read, for the functions below. */
struct reading {
    const struct settings *settings;
    struct desired_document *d;
    struct diag_list *diags;
};

static void complain(struct reading *r, const struct value *at, enum diag_code code, const char *format, ...)
    _printf_(4, 5);

static void complain(struct reading *r, const struct value *at, enum diag_code code, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    diag_vadd_place(r->diags, code, value_place(&r->d->document, at), format, ap);
    va_end(ap);
}

static int read_row(struct reading *r, const struct field *row, struct value *v, bool *ret_good)
{
    struct field_reader reader = {.document = &r->d->document, .arena = &r->d->document.arena, .diags = r->diags};
    int k = field_read(&reader, row, v);

    *ret_good = k == 0 && !reader.faulty;
    return k;
}

/* True for a name that can be asked for; else the fault is told. */
static bool check_name(struct reading *r, const struct kind *kind, const struct value *name)
{
    const char *wrong = kind->check_name ? kind->check_name(name->text) : NULL;

    if (wrong)
        complain(r, name, DIAG_BAD_VALUE, "the name '%s' of a %s %s", name->text, kind->noun, wrong);
    /* In a path these two would mean a folder. */
    else if (strcmp(name->text, ".") == 0 || strcmp(name->text, "..") == 0)
        complain(r, name, DIAG_BAD_VALUE, "the name '%s' cannot be asked for in a path", name->text);
    else if (name->count == 0 || name->count > LIMIT_NAME_BYTES)
        complain(r, name, DIAG_BAD_VALUE, "the name of a %s must have 1 to 1024 bytes", kind->noun);
    else
        return true;
    return false;
}

static int keep_declared(struct reading *r, struct section *s, const struct kind *kind, const struct value *name,
                         const struct value *body)
{
    if (array_grow(&s->objects, &s->allocated, s->n_objects, sizeof(*s->objects)) < 0)
        return diag_oom(r->diags);
    s->objects[s->n_objects++] = (struct declared){
        .kind = kind, .name = name->text, .body = body, .place = value_place(&r->d->document, name)};
    return 0;
}

static int add_declared(struct reading *r, struct section *s, const struct kind *kind, const struct value *name,
                        struct value *body)
{
    bool good;
    int k;

    if (!check_name(r, kind, name))
        return 0;
    k = read_row(r, kind->body, body, &good);
    if (k < 0 || !good)
        return k;
    return keep_declared(r, s, kind, name, body);
}

static size_t kind_index(const struct system *s, const struct kind *k)
{
    size_t i = 0;

    while (s->kinds[i] != k)
        i++;
    return i;
}

/* True for a map; else the fault is told. */
static bool expect_map(struct reading *r, const struct value *key, const struct value *v)
{
    if (v->type == VALUE_MAP)
        return true;
    complain(r, v, v->type == VALUE_NULL ? DIAG_NULL_VALUE : DIAG_WRONG_TYPE, "%s must be a map, not %s", key->text,
             value_type_to_string(v->type));
    return false;
}

static void unknown_key(struct reading *r, const struct system *s, const char *group, const struct value *key)
{
    const char *words[64];
    char hint[128];
    size_t n = 0;

    for (size_t i = 0; i < s->n_kinds && n < ARRAY_SIZE(words); i++) {
        const struct kind *k = s->kinds[i];

        if (group && (!k->group || strcmp(k->group, group) != 0))
            continue;
        words[n++] = group || !k->group ? k->name : k->group;
    }
    complain(r, key, DIAG_UNKNOWN_KEY, "unknown key '%s'%s", key->text,
             did_you_mean(key->text, words, n, hint, sizeof(hint)));
}

/* GROUP: {NAME: {KIND: body, ...}} */
static int read_group(struct reading *r, struct section *s, const struct value *group, struct value *objects)
{
    if (!expect_map(r, group, objects))
        return 0;
    for (uint32_t i = 0; i < objects->count; i++) {
        struct value *name = &objects->pairs[i].key, *kinds = &objects->pairs[i].value;

        if (!expect_map(r, name, kinds))
            continue;
        for (uint32_t j = 0; j < kinds->count; j++) {
            const struct kind *kind = system_find_kind(s->system, group->text, kinds->pairs[j].key.text);
            int k;

            if (!kind) {
                unknown_key(r, s->system, group->text, &kinds->pairs[j].key);
                continue;
            }
            s->kinds[kind_index(s->system, kind)] = true;
            k = add_declared(r, s, kind, name, &kinds->pairs[j].value);
            if (k < 0)
                return k;
        }
    }
    return 0;
}

/* KIND: {NAME: body} */
static int read_collection(struct reading *r, struct section *s, const struct kind *kind, const struct value *key,
                           struct value *objects)
{
    s->kinds[kind_index(s->system, kind)] = true;
    if (!expect_map(r, key, objects))
        return 0;
    for (uint32_t i = 0; i < objects->count; i++) {
        int k = add_declared(r, s, kind, &objects->pairs[i].key, &objects->pairs[i].value);

        if (k < 0)
            return k;
    }
    return 0;
}

/* KIND: body, called as the kind is. */
static int read_single(struct reading *r, struct section *s, const struct kind *kind, const struct value *key,
                       struct value *body)
{
    s->kinds[kind_index(s->system, kind)] = true;
    return add_declared(r, s, kind, key, body);
}

/* One item of KIND: [body, ...]; its key is its name. */
static int add_item(struct reading *r, struct section *s, const struct kind *kind, struct value *body)
{
    struct value name = {0};
    bool good;
    int k = read_row(r, kind->body, body, &good);

    if (k < 0 || !good)
        return k;
    k = field_item_key(kind->body, body, &r->d->document.arena, &name);
    if (k < 0)
        return k == -ENOMEM ? diag_oom(r->diags) : k;
    name.line = body->line;
    name.column = body->column;
    return check_name(r, kind, &name) ? keep_declared(r, s, kind, &name, body) : 0;
}

static int read_list(struct reading *r, struct section *s, const struct kind *kind, const struct value *key,
                     struct value *items)
{
    s->kinds[kind_index(s->system, kind)] = true;
    if (items->type != VALUE_LIST) {
        complain(r, items, items->type == VALUE_NULL ? DIAG_NULL_VALUE : DIAG_WRONG_TYPE, "%s must be a list, not %s",
                 key->text, value_type_to_string(items->type));
        return 0;
    }
    for (uint32_t i = 0; i < items->count; i++) {
        int k = add_item(r, s, kind, &items->items[i]);

        if (k < 0)
            return k;
    }
    return 0;
}

static int read_section_member(struct reading *r, struct section *s, struct pair *p)
{
    const struct kind *kind = system_find_kind(s->system, NULL, p->key.text);

    if (kind && kind_shape(kind) == SHAPE_LIST)
        return read_list(r, s, kind, &p->key, &p->value);
    if (kind && kind_shape(kind) == SHAPE_SINGLE)
        return read_single(r, s, kind, &p->key, &p->value);
    if (kind)
        return read_collection(r, s, kind, &p->key, &p->value);
    if (system_has_group(s->system, p->key.text))
        return read_group(r, s, &p->key, &p->value);
    unknown_key(r, s->system, NULL, &p->key);
    return 0;
}

static int read_section(struct reading *r, const struct system *system, struct pair *p)
{
    struct section *s;

    if (!expect_map(r, &p->key, &p->value))
        return 0;
    if (array_grow(&r->d->sections, &r->d->allocated, r->d->n_sections, sizeof(*r->d->sections)) < 0)
        return diag_oom(r->diags);
    s = &r->d->sections[r->d->n_sections];
    *s = (struct section){.system = system, .place = value_place(&r->d->document, &p->key)};
    s->kinds = calloc(system->n_kinds + 1, sizeof(*s->kinds));
    if (!s->kinds)
        return diag_oom(r->diags);
    r->d->n_sections++;
    for (uint32_t i = 0; i < p->value.count; i++) {
        int k = read_section_member(r, s, &p->value.pairs[i]);

        if (k < 0)
            return k;
    }
    return 0;
}

static const struct system *find_system(const struct settings *s, const char *name)
{
    for (size_t i = 0; i < s->n_systems; i++)
        if (strcmp(s->systems[i]->name, name) == 0)
            return s->systems[i];
    return NULL;
}

static void unknown_top_key(struct reading *r, const struct value *key)
{
    const char *words[16] = {"version", "targets", "labels"};
    char hint[128];
    size_t n = 3;

    for (size_t i = 0; i < r->settings->n_systems && n < ARRAY_SIZE(words); i++)
        words[n++] = r->settings->systems[i]->name;
    complain(r, key, DIAG_UNKNOWN_KEY, "unknown key '%s'%s", key->text,
             did_you_mean(key->text, words, n, hint, sizeof(hint)));
}

static int read_top_member(struct reading *r, struct pair *p, bool *ret_good)
{
    const struct system *system = find_system(r->settings, p->key.text);
    int k = 0;

    *ret_good = true;
    if (strcmp(p->key.text, "version") == 0)
        return 0;
    if (strcmp(p->key.text, "targets") == 0) {
        k = read_row(r, field_member(&desired_rows, "targets"), &p->value, ret_good);
        r->d->targets = &p->value;
    } else if (strcmp(p->key.text, "labels") == 0) {
        k = read_row(r, field_member(&desired_rows, "labels"), &p->value, ret_good);
        r->d->labels = &p->value;
    } else if (system) {
        k = read_section(r, system, p);
    } else {
        unknown_top_key(r, &p->key);
    }
    return k;
}

int desired_document_read(const struct settings *s, const char *path, struct desired_document *d,
                          struct diag_list *diags)
{
    struct reading r = {.settings = s, .d = d, .diags = diags};
    struct value *root = &d->document.root;
    bool chosen = true, good;
    int k = load_yaml(path, path, &d->document, d->digest, diags);

    if (k == 0)
        k = load_check_version(&d->document, diags);
    if (k < 0)
        return k;
    for (uint32_t i = 0; i < root->count; i++) {
        k = read_top_member(&r, &root->pairs[i], &good);
        if (k < 0)
            return k;
        chosen = chosen && good;
    }
    if (!d->targets && !d->labels)
        return diag_add_place(diags, DIAG_MISSING_KEY, value_place(&d->document, root),
                              "the document names no targets; say `targets: [NAME]` or `labels: {KEY: VALUE}`");
    return chosen ? 0 : -EBADMSG;
}
