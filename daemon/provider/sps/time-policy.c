/* SPDX-License-Identifier: Apache-2.0 */
/* The intervals of a day, in minutes. */
#include <errno.h>
#include <string.h>

#include "provider/sps/sps.h"

enum { MINUTES_OF_DAY = 24 * 60 };

struct interval {
    int start, end;
};

/* "h:mm" or "hh:mm"; -1 where it is neither. */
static int parse_minute(const char *text)
{
    size_t hours = strspn(text, "0123456789");
    int h, m;

    if (hours < 1 || hours > 2 || text[hours] != ':' || strspn(text + hours + 1, "0123456789") != 2 ||
        text[hours + 3] != '\0')
        return -1;
    h = hours == 2 ? (text[0] - '0') * 10 + text[1] - '0' : text[0] - '0';
    m = (text[hours + 1] - '0') * 10 + text[hours + 2] - '0';
    return m < 60 && h * 60 + m < MINUTES_OF_DAY ? h * 60 + m : -1;
}

static const char *parse_interval(const struct value *v, struct interval *ret)
{
    if (v->type != VALUE_LIST || v->count != 2 || v->items[0].type != VALUE_TEXT || v->items[1].type != VALUE_TEXT)
        return "must hold pairs [start, end]";
    ret->start = parse_minute(v->items[0].text);
    ret->end = parse_minute(v->items[1].text);
    if (ret->start < 0 || ret->end < 0)
        return "has a time that is not hh:mm between 0:00 and 23:59";
    return ret->start < ret->end ? NULL : "has an interval that does not end after its start";
}

static int compare_intervals(const void *a, const void *b)
{
    const struct interval *x = a, *y = b;

    return x->start != y->start ? x->start - y->start : x->end - y->end;
}

static const char *parse_day(const struct value *v, struct interval *intervals, size_t *ret_n)
{
    if (v->type != VALUE_LIST || v->count > SPS_INTERVALS_MAX)
        return "has more than 64 intervals";
    for (uint32_t i = 0; i < v->count; i++) {
        const char *wrong = parse_interval(&v->items[i], &intervals[i]);

        if (wrong)
            return wrong;
    }
    if (v->count > 1)
        qsort(intervals, v->count, sizeof(*intervals), compare_intervals);
    *ret_n = v->count;
    return NULL;
}

const char *sps_check_day(const struct value *v)
{
    struct interval intervals[SPS_INTERVALS_MAX];
    size_t n;
    const char *wrong = parse_day(v, intervals, &n);

    for (size_t i = 1; !wrong && i < n; i++)
        if (intervals[i].start < intervals[i - 1].end)
            wrong = "has intervals that overlap";
    return wrong;
}

int sps_canon_day(const struct value *v, struct buf *out)
{
    struct interval intervals[SPS_INTERVALS_MAX];
    size_t n;

    if (parse_day(v, intervals, &n))
        return -EINVAL;
    for (size_t i = 0; i < n; i++)
        buf_addf(out, "%d-%d,", intervals[i].start, intervals[i].end);
    return out->error;
}
