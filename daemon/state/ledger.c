/* SPDX-License-Identifier: Apache-2.0 */
#include "state/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "value/json.h"

static void entry_done(struct ledger_entry *e)
{
    free(e->name);
    free(e->key);
    free(e->sent);
}

void ledger_done(struct ledger *l)
{
    for (size_t i = 0; i < l->n; i++)
        entry_done(&l->entries[i]);
    free(l->entries);
    free(l->path);
    *l = (struct ledger){0};
}

/* Compares an entry's name with KIND/OBJECT without building that. */
static int compare_name(const char *name, const char *kind, const char *object)
{
    size_t n = strlen(kind);
    int r = strncmp(name, kind, n);

    if (r != 0)
        return r;
    if (name[n] != '/')
        return (unsigned char)name[n] < '/' ? -1 : 1;
    return strcmp(name + n + 1, object);
}

/* The place of an entry, or where it would stand. */
static size_t search(const struct ledger *l, const char *kind, const char *object, bool *ret_found)
{
    size_t low = 0, high = l->n;

    *ret_found = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int r = compare_name(l->entries[middle].name, kind, object);

        if (r == 0) {
            *ret_found = true;
            return middle;
        }
        if (r < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int ledger_entry_of(struct ledger *l, const char *kind, const char *object, struct ledger_entry **ret)
{
    struct ledger_entry fresh = {0};
    bool found;
    size_t i = search(l, kind, object, &found);

    if (!found) {
        if (array_grow(&l->entries, &l->allocated, l->n, sizeof(*l->entries)) < 0 ||
            asprintf(&fresh.name, "%s/%s", kind, object) < 0)
            return -ENOMEM;
        memmove(&l->entries[i + 1], &l->entries[i], (l->n - i) * sizeof(*l->entries));
        l->entries[i] = fresh;
        l->n++;
        l->changed = true;
    }
    *ret = &l->entries[i];
    return 0;
}

/* Keeps a value as JSON. 0 or -ENOMEM. */
static int keep_sent(struct ledger_entry *e, const struct value *v)
{
    struct buf text = BUF_INIT(LIMIT_STATE_BYTES);
    char *copy = NULL;

    json_write(v, JSON_SORTED, &text);
    if (!text.error)
        copy = strdup(buf_text(&text));
    buf_done(&text);
    if (!copy)
        return -ENOMEM;
    free(e->sent);
    e->sent = copy;
    return 0;
}

const struct ledger_entry *ledger_find(const struct ledger *l, const char *kind, const char *object)
{
    bool found;
    size_t i = search(l, kind, object, &found);

    return found ? &l->entries[i] : NULL;
}

bool ledger_created(const struct ledger *l, const char *kind, const char *object, const char *key)
{
    const struct ledger_entry *e = ledger_find(l, kind, object);

    return e && e->created && (e->key && key ? strcmp(e->key, key) == 0 : !e->key == !key);
}

int ledger_note_created(struct ledger *l, const char *kind, const char *object, const char *key)
{
    _cleanup_free_ char *copy = key ? strdup(key) : NULL;
    struct ledger_entry *e;
    int r = key && !copy ? -ENOMEM : ledger_entry_of(l, kind, object, &e);

    if (r < 0)
        return r;
    if (ledger_created(l, kind, object, key))
        return 0;
    free(e->key);
    e->key = TAKE_PTR(copy);
    e->created = true;
    l->changed = true;
    return 0;
}

int ledger_note_gone(struct ledger *l, const char *kind, const char *object)
{
    bool found;
    size_t i = search(l, kind, object, &found);

    if (!found)
        return 0;
    entry_done(&l->entries[i]);
    memmove(&l->entries[i], &l->entries[i + 1], (l->n - i - 1) * sizeof(*l->entries));
    l->n--;
    l->changed = true;
    return 0;
}

int ledger_note_verified(struct ledger *l, const char *kind, const char *object, uint32_t size,
                         const char digest[static DIGEST_SIZE], const char desired[static DIGEST_SIZE])
{
    struct ledger_entry *e;
    int r = ledger_entry_of(l, kind, object, &e);

    if (r < 0 || (e->size == size && strcmp(e->digest, digest) == 0 && strcmp(e->desired, desired) == 0))
        return r;
    l->changed = true;
    e->size = size;
    snprintf(e->digest, sizeof(e->digest), "%s", digest);
    snprintf(e->desired, sizeof(e->desired), "%s", desired);
    return 0;
}

int ledger_note_healed(struct ledger *l, const char *kind, const char *object, uint64_t real_sec)
{
    struct ledger_entry *e;
    int r = ledger_entry_of(l, kind, object, &e);

    if (r < 0)
        return r;
    memmove(e->healed_sec, e->healed_sec + 1, sizeof(e->healed_sec) - sizeof(e->healed_sec[0]));
    e->healed_sec[LEDGER_HEALS - 1] = real_sec;
    l->changed = true;
    return 0;
}

int ledger_note_deleted(struct ledger *l, const char *kind, const char *object, uint64_t real_sec)
{
    uint64_t healed[LEDGER_HEALS] = {0};
    const struct ledger_entry *before = ledger_find(l, kind, object);
    struct ledger_entry *e;
    int r;

    if (before)
        memcpy(healed, before->healed_sec, sizeof(healed));
    r = ledger_note_gone(l, kind, object);
    if (r == 0)
        r = ledger_entry_of(l, kind, object, &e);
    if (r < 0)
        return r;
    memcpy(e->healed_sec, healed, sizeof(healed));
    return ledger_note_healed(l, kind, object, real_sec);
}

int ledger_note_asserted(struct ledger *l, const char *kind, const char *object, uint64_t real_sec)
{
    struct ledger_entry *e;
    int r = ledger_entry_of(l, kind, object, &e);

    if (r < 0)
        return r;
    e->asserted_sec = real_sec;
    l->changed = true;
    return 0;
}

int ledger_note_sent(struct ledger *l, const char *kind, const char *object, const struct value *v)
{
    struct ledger_entry *e;
    int r = ledger_entry_of(l, kind, object, &e);

    if (r < 0)
        return r;
    l->changed = true;
    e->unanswered[0] = '\0';
    return keep_sent(e, v);
}

int ledger_note_unanswered(struct ledger *l, const char *kind, const char *object,
                           const char digest[static DIGEST_SIZE])
{
    struct ledger_entry *e;
    int r = ledger_entry_of(l, kind, object, &e);

    if (r < 0)
        return r;
    l->changed = true;
    snprintf(e->unanswered, sizeof(e->unanswered), "%s", digest);
    return 0;
}

void ledger_note_lost(struct ledger *l, const char *kind, const char *object)
{
    bool found;
    size_t i = search(l, kind, object, &found);

    if (!found || !l->entries[i].created)
        return;
    free(l->entries[i].key);
    l->entries[i].key = NULL;
    l->entries[i].created = false;
    l->changed = true;
}

bool ledger_any_created(const struct ledger *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->entries[i].created)
            return true;
    return false;
}
