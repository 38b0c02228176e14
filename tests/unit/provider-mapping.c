/* SPDX-License-Identifier: Apache-2.0 */
/* Who would lose or gain a role by new role-mapping rules of an ICS realm. */
#include <string.h>

#include "provider/ics/ics.h"
#include "unit.h"

#define ADMIN "\"roles\":[\".Administrators\"]"
#define READER "\"roles\":[\".Read-Only Administrators\"]"
#define STOP ",\"stop-rules-processing\":\"true\""
#define GROUP(names) "\"group\":{\"group-names\":[" names "]}"
#define USER(names) "\"user-name\":{\"test\":\"is\",\"user-names\":[" names "]}"
#define EXPRESSION(text) "\"custom-expression\":{\"expressions\":\"" text "\"}"
#define RULE(name, condition, rest) "{\"name\":\"" name "\"," condition "," rest "}"
#define RULES(rules) "{\"rule\":[" rules "]}"

#define SELF RULE("self", USER("\"convergate\""), ADMIN STOP)
#define OTHER RULE("other", USER("\"alice\""), READER STOP)
#define STAFF RULE("staff", GROUP("\"CORP/staff\""), ADMIN)
#define PARTNERS_STOP RULE("partners", GROUP("\"CORP/partners\""), READER STOP)
#define ANYONE RULE("anyone", USER("\"*\""), ADMIN)

/* As Convergate's own realm, logged in as `convergate`; and as a management realm. */
static const struct {
    const char *live, *after;
    bool own, management;
} losses[] = {
    {RULES(SELF), RULES(SELF), false, false},
    {RULES(SELF "," STAFF), RULES(SELF "," STAFF), false, false},
    {RULES(""), RULES(SELF), false, false},
    {RULES(SELF), RULES(""), true, true},
    {RULES(SELF), "{}", true, true},
    /* behind the rule that names it nothing concerns Convergate */
    {RULES(SELF "," STAFF), RULES(SELF), false, true},
    {RULES(SELF "," STAFF), RULES(SELF "," PARTNERS_STOP "," STAFF), false, true},
    /* its name elsewhere, by another rule's name, among others, or by any */
    {RULES(SELF), RULES(RULE("renamed", USER("\"convergate\""), ADMIN)), false, false},
    {RULES(SELF), RULES(RULE("self", USER("\"alice\",\"convergate\""), ADMIN)), false, false},
    {RULES(SELF), RULES(ANYONE), false, false},
    {RULES(SELF), RULES(RULE("self", USER("\"alice\""), ADMIN)), true, true},
    {RULES(SELF), RULES(RULE("self", USER("\"convergate\""), READER)), true, true},
    {RULES(SELF), RULES(RULE("self", USER("\"convergate\""), "\"roles\":[]")), true, true},
    {RULES(SELF), RULES(RULE("self", USER("\"convergate\""), "\"roles\":[\"x\",\".Administrators\"]")), false, false},
    {RULES(SELF), RULES(STAFF), true, true},
    /* rules that stop before it: another user's cannot reach it, a group's may */
    {RULES(SELF), RULES(OTHER "," SELF), false, true},
    {RULES(SELF), RULES(PARTNERS_STOP "," SELF), true, true},
    {RULES(SELF), RULES(STAFF "," SELF), false, false},
    {RULES(PARTNERS_STOP "," SELF), RULES(PARTNERS_STOP "," SELF), false, false},
    {RULES(PARTNERS_STOP "," SELF), RULES(SELF "," PARTNERS_STOP), true, true},
    {RULES(PARTNERS_STOP "," STAFF), RULES(STAFF "," PARTNERS_STOP), false, false},
    {RULES(STAFF "," PARTNERS_STOP), RULES(PARTNERS_STOP "," STAFF), true, true},
    /* groups: of a rule that is not understood nobody knows whether it is Convergate's */
    {RULES(STAFF), RULES(STAFF "," PARTNERS_STOP), false, false},
    {RULES(STAFF), RULES(""), true, true},
    {RULES(STAFF), RULES(SELF), false, true},
    {RULES(STAFF), RULES(ANYONE), false, false},
    {RULES(STAFF), RULES(RULE("staff", GROUP("\"CORP/staff\",\"CORP/more\""), ADMIN)), false, false},
    {RULES(RULE("staff", GROUP("\"CORP/staff\",\"CORP/more\""), ADMIN)), RULES(STAFF), true, true},
    {RULES(RULE("staff", GROUP("\"CORP/staff\",\"CORP/more\""), ADMIN)),
     RULES(STAFF "," RULE("more", GROUP("\"CORP/more\""), ADMIN)), false, false},
    {RULES(STAFF), RULES(RULE("staff", GROUP("\"CORP/staff\""), ADMIN STOP)), false, false},
    {RULES(STAFF "," RULE("two", GROUP("\"CORP/two\""), READER)),
     RULES(RULE("staff", GROUP("\"CORP/staff\""), ADMIN STOP) "," RULE("two", GROUP("\"CORP/two\""), READER)), true,
     true},
    /* a stop that had come before already may stay, not one that matches more */
    {RULES(PARTNERS_STOP "," STAFF),
     RULES(RULE("partners", GROUP("\"CORP/partners\",\"CORP/new\""), READER STOP) "," STAFF), true, true},
    {RULES(RULE("partners", GROUP("\"CORP/partners\",\"CORP/new\""), READER STOP) "," STAFF),
     RULES(RULE("new", GROUP("\"CORP/new\""), READER STOP) "," PARTNERS_STOP "," STAFF), false, false},
    /* a rule that stops, but gives the role itself, takes nothing: the guide's own rules are such */
    {RULES(RULE("a", GROUP("\"a\""), ADMIN STOP)),
     RULES(RULE("b", GROUP("\"b\""), ADMIN STOP) "," RULE("a", GROUP("\"a\""), ADMIN STOP)), false, false},
    {RULES(RULE("a", GROUP("\"a\""), ADMIN STOP) "," RULE("b", GROUP("\"b\""), ADMIN STOP)),
     RULES(RULE("b", GROUP("\"b\""), ADMIN STOP) "," RULE("a", GROUP("\"a\""), ADMIN STOP)), false, false},
    {RULES(RULE("a", GROUP("\"a\""), ADMIN STOP) "," STAFF),
     RULES(PARTNERS_STOP "," RULE("a", GROUP("\"a\""), ADMIN STOP) "," STAFF), true, true},
    /* conditions that Convergate does not know are the same only as a whole */
    {RULES(RULE("x", EXPRESSION("a"), ADMIN)), RULES(RULE("y", EXPRESSION("a"), ADMIN)), false, false},
    {RULES(RULE("x", EXPRESSION("a"), ADMIN)), RULES(RULE("x", EXPRESSION("b"), ADMIN)), true, true},
    {RULES(RULE("x", EXPRESSION("a") "," GROUP("\"g\""), ADMIN)), RULES(RULE("x", GROUP("\"g\""), ADMIN)), true, true},
    {RULES(RULE("x", "\"user-name\":{\"test\":\"is-not\",\"user-names\":[\"alice\"]}", ADMIN)),
     RULES(RULE("x", "\"user-name\":{\"test\":\"is-not\",\"user-names\":[\"alice\",\"bob\"]}", ADMIN)), true, true},
    {RULES(RULE("x", "\"user-name\":{\"user-names\":[\"*\"]}", ADMIN)), RULES(""), true, true},
    /* a pattern, a domain or another case may be Convergate, and is not relied on */
    {RULES(RULE("self", USER("\"conv*\""), ADMIN)), RULES(""), true, true},
    {RULES(RULE("self", USER("\"CORP\\\\Convergate\""), ADMIN)), RULES(""), true, true},
    {RULES(SELF), RULES(RULE("self", USER("\"Convergate\""), ADMIN)), true, true},
    {RULES(SELF), RULES(RULE("early", USER("\"con*\""), READER STOP) "," SELF), true, true},
    /* it is in, though no rule seems to match: any of them may be its own */
    {RULES(OTHER), RULES(""), true, true},
    {RULES(OTHER), RULES(OTHER "," STAFF), false, false},
    {RULES(SELF "," OTHER), RULES(SELF), false, true},
    /* every one of a role's rules may go but the last */
    {RULES(SELF "," ANYONE), RULES(ANYONE), false, false},
    {RULES(ANYONE "," STAFF), RULES(ANYONE), false, false},
    /* a value that is neither true nor false */
    {RULES(STAFF), RULES(RULE("p", GROUP("\"p\""), READER ",\"stop-rules-processing\":\"enable\"") "," STAFF), true,
     true},
};

static const struct value *mapping(struct bench *b, const char *json)
{
    return bench_live(b, system_kind_by_name(&ics_system, "role-mapping-rules")->body, json);
}

static void test_losses(void **state)
{
    struct bench *b = *state;
    const struct access own = {.login_realm = "R", .login_user = "convergate"};
    const struct access management = {
        .login_realm = "X", .login_user = "convergate", .realms = bench_json(b, "[\"R\"]")};

    for (size_t i = 0; i < ARRAY_SIZE(losses); i++) {
        const struct value *live = mapping(b, losses[i].live), *after = mapping(b, losses[i].after);
        struct buf why = BUF_INIT(1000);

        if (ics_mapping_locks_out(&own, "r", live, after, &why) != losses[i].own)
            fail_msg("row %zu, %s: own: %s", i, losses[i].after, buf_text(&why));
        assert_int_equal(why.len > 0, losses[i].own);
        buf_clear(&why);
        if (ics_mapping_locks_out(&management, "r", live, after, &why) != losses[i].management)
            fail_msg("row %zu, %s: management: %s", i, losses[i].after, buf_text(&why));
        assert_false(ics_mapping_locks_out(&own, "Other", live, after, &why));
        buf_done(&why);
    }
}

static void test_choose(void **state)
{
    static const char *const flags[] = {"user-selects-role", "user-selects-roleset"};
    struct bench *b = *state;
    const struct access own = {.login_realm = "R", .login_user = "convergate", .realms = bench_json(b, "[\"M\"]")};

    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        const struct value *off = mapping(b,
                                          arena_printf(&b->arena, "{\"%s\":\"false\",\"rule\":[" SELF "]}", flags[i]));
        const struct value *on = mapping(b, arena_printf(&b->arena, "{\"%s\":\"true\",\"rule\":[" SELF "]}", flags[i]));
        struct buf why = BUF_INIT(1000);

        assert_true(ics_mapping_locks_out(&own, "R", off, on, &why));
        assert_contains(buf_text(&why), flags[i]);
        assert_false(ics_mapping_locks_out(&own, "R", on, on, &why));
        assert_false(ics_mapping_locks_out(&own, "R", on, off, &why));
        /* A person can choose. */
        assert_false(ics_mapping_locks_out(&own, "M", off, on, &why));
        buf_done(&why);
    }
}

static void test_words(void **state)
{
    struct bench *b = *state;
    const struct access own = {.login_realm = "R", .login_user = "convergate", .realms = bench_json(b, "[\"M\"]")};
    struct buf why = BUF_INIT(1000);

    assert_true(ics_mapping_locks_out(&own, "R", mapping(b, RULES(SELF)), mapping(b, RULES("")), &why));
    assert_string_equal(buf_text(&why),
                        "the rules would take role '.Administrators' from Convergate itself; rule 'self' gives it now");
    buf_clear(&why);
    assert_true(ics_mapping_locks_out(&own, "R", mapping(b, RULES(STAFF)), mapping(b, RULES("")), &why));
    assert_string_equal(buf_text(&why), "the rules may take role '.Administrators' from Convergate itself; rule "
                                        "'staff' gives it now, and whom that matches cannot be seen");
    buf_clear(&why);
    assert_true(ics_mapping_locks_out(&own, "M", mapping(b, RULES(ANYONE)), mapping(b, RULES("")), &why));
    assert_contains(buf_text(&why), "would take role '.Administrators' from who must be able to log in here");
    buf_done(&why);
}

static const struct {
    const char *live, *after;
    bool opens;
} openings[] = {
    {RULES(""), RULES(STAFF), false},
    {RULES(""), RULES(ANYONE), true},
    {RULES(ANYONE), RULES(ANYONE), false},
    {RULES(ANYONE), RULES(STAFF "," ANYONE), false},
    {RULES(RULE("anyone", USER("\"*\""), READER)), RULES(ANYONE), true},
    {RULES(ANYONE), RULES(RULE("anyone", USER("\"*\""), READER)), true},
    {RULES(ANYONE "," OTHER), RULES(RULE("other name", USER("\"x\",\"*\""), ADMIN)), false},
    {RULES(SELF), RULES(RULE("self", USER("\"convergate\",\"*\""), ADMIN)), true},
    /* behind a rule that matches everyone and stops, nothing was given */
    {RULES(RULE("all", USER("\"*\""), READER STOP) "," ANYONE), RULES(ANYONE), true},
};

static void test_openings(void **state)
{
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(openings); i++) {
        struct buf why = BUF_INIT(1000);

        if (ics_mapping_opens_up(mapping(b, openings[i].live), mapping(b, openings[i].after), &why) !=
            openings[i].opens)
            fail_msg("row %zu, %s: %s", i, openings[i].after, buf_text(&why));
        assert_int_equal(why.len > 0, openings[i].opens);
        buf_done(&why);
    }
}

/* Small mappings by chance, and what they give to each member of each of four groups: nothing may slip through. */
struct dice {
    uint64_t state;
};

static unsigned roll(struct dice *d, unsigned sides)
{
    d->state = d->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(d->state >> 33) % sides;
}

static void add_condition(struct dice *d, struct buf *out)
{
    static const char *const users[] = {"convergate", "alice", "*"};
    unsigned kind = roll(d, 8);

    if (kind < 2) {
        buf_addf(out, "\"user-name\":{\"test\":\"is\",\"user-names\":[\"%s\"]}", users[roll(d, 3)]);
        return;
    }
    buf_addf(out, "\"group\":{\"group-names\":[\"%c\"", 'a' + roll(d, 4));
    if (kind > 5)
        buf_addf(out, ",\"%c\"", 'a' + roll(d, 4));
    buf_add_str(out, "]}");
}

static const struct value *roll_mapping(struct bench *b, struct dice *d)
{
    struct buf json = BUF_INIT(4096);
    const struct value *v;
    unsigned n = roll(d, 5);

    buf_add_str(&json, "{\"rule\":[");
    for (unsigned i = 0; i < n; i++) {
        buf_addf(&json, "%s{\"name\":\"%u\",\"roles\":[\"%s\"],\"stop-rules-processing\":\"%s\",", i ? "," : "", i,
                 roll(d, 2) ? "x" : "y", roll(d, 2) ? "true" : "false");
        add_condition(d, &json);
        buf_add_str(&json, "}");
    }
    buf_add_str(&json, "]}");
    v = mapping(b, buf_text(&json));
    buf_done(&json);
    return v;
}

static bool holds(const struct value *rule, unsigned groups)
{
    const struct value *names = value_get(value_get(rule, "group"), "group-names");

    for (uint32_t i = 0; names && i < names->count; i++)
        if (groups & 1u << (names->items[i].text[0] - 'a'))
            return true;
    names = value_get(value_get(rule, "user-name"), "user-names");
    return names && strcmp(names->items[0].text, "alice") != 0;
}

/* 1 for role x, 2 for y. */
static unsigned roles_of(const struct value *v, unsigned groups)
{
    const struct value *rules = value_get(v, "rule");
    unsigned roles = 0;

    for (uint32_t i = 0; i < rules->count; i++) {
        if (!holds(&rules->items[i], groups))
            continue;
        roles |= value_get(&rules->items[i], "roles")->items[0].text[0] == 'x' ? 1u : 2u;
        if (value_get(&rules->items[i], "stop-rules-processing")->boolean)
            break;
    }
    return roles;
}

static bool really_loses(const struct value *live, const struct value *after)
{
    for (unsigned groups = 0; groups < 16; groups++)
        if (roles_of(live, groups) & ~roles_of(after, groups))
            return true;
    return false;
}

static void test_by_chance(void **state)
{
    struct bench *b = *state;
    struct dice d = {.state = 4};
    const struct access own = {.login_realm = "R", .login_user = "convergate"};
    unsigned lost = 0, too_careful = 0;

    for (int i = 0; i < 20000; i++) {
        const struct value *live = roll_mapping(b, &d), *after = roll_mapping(b, &d);
        struct buf why = BUF_INIT(1000);
        bool told = ics_mapping_locks_out(&own, "R", live, after, &why), real = really_loses(live, after);

        if (real && !told)
            fail_msg("%s -> %s", bench_print(b, live), bench_print(b, after));
        lost += real;
        too_careful += told && !real;
        buf_done(&why);
        arena_done(&b->arena);
    }
    assert_in_range(lost, 5000, 19000);
    assert_in_range(too_careful, 0, 600);
}

/* A reply that no appliance gives must not take hours. */
static void test_ceiling(void **state)
{
    struct bench *b = *state;
    struct buf names = BUF_INIT(1 << 20), json = BUF_INIT(1 << 20), why = BUF_INIT(1000);
    const struct access own = {.login_realm = "R", .login_user = "convergate"};
    const struct value *v;

    for (int i = 0; i < 1100; i++)
        buf_addf(&names, "%s\"n%d\"", i ? "," : "", i);
    buf_addf(&json, "{\"rule\":[{\"name\":\"a\",\"roles\":[%s],\"group\":{\"group-names\":[%s]}}]}", buf_text(&names),
             buf_text(&names));
    v = mapping(b, buf_text(&json));
    assert_true(ics_mapping_locks_out(&own, "R", v, v, &why));
    assert_contains(buf_text(&why), "so many rules");
    buf_done(&names);
    buf_done(&json);
    buf_done(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {BENCH_TEST(test_losses),   BENCH_TEST(test_choose),    BENCH_TEST(test_words),
                                       BENCH_TEST(test_openings), BENCH_TEST(test_by_chance), BENCH_TEST(test_ceiling)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
