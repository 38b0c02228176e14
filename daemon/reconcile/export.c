/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/export.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"

/* A map that grows while it is built; members keep the order in which they came. */
struct builder {
    struct arena *arena;
    struct pair *pairs;
    size_t n, allocated;
};

static void builder_done(struct builder *b)
{
    free(b->pairs);
}

static int builder_add(struct builder *b, const char *key, struct value v)
{
    if (array_grow(&b->pairs, &b->allocated, b->n, sizeof(*b->pairs)) < 0)
        return -ENOMEM;
    b->pairs[b->n++] = (struct pair){.key = value_text(key), .value = v};
    return 0;
}

static int builder_end(struct builder *b, struct value *ret)
{
    int r = value_new_map(b->arena, b->n, ret);

    if (r == 0 && b->n > 0)
        memcpy(ret->pairs, b->pairs, b->n * sizeof(*b->pairs));
    return r;
}

/* Adds NAME: {KIND: body} to a group, beside what other kinds of the group said of the same object. */
static int add_to_group(struct builder *group, const struct kind *k, const char *name, struct value body)
{
    struct value object;

    for (size_t i = 0; i < group->n; i++) {
        struct value *there = &group->pairs[i].value;

        if (strcmp(group->pairs[i].key.text, name) != 0)
            continue;
        if (value_new_map(group->arena, (size_t)there->count + 1, &object) < 0)
            return -ENOMEM;
        memcpy(object.pairs, there->pairs, there->count * sizeof(*there->pairs));
        value_set_pair(&object, there->count, k->name, body);
        *there = object;
        return 0;
    }
    if (value_new_map(group->arena, 1, &object) < 0)
        return -ENOMEM;
    value_set_pair(&object, 0, k->name, body);
    return builder_add(group, name, object);
}

static int export_container(struct run *r, const struct kind *k, struct builder *group)
{
    _cleanup_(observed_list_done) struct observed_list names = {0};
    struct session *s = &r->session;
    int e = s->provider->names(s, k, &names);

    for (size_t i = 0; i < names.n && e == 0; i++) {
        struct observed o = {0};
        struct value body;

        e = s->provider->read(s, k, names.items[i].name, &o);
        if (e == -ENOENT) { /* an auth server of another type */
            e = 0;
            continue;
        }
        if (e == 0)
            e = field_export(k->body, &o.body, s->arena, &body);
        if (e == 0)
            e = add_to_group(group, k, names.items[i].name, body);
    }
    return e;
}

/* What nobody showed is not written down as if there were none. */
static int note_hidden(struct run *r, const struct kind *k)
{
    diag_add_target(&r->plan->notes, DIAG_HTTP_STATUS, r->target->name,
                    "the appliance does not show its %s; they are left out", k->name);
    return 0;
}

/* Secrets are on no appliance to be read. */
static void note_unsealed(struct run *r, const struct kind *k)
{
    struct buf names = BUF_INIT(LIMIT_NAME_BYTES);

    for (const struct field *row = k->body->members; row->name; row++)
        if (row->flags & FIELD_CREDENTIAL)
            buf_addf(&names, "%s%s", names.len ? ", " : "", row->name);
    diag_add_target(&r->plan->notes, DIAG_HTTP_STATUS, r->target->name,
                    "of its %s the appliance does not show: %s; name their credentials there where Convergate is to "
                    "write them",
                    k->name, buf_text(&names));
    buf_done(&names);
}

static int export_collection(struct run *r, const struct kind *k, struct builder *section)
{
    _cleanup_(observed_list_done) struct observed_list live = {0};
    _cleanup_(builder_done) struct builder objects = {.arena = r->session.arena};
    struct value map;
    int e = r->session.provider->list(&r->session, k, &live);

    if (e == -ENOENT)
        return 0;
    if (e == -EOPNOTSUPP)
        return note_hidden(r, k);
    if (e == 0)
        observed_list_sort(&live);
    if (e == 0 && k->unseal && live.n > 0)
        note_unsealed(r, k);
    for (size_t i = 0; i < live.n && e == 0; i++) {
        struct value body;

        /* Of namesakes the document can name one. */
        if ((k->flags & KIND_SENT) && i > 0 && strcmp(live.items[i - 1].name, live.items[i].name) == 0)
            continue;
        e = field_export(k->body, &live.items[i].body, r->session.arena, &body);
        if (e == 0)
            e = builder_add(&objects, live.items[i].name, body);
    }
    if (e == 0)
        e = builder_end(&objects, &map);
    return e < 0 ? e : builder_add(section, k->name, map);
}

static int export_single(struct run *r, const struct kind *k, struct builder *section)
{
    struct observed o = {0};
    struct value body;
    int e = r->session.provider->read(&r->session, k, k->name, &o);

    if (e == 0)
        e = field_export(k->body, &o.body, r->session.arena, &body);
    return e == -ENOENT ? 0 : e < 0 ? e : builder_add(section, k->name, body);
}

/* What is not to be there cannot be read off an appliance: it is for a person to say. */
static int export_nothing(struct run *r, const struct kind *k, struct builder *section)
{
    return 0;
}

static int (*const export_alone[])(struct run *r, const struct kind *k, struct builder *section) = {
    [SHAPE_NAMED] = export_collection,
    [SHAPE_SINGLE] = export_single,
    [SHAPE_LIST] = export_nothing,
};

/* All kinds of one group stand next to each other in a system's list. */
static int export_group(struct run *r, size_t *i, struct builder *section)
{
    const struct system *system = r->target->system;
    const char *name = system->kinds[*i]->group;
    _cleanup_(builder_done) struct builder group = {.arena = r->session.arena};
    struct value map;
    int e = 0;

    for (; *i < system->n_kinds && e == 0; (*i)++) {
        const struct kind *k = system->kinds[*i];

        if (!k->group || strcmp(k->group, name) != 0)
            break;
        e = export_container(r, k, &group);
    }
    if (e == 0)
        e = builder_end(&group, &map);
    return e < 0 ? e : builder_add(section, name, map);
}

static int export_section(struct run *r, struct value *ret)
{
    const struct system *system = r->target->system;
    _cleanup_(builder_done) struct builder section = {.arena = r->session.arena};
    int e = 0;

    for (size_t i = 0; i < system->n_kinds && e == 0;) {
        const struct kind *k = system->kinds[i];

        if (kind_shape(k) == SHAPE_GROUP) {
            e = export_group(r, &i, &section);
        } else {
            e = export_alone[kind_shape(k)](r, k, &section);
            i++;
        }
    }
    return e < 0 ? e : builder_end(&section, ret);
}

int export_read(struct run *r, struct value *ret)
{
    struct value document, targets, section;
    int e = export_section(r, &section);

    if (e == 0)
        e = value_new_map(r->session.arena, 3, &document);
    if (e == 0)
        e = value_new_list(r->session.arena, 1, &targets);
    if (e == -ENOMEM)
        return diag_oom(&r->plan->diags);
    if (e < 0)
        return e;
    targets.items[0] = value_text(r->target->name);
    targets.flags = VALUE_FLOW;
    value_set_pair(&document, 0, "version", value_int(1));
    value_set_pair(&document, 1, "targets", targets);
    value_set_pair(&document, 2, r->target->system->name, section);
    *ret = document;
    return 0;
}
