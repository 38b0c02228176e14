/* SPDX-License-Identifier: Apache-2.0 */
/* The rule at the end of a zone's file, in the notation of POSIX's TZ: what holds after the last change listed there.
 */
#pragma once

#include "base/zone.h"

enum { ZONE_NAME_SIZE = 16 };

struct zone_day {
    char form; /* 'M': the week'th weekday of a month, 5 for the last; 'J': a day from 1, never 29 February; '0': from 0
                */
    int month, week, weekday, day;
    int32_t sec; /* since midnight by the clock that is about to change; may be negative or past the day */
};

struct zone_rule {
    struct {
        char name[ZONE_NAME_SIZE];
        int32_t offset;
    } standard, summer;
    struct zone_day begin, end; /* of summer, where its name is not empty */
};

/* "CET-1CEST,M3.5.0,M10.5.0/3". 0, or -EBADMSG. */
int zone_rule_parse(const char *text, struct zone_rule *ret) _must_check_;
void zone_rule_span_at(const struct zone_rule *r, int64_t sec, struct zone_span *ret);
/* Days from 1970-01-01 to the first of a month, 1 to 12, in the Gregorian calendar. */
int64_t days_to_month(int64_t year, int month);
