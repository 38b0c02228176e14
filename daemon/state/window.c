/* SPDX-License-Identifier: Apache-2.0 */
#include "state/window.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time-util.h"

enum { DAY_SEC = 24 * 3600, MOST_SPANS = 64 };

static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", NULL};
static const char *const classes[] = {[WINDOW_DRIFT] = "drift", [WINDOW_DESIRED] = "desired", NULL};

static const struct field a_pattern = {.type = FIELD_TEXT, .min = 1, .max = 1024};
static const struct field a_day = {.type = FIELD_TEXT, .choices = days};
static const struct field a_class = {.type = FIELD_TEXT, .choices = classes};

/* "22:00", "8:30", "24:00". */
static int32_t seconds_of(const char *text)
{
    return (int32_t)(strtol(text, NULL, 10) * 3600 + strtol(strchr(text, ':') + 1, NULL, 10) * 60);
}

static const char *check_clock(const struct value *v)
{
    size_t n = strspn(v->text, "0123456789");
    const char *minutes = v->text + n + 1;

    if (n < 1 || n > 2 || v->text[n] != ':' || strspn(minutes, "0123456789") != 2 || minutes[2] != '\0' ||
        minutes[0] > '5' || seconds_of(v->text) > DAY_SEC)
        return "must be a time of the day such as 22:00, at most 24:00";
    return NULL;
}

static int check_times(struct arena *a, struct value *record, const char **ret_why)
{
    int32_t from = seconds_of(value_get_text(record, "from")), to = seconds_of(value_get_text(record, "to"));

    *ret_why = from == DAY_SEC ? "from cannot be 24:00; write 00:00 and the next day"
               : from == to    ? "from and to are the same time; a whole day is from 00:00 to 24:00"
                               : NULL;
    return *ret_why ? -EBADMSG : 0;
}

#define CLOCK "([01]?[0-9]|2[0-3]):[0-5][0-9]"

static const struct field rows[] = {
    {.name = "targets",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .members = &a_pattern,
     .min = 1,
     .max = LIMIT_TARGETS,
     .absent = "all",
     .help = "names of targets, or patterns; each must match one"},
    {.name = "for",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .members = &a_class,
     .min = 1,
     .max = WINDOW_CLASS_MAX,
     .absent = "both",
     .help =
         "drift: setting right what moved on the appliance; desired: everything else, what is new in the documents"},
    {.name = "days",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .members = &a_day,
     .min = 1,
     .max = 7,
     .absent = "all",
     .help = "on which it opens"},
    {.name = "from",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .pattern = "^" CLOCK "$",
     .check = check_clock,
     .help = "when it opens, by a clock on the wall there: 22:00"},
    {.name = "to",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .pattern = "^(" CLOCK "|24:00)$",
     .check = check_clock,
     .help = "when it closes: 04:00 of the next day where it is not after `from`, 24:00 for the end of the day"},
    {.name = "time-zone",
     .type = FIELD_TEXT,
     .pattern = "^[0-9A-Za-z_+-][0-9A-Za-z_+/-]*$",
     .min = 1,
     .max = 255,
     .fallback = "UTC",
     .help = "the zone's name in the tz database: Europe/Berlin"},
    {0},
};

const struct field window_row = {.type = FIELD_RECORD, .members = rows, .prepare = check_times};

/* The words of a list as bits in the order of TABLE; no list is all of them. */
static unsigned bits_of(const struct value *list, const char *const *table)
{
    unsigned bits = 0, all = 0;

    for (unsigned i = 0; table[i]; i++) {
        all |= 1u << i;
        for (uint32_t k = 0; list && k < list->count; k++)
            bits |= strcmp(list->items[k].text, table[i]) == 0 ? 1u << i : 0;
    }
    return list ? bits : all;
}

int window_load(const struct value *v, struct window *ret)
{
    const char *folder = getenv("TZDIR"), *zone = value_get_text(v, "time-zone");
    struct window w = {.targets = value_get(v, "targets"),
                       .classes = bits_of(value_get(v, "for"), classes),
                       .days = bits_of(value_get(v, "days"), days),
                       .from_sec = seconds_of(value_get_text(v, "from")),
                       .to_sec = seconds_of(value_get_text(v, "to"))};
    int r = zone_load(folder && folder[0] == '/' ? folder : "/usr/share/zoneinfo",
                      zone ? zone : field_member(&window_row, "time-zone")->fallback, &w.zone);

    if (r == 0)
        *ret = w;
    return r;
}

void window_done(struct window *w)
{
    w->zone = zone_free(w->zone);
}

bool window_covers(const struct window *w, const char *target, enum window_class class)
{
    bool covered = !w->targets;

    for (uint32_t i = 0; w->targets && i < w->targets->count && !covered; i++)
        covered = pattern_match(w->targets->items[i].text, target);
    return covered && (w->classes & 1u << class);
}

/* The day, counted from 1970-01-01, that a second of a clock on the wall belongs to. */
static int64_t day_of(int64_t local)
{
    return (local >= 0 ? local : local - DAY_SEC + 1) / DAY_SEC;
}

/* 1970 began on a Thursday. */
static bool opens_on(const struct window *w, int64_t day)
{
    return w->days & 1u << ((day + 4) % 7 + 7) % 7;
}

static int64_t length_of(const struct window *w)
{
    return w->to_sec > w->from_sec ? w->to_sec - w->from_sec : w->to_sec + DAY_SEC - w->from_sec;
}

/* By a clock on the wall: LOCAL itself where it is open, else when it opens; within eight days. */
static int64_t next_on_the_wall(const struct window *w, int64_t local)
{
    int64_t day = day_of(local) - 1;

    for (;; day++) {
        int64_t opens = day * DAY_SEC + w->from_sec;

        if (opens_on(w, day) && local < opens + length_of(w))
            return MAX(local, opens);
    }
}

bool window_is_open(const struct window *w, int64_t sec)
{
    struct zone_span span;

    zone_span_at(w->zone, sec, &span);
    return next_on_the_wall(w, sec + span.offset) == sec + span.offset;
}

/* Each span's clock is asked for itself; an opening that falls behind its end is left out by the next one's. */
int64_t window_next_opening(const struct window *w, int64_t sec)
{
    for (int i = 0; i < MOST_SPANS; i++) {
        struct zone_span span;
        int64_t opens;

        zone_span_at(w->zone, sec, &span);
        opens = next_on_the_wall(w, sec + span.offset) - span.offset;
        if (opens < span.until)
            return opens;
        sec = span.until;
    }
    return INT64_MAX;
}

void window_format(const struct window *w, int64_t sec, struct buf *out)
{
    struct zone_span span;
    char utc[32], local[64];
    time_t clock;
    struct tm tm;

    zone_span_at(w->zone, sec, &span);
    clock = sec + span.offset;
    gmtime_r(&clock, &tm);
    strftime(local, sizeof(local), "%Y-%m-%d %H:%M", &tm);
    format_utc((uint64_t)sec * USEC_PER_SEC, utc, sizeof(utc));
    buf_addf(out, "%s %s %s (%c%02d:%02d), %s", days[tm.tm_wday], local, span.abbreviation, span.offset < 0 ? '-' : '+',
             abs(span.offset) / 3600, abs(span.offset) / 60 % 60, utc);
}
