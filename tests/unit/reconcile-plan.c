/* SPDX-License-Identifier: Apache-2.0 */
/* The order of writes, and the plan as JSON. */
#include "reconcile/plan.h"

#include <string.h>

#include "provider/provider.h"
#include "reconcile/order.h"
#include "unit.h"
#include "value/json.h"

static const struct field a_word = {.name = "a word", .type = FIELD_TEXT};
static const struct field words = {.name = "words", .type = FIELD_LIST, .order = ORDER_SET, .members = &a_word};
/* Rules name groups and times; groups can be taken in early and let go late, times are one value. */
static const struct kind groups = {.name = "groups", .rank = 10, .body = &words};
static const struct kind times = {.name = "times", .rank = 20, .body = &words};
static const char *const groups_only[] = {"groups", NULL};
static const struct kind rules = {.name = "rules", .rank = 30, .refers_to = groups_only, .body = &words};

static struct change *add_change(struct bench *b, struct target_plan *p, const struct kind *k, const char *object,
                                 const char *live, const char *after)
{
    struct value *x = bench_json(b, live), *y = bench_json(b, after);
    struct merge m = {.arena = &b->arena};
    struct value merged;
    struct change *c;
    bool differs;

    assert_int_equal(target_plan_add(p, &c), 0);
    c->kind = k;
    c->object = object;
    c->live = *x;
    c->after = *y;
    c->action = x->type == VALUE_NULL ? ACTION_CREATE : y->type == VALUE_NULL ? ACTION_DELETE : ACTION_UPDATE;
    if (c->action != ACTION_DELETE)
        assert_int_equal(field_merge(&m, k->body, x, y, &merged, &differs), 0);
    else
        assert_int_equal(field_tell_removed(&m, k->body, x), 0);
    c->items = m.items;
    c->n_items = m.n_items;
    c->losses = m.losses;
    c->n_losses = m.n_losses;
    return c;
}

/* "op kind/object body; ..." of the steps. */
static const char *print_steps(struct bench *b, struct target_plan *p)
{
    static const char *const ops[] = {"create", "replace", "delete"};
    struct buf text = BUF_INIT(1 << 16);
    struct step *steps = NULL;
    const char *copy;
    size_t n;

    assert_int_equal(order_steps(p, &b->arena, &steps, &n), 0);
    for (size_t i = 0; i < n; i++)
        buf_addf(&text, "%s %s/%s %s; ", ops[steps[i].write.op], steps[i].write.kind->name, steps[i].write.name,
                 steps[i].write.body ? bench_print(b, steps[i].write.body) : "-");
    copy = arena_strdup(&b->arena, buf_text(&text));
    buf_done(&text);
    free(steps);
    return copy;
}

struct planned {
    const struct kind *kind;
    const char *object, *live, *after;
    enum guard held_by;
};

static const char *order(struct bench *b, const struct planned *changes, size_t n)
{
    struct target_plan *p = calloc(1, sizeof(*p));
    const char *steps;

    for (size_t i = 0; i < n; i++)
        add_change(b, p, changes[i].kind, changes[i].object, changes[i].live, changes[i].after)->held_by =
            changes[i].held_by;
    steps = print_steps(b, p);
    target_plan_free(p);
    return steps;
}

#define ORDER(...) order(b, (const struct planned[]){__VA_ARGS__}, ARRAY_SIZE(((const struct planned[]){__VA_ARGS__})))

static void test_order(void **state)
{
    struct bench *b = *state;

    assert_string_equal(ORDER({&groups, "s", "[\"a\"]", "[\"a\",\"b\"]", GUARD_NONE}),
                        "replace groups/s [\"a\",\"b\"]; ");
    /* What is created is there before what names it; what is deleted goes after, in the opposite order. */
    assert_string_equal(
        ORDER({&groups, "g", "null", "[\"x\"]", GUARD_NONE}, {&groups, "h", "[\"y\"]", "null", GUARD_NONE},
              {&rules, "r", "[\"1\"]", "[\"1\",\"2\"]", GUARD_NONE}, {&rules, "q", "[\"1\"]", "null", GUARD_NONE}),
        "create groups/g [\"x\"]; replace rules/r [\"1\",\"2\"]; delete rules/q -; delete groups/h -; ");
    /* A list that gains and loses while others change is written twice: first with both, last without. */
    assert_string_equal(
        ORDER({&groups, "s", "[\"a\",\"b\"]", "[\"b\",\"c\"]", GUARD_NONE},
              {&rules, "r", "[\"1\"]", "[\"2\"]", GUARD_NONE}),
        "replace groups/s [\"b\",\"c\",\"a\"]; replace rules/r [\"2\"]; replace groups/s [\"b\",\"c\"]; ");
    /* One that only loses is written once, last; one that only gains once, first. */
    assert_string_equal(
        ORDER({&groups, "s", "[\"a\",\"b\"]", "[\"b\"]", GUARD_NONE}, {&rules, "r", "[\"1\"]", "[\"2\"]", GUARD_NONE}),
        "replace rules/r [\"2\"]; replace groups/s [\"b\"]; ");
    assert_string_equal(
        ORDER({&groups, "s", "[\"a\"]", "[\"a\",\"b\"]", GUARD_NONE}, {&rules, "r", "[\"1\"]", "[\"2\"]", GUARD_NONE}),
        "replace groups/s [\"a\",\"b\"]; replace rules/r [\"2\"]; ");
    /* Nobody who might name its items changes: one write is enough. */
    assert_string_equal(ORDER({&groups, "s", "[\"a\",\"b\"]", "[\"b\",\"c\"]", GUARD_NONE},
                              {&groups, "t", "[\"a\"]", "[]", GUARD_NONE}),
                        "replace groups/s [\"b\",\"c\"]; replace groups/t []; ");
    /* A kind whose items nobody names is written once. */
    assert_string_equal(
        ORDER({&times, "s", "[\"a\"]", "[\"b\"]", GUARD_NONE}, {&rules, "r", "[\"1\"]", "[\"2\"]", GUARD_NONE}),
        "replace times/s [\"b\"]; replace rules/r [\"2\"]; ");
    /* What a guard holds is not written, and nobody waits for it. */
    assert_string_equal(ORDER({&groups, "s", "[\"a\",\"b\"]", "[\"b\",\"c\"]", GUARD_NONE},
                              {&rules, "r", "[\"1\"]", "[\"2\"]", GUARD_PROTECT}),
                        "replace groups/s [\"b\",\"c\"]; ");
    assert_string_equal(ORDER({&groups, "s", "[\"a\"]", "null", GUARD_REMOVALS}), "");
}

/* The shape in the manual. */
static void test_json(void **state)
{
    struct bench *b = *state;
    const struct target fra = {.name = "vpn-fra", .system = systems[0]};
    const struct target ber = {.name = "vpn-ber", .system = systems[0]};
    struct target_plan *p = calloc(1, sizeof(*p)), *q = calloc(1, sizeof(*q));
    const struct plan plan = {.targets = (struct target_plan *[]){q, p}, .n_targets = 2};
    const struct kind secrets = {.name = "secrets", .body = &words};
    struct buf out = BUF_INIT(1 << 16);
    struct change *c;
    const struct value *json, *first, *second;

    p->target = &fra;
    q->target = &ber;
    add_change(b, p, &groups, "AD \"Server\"\x1b", "[\"a\"]", "[\"b\"]");
    c = add_change(b, p, &secrets, "s", "[\"hunter2\"]", "[\"hunter3\"]");
    c->held_by = GUARD_PROTECT;
    for (size_t i = 0; i < c->n_items; i++) {
        c->items[i].secret = true;
        c->items[i].path = "password";
    }
    diag_add_target(&q->diags, DIAG_TIMEOUT, "vpn-ber", "no answer from \"b\"\n");
    target_plan_judge(p);
    target_plan_judge(q);
    plan_write_json(&plan, &out);
    assert_int_equal(out.error, 0);
    assert_null(strstr(buf_text(&out), "hunter"));
    assert_int_equal(buf_text(&out)[out.len - 1], '\n');
    json = bench_json(b, buf_text(&out));
    buf_done(&out);
    assert_int_equal(value_get(json, "version")->integer, 1);
    assert_string_equal(bench_print(b, value_get(json, "summary")),
                        "{\"in-sync\":0,\"differs\":0,\"failed\":1,\"held\":1,\"create\":0,\"update\":2,\"delete\":0}");
    first = &value_get(json, "targets")->items[0];
    second = &value_get(json, "targets")->items[1];
    assert_string_equal(
        bench_print(b, first),
        "{\"target\":\"vpn-ber\",\"type\":\"ics\",\"status\":\"failed\",\"error\":{\"code\":\"timeout\","
        "\"message\":\"no answer from \\\"b\\\"\\\\x0a\"},\"changes\":[],\"unmanaged\":[]}");
    assert_string_equal(value_get_text(second, "status"), "held");
    assert_string_equal(
        bench_print(b, value_get(second, "changes")),
        "[{\"kind\":\"groups\",\"object\":\"AD "
        "\\\"Server\\\"\\u001b\",\"action\":\"update\",\"cause\":\"first\","
        "\"live-digest\":null,\"accepted\":null,\"held-by\":null,"
        "\"held-why\":null,\"result\":null,\"items\":[{\"op\":\"remove\",\"path\":\"a\",\"before\":\"a\",\"after\":"
        "null},"
        "{\"op\":\"add\",\"path\":\"b\",\"before\":null,\"after\":\"b\"}]},"
        "{\"kind\":\"secrets\",\"object\":\"s\",\"action\":\"update\",\"cause\":\"first\",\"live-digest\":null,"
        "\"accepted\":null,\"held-by\":"
        "\"protect\",\"held-why\":null,\"result\":null,"
        "\"items\":["
        "{\"op\":\"remove\",\"path\":\"password\",\"before\":\"(secret)\",\"after\":null},"
        "{\"op\":\"add\",\"path\":\"password\",\"before\":null,\"after\":\"(secret)\"}]}]");
    target_plan_free(p);
    target_plan_free(q);
}

static void test_status(void **state)
{
    struct bench *b = *state;
    struct target_plan *p = calloc(1, sizeof(*p));

    target_plan_judge(p);
    assert_int_equal(p->status, TARGET_IN_SYNC);
    add_change(b, p, &groups, "s", "[]", "[\"b\"]");
    add_change(b, p, &rules, "r", "[\"a\",\"b\"]", "null");
    target_plan_judge(p);
    assert_int_equal(p->status, TARGET_DIFFERS);
    assert_int_equal(change_removals(&p->changes[0]), 0);
    /* The object and the two items of its list. */
    assert_int_equal(change_removals(&p->changes[1]), 3);
    p->changes[0].result = p->changes[1].result = RESULT_APPLIED;
    target_plan_judge(p);
    assert_int_equal(p->status, TARGET_IN_SYNC);
    p->changes[1].result = RESULT_UNVERIFIED;
    p->changes[0].held_by = GUARD_SHRINK;
    target_plan_judge(p);
    assert_int_equal(p->status, TARGET_HELD);
    diag_add(&p->diags, DIAG_TIMEOUT, "x");
    target_plan_judge(p);
    assert_int_equal(p->status, TARGET_FAILED);
    assert_ptr_equal(target_plan_find(p, &rules, "r"), &p->changes[1]);
    assert_null(target_plan_find(p, &groups, "r"));
    target_plan_free(p);
}

static void test_words(void **state)
{
    static const char *const guards[] = {"lock-out", "removals", "emptying", "shrink", "protect", "foreign",
                                         "open-up",  "window",   "fight",    "health", "hold"};

    assert_int_equal(GUARD_MAX, ARRAY_SIZE(guards));
    for (size_t i = 0; i < ARRAY_SIZE(guards); i++) {
        assert_string_equal(guard_to_string((enum guard)i), guards[i]);
        assert_int_equal(guard_from_string(guards[i]), i);
    }
    assert_int_equal(guard_from_string("force"), GUARD_INVALID);
    assert_null(guard_to_string(GUARD_NONE));
    assert_null(result_to_string(RESULT_NONE));
    assert_string_equal(result_to_string(RESULT_UNVERIFIED), "unverified");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_order),
        BENCH_TEST(test_json),
        BENCH_TEST(test_status),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
