/* SPDX-License-Identifier: Apache-2.0 */
/* Whom one role-mapping rule matches. */
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "provider/ics/mapping.h"
#include "value/json.h"

static bool is_condition(const char *member)
{
    return strcmp(member, "name") != 0 && strcmp(member, "roles") != 0 && strcmp(member, "stop-rules-processing") != 0;
}

static const struct pair *only_condition(const struct value *rule)
{
    const struct pair *only = NULL;

    for (uint32_t i = 0; i < rule->count; i++) {
        if (!is_condition(rule->pairs[i].key.text))
            continue;
        if (only)
            return NULL;
        only = &rule->pairs[i];
    }
    return only;
}

/* The names of which one is enough, where that is all that the rule asks; else NULL. */
static const struct value *names_of(const struct value *rule, const char **ret_kind)
{
    const struct pair *only = only_condition(rule);
    const struct value *condition = only ? &only->value : NULL, *names;
    const char *test = value_get_text(condition, "test");
    bool by_user = only && strcmp(only->key.text, "user-name") == 0;

    if (!value_is(condition, VALUE_MAP) || (!by_user && strcmp(only->key.text, "group") != 0))
        return NULL;
    names = value_get(condition, by_user ? "user-names" : "group-names");
    if (!value_is(names, VALUE_LIST) || names->count == 0)
        return NULL;
    /* The guide's group has no test; a user name has one (notes A4). */
    if (test ? strcmp(test, "is") != 0 || condition->count != 2 : by_user || condition->count != 1)
        return NULL;
    *ret_kind = only->key.text;
    return names;
}

/* Patterns, and other ways to write the same user, match or not: only the appliance knows. */
static enum reach reach_of_user(const char *name, const char *user)
{
    if (strcmp(name, "*") == 0)
        return REACH_SURE;
    if (!user)
        return REACH_SOME;
    if (strcmp(name, user) == 0)
        return REACH_SURE;
    if (strpbrk(name, "*?<%$[") || strcasestr(name, user) || strcasestr(user, name))
        return REACH_SOME;
    return REACH_NOBODY;
}

static int add_names(struct arena *a, const struct value *names, const char *kind, const char *user,
                     struct mapping_rule *r)
{
    bool by_user = strcmp(kind, "user-name") == 0;

    r->facts = arena_zalloc(a, names->count, sizeof(*r->facts));
    for (uint32_t i = 0; r->facts && i < names->count; i++) {
        const char *name = names->items[i].type == VALUE_TEXT ? names->items[i].text : "";
        enum reach reach = by_user ? reach_of_user(name, user) : REACH_SOME;

        r->reach = MAX(r->reach, reach);
        if (reach != REACH_SOME)
            continue;
        r->facts[r->n_facts] = arena_printf(a, "%s %s", kind, name);
        if (!r->facts[r->n_facts++])
            return -ENOMEM;
    }
    return r->facts ? 0 : -ENOMEM;
}

/* Conditions that are not understood are one fact: all of them, as they are written. */
static int add_whole(struct arena *a, struct mapping_rule *r)
{
    struct buf text = BUF_INIT(LIMIT_BODY_BYTES);
    struct value conditions;
    uint32_t n = 0;

    r->facts = arena_zalloc(a, 1, sizeof(*r->facts));
    if (!r->facts || value_new_map(a, r->value->count, &conditions) < 0)
        return -ENOMEM;
    for (uint32_t i = 0; i < r->value->count; i++)
        if (is_condition(r->value->pairs[i].key.text))
            conditions.pairs[n++] = r->value->pairs[i];
    conditions.count = n;
    json_write(&conditions, JSON_SORTED, &text);
    if (!text.error)
        r->facts[0] = arena_strndup(a, buf_text(&text), text.len);
    buf_done(&text);
    r->n_facts = 1;
    r->reach = REACH_SOME;
    return r->facts[0] ? 0 : -ENOMEM;
}

static bool stops(const struct value *rule, bool is_new)
{
    const struct value *v = value_get(rule, "stop-rules-processing");

    if (!v || v->type == VALUE_NULL)
        return false;
    return v->type == VALUE_BOOL ? v->boolean : is_new;
}

static int read_rule(struct arena *a, const struct value *value, const char *user, bool is_new, struct mapping_rule *r)
{
    const char *kind = NULL;
    const struct value *names = names_of(value, &kind);

    *r = (struct mapping_rule){.value = value, .stops = stops(value, is_new)};
    return names ? add_names(a, names, kind, user, r) : add_whole(a, r);
}

int mapping_read(struct arena *a, const struct value *v, const char *user, bool is_new, struct mapping *ret)
{
    const struct value *list = value_get(v, "rule"), *roles;
    uint32_t n = value_is(list, VALUE_LIST) ? list->count : 0;
    uint64_t pairs = 0;
    int k = 0;

    *ret = (struct mapping){.rules = arena_zalloc(a, (size_t)n + 1, sizeof(*ret->rules))};
    if (!ret->rules)
        return -ENOMEM;
    for (uint32_t i = 0; i < n && k == 0; i++) {
        k = read_rule(a, &list->items[i], user, is_new, &ret->rules[i]);
        ret->n = i + 1;
        pairs += (uint64_t)mapping_roles(&ret->rules[i], &roles) * ret->rules[i].n_facts;
        if (pairs > LIMIT_RULE_PAIRS)
            return -E2BIG;
        if (ret->rules[i].reach == REACH_SURE && ret->rules[i].stops)
            break;
    }
    return k;
}

uint32_t mapping_roles(const struct mapping_rule *r, const struct value **ret_roles)
{
    *ret_roles = value_get(r->value, "roles");
    return value_is(*ret_roles, VALUE_LIST) && r->reach != REACH_NOBODY ? (*ret_roles)->count : 0;
}

const char *mapping_rule_name(const struct mapping_rule *r)
{
    const char *name = value_get_text(r->value, "name");

    return name ? name : "";
}
