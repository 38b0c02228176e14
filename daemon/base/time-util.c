/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time-util.h"

#include <errno.h>
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

void format_utc(uint64_t real_usec, char *ret, size_t size)
{
    time_t t = (time_t)(real_usec / USEC_PER_SEC);
    struct tm tm;

    gmtime_r(&t, &tm);
    strftime(ret, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
