/* SPDX-License-Identifier: Apache-2.0 */
#include "base/zone-rule.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { DAY_SEC = 24 * 3600, DAYS_400_YEARS = 146097 };

/* Days before year Y of our era, as if the calendar had always been Gregorian; Y is not negative. */
static int64_t days_before(int64_t y)
{
    return 365 * y + (y + 3) / 4 - (y + 99) / 100 + (y + 399) / 400;
}

static bool is_leap(int64_t y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

int64_t days_to_month(int64_t year, int month)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

    return days_before(year) - days_before(1970) + before[month - 1] + (month > 2 && is_leap(year));
}

/* The year of a day since 1970; the calendar comes round every 400 years. */
static int64_t year_of(int64_t day)
{
    int64_t year = 1970 + day / DAYS_400_YEARS * 400 + day % DAYS_400_YEARS / 366;

    while (days_to_month(year + 1, 1) <= day)
        year++;
    while (days_to_month(year, 1) > day)
        year--;
    return year;
}

static bool take_number(const char **p, int most, int *ret)
{
    int n = 0;

    if (!isdigit((unsigned char)**p))
        return false;
    for (; isdigit((unsigned char)**p); (*p)++) {
        n = n * 10 + (**p - '0');
        if (n > most)
            return false;
    }
    *ret = n;
    return true;
}

/* "[+-]hh[:mm[:ss]]" as seconds. */
static bool take_time(const char **p, int most_hours, int32_t *ret)
{
    int part[3] = {0}, sign = **p == '-' ? -1 : 1;

    *p += **p == '-' || **p == '+';
    if (!take_number(p, most_hours, &part[0]))
        return false;
    for (int i = 1; i < 3 && **p == ':'; i++) {
        (*p)++;
        if (!take_number(p, 59, &part[i]))
            return false;
    }
    *ret = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
    return true;
}

/* Letters, or anything between < and >. */
static bool take_name(const char **p, char ret[static ZONE_NAME_SIZE])
{
    bool quoted = **p == '<';
    const char *from = *p + quoted;
    size_t n = 0;

    while (quoted ? from[n] != '>' && from[n] != '\0' : isalpha((unsigned char)from[n]))
        n++;
    if (n < 3 || n >= ZONE_NAME_SIZE || (quoted && from[n] != '>'))
        return false;
    memcpy(ret, from, n);
    ret[n] = '\0';
    *p = from + n + quoted;
    return true;
}

static bool take_form(const char **p, struct zone_day *ret)
{
    ret->form = **p == 'M' || **p == 'J' ? *(*p)++ : '0';
    if (ret->form != 'M')
        return take_number(p, 365, &ret->day) && (ret->form == '0' || ret->day > 0);
    return take_number(p, 12, &ret->month) && ret->month > 0 && *(*p)++ == '.' && take_number(p, 5, &ret->week) &&
           ret->week > 0 && *(*p)++ == '.' && take_number(p, 6, &ret->weekday);
}

/* ",M3.5.0/3": at two o'clock where no time is given. */
static bool take_day(const char **p, struct zone_day *ret)
{
    if (**p != ',')
        return false;
    (*p)++;
    if (!take_form(p, ret))
        return false;
    ret->sec = 2 * 3600;
    if (**p != '/')
        return true;
    (*p)++;
    return take_time(p, 167, &ret->sec);
}

/* POSIX counts west of Greenwich. */
static bool take_offset(const char **p, int32_t *ret)
{
    if (!take_time(p, 24, ret))
        return false;
    *ret = -*ret;
    return true;
}

int zone_rule_parse(const char *text, struct zone_rule *ret)
{
    struct zone_rule r = {0};
    const char *p = text;

    if (!take_name(&p, r.standard.name) || !take_offset(&p, &r.standard.offset))
        return -EBADMSG;
    if (*p != '\0') {
        if (!take_name(&p, r.summer.name))
            return -EBADMSG;
        r.summer.offset = r.standard.offset + 3600;
        if (*p != ',' && !take_offset(&p, &r.summer.offset))
            return -EBADMSG;
        if (!take_day(&p, &r.begin) || !take_day(&p, &r.end) || *p != '\0')
            return -EBADMSG;
    }
    *ret = r;
    return 0;
}

static int64_t day_in_year(const struct zone_day *d, int64_t year)
{
    int64_t first = days_to_month(year, d->form == 'M' ? d->month : 1), next, day;

    if (d->form == '0')
        return first + d->day;
    if (d->form == 'J')
        return first + d->day - 1 + (is_leap(year) && d->day >= 60);
    next = d->month == 12 ? days_to_month(year + 1, 1) : days_to_month(year, d->month + 1);
    /* 1970 began on a Thursday. */
    day = first + ((d->weekday - (first + 4)) % 7 + 7) % 7 + (d->week - 1) * 7;
    return day < next ? day : day - 7;
}

/* Summers of three years are looked at, as one may begin or end in the year beside its own. */
void zone_rule_span_at(const struct zone_rule *r, int64_t sec, struct zone_span *ret)
{
    int64_t year = year_of((sec + r->standard.offset) / DAY_SEC), last = INT64_MIN;
    bool summer = false;

    ret->until = INT64_MAX;
    for (int64_t y = year - 1; r->summer.name[0] && y <= year + 1; y++) {
        int64_t begin = day_in_year(&r->begin, y) * DAY_SEC + r->begin.sec - r->standard.offset;
        int64_t end = day_in_year(&r->end, y) * DAY_SEC + r->end.sec - r->summer.offset;

        if (begin > sec)
            ret->until = MIN(ret->until, begin);
        if (end > sec)
            ret->until = MIN(ret->until, end);
        if (begin <= sec && begin > last) {
            last = begin;
            summer = true;
        }
        if (end <= sec && end > last) {
            last = end;
            summer = false;
        }
    }
    ret->offset = summer ? r->summer.offset : r->standard.offset;
    ret->abbreviation = summer ? r->summer.name : r->standard.name;
}
