/* SPDX-License-Identifier: Apache-2.0 */
/* In which order records come, and which of too many go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time-util.h"
#include "reconcile/record.h"
#include "reconcile/records.h"
#include "unit.h"

static void make_record(struct bench *b, uint64_t usec)
{
    char id[RECORD_ID_SIZE], name[RECORD_ID_SIZE + 8];

    record_format_time(usec, id);
    snprintf(name, sizeof(name), "%s.json", id);
    bench_file(b, name, "{}", 0600);
}

static size_t count_between(struct bench *b, uint64_t from, uint64_t to)
{
    struct dirent **list;
    char least[RECORD_ID_SIZE], most[RECORD_ID_SIZE];
    int n = records_list(bench_folder(b), &list);
    size_t found = 0;

    record_format_time(from, least);
    record_format_time(to, most);
    assert_true(n >= 0);
    for (int i = 0; i < n; i++) {
        found += strcmp(list[i]->d_name, least) > 0 && strcmp(list[i]->d_name, most) < 0;
        free(list[i]);
    }
    free(list);
    return found;
}

/* A clock that was a day ahead left as many records as are kept. */
static void test_clock_ahead(void **state)
{
    struct bench *b = *state;
    uint64_t now = now_real_usec(), day = 24 * 3600 * USEC_PER_SEC;

    for (uint64_t i = 1; i <= LIMIT_RECORDS; i++)
        make_record(b, now + day + i * USEC_PER_SEC);
    make_record(b, now - 2 * USEC_PER_SEC);
    make_record(b, now - USEC_PER_SEC);
    records_prune(bench_folder(b));
    assert_int_equal(count_between(b, now - day, now), 2);
    assert_int_equal(count_between(b, now + day, now + 2 * day), LIMIT_RECORDS - 2);
    /* The first of those to come are the oldest of all. */
    assert_int_equal(count_between(b, now + day, now + day + 3 * USEC_PER_SEC - 1), 0);
}

static void test_order(void **state)
{
    struct bench *b = *state;
    uint64_t now = now_real_usec();
    const uint64_t order[] = {now + 3600 * USEC_PER_SEC, now - 20 * USEC_PER_SEC, now - 10 * USEC_PER_SEC};
    struct dirent **list;

    assert_int_equal(records_list(bench_folder(b), &list), 0);
    assert_null(list);
    for (size_t i = 0; i < ARRAY_SIZE(order); i++)
        make_record(b, order[ARRAY_SIZE(order) - 1 - i]);
    bench_file(b, "notes.txt", "mine", 0600);
    assert_int_equal(records_list(bench_folder(b), &list), ARRAY_SIZE(order));
    for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
        char id[RECORD_ID_SIZE];

        record_format_time(order[i], id);
        assert_memory_equal(list[i]->d_name, id, strlen(id));
        free(list[i]);
    }
    free(list);
}

static void test_age(void **state)
{
    struct bench *b = *state;
    uint64_t now = now_real_usec(), day = 24 * 3600 * USEC_PER_SEC;

    make_record(b, now - (LIMIT_RECORD_DAYS + 1) * day);
    make_record(b, now - (LIMIT_RECORD_DAYS - 1) * day);
    records_prune(bench_folder(b));
    assert_int_equal(count_between(b, now - 200 * day, now), 1);
    assert_int_equal(count_between(b, now - LIMIT_RECORD_DAYS * day, now), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {BENCH_TEST(test_clock_ahead), BENCH_TEST(test_order), BENCH_TEST(test_age)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
