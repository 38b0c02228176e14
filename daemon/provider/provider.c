/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider.h"

#include <stdlib.h>
#include <string.h>

#include "provider/checkpoint/checkpoint.h"
#include "provider/ics/ics.h"
#include "provider/sps/sps.h"

static const struct provider *const providers[] = {&ics_provider, &sps_provider, &checkpoint_provider};
const struct system *const systems[] = {&ics_system, &sps_system, &checkpoint_system};
const size_t n_systems = ARRAY_SIZE(systems);

const struct provider *provider_of(const struct system *s)
{
    for (size_t i = 0; i < ARRAY_SIZE(providers); i++)
        if (providers[i]->system == s)
            return providers[i];
    return NULL;
}

void observed_list_done(struct observed_list *l)
{
    free(l->items);
    *l = (struct observed_list){0};
}

static int compare_observed(const void *a, const void *b)
{
    return strcmp(((const struct observed *)a)->name, ((const struct observed *)b)->name);
}

void observed_list_sort(struct observed_list *l)
{
    if (l->n > 1)
        qsort(l->items, l->n, sizeof(*l->items), compare_observed);
}

const struct observed *observed_list_find(const struct observed_list *sorted, const char *name)
{
    struct observed wanted = {.name = name};

    return sorted->n ? bsearch(&wanted, sorted->items, sorted->n, sizeof(*sorted->items), compare_observed) : NULL;
}

int observed_list_add(struct observed_list *l, struct observed o)
{
    int r = array_grow(&l->items, &l->allocated, l->n, sizeof(*l->items));

    if (r == 0)
        l->items[l->n++] = o;
    return r;
}
