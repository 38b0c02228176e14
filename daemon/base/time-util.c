/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time-util.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t now_of(clockid_t clock)
{
    struct timespec ts;

    clock_gettime(clock, &ts);
    return (uint64_t)ts.tv_sec * USEC_PER_SEC + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t now_usec(void)
{
    return now_of(CLOCK_MONOTONIC);
}

uint64_t now_real_usec(void)
{
    return now_of(CLOCK_REALTIME);
}

static const struct {
    const char *suffix;
    uint64_t usec;
} duration_units[] = {
    {"ms", USEC_PER_MSEC},
    {"s", USEC_PER_SEC},
    {"m", 60 * USEC_PER_SEC},
    {"h", 3600 * USEC_PER_SEC},
};

int parse_duration(const char *text, uint64_t *ret_usec)
{
    uint64_t n = 0;
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 9)
        return -EINVAL;
    for (size_t i = 0; i < digits; i++)
        n = n * 10 + (uint64_t)(text[i] - '0');
    for (size_t i = 0; i < ARRAY_SIZE(duration_units); i++) {
        if (strcmp(text + digits, duration_units[i].suffix) != 0)
            continue;
        n *= duration_units[i].usec;
        if (n > 366 * 24 * 3600 * USEC_PER_SEC)
            return -EINVAL;
        *ret_usec = n;
        return 0;
    }
    return -EINVAL;
}

/* "Z", "+01:00", "-05:30": seconds east of Greenwich. */
static int parse_zone(const char *text, int *ret_seconds)
{
    int hours, minutes, used = 0;

    *ret_seconds = 0;
    if (strcmp(text, "Z") == 0)
        return 0;
    if ((text[0] != '+' && text[0] != '-') || sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &used) != 2 ||
        used != 5 || text[6] != '\0' || hours < 0 || hours > 14 || minutes < 0 || minutes > 59)
        return -EINVAL;
    *ret_seconds = (hours * 60 + minutes) * 60 * (text[0] == '-' ? -1 : 1);
    return 0;
}

/* The end of digits and marks that FORMAT names, or NULL. */
static const char *match_time(const char *text, const char *format, struct tm *ret)
{
    *ret = (struct tm){0};
    return strptime(text, format, ret);
}

int parse_time(const char *text, uint64_t *ret_real_usec)
{
    struct tm tm, given;
    const char *zone = match_time(text, "%Y-%m-%dT%H:%M:%S", &tm);
    int east;
    time_t t;

    if (!zone)
        zone = match_time(text, "%Y-%m-%dT%H:%M", &tm);
    if (!zone || parse_zone(zone, &east) < 0)
        return -EINVAL;
    given = tm;
    t = timegm(&tm);
    /* A 31st of February would otherwise become a day in March. */
    if (t < 0 || tm.tm_mday != given.tm_mday || tm.tm_min != given.tm_min || (t -= east) < 0)
        return -EINVAL;
    *ret_real_usec = (uint64_t)t * USEC_PER_SEC;
    return 0;
}

void format_utc(uint64_t real_usec, char *ret, size_t size)
{
    time_t t = (time_t)(real_usec / USEC_PER_SEC);
    struct tm tm;

    gmtime_r(&t, &tm);
    strftime(ret, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
