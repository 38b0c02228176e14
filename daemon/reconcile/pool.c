/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/pool.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

enum { STACK_BYTES = 256 * 1024 };

struct pool {
    char *items;
    size_t n, size;
    atomic_size_t next;
    const struct pool_job *job;
    pthread_mutex_t lock; /* over `finished` */
};

static void *pool_thread(void *data)
{
    struct pool *p = data;

    for (;;) {
        size_t i = atomic_fetch_add(&p->next, 1);
        void *item = p->items + i * p->size;

        if (i >= p->n)
            return NULL;
        p->job->work(item, p->job->user);
        if (!p->job->finished)
            continue;
        pthread_mutex_lock(&p->lock);
        p->job->finished(item, p->job->user);
        pthread_mutex_unlock(&p->lock);
    }
}

/* Fewer threads than wanted are slower, not wrong. */
static size_t start_threads(struct pool *p, pthread_t *threads, size_t wanted)
{
    pthread_attr_t attr;
    size_t n = 0;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, MAX((size_t)STACK_BYTES, (size_t)PTHREAD_STACK_MIN));
    while (n < wanted && pthread_create(&threads[n], &attr, pool_thread, p) == 0)
        n++;
    pthread_attr_destroy(&attr);
    return n;
}

int pool_run(void *items, size_t n, size_t size, size_t concurrency, const struct pool_job *job)
{
    struct pool p = {.items = items, .n = n, .size = size, .job = job};
    size_t wanted = MIN(n, MAX(concurrency, (size_t)1)), started;
    _cleanup_free_ pthread_t *threads = calloc(wanted + 1, sizeof(*threads));

    if (!threads)
        return -ENOMEM;
    pthread_mutex_init(&p.lock, NULL);
    started = start_threads(&p, threads, wanted);
    if (started == 0)
        pool_thread(&p);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&p.lock);
    return 0;
}
