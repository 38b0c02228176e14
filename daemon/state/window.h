/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maintenance windows: when changes of some targets may be written. A window is open while a clock on the wall of its
 * zone shows a time from FROM until before TO, so a clock that is put back opens it twice, and one that is put forward
 * may leave it out. Owned by the settings.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/zone.h"
#include "schema/field.h"
#include "value/value.h"

enum window_class {
    WINDOW_DRIFT,   /* setting right what moved on the appliance */
    WINDOW_DESIRED, /* bringing what is new in the documents */
    WINDOW_CLASS_MAX,
};

struct window {
    const struct value *targets; /* list of patterns, or NULL for all */
    unsigned classes;            /* bits of enum window_class */
    unsigned days;               /* bits, Sunday is 0: of the day on which it opens */
    int32_t from_sec, to_sec;    /* since midnight; TO is on the next day where it is not after FROM */
    struct zone *zone;
};

/* The rows of one entry of `windows`. */
extern const struct field window_row;
/* Takes an entry that was read by its rows. 0; -ENOMEM; or what is wrong with its zone: as zone_load(). */
int window_load(const struct value *v, struct window *ret) _must_check_;
void window_done(struct window *w);
bool window_covers(const struct window *w, const char *target, enum window_class class);
bool window_is_open(const struct window *w, int64_t sec);
/* Seconds since 1970: SEC itself where it is open, else when it opens next; INT64_MAX where that is years away. */
int64_t window_next_opening(const struct window *w, int64_t sec);
/* "Fri 2026-11-27 22:00 CET (+01:00), 2026-11-27T21:00:00Z" */
void window_format(const struct window *w, int64_t sec, struct buf *out);
