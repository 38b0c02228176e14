/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/figures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

void figure_list_done(struct figure_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        free(l->items[i].name);
        free(l->items[i].client);
    }
    free(l->items);
    *l = (struct figure_list){0};
}

void figures_done(struct figures *f)
{
    figure_list_done(&f->health);
    figure_list_done(&f->licenses);
}

static int add(struct figure_list *l, const char *name, const char *client, int64_t n)
{
    struct figure f = {.name = strdup(name), .client = client ? strdup(client) : NULL, .n = n};

    if (!f.name || (client && !f.client) || array_grow(&l->items, &l->allocated, l->n, sizeof(*l->items)) < 0) {
        free(f.name);
        free(f.client);
        return -ENOMEM;
    }
    l->items[l->n++] = f;
    return 0;
}

static int compare_figures(const void *a, const void *b)
{
    const struct figure *x = a, *y = b;
    int c = strcmp(x->name, y->name);

    return c ? c : strcmp(x->client ? x->client : "", y->client ? y->client : "");
}

/* The same twice would spoil all metrics for those who read them. */
static void sort(struct figure_list *l)
{
    size_t n = 0;

    if (l->n > 1)
        qsort(l->items, l->n, sizeof(*l->items), compare_figures);
    for (size_t i = 0; i < l->n; i++) {
        if (n > 0 && compare_figures(&l->items[n - 1], &l->items[i]) == 0) {
            free(l->items[i].name);
            free(l->items[i].client);
            continue;
        }
        l->items[n++] = l->items[i];
    }
    l->n = n;
}

/* One more reading that nobody waits for: it fails without a word, and changes nothing of the session. */
static int look(struct run *r, int (*read)(struct session *s, struct value *ret), struct value *ret)
{
    struct session *s = &r->session;
    struct diag_list told = {0};
    bool refused = s->refused;
    int e;

    s->diags = &told;
    e = read(s, ret);
    s->diags = &r->plan->diags;
    s->refused = refused;
    diag_list_done(&told);
    return e;
}

static int take_health(const struct value *health, struct figure_list *l)
{
    int e = 0;

    for (uint32_t i = 0; i < health->count && e == 0; i++)
        if (health->pairs[i].value.integer >= 0)
            e = add(l, health->pairs[i].key.text, NULL, health->pairs[i].value.integer);
    return e;
}

static int take_licenses(const struct value *licenses, struct figure_list *l)
{
    int e = 0;

    for (uint32_t i = 0; i < licenses->count && i < LIMIT_FIGURES && e == 0; i++) {
        const struct value *row = &licenses->items[i];

        e = add(l, value_get_text(row, "feature"), value_get_text(row, "client"), value_get(row, "count")->integer);
    }
    return e;
}

static int finish(int e, struct figure_list *l)
{
    l->known = e == 0;
    sort(l);
    if (e < 0)
        figure_list_done(l);
    return e;
}

static bool may_read(const struct run *r)
{
    return r->opened && !r->session.refused && !atomic_load(r->context->cancelled);
}

int run_read_figures(struct run *r, unsigned wanted, struct figures *ret)
{
    const struct provider *p = provider_of(r->target->system);
    struct value v = r->health;
    int e = 0;

    *ret = (struct figures){0};
    if (v.type == VALUE_MAP ||
        ((wanted & FIGURES_HEALTH) && p->health && may_read(r) && (e = look(r, p->health, &v)) == 0))
        e = finish(take_health(&v, &ret->health), &ret->health);
    if (e != -ENOMEM && (wanted & FIGURES_LICENSES) && p->licenses && may_read(r) &&
        (e = look(r, p->licenses, &v)) == 0)
        e = finish(take_licenses(&v, &ret->licenses), &ret->licenses);
    if (e == -ENOMEM)
        figures_done(ret);
    return e == -ENOMEM ? e : 0;
}
