/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/watched.h"

#include <errno.h>
#include <search.h>
#include <string.h>

struct key {
    int wd;
    const char *name; /* stands behind it in the tree */
};

static int compare(const void *a, const void *b)
{
    const struct key *one = a, *other = b;

    return one->wd != other->wd ? (one->wd > other->wd) - (one->wd < other->wd) : strcmp(one->name, other->name);
}

int watched_add(struct watched *w, int wd, const char *name)
{
    _cleanup_free_ struct key *key = NULL;
    size_t size = strlen(name) + 1;

    if (watched_has(w, wd, name))
        return 0;
    key = malloc(sizeof(*key) + size);
    if (!key)
        return -ENOMEM;
    *key = (struct key){.wd = wd, .name = memcpy(key + 1, name, size)};
    if (!tsearch(key, &w->root, compare))
        return -ENOMEM;
    TAKE_PTR(key);
    return 1;
}

bool watched_has(const struct watched *w, int wd, const char *name)
{
    const struct key key = {.wd = wd, .name = name};

    return tfind(&key, &w->root, compare);
}

struct comparison {
    const struct watched *now;
    void (*drop)(int wd, void *data);
    void *data;
};

static void compare_one(const void *node, VISIT visit, void *data)
{
    const struct key *key = *(const struct key *const *)node;
    const struct comparison *c = data;

    if ((visit == postorder || visit == leaf) && strcmp(key->name, WATCHED_SELF) == 0 &&
        !watched_has(c->now, key->wd, WATCHED_SELF))
        c->drop(key->wd, c->data);
}

void watched_compare(const struct watched *before, const struct watched *now, void (*drop)(int wd, void *data),
                     void *data)
{
    twalk_r(before->root, compare_one, &(struct comparison){.now = now, .drop = drop, .data = data});
}

void watched_done(struct watched *w)
{
    tdestroy(w->root, free);
    w->root = NULL;
}
