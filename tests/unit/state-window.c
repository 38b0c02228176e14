/* SPDX-License-Identifier: Apache-2.0 */
/* Maintenance windows: when they are open and when they open next, over midnight and over changes of the clocks. */
#include "state/window.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/time-util.h"
#include "unit.h"

static struct window load(struct bench *b, const char *yaml)
{
    struct window w;
    int r = window_load(bench_desired(b, &window_row, yaml), &w);

    if (r < 0)
        fail_msg("%s: %s", yaml, strerror(-r));
    return w;
}

static int64_t instant(const char *utc)
{
    uint64_t usec;

    if (parse_time(utc, &usec) < 0)
        fail_msg("%s is no time", utc);
    return (int64_t)(usec / USEC_PER_SEC);
}

struct expected {
    const char *window, *utc;
    const char *opens; /* NULL: it is open */
};

#define NIGHTS "{from: '22:00', to: '04:00', time-zone: Europe/Berlin}"
#define FRIDAYS "{from: '22:00', to: '04:00', days: [Fri], time-zone: Europe/Berlin}"
#define SUNDAY_GAP "{from: '02:15', to: '02:45', days: [Sun], time-zone: Europe/Berlin}"
#define INTO_GAP "{from: '02:30', to: '05:00', time-zone: Europe/Berlin}"
#define TWICE "{from: '02:15', to: '02:45', time-zone: Europe/Berlin}"
#define OVER_TWICE "{from: '01:30', to: '02:30', time-zone: Europe/Berlin}"
#define OFFICE "{from: '8:00', to: '24:00', days: [Mon, Tue, Wed, Thu, Fri]}"
#define WEEKEND "{from: '00:00', to: '24:00', days: [Sat, Sun]}"
#define SAMOA "{from: '12:00', to: '13:00', days: [Fri], time-zone: Pacific/Apia}"

/* In Berlin clocks went from 2 to 3 on 30 March 2025, and from 3 to 2 on 26 October, both at 01:00 UTC. */
static void test_openings(void **state)
{
    static const struct expected table[] = {
        /* A winter night: 22:00 is 21:00 UTC. */
        {NIGHTS, "2025-01-10T20:59:59Z", "2025-01-10T21:00:00Z"},
        {NIGHTS, "2025-01-10T21:00:00Z", NULL},
        {NIGHTS, "2025-01-11T02:59:59Z", NULL},
        {NIGHTS, "2025-01-11T03:00:00Z", "2025-01-11T21:00:00Z"},
        /* The night in which an hour is left out, and the one that has it twice: both end at 4 on the wall. */
        {NIGHTS, "2025-03-29T20:59:59Z", "2025-03-29T21:00:00Z"},
        {NIGHTS, "2025-03-30T01:59:59Z", NULL},
        {NIGHTS, "2025-03-30T02:00:00Z", "2025-03-30T20:00:00Z"},
        {NIGHTS, "2025-10-25T19:59:59Z", "2025-10-25T20:00:00Z"},
        {NIGHTS, "2025-10-26T02:59:59Z", NULL},
        {NIGHTS, "2025-10-26T03:00:00Z", "2025-10-26T21:00:00Z"},
        /* The morning after belongs to the day on which it opened, the morning of that day does not. */
        {FRIDAYS, "2025-01-10T01:00:00Z", "2025-01-10T21:00:00Z"},
        {FRIDAYS, "2025-01-11T02:00:00Z", NULL},
        {FRIDAYS, "2025-01-11T21:30:00Z", "2025-01-17T21:00:00Z"},
        /* A window that falls into the gap waits a week; one that begins there opens when the clock jumps. */
        {SUNDAY_GAP, "2025-03-30T00:59:59Z", "2025-04-06T00:15:00Z"},
        {SUNDAY_GAP, "2025-03-30T01:30:00Z", "2025-04-06T00:15:00Z"},
        {INTO_GAP, "2025-03-30T00:59:59Z", "2025-03-30T01:00:00Z"},
        {INTO_GAP, "2025-03-30T01:00:00Z", NULL},
        /* What the clock shows twice is open twice. */
        {TWICE, "2025-10-26T00:14:59Z", "2025-10-26T00:15:00Z"},
        {TWICE, "2025-10-26T00:44:59Z", NULL},
        {TWICE, "2025-10-26T00:45:00Z", "2025-10-26T01:15:00Z"},
        {TWICE, "2025-10-26T01:15:00Z", NULL},
        {TWICE, "2025-10-26T01:45:00Z", "2025-10-27T01:15:00Z"},
        {OVER_TWICE, "2025-10-26T00:29:59Z", NULL},
        {OVER_TWICE, "2025-10-26T00:30:00Z", "2025-10-26T01:00:00Z"},
        {OVER_TWICE, "2025-10-26T01:29:59Z", NULL},
        {OVER_TWICE, "2025-10-26T01:30:00Z", "2025-10-27T00:30:00Z"},
        /* UTC is the default; 24:00 is the end of the day. 10 January 2025 was a Friday. */
        {OFFICE, "2025-01-10T23:59:59Z", NULL},
        {OFFICE, "2025-01-11T00:00:00Z", "2025-01-13T08:00:00Z"},
        {WEEKEND, "2025-01-10T23:59:59Z", "2025-01-11T00:00:00Z"},
        {WEEKEND, "2025-01-12T23:59:59Z", NULL},
        {WEEKEND, "2025-01-13T00:00:00Z", "2025-01-18T00:00:00Z"},
        /* There was no Friday 30 December 2011 in Samoa. */
        {SAMOA, "2011-12-30T09:00:00Z", "2012-01-05T22:00:00Z"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct window w = load(b, table[i].window);
        int64_t sec = instant(table[i].utc), opens = window_next_opening(&w, sec);
        char shown[32];

        format_utc((uint64_t)opens * USEC_PER_SEC, shown, sizeof(shown));
        if (opens != (table[i].opens ? instant(table[i].opens) : sec))
            fail_msg("%s at %s opens at %s", table[i].window, table[i].utc, shown);
        if (window_is_open(&w, sec) != !table[i].opens)
            fail_msg("%s at %s is taken for the contrary", table[i].window, table[i].utc);
        window_done(&w);
    }
}

/* Minute by minute through a year: it opens exactly where the wall says so. */
static void test_every_minute(void **state)
{
    struct window w = load(*state, NIGHTS);
    size_t open = 0;

    for (int64_t sec = instant("2025-01-01T00:00:00Z"); sec < instant("2026-01-01T00:00:00Z"); sec += 60) {
        bool summer = sec >= instant("2025-03-30T01:00:00Z") && sec < instant("2025-10-26T01:00:00Z");
        int64_t minute = (sec + (summer ? 7200 : 3600)) / 60 % 1440;
        bool should = minute >= 22 * 60 || minute < 4 * 60;

        if (window_is_open(&w, sec) != should)
            fail_msg("at %lld it is taken for the contrary", (long long)sec);
        open += should;
    }
    /* 365 nights of six hours; the hour that is left out and the one that comes twice are both of the night. */
    assert_int_equal(open, 365 * 360);
    window_done(&w);
}

static void test_coverage(void **state)
{
    struct window w = load(*state, "{from: '1:00', to: '2:00', targets: [vpn-*, sps-1], for: [drift]}");

    assert_true(window_covers(&w, "vpn-fra", WINDOW_DRIFT));
    assert_true(window_covers(&w, "sps-1", WINDOW_DRIFT));
    assert_false(window_covers(&w, "sps-2", WINDOW_DRIFT));
    assert_false(window_covers(&w, "vpn-fra", WINDOW_DESIRED));
    window_done(&w);
    w = load(*state, "{from: '1:00', to: '2:00'}");
    assert_true(window_covers(&w, "anything", WINDOW_DRIFT) && window_covers(&w, "anything", WINDOW_DESIRED));
    window_done(&w);
}

static void test_words(void **state)
{
    static const struct {
        const char *zone, *utc, *words;
    } table[] = {
        {"Europe/Berlin", "2024-11-29T21:00:00Z", "Fri 2024-11-29 22:00 CET (+01:00), 2024-11-29T21:00:00Z"},
        {"Europe/Berlin", "2024-06-30T22:30:00Z", "Mon 2024-07-01 00:30 CEST (+02:00), 2024-06-30T22:30:00Z"},
        {"America/St_Johns", "2024-01-01T00:00:00Z", "Sun 2023-12-31 20:30 NST (-03:30), 2024-01-01T00:00:00Z"},
        {"UTC", "2024-01-01T00:00:00Z", "Mon 2024-01-01 00:00 UTC (+00:00), 2024-01-01T00:00:00Z"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct window w = load(b, arena_printf(&b->arena, "{from: '1:00', to: '2:00', time-zone: %s}", table[i].zone));
        struct buf out = BUF_INIT(1024);

        window_format(&w, instant(table[i].utc), &out);
        assert_string_equal(buf_text(&out), table[i].words);
        buf_done(&out);
        window_done(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_openings),
        BENCH_TEST(test_every_minute),
        BENCH_TEST(test_coverage),
        BENCH_TEST(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
