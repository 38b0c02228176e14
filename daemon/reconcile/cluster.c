/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/cluster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reconcile/run.h"

struct membership {
    char *target;
    char **members;
    size_t n;
    bool writing;
};

void clusters_init(struct clusters *c, bool lasting)
{
    *c = (struct clusters){.lasting = lasting};
    pthread_mutex_init(&c->lock, NULL);
}

static void drop_members(struct membership *m)
{
    for (size_t i = 0; i < m->n; i++)
        free(m->members[i]);
    free(m->members);
    m->members = NULL;
    m->n = 0;
}

void clusters_done(struct clusters *c)
{
    for (size_t i = 0; i < c->n; i++) {
        drop_members(&c->items[i]);
        free(c->items[i].target);
    }
    free(c->items);
    pthread_mutex_destroy(&c->lock);
}

/* Where the target stands among them, in order of names, or should. */
static size_t find_place(const struct clusters *c, const char *target, bool *ret_there)
{
    size_t low = 0, high = c->n;

    *ret_there = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(c->items[middle].target, target);

        if (order < 0) {
            low = middle + 1;
            continue;
        }
        *ret_there = *ret_there || order == 0;
        high = middle;
    }
    return low;
}

static struct membership *find(struct clusters *c, const char *target)
{
    bool there;
    size_t i = find_place(c, target, &there);

    return there ? &c->items[i] : NULL;
}

static struct membership *find_or_add(struct clusters *c, const char *target)
{
    bool there;
    size_t i = find_place(c, target, &there);
    char *name;

    if (there)
        return &c->items[i];
    name = strdup(target);
    if (!name || array_grow(&c->items, &c->allocated, c->n, sizeof(*c->items)) < 0) {
        free(name);
        return NULL;
    }
    memmove(&c->items[i + 1], &c->items[i], (c->n - i) * sizeof(*c->items));
    c->items[i] = (struct membership){.target = name};
    c->n++;
    return &c->items[i];
}

static int take_members(struct membership *m, const struct value *members)
{
    drop_members(m);
    m->members = calloc(members ? members->count + 1 : 1, sizeof(*m->members));
    if (!m->members)
        return -ENOMEM;
    for (uint32_t i = 0; members && i < members->count; i++) {
        m->members[m->n] = strdup(members->items[i].text);
        if (!m->members[m->n])
            return -ENOMEM;
        m->n++;
    }
    return 0;
}

int clusters_note(struct clusters *c, const char *target, const struct value *members)
{
    struct membership *m;
    int r;

    pthread_mutex_lock(&c->lock);
    m = find_or_add(c, target);
    r = m ? take_members(m, members) : -ENOMEM;
    pthread_mutex_unlock(&c->lock);
    return r;
}

void clusters_forget(struct clusters *c, const char *target)
{
    struct membership *m;

    pthread_mutex_lock(&c->lock);
    m = find(c, target);
    if (m)
        drop_members(m);
    pthread_mutex_unlock(&c->lock);
}

bool clusters_know(struct clusters *c, const char *target)
{
    const struct membership *m;
    bool known;

    pthread_mutex_lock(&c->lock);
    m = find(c, target);
    known = m && m->members;
    pthread_mutex_unlock(&c->lock);
    return known;
}

bool clusters_any(struct clusters *c)
{
    bool any = false;

    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n; i++)
        any = any || c->items[i].n > 0;
    pthread_mutex_unlock(&c->lock);
    return any;
}

/* The member that both have, NULL for none. */
static const char *find_shared(const struct membership *a, const struct membership *b)
{
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            if (strcmp(a->members[i], b->members[k]) == 0)
                return a->members[i];
    return NULL;
}

/* As the file has them, whatever their names. */
static bool stands_before(const struct target *a, const struct target *b)
{
    return a->place.line != b->place.line ? a->place.line < b->place.line : a->place.column < b->place.column;
}

/* Who is only observed is written by nobody, and keeps nobody from it. */
static const struct target *target_of(const struct settings *s, const struct membership *m)
{
    const struct target *t = settings_find_target(s, m->target);

    return t && t->mode == MODE_ENFORCE ? t : NULL;
}

static const struct target *find_writer(struct clusters *c, const struct settings *s, const struct target *t,
                                        const struct membership *own, struct buf *shared)
{
    const struct target *first = t;
    bool writing = false;

    for (size_t i = 0; i < c->n; i++) {
        const struct membership *m = &c->items[i];
        const char *member = m == own ? NULL : find_shared(own, m);
        const struct target *other = member ? target_of(s, m) : NULL;

        if (!other || (writing && !m->writing) || (writing == m->writing && !stands_before(other, first)))
            continue;
        first = other;
        writing = m->writing;
        buf_clear(shared);
        buf_add_str(shared, member);
    }
    return first == t ? NULL : first;
}

const struct target *clusters_writer(struct clusters *c, const struct settings *s, const struct target *t, bool write,
                                     struct buf *shared)
{
    const struct target *writer = NULL;
    struct membership *own;

    pthread_mutex_lock(&c->lock);
    own = find(c, t->name);
    if (own) {
        writer = own->n > 0 ? find_writer(c, s, t, own, shared) : NULL;
        own->writing = write && !writer;
    }
    pthread_mutex_unlock(&c->lock);
    return writer;
}

void clusters_written(struct clusters *c, const char *target)
{
    struct membership *m;

    pthread_mutex_lock(&c->lock);
    m = find(c, target);
    if (m)
        m->writing = false;
    pthread_mutex_unlock(&c->lock);
}
