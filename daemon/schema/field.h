/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields are rows. A field says its type, its bounds, how it is compared and what its absence means; settings and
 * all kinds are made of them, and the one reader, the one comparison and the one merge below serve every row.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "value/value.h"

/* Of a name such as credentials have: is_plain_name(). */
#define PLAIN_NAME_PATTERN "^[0-9A-Za-z][0-9A-Za-z_.-]{0,63}$"

enum field_type {
    FIELD_TEXT,
    FIELD_BOOL,
    FIELD_INT,
    FIELD_RECORD, /* members by name, unknown ones refused in documents and kept in live values */
    FIELD_LIST,   /* members[0] is the item */
    FIELD_MAP,    /* members[0] is the value, names are free */
    FIELD_TYPE_MAX,
};

enum field_order {
    ORDER_SET,   /* items are known by their key; their order means nothing */
    ORDER_LIST,  /* items are known by their key; their order counts */
    ORDER_WHOLE, /* compared and replaced as one value */
};

enum {
    FIELD_KEY = 1 << 0,             /* names the item of a list */
    FIELD_REQUIRED = 1 << 1,        /* must be given wherever the record is given */
    FIELD_ON_CREATE = 1 << 2,       /* must be there when the object or item is created */
    FIELD_SECRET = 1 << 3,          /* its value is shown nowhere, not even in a complaint */
    FIELD_SERVER_FILLED = 1 << 4,   /* the appliance sets it where it is not given */
    FIELD_FROM_TEXT = 1 << 5,       /* a record that may be written as a text, which is then its key */
    FIELD_ONE_OR_MANY = 1 << 6,     /* a list that may be written as its only item */
    FIELD_ABSENT_EMPTY = 1 << 7,    /* the appliance may leave it out or give null when it is empty, or false */
    FIELD_EMPTY_ON_CREATE = 1 << 8, /* in a new object or item: empty where it is not given */
    FIELD_LIVE_ONLY = 1 << 9,       /* kept as it is on the appliance; a document cannot give it, `help` says why */
    FIELD_SYSTEM = 1 << 10,         /* a text that names a system */
    FIELD_BY_SYSTEM = 1 << 11,      /* a record beside such a text: that system's `auth` says which members it takes */
    FIELD_ALTERNATIVE = 1 << 12,    /* such members take the place of each other; a new record needs one */
    FIELD_UNSEEN = 1 << 13,         /* the appliance never shows it: sent, and not compared */
    FIELD_CREDENTIAL = 1 << 14,     /* a text that names a credential: what that holds is sent, and the name is not */
    FIELD_BYTES = 1 << 15,          /* such a credential is a file of any bytes, not a line of text */
};

struct field {
    const char *name;
    enum field_type type;
    enum field_order order; /* of a list */
    unsigned flags;
    const struct field *members; /* of a record: rows that end with one without a name */
    const char *const *choices;  /* of a text: the words that a document may give, ended by NULL */
    int64_t min, max;     /* of a number; bytes of a text, where max is set; items of a list or map, max where set */
    const char *pattern;  /* of a text, or of a map's names, for the JSON Schema: each good one matches it, in POSIX's
                             extended syntax and in ECMAScript's */
    const char *wrap;     /* of a list: on the appliance it stands in an object, under this member */
    const char *same_as;  /* in a new item: takes the value of this member where it is not given */
    const char *fallback; /* what holds where it is not given, as it would be written; NULL for none */
    const char *absent;   /* the same in words, where it is no value of its own */
    /* Judges a value of a document beyond its type; NULL when good, else what is wrong with it. Must not quote it. */
    const char *(*check)(const struct value *v);
    /* Rewrites a text, of a document or of an appliance, to the one form in which it is kept, compared and sent; its
       place stays. 0, -ENOMEM, or -EBADMSG and what is wrong with it, which must not quote it. */
    int (*normalise)(struct arena *a, struct value *text, const char **ret_wrong);
    /* Rewrites a record of a document to the form that is compared and sent. 0, -ENOMEM, or -EBADMSG and why. */
    int (*prepare)(struct arena *a, struct value *record, const char **ret_why);
    /* Writes the form in which two values are compared; -EINVAL for a value that has none (compared exactly). */
    int (*canon)(const struct value *v, struct buf *out);
    /* Writes the key of an item that no single member is; -EINVAL where the item has none. */
    int (*key)(const struct value *item, struct buf *out);
    /* Writes the short form that readers of a plan see; -EINVAL for a value that has none. */
    int (*show)(const struct value *v, struct buf *out);
    const char *help;
};

/* The row of a member, or NULL. */
const struct field *field_member(const struct field *record, const char *name);
/* The row that is the item's key, or NULL. */
const struct field *field_key_member(const struct field *item);
/* The item's key in the arena (or borrowed from the item); -EINVAL where it has none. */
int field_item_key(const struct field *item, const struct value *v, struct arena *a,
                   struct value *ret_key) _must_check_;
/* `check` of a text that says when: NULL for a time, with its zone, or what is wrong. */
const char *field_check_time(const struct value *v);
/* False where a list or map holds too little or too much for its row. */
bool field_count_fits(const struct field *f, const struct value *v);
/* True when both are the same for this field; either may be NULL. */
bool field_same(const struct field *f, const struct value *a, const struct value *b);

/* Reads a value of a document in place: types, bounds, unknown and missing members, doubles; all faults are told. */
struct field_reader {
    const struct document *document;
    struct arena *arena;
    struct diag_list *diags;
    bool faulty; /* some fault was told */
};
int field_read(struct field_reader *r, const struct field *f, struct value *v) _must_check_;

/*
 * Adopts a value of an appliance in place: leaves take the field's type where their text allows it, absent lists
 * become empty, unknown members stay. -EBADMSG with the reason in WHY where the shape is not the field's.
 */
int field_adopt(const struct field *f, struct value *v, struct arena *a, struct buf *why) _must_check_;

/* The value as it travels: lists wrapped, leaves as texts where TEXT_LEAVES; shares what need not change. */
int field_wire(const struct field *f, const struct value *v, bool text_leaves, struct arena *a,
               struct value *ret) _must_check_;
/* The value as a document would give it: without what no row knows and what the appliance fills in itself. */
int field_export(const struct field *f, const struct value *v, struct arena *a, struct value *ret) _must_check_;
/* The value with short forms where its rows have any, in the arena; V itself where they have none or memory is out. F
   may be NULL. */
const struct value *field_show(const struct field *f, const struct value *v, struct arena *a);
