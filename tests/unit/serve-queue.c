/* SPDX-License-Identifier: Apache-2.0 */
/* What is due first comes first, whatever was put, moved and dropped before. */
#include "serve/serve.h"

#include "unit.h"

enum { ENTRIES = 60 };

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static const struct entry *first_of(const struct entry *entries)
{
    const struct entry *first = NULL;

    for (size_t i = 0; i < ENTRIES; i++)
        if (entries[i].queued > 0 && (!first || entries[i].due_usec < first->due_usec))
            first = &entries[i];
    return first;
}

static void test_first(void **state)
{
    static struct entry entries[ENTRIES];
    struct due_queue q = {0};
    uint32_t seed = 1;

    assert_null(due_queue_first(&q));
    for (size_t i = 0; i < ENTRIES; i++)
        assert_int_equal(due_queue_reserve(&q), 0);
    for (int turn = 0; turn < 20000; turn++) {
        struct entry *e = &entries[next_random(&seed) % ENTRIES];
        const struct entry *first;

        if (next_random(&seed) % 3 == 0) {
            due_queue_drop(&q, e);
            assert_int_equal(e->queued, 0);
        } else {
            e->due_usec = next_random(&seed) % 1000;
            due_queue_put(&q, e);
        }
        first = first_of(entries);
        assert_true(first ? due_queue_first(&q)->due_usec == first->due_usec : !due_queue_first(&q));
    }
    for (size_t i = 0; i < ENTRIES; i++)
        due_queue_forget(&q, &entries[i]);
    assert_null(due_queue_first(&q));
    assert_int_equal(q.reserved, 0);
    free(q.items);
}

static void test_never_early(void **state)
{
    struct entry e = {.due_usec = 1000000};
    struct due_queue q = {0};

    assert_null(due_queue_due(&q, 1000000));
    assert_int_equal(due_queue_reserve(&q), 0);
    due_queue_put(&q, &e);
    assert_null(due_queue_due(&q, 999999));
    assert_ptr_equal(due_queue_due(&q, 1000000), &e);
    assert_ptr_equal(due_queue_due(&q, 1000001), &e);
    due_queue_forget(&q, &e);
    free(q.items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_first), cmocka_unit_test(test_never_early)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
