/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones: known instants, the rules of their files' ends, every zone against libc's own reading, broken files. */
#include "base/zone.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/time-util.h"
#include "base/zone-rule.h"
#include "unit.h"

#define ZONES "/usr/share/zoneinfo"

static int64_t instant(const char *utc)
{
    uint64_t usec;

    if (parse_time(utc, &usec) < 0)
        fail_msg("%s is no time", utc);
    return (int64_t)(usec / USEC_PER_SEC);
}

static struct zone *load(const char *name)
{
    struct zone *z = NULL;
    int r = zone_load(ZONES, name, &z);

    if (r < 0)
        fail_msg("%s: %s", name, strerror(-r));
    return z;
}

struct known {
    const char *zone, *utc;
    int32_t offset;
    const char *abbreviation;
};

static void check_span(const char *zone, const char *utc, const struct zone_span *s, int32_t offset, const char *name)
{
    if (s->offset != offset || strcmp(s->abbreviation, name) != 0)
        fail_msg("%s at %s: %d %s, not %d %s", zone, utc, s->offset, s->abbreviation, offset, name);
}

/* Of the years that are over: what law made of clocks then does not change any more. */
static void test_known(void **state)
{
    static const struct known table[] = {
        {"Europe/Berlin", "1980-04-05T23:00:00Z", 3600, "CET"},
        {"Europe/Berlin", "1980-04-06T01:00:00Z", 7200, "CEST"},
        {"Europe/Berlin", "2024-03-31T00:59:59Z", 3600, "CET"},
        {"Europe/Berlin", "2024-03-31T01:00:00Z", 7200, "CEST"},
        {"Europe/Berlin", "2024-10-27T00:59:59Z", 7200, "CEST"},
        {"Europe/Berlin", "2024-10-27T01:00:00Z", 3600, "CET"},
        {"Europe/London", "1970-06-01T00:00:00Z", 3600, "BST"},
        {"Europe/Dublin", "2024-01-15T00:00:00Z", 0, "GMT"},
        {"Europe/Dublin", "2024-03-31T01:00:00Z", 3600, "IST"},
        {"Europe/Moscow", "2014-10-25T21:59:59Z", 14400, "MSK"},
        {"Europe/Moscow", "2014-10-25T22:00:00Z", 10800, "MSK"},
        {"America/New_York", "2006-04-02T06:59:59Z", -18000, "EST"},
        {"America/New_York", "2006-04-02T07:00:00Z", -14400, "EDT"},
        {"America/New_York", "2024-03-10T06:59:59Z", -18000, "EST"},
        {"America/New_York", "2024-03-10T07:00:00Z", -14400, "EDT"},
        {"America/New_York", "2024-11-03T05:59:59Z", -14400, "EDT"},
        {"America/New_York", "2024-11-03T06:00:00Z", -18000, "EST"},
        {"America/St_Johns", "2024-03-10T05:29:59Z", -12600, "NST"},
        {"America/St_Johns", "2024-03-10T05:30:00Z", -9000, "NDT"},
        {"America/Sao_Paulo", "2018-11-04T03:00:00Z", -7200, "-02"},
        {"America/Sao_Paulo", "2024-12-01T00:00:00Z", -10800, "-03"},
        {"Asia/Kathmandu", "1985-12-31T18:29:59Z", 19800, "+0530"},
        {"Asia/Kathmandu", "1985-12-31T18:30:00Z", 20700, "+0545"},
        {"Asia/Kolkata", "2024-06-01T00:00:00Z", 19800, "IST"},
        {"Australia/Lord_Howe", "2024-04-06T14:59:59Z", 39600, "+11"},
        {"Australia/Lord_Howe", "2024-04-06T15:00:00Z", 37800, "+1030"},
        {"Australia/Sydney", "2024-10-05T15:59:59Z", 36000, "AEST"},
        {"Australia/Sydney", "2024-10-05T16:00:00Z", 39600, "AEDT"},
        /* An island that went without the 30th of December. */
        {"Pacific/Apia", "2011-12-30T09:59:59Z", -36000, "-10"},
        {"Pacific/Apia", "2011-12-30T10:00:00Z", 50400, "+14"},
        {"Etc/GMT+12", "2024-01-01T00:00:00Z", -43200, "-12"},
        {"UTC", "2024-01-01T00:00:00Z", 0, "UTC"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct zone *z = load(table[i].zone);
        struct zone_span s;

        zone_span_at(z, instant(table[i].utc), &s);
        check_span(table[i].zone, table[i].utc, &s, table[i].offset, table[i].abbreviation);
        zone_free(z);
    }
}

/* The notation of POSIX; where a span ends is known, too. */
static void test_rules(void **state)
{
    static const struct {
        const char *rule, *utc;
        int32_t offset;
        const char *abbreviation, *until;
    } table[] = {
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2100-03-28T00:59:59Z", 3600, "CET", "2100-03-28T01:00:00Z"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2100-03-28T01:00:00Z", 7200, "CEST", "2100-10-31T01:00:00Z"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2100-10-31T01:00:00Z", 3600, "CET", "2101-03-27T01:00:00Z"},
        /* In winter clocks are put back by a summer time that is less. */
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2060-10-31T00:59:59Z", 3600, "IST", "2060-10-31T01:00:00Z"},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2060-12-31T23:59:59Z", 0, "GMT", "2061-03-27T01:00:00Z"},
        {"EST5EDT,M3.2.0,M11.1.0", "2050-03-13T07:00:00Z", -14400, "EDT", "2050-11-06T06:00:00Z"},
        /* Half an hour; summer over the turn of the year. */
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2060-12-31T23:59:59Z", 39600, "+11", "2061-04-02T15:00:00Z"},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2060-10-02T15:29:59Z", 37800, "+1030", "2060-10-02T15:30:00Z"},
        /* Before midnight of the day that is named, and days after it. */
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T01:00:00Z", -3600, "-01", "2050-10-30T01:00:00Z"},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-03-25T23:59:59Z", 7200, "EET", "2050-03-26T00:00:00Z"},
        {"IST-2IDT,M3.4.4/26,M10.5.0", "2050-10-29T23:00:00Z", 7200, "IST", "2051-03-24T00:00:00Z"},
        {"<+00>0<+02>-2,M3.5.0/1,M10.5.0/3", "2060-03-28T01:00:00Z", 7200, "+02", "2060-10-31T01:00:00Z"},
        /* Days of the year, the first form without the 29th of February. */
        {"AAA0BBB,J60/0,J365/0", "2024-02-29T23:59:59Z", 0, "AAA", "2024-03-01T00:00:00Z"},
        {"AAA0BBB,59/0,365/0", "2024-02-29T00:00:00Z", 3600, "BBB", "2024-12-30T23:00:00Z"},
        {"<-0330>3:30:15", "2050-01-01T00:00:00Z", -12615, "-0330", NULL},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct zone_rule rule;
        struct zone_span s;

        if (zone_rule_parse(table[i].rule, &rule) < 0)
            fail_msg("%s is refused", table[i].rule);
        zone_rule_span_at(&rule, instant(table[i].utc), &s);
        check_span(table[i].rule, table[i].utc, &s, table[i].offset, table[i].abbreviation);
        if (s.until != (table[i].until ? instant(table[i].until) : INT64_MAX))
            fail_msg("%s at %s: ends at %lld", table[i].rule, table[i].utc, (long long)s.until);
    }
}

static void test_bad_rules(void **state)
{
    static const char *const texts[] = {
        "",
        "CET",
        "CE-1",
        "<+01-1",
        "<>0",
        "CET-25",
        "CET-1:60",
        "CET-1CEST",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M3.5.0,M10.5.0/3x",
        "CET-1CEST,M3.5.0,M10.5.0/168",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M0.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3,M10.5.0",
        "CET-1CEST,J0,J365",
        "CET-1CEST,J1,J366",
        "CET99999999999999999999",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0",
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct zone_rule rule;

        if (zone_rule_parse(texts[i], &rule) != -EBADMSG)
            fail_msg("'%s' is accepted", texts[i]);
    }
}

/* libc reads the same files with code of its own; one zone at a time. */
static void compare_with_libc(const char *name, const struct zone *z, int64_t sec)
{
    struct zone_span s;
    time_t t = sec;
    struct tm tm;

    zone_span_at(z, sec, &s);
    localtime_r(&t, &tm);
    if (tm.tm_gmtoff != s.offset || strcmp(tm.tm_zone, s.abbreviation) != 0)
        fail_msg("%s at %lld: %d %s, but libc says %ld %s", name, (long long)sec, s.offset, s.abbreviation,
                 tm.tm_gmtoff, tm.tm_zone);
    if (s.until <= sec)
        fail_msg("%s at %lld: ends at %lld", name, (long long)sec, (long long)s.until);
}

/* Every change of a century, the second before it and what lies between. */
static size_t compare_zone(const char *name)
{
    int64_t sec = instant("1971-01-01T00:00:00Z"), end = instant("2071-01-01T00:00:00Z");
    struct zone *z = load(name);
    size_t n = 0;

    setenv("TZ", name, 1);
    tzset();
    while (sec < end) {
        struct zone_span s;
        int64_t next;

        zone_span_at(z, sec, &s);
        next = MIN(s.until, end);
        compare_with_libc(name, z, sec);
        compare_with_libc(name, z, next - 1);
        for (int64_t t = sec; t < next; t += 17 * 24 * 3600 + 11)
            compare_with_libc(name, z, t);
        sec = next;
        n++;
    }
    zone_free(z);
    return n;
}

static void test_every_zone_against_libc(void **state)
{
    FILE *list = fopen(ZONES "/zone.tab", "re");
    size_t zones = 0, spans = 0;
    char line[512], name[128];

    assert_non_null(list);
    while (fgets(line, sizeof(line), list)) {
        if (line[0] == '#' || sscanf(line, "%*s %*s %127s", name) != 1)
            continue;
        spans += compare_zone(name);
        zones++;
    }
    fclose(list);
    unsetenv("TZ");
    tzset();
    if (zones < 400 || spans < 20000)
        fail_msg("only %zu zones and %zu spans", zones, spans);
}

static void test_names(void **state)
{
    static const struct {
        const char *name;
        int result;
    } table[] = {
        {"", -EINVAL},
        {"/usr/share/zoneinfo/Europe/Berlin", -EINVAL},
        {"../zoneinfo/Europe/Berlin", -EINVAL},
        {"Europe/../Europe/Berlin", -EINVAL},
        {"Europe/Berlin ", -EINVAL},
        {"zone.tab", -EINVAL},
        {"Europe/Nowhere", -ENOENT},
        {"leapseconds", -EBADMSG},
        {"right/Europe/Berlin", -EBADMSG},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct zone *z = NULL;
        int r = zone_load(ZONES, table[i].name, &z);

        if (r != table[i].result || z)
            fail_msg("'%s': %d, not %d", table[i].name, r, table[i].result);
    }
    assert_true(zone_load(ZONES, "Europe", &(struct zone *){NULL}) < 0);
}

/* A file in the making: version 2, with an empty first block. */
struct made {
    char data[512];
    size_t len;
};

static void put(struct made *m, const void *data, size_t len)
{
    memcpy(m->data + m->len, data, len);
    m->len += len;
}

static void put_32(struct made *m, uint32_t n)
{
    n = htobe32(n);
    put(m, &n, sizeof(n));
}

static void put_64(struct made *m, int64_t n)
{
    uint64_t big = htobe64((uint64_t)n);

    put(m, &big, sizeof(big));
}

static void put_head(struct made *m, uint32_t leaps, uint32_t times, uint32_t types, uint32_t chars)
{
    put(m, "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    put_32(m, 0);
    put_32(m, 0);
    put_32(m, leaps);
    put_32(m, times);
    put_32(m, types);
    put_32(m, chars);
}

/* Two changes; each test breaks one thing of it. */
enum { AT_TIMES = 88, AT_TYPES = AT_TIMES + 16, AT_KNOWN = AT_TYPES + 2, AT_CHARS = AT_KNOWN + 12 };

static void make(struct made *m, const char *footer)
{
    m->len = 0;
    put_head(m, 0, 0, 0, 0);
    put_head(m, 0, 2, 2, 8);
    put_64(m, 1000);
    put_64(m, 2000);
    put(m, "\1\0", 2);
    put_32(m, 0);
    put(m, "\0\0", 2);
    put_32(m, (uint32_t)-7200);
    put(m, "\1\4", 2);
    put(m, "AAA\0BBB\0", 8);
    put(m, footer, strlen(footer));
}

static void test_made(void **state)
{
    static const struct {
        int64_t sec;
        int32_t offset;
        int64_t until;
    } table[] = {
        {INT64_MIN, 0, 1000},
        {999, 0, 1000},
        {1000, -7200, 2000},
        {1999, -7200, 2000},
        {2000, 0, 9223372036854775807},
        {INT64_MAX, 0, INT64_MAX},
    };
    struct zone *z = NULL;
    struct zone_span s;
    struct made m;

    make(&m, "\n\n");
    assert_int_equal(zone_parse(m.data, m.len, &z), 0);
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        zone_span_at(z, table[i].sec, &s);
        check_span("made", "it", &s, table[i].offset, table[i].offset ? "BBB" : "AAA");
        assert_true(s.until == table[i].until);
    }
    zone_free(z);
    make(&m, "\nCCC-3\n");
    assert_int_equal(zone_parse(m.data, m.len, &z), 0);
    zone_span_at(z, 2000, &s);
    check_span("made", "2000", &s, 10800, "CCC");
    zone_free(z);
}

static void test_broken(void **state)
{
    static const struct {
        size_t at;
        char byte;
    } table[] = {
        {0, 'X'},             /* no such file */
        {4, '\0'},            /* the first version */
        {43, 1},              /* the first block says it is longer */
        {44, 'X'},            /* no second header */
        {48, '1'},            /* of the first version */
        {44 + 31, 1},         /* leap seconds */
        {44 + 35, 3},         /* more changes than there are */
        {44 + 32, 0x7f},      /* ... by far */
        {44 + 39, 0},         /* nothing is known */
        {AT_TIMES + 7, 0},    /* moves the first change below 1000, */
        {AT_TIMES + 14, 0},   /* and the second before the first */
        {AT_TYPES, 2},        /* what is not known */
        {AT_KNOWN, 0x7f},     /* an offset of years */
        {AT_KNOWN + 5, 8},    /* a name beyond the names */
        {AT_CHARS + 7, 'X'},  /* a name without an end */
        {AT_CHARS + 8, 'X'},  /* no footer */
        {AT_CHARS + 12, ':'}, /* a footer that is no rule */
        {AT_CHARS + 14, 'x'}, /* a footer without an end */
    };
    struct zone *z = NULL;
    struct made m;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        make(&m, "\nCCC-3\n");
        m.data[table[i].at] = table[i].byte;
        /* This one alone is in order. */
        if (table[i].at == AT_TIMES + 7) {
            assert_int_equal(zone_parse(m.data, m.len, &z), 0);
            z = zone_free(z);
        } else if (zone_parse(m.data, m.len, &z) != -EBADMSG) {
            fail_msg("accepted with byte %zu as %d", table[i].at, table[i].byte);
        }
    }
    for (size_t len = 0; len < m.len; len++) {
        char *cut;

        make(&m, "\nCCC-3\n");
        cut = malloc(len + 1); /* so that the sanitizer sees where it ends */
        assert_non_null(cut);
        memcpy(cut, m.data, len);
        if (zone_parse(cut, len, &z) != -EBADMSG)
            fail_msg("accepted when cut to %zu bytes", len);
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),     cmocka_unit_test(test_rules),
        cmocka_unit_test(test_bad_rules), cmocka_unit_test(test_every_zone_against_libc),
        cmocka_unit_test(test_names),     cmocka_unit_test(test_made),
        cmocka_unit_test(test_broken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
