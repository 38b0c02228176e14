/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is, laid under what should be: the differences one by one, and the whole value to send. Fields and items
 * that a document does not give keep their live value, members that no row knows stay as they came.
 */
#pragma once

#include "schema/field.h"

enum item_op {
    ITEM_ADD,
    ITEM_REMOVE,
    ITEM_CHANGE,
    ITEM_MOVE, /* before and after are places in the list, counted from 1 */
    ITEM_OP_MAX,
};

const char *item_op_to_string(enum item_op op);

struct item {
    enum item_op op;
    bool secret;                /* its values are not shown */
    const char *path;           /* the key of an item of a list, else the field's name */
    struct value before, after; /* null for none */
    const struct field *field;  /* the row of both values, for whoever shows them */
};

/* What one list loses: what the guards count. */
struct list_loss {
    const char *path;
    bool inside;   /* an item of another list */
    bool replaced; /* with the condition that it was in, by another one: it is not empty but gone */
    size_t before, removed, after;
};

/* The item of a list that is being merged, and the one that it belongs to. */
struct merge_inside {
    const struct field *item;
    const struct value *v;
    const struct merge_inside *outer;
};

struct merge {
    struct arena *arena; /* holds what is new; the rest is shared with the live and the desired value */
    struct item *items;
    size_t n_items, items_allocated;
    struct list_loss *losses;
    size_t n_losses, losses_allocated;
    struct buf missing;                /* fields that something new lacks, in words */
    const struct merge_inside *inside; /* of a list, and told as a whole; NULL outside of any */
    bool silent;                       /* only what comes of it is wanted, not how */
    /* A live value of the same row, NULL for none: what it does not have, new ones need not have either. */
    const struct value *like;
};

void merge_done(struct merge *m);
/*
 * Lays DESIRED over LIVE (NULL where there is nothing yet). RET_AFTER is the whole value; it is LIVE itself where
 * nothing differs. 0 or -ENOMEM. Whoever sends the result looks first whether `missing` names anything.
 */
int field_merge(struct merge *m, const struct field *f, const struct value *live, const struct value *desired,
                struct value *ret_after, bool *ret_differs) _must_check_;
/* Tells a whole object as removed, one item a list entry or field. */
int field_tell_removed(struct merge *m, const struct field *f, const struct value *live) _must_check_;
/* The live value with DESIRED's items added but none taken away: the first half of a change that others refer to. */
int field_grow(struct arena *a, const struct field *f, const struct value *live, const struct value *after,
               struct value *ret) _must_check_;
