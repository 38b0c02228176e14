/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/tally.h"

#include <errno.h>
#include <string.h>

const double histogram_bounds[HISTOGRAM_BUCKETS] = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};

int tallies_add(struct tallies *t, const char *first, const char *second)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->items[i].labels[0] == first && t->items[i].labels[1] == second) {
            t->items[i].n++;
            return 0;
        }
    if (array_grow(&t->items, &t->allocated, t->n, sizeof(*t->items)) < 0)
        return -ENOMEM;
    t->items[t->n++] = (struct tally){.labels = {first, second}, .n = 1};
    return 0;
}

void tallies_zero(struct tallies *t)
{
    for (size_t i = 0; i < t->n; i++)
        t->items[i].n = 0;
}

void tallies_done(struct tallies *t)
{
    free(t->items);
    *t = (struct tallies){0};
}

void histogram_add(struct histogram *h, uint64_t usec)
{
    h->n++;
    h->usec += usec;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        if ((double)usec <= histogram_bounds[i] * 1e6) {
            h->buckets[i]++;
            return;
        }
}

int expiries_add(struct expiries *e, const char *subject, int64_t at)
{
    char *copy = strdup(subject);

    if (!copy || array_grow(&e->items, &e->allocated, e->n, sizeof(*e->items)) < 0) {
        free(copy);
        return -ENOMEM;
    }
    e->items[e->n++] = (struct expiry){.subject = copy, .at = at};
    return 0;
}

void expiries_done(struct expiries *e)
{
    for (size_t i = 0; i < e->n; i++)
        free(e->items[i].subject);
    free(e->items);
    *e = (struct expiries){0};
}

void metrics_done(struct metrics *m)
{
    tallies_done(&m->drift);
    tallies_done(&m->accepted);
    tallies_done(&m->held);
    tallies_done(&m->applied);
    tallies_done(&m->failures);
    tallies_done(&m->runs);
    tallies_done(&m->pulls);
    expiries_done(&m->expiries);
}
