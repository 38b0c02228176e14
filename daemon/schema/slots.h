/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a list in sorted order, each with the index of its item: what comparing two lists walks over. */
#pragma once

#include "schema/field.h"

struct slot {
    const char *text;
    uint32_t len;
    uint32_t index;
};

/* One slot an item, sorted by key, equal keys by index. The caller frees; -EINVAL where an item has no key. */
int slots_build(const struct field *item, const struct value *list, struct arena *a, struct slot **ret) _must_check_;
int slot_compare(const struct slot *a, const struct slot *b);
