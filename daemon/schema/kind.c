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
