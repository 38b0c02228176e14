/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/kind.h"

#include <string.h>

enum shape kind_shape(const struct kind *k)
{
    if (k->group)
        return SHAPE_GROUP;
    if (k->strategy == STRATEGY_ABSENCE)
        return SHAPE_LIST;
    return k->flags & KIND_SINGLE ? SHAPE_SINGLE : SHAPE_NAMED;
}

const struct kind *system_kind_by_name(const struct system *s, const char *name)
{
    for (size_t i = 0; i < s->n_kinds; i++)
        if (strcmp(s->kinds[i]->name, name) == 0)
            return s->kinds[i];
    return NULL;
}

const struct kind *system_find_kind(const struct system *s, const char *group, const char *name)
{
    const struct kind *k = system_kind_by_name(s, name);

    if (!k || !k->group != !group)
        return NULL;
    return !group || strcmp(k->group, group) == 0 ? k : NULL;
}

bool system_has_group(const struct system *s, const char *group)
{
    for (size_t i = 0; i < s->n_kinds; i++)
        if (s->kinds[i]->group && strcmp(s->kinds[i]->group, group) == 0)
            return true;
    return false;
}

size_t kind_place(const struct system *s, const struct kind *k, const char *ret_steps[static KIND_PLACE_MAX])
{
    enum shape shape = kind_shape(k);
    size_t n = 0;

    ret_steps[n++] = s->name;
    if (shape == SHAPE_GROUP) {
        ret_steps[n++] = k->group;
        ret_steps[n++] = NULL;
    }
    ret_steps[n++] = k->name;
    if (shape == SHAPE_NAMED)
        ret_steps[n++] = NULL;
    return n;
}

struct field kind_value(const struct kind *k)
{
    if (kind_shape(k) == SHAPE_LIST)
        return (struct field){.name = k->name, .type = FIELD_LIST, .order = ORDER_SET, .members = k->body};
    return *k->body;
}

void kind_add_place(const struct system *s, const struct kind *k, struct buf *out)
{
    const char *steps[KIND_PLACE_MAX];
    size_t n = kind_place(s, k, steps);

    for (size_t i = 0; i < n; i++)
        buf_addf(out, "%s%s", i > 0 ? ": " : "", steps[i] ? steps[i] : "NAME");
}
