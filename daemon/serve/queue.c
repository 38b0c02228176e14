/* SPDX-License-Identifier: Apache-2.0 */
/* Which target is due next: a heap of those that may start. */
#include "serve/serve.h"

static void put_at(struct due_queue *q, size_t i, struct entry *e)
{
    q->items[i] = e;
    e->queued = i + 1;
}

static void sift_up(struct due_queue *q, size_t i, struct entry *e)
{
    for (size_t above; i > 0 && q->items[above = (i - 1) / 2]->due_usec > e->due_usec; i = above)
        put_at(q, i, q->items[above]);
    put_at(q, i, e);
}

static void sift_down(struct due_queue *q, size_t i, struct entry *e)
{
    for (size_t below; (below = 2 * i + 1) < q->n; i = below) {
        below += below + 1 < q->n && q->items[below + 1]->due_usec < q->items[below]->due_usec;
        if (q->items[below]->due_usec >= e->due_usec)
            break;
        put_at(q, i, q->items[below]);
    }
    put_at(q, i, e);
}

static void settle(struct due_queue *q, size_t i, struct entry *e)
{
    sift_up(q, i, e);
    sift_down(q, e->queued - 1, e);
}

int due_queue_reserve(struct due_queue *q)
{
    int r = array_grow(&q->items, &q->allocated, q->reserved, sizeof(*q->items));

    if (r == 0)
        q->reserved++;
    return r;
}

void due_queue_put(struct due_queue *q, struct entry *e)
{
    settle(q, e->queued > 0 ? e->queued - 1 : q->n++, e);
}

void due_queue_drop(struct due_queue *q, struct entry *e)
{
    struct entry *last;
    size_t i = e->queued;

    if (i == 0)
        return;
    e->queued = 0;
    last = q->items[--q->n];
    if (last != e)
        settle(q, i - 1, last);
}

void due_queue_forget(struct due_queue *q, struct entry *e)
{
    due_queue_drop(q, e);
    q->reserved--;
}

struct entry *due_queue_first(const struct due_queue *q)
{
    return q->n > 0 ? q->items[0] : NULL;
}

struct entry *due_queue_due(const struct due_queue *q, uint64_t now)
{
    struct entry *first = due_queue_first(q);

    return first && first->due_usec <= now ? first : NULL;
}
