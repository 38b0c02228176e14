/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/slots.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"

/* Keys are sorted by eight bytes at a time that stand beside each other: a comparison of two texts misses the cache. */
struct entry {
    uint64_t word;
    uint32_t slot;
};

enum {
    WORD = sizeof(uint64_t),
    FEW = 48,            /* for which counting bytes costs more than it saves */
    DEEPEST = 16 * WORD, /* bytes that keys may share before whole texts are compared after all */
};

int slot_compare(const struct slot *a, const struct slot *b)
{
    return compare_bytes(a->text, a->len, b->text, b->len);
}

/* Lists are mostly written in order already; one pass over them saves the sort. */
static bool in_order(const struct slot *slots, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (slot_compare(&slots[i - 1], &slots[i]) > 0)
            return false;
    return true;
}

/* A text holds no NUL, so the zeros behind its end sort it before all that go on. */
static uint64_t word_at(const struct slot *s, uint32_t depth)
{
    uint64_t word = 0;

    if (s->len > depth)
        memcpy(&word, s->text + depth, MIN(s->len - depth, (uint32_t)WORD));
    return be64toh(word);
}

/* Least significant byte first, which keeps equal words in order; a byte that all words share costs nothing. */
static void sort_words(struct entry *entries, struct entry *spare, size_t n)
{
    size_t counts[WORD][256] = {0};
    struct entry *from = entries, *to = spare;

    for (size_t i = 0; i < n; i++)
        for (unsigned b = 0; b < WORD; b++)
            counts[b][entries[i].word >> (8 * b) & 0xff]++;
    for (unsigned b = 0; b < WORD; b++) {
        size_t place = 0;

        if (counts[b][entries[0].word >> (8 * b) & 0xff] == n)
            continue;
        for (unsigned v = 0; v < 256; v++) {
            size_t count = counts[b][v];

            counts[b][v] = place;
            place += count;
        }
        for (size_t i = 0; i < n; i++)
            to[counts[b][from[i].word >> (8 * b) & 0xff]++] = from[i];
        from = to;
        to = to == spare ? entries : spare;
    }
    if (from != entries)
        memcpy(entries, from, n * sizeof(*entries));
}

static void sort_few(struct entry *entries, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct entry e = entries[i];
        size_t j = i;

        for (; j > 0 && entries[j - 1].word > e.word; j--)
            entries[j] = entries[j - 1];
        entries[j] = e;
    }
}

static int compare_entries(const void *a, const void *b, void *slots)
{
    const struct slot *x = (const struct slot *)slots + ((const struct entry *)a)->slot;
    const struct slot *y = (const struct slot *)slots + ((const struct entry *)b)->slot;
    int r = slot_compare(x, y);

    return r != 0 ? r : (x->index > y->index) - (x->index < y->index);
}

/* Entries come in the order of their slots and equal keys leave in it. */
static void sort_entries(struct slot *slots, struct entry *entries, struct entry *spare, size_t n, uint32_t depth)
{
    if (depth > DEEPEST) {
        qsort_r(entries, n, sizeof(*entries), compare_entries, slots);
        return;
    }
    for (size_t i = 0; i < n; i++)
        entries[i].word = word_at(&slots[entries[i].slot], depth);
    if (n > FEW)
        sort_words(entries, spare, n);
    else
        sort_few(entries, n);
    /* What is equal so far and does not end here is sorted by what follows. */
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && entries[to].word == entries[from].word; to++)
            ;
        if (to - from > 1 && (entries[from].word & 0xff) != 0)
            sort_entries(slots, entries + from, spare, to - from, depth + WORD);
    }
}

static int sort(struct slot *slots, size_t n)
{
    _cleanup_free_ struct entry *entries = malloc(n * sizeof(*entries));
    _cleanup_free_ struct entry *spare = malloc(n * sizeof(*spare));
    _cleanup_free_ struct slot *sorted = NULL;

    if (!entries || !spare)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        entries[i].slot = (uint32_t)i;
    sort_entries(slots, entries, spare, n, 0);
    free(spare);
    spare = NULL;
    sorted = malloc(n * sizeof(*sorted));
    if (!sorted)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        sorted[i] = slots[entries[i].slot];
    memcpy(slots, sorted, n * sizeof(*sorted));
    return 0;
}

int slots_build(const struct field *item, const struct value *list, struct arena *a, struct slot **ret)
{
    _cleanup_free_ struct slot *slots = malloc(((size_t)list->count + 1) * sizeof(*slots));

    if (!slots)
        return -ENOMEM;
    for (uint32_t i = 0; i < list->count; i++) {
        struct value key;
        int r = field_item_key(item, &list->items[i], a, &key);

        if (r < 0)
            return r;
        slots[i] = (struct slot){.text = key.text, .len = key.count, .index = i};
    }
    if (!in_order(slots, list->count) && sort(slots, list->count) < 0)
        return -ENOMEM;
    *ret = TAKE_PTR(slots);
    return 0;
}
