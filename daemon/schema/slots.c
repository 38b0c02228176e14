/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/slots.h"

#include <errno.h>

#include "base/text.h"

int slot_compare(const struct slot *a, const struct slot *b)
{
    return compare_bytes(a->text, a->len, b->text, b->len);
}

static int compare_with_index(const void *a, const void *b)
{
    const struct slot *x = a, *y = b;
    int r = slot_compare(x, y);

    return r != 0 ? r : (x->index > y->index) - (x->index < y->index);
}

/* Lists are mostly written in order already; one pass over them saves the sort. */
static bool in_order(const struct slot *slots, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (slot_compare(&slots[i - 1], &slots[i]) > 0)
            return false;
    return true;
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
    if (!in_order(slots, list->count))
        qsort(slots, list->count, sizeof(*slots), compare_with_index);
    *ret = TAKE_PTR(slots);
    return 0;
}
