/* SPDX-License-Identifier: Apache-2.0 */
/* Times, references and kinds of Safeguard for Privileged Sessions. */
#include <errno.h>
#include <string.h>

#include "provider/sps/sps.h"
#include "schema/merge.h"
#include "unit.h"

static const struct field *body_of(const char *kind)
{
    return system_kind_by_name(&sps_system, kind)->body;
}

static void test_check_day(void **state)
{
    static const struct {
        const char *day, *wrong; /* NULL: good */
    } table[] = {
        {"[]", NULL},
        {"[[\"0:00\",\"23:59\"]]", NULL},
        {"[[\"8:00\",\"18:00\"]]", NULL},
        {"[[\"08:00\",\"9:05\"]]", NULL},
        {"[[\"8:00\",\"12:00\"],[\"12:00\",\"18:00\"]]", NULL},
        {"[[\"13:00\",\"18:00\"],[\"8:00\",\"12:00\"]]", NULL},
        {"[[\"8:00\",\"12:00\"],[\"11:59\",\"18:00\"]]", "overlap"},
        {"[[\"11:00\",\"18:00\"],[\"8:00\",\"12:00\"]]", "overlap"},
        {"[[\"8:00\",\"18:00\"],[\"9:00\",\"10:00\"]]", "overlap"},
        {"[[\"8:00\",\"18:00\"],[\"08:00\",\"18:00\"]]", "overlap"},
        {"[[\"8:00\",\"8:00\"]]", "end after its start"},
        {"[[\"18:00\",\"8:00\"]]", "end after its start"},
        {"[[\"8:00\",\"24:00\"]]", "not hh:mm"},
        {"[[\"8:00\",\"23:60\"]]", "not hh:mm"},
        {"[[\"8\",\"9:00\"]]", "not hh:mm"},
        {"[[\"8:0\",\"9:00\"]]", "not hh:mm"},
        {"[[\"8:000\",\"9:00\"]]", "not hh:mm"},
        {"[[\"008:00\",\"9:00\"]]", "not hh:mm"},
        {"[[\":00\",\"9:00\"]]", "not hh:mm"},
        {"[[\"\",\"9:00\"]]", "not hh:mm"},
        {"[[\"-1:00\",\"9:00\"]]", "not hh:mm"},
        {"[[\"8:00 \",\"9:00\"]]", "not hh:mm"},
        {"[[\"8.00\",\"9:00\"]]", "not hh:mm"},
        {"[[\"8:00\"]]", "pairs"},
        {"[[\"8:00\",\"9:00\",\"10:00\"]]", "pairs"},
        {"[[]]", "pairs"},
        {"[\"8:00\",\"9:00\"]", "pairs"},
        {"[[480,540]]", "pairs"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const char *wrong = sps_check_day(bench_json(b, table[i].day));

        if (!wrong != !table[i].wrong || (wrong && !strstr(wrong, table[i].wrong)))
            fail_msg("%s: expected %s, got %s", table[i].day, table[i].wrong ? table[i].wrong : "good",
                     wrong ? wrong : "good");
    }
}

static const char *day_of(struct bench *b, int n)
{
    struct buf text = BUF_INIT(1 << 16);
    const char *copy;

    buf_add_char(&text, '[');
    for (int i = 0; i < n; i++)
        buf_addf(&text, "%s[\"%d:%02d\",\"%d:%02d\"]", i ? "," : "", i / 6, i % 6 * 10, i / 6, i % 6 * 10 + 5);
    buf_add_char(&text, ']');
    copy = arena_strdup(&b->arena, buf_text(&text));
    buf_done(&text);
    return copy;
}

static void test_many_intervals(void **state)
{
    struct bench *b = *state;

    assert_null(sps_check_day(bench_json(b, day_of(b, 64))));
    assert_contains(sps_check_day(bench_json(b, day_of(b, 65))), "64 intervals");
}

static void test_same_days(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } table[] = {
        {"[[\"8:00\",\"18:00\"]]", "[[\"08:00\",\"18:00\"]]", true},
        {"[[\"0:00\",\"9:05\"]]", "[[\"00:00\",\"09:05\"]]", true},
        {"[[\"8:00\",\"12:00\"],[\"13:00\",\"18:00\"]]", "[[\"13:00\",\"18:00\"],[\"8:00\",\"12:00\"]]", true},
        {"[[\"8:00\",\"18:00\"]]", "[[\"8:00\",\"18:01\"]]", false},
        {"[[\"8:00\",\"18:00\"]]", "[]", false},
        {"[]", "[]", true},
        /* what is no time of day is compared as it stands */
        {"[[\"8:00\",\"24:00\"]]", "[[\"8:00\",\"24:00\"]]", true},
        {"[[\"8:00\",\"24:00\"]]", "[[\"08:00\",\"24:00\"]]", false},
        {"[[\"8:00\",\"24:00\"]]", "[[\"8:00\",\"23:59\"]]", false},
    };
    struct bench *b = *state;
    const struct field *mon = field_member(body_of("time_policies"), "Mon");

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const struct value *x = bench_json(b, table[i].a), *y = bench_json(b, table[i].b);

        if (field_same(mon, x, y) != table[i].same || field_same(mon, y, x) != table[i].same)
            fail_msg("%s and %s should be %s", table[i].a, table[i].b, table[i].same ? "the same" : "different");
    }
}

static void test_references(void **state)
{
    static const struct {
        const char *live, *flat;
    } table[] = {
        {"{\"time_policy\":{\"key\":\"-100\",\"meta\":{\"href\":\"/api/x\"}}}", "{\"time_policy\":\"-100\"}"},
        {"{\"a\":[{\"key\":\"1\",\"meta\":{}},{\"key\":\"2\",\"meta\":null}]}", "{\"a\":[\"1\",\"2\"]}"},
        {"{\"users\":[{\"passwords\":[{\"key\":\"k\",\"meta\":{\"href\":\"h\"}}],\"certificates\":[]}]}",
         "{\"users\":[{\"passwords\":[\"k\"],\"certificates\":[]}]}"},
        /* no references: a key that is no text, a member more, a member less */
        {"{\"a\":{\"key\":1,\"meta\":{}}}", "{\"a\":{\"key\":1,\"meta\":{}}}"},
        {"{\"a\":{\"key\":\"1\",\"meta\":{},\"body\":{}}}", "{\"a\":{\"key\":\"1\",\"meta\":{},\"body\":{}}}"},
        {"{\"a\":{\"key\":\"1\"}}", "{\"a\":{\"key\":\"1\"}}"},
        {"{\"a\":{\"key\":\"1\",\"value\":{\"key\":\"2\",\"meta\":{}}}}", "{\"a\":{\"key\":\"1\",\"value\":\"2\"}}"},
        {"[null,true,1,\"key\",[],{}]", "[null,true,1,\"key\",[],{}]"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct value *v = bench_json(b, table[i].live);

        sps_flatten_references(v);
        assert_string_equal(bench_print(b, v), table[i].flat);
    }
}

/* The guide's bodies without their names: laid under what is declared, as they go onto the wire. */
static void test_bodies(void **state)
{
    static const char week[] = "{\"Mon\":[[\"0:00\",\"23:59\"]],\"Tue\":[],\"Wed\":[],\"Thu\":[],\"Fri\":[],\"Sat\":[],"
                               "\"Sun\":[]}";
    static const struct {
        const char *kind, *live, *desired;
        const char *wire; /* NULL: nothing differs */
        const char *missing;
    } table[] = {
        {"userlists", "{\"default\":\"exclude\",\"users\":[\"root\"]}", "{default: exclude, users: [root]}", NULL, ""},
        {"userlists", "{\"default\":\"exclude\",\"users\":[\"b\",\"a\"],\"new\":[true]}", "{users: [a, c, b]}",
         "{\"default\":\"exclude\",\"users\":[\"b\",\"a\",\"c\"],\"new\":[true]}", ""},
        {"userlists", "{\"default\":\"exclude\",\"users\":[\"Root\"]}", "{users: [root]}",
         "{\"default\":\"exclude\",\"users\":[\"root\"]}", ""},
        {"userlists", NULL, "{default: include, users: []}", "{\"default\":\"include\",\"users\":[]}", ""},
        {"userlists", NULL, "{users: [root]}", "{\"users\":[\"root\"]}", "default"},
        {"time_policies", week, "{Mon: [[\"00:00\", \"23:59\"]], Sun: []}", NULL, ""},
        {"time_policies", week, "{Tue: [[\"8:00\", \"9:00\"]]}",
         "{\"Mon\":[[\"0:00\",\"23:59\"]],\"Tue\":[[\"8:00\",\"9:00\"]],\"Wed\":[],\"Thu\":[],\"Fri\":[],\"Sat\":[],"
         "\"Sun\":[]}",
         ""},
        {"time_policies", NULL, "{Mon: [], Tue: [], Wed: [], Thu: [], Fri: []}",
         "{\"Mon\":[],\"Tue\":[],\"Wed\":[],\"Thu\":[],\"Fri\":[]}", "Sat, Sun"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const struct field *body = body_of(table[i].kind);
        struct value *live = table[i].live ? bench_live(b, body, table[i].live) : NULL, after, wire;
        struct merge m = {.arena = &b->arena};
        bool differs;

        assert_int_equal(field_merge(&m, body, live, bench_desired(b, body, table[i].desired), &after, &differs), 0);
        assert_int_equal(differs, table[i].wire != NULL);
        assert_string_equal(buf_text(&m.missing), table[i].missing);
        assert_int_equal(field_wire(body, &after, false, &b->arena, &wire), 0);
        if (differs)
            assert_string_equal(bench_print(b, &wire), table[i].wire);
        merge_done(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_check_day),  BENCH_TEST(test_many_intervals), BENCH_TEST(test_same_days),
        BENCH_TEST(test_references), BENCH_TEST(test_bodies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
