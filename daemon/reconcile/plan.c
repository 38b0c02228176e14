/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/plan.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "value/json.h"

static const char *const action_table[ACTION_MAX] = {
    [ACTION_CREATE] = "create",
    [ACTION_UPDATE] = "update",
    [ACTION_DELETE] = "delete",
};

static const char *const result_table[RESULT_MAX] = {
    [RESULT_APPLIED] = "applied",
    [RESULT_UNVERIFIED] = "unverified",
    [RESULT_FAILED] = "failed",
    [RESULT_SKIPPED] = "skipped",
};

static const char *const guard_table[GUARD_MAX] = {
    [GUARD_LOCK_OUT] = "lock-out", [GUARD_REMOVALS] = "removals", [GUARD_EMPTYING] = "emptying",
    [GUARD_SHRINK] = "shrink",     [GUARD_PROTECT] = "protect",   [GUARD_FOREIGN] = "foreign",
    [GUARD_OPEN_UP] = "open-up",   [GUARD_WINDOW] = "window",     [GUARD_FIGHT] = "fight",
    [GUARD_HEALTH] = "health",     [GUARD_HOLD] = "hold",
};

static const char *const cause_table[CAUSE_MAX] = {
    [CAUSE_FIRST] = "first",
    [CAUSE_DRIFT] = "drift",
    [CAUSE_DESIRED] = "desired",
    [CAUSE_BOTH] = "both",
};

static const char *const target_status_table[TARGET_STATUS_MAX] = {
    [TARGET_IN_SYNC] = "in-sync",
    [TARGET_DIFFERS] = "differs",
    [TARGET_FAILED] = "failed",
    [TARGET_HELD] = "held",
};

const char *action_to_string(enum action a)
{
    return (size_t)a < ACTION_MAX ? action_table[a] : NULL;
}

const char *result_to_string(enum result r)
{
    return (size_t)r < RESULT_MAX ? result_table[r] : NULL;
}

const char *guard_to_string(enum guard g)
{
    return (size_t)g < GUARD_MAX ? guard_table[g] : NULL;
}

enum guard guard_from_string(const char *text)
{
    for (int g = 0; g < GUARD_MAX; g++)
        if (strcmp(guard_table[g], text) == 0)
            return (enum guard)g;
    return GUARD_INVALID;
}

const char *cause_to_string(enum cause c)
{
    return (size_t)c < CAUSE_MAX ? cause_table[c] : NULL;
}

const char *target_status_to_string(enum target_status s)
{
    return (size_t)s < TARGET_STATUS_MAX ? target_status_table[s] : NULL;
}

static void change_done(struct change *c)
{
    free(c->items);
    free(c->losses);
    free(c->held_why);
}

void target_plan_clear(struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        change_done(&p->changes[i]);
    free(p->changes);
    free(p->unmanaged);
    free(p->verified);
    free(p->forgotten);
    arena_done(&p->arena);
    p->changes = NULL;
    p->unmanaged = NULL;
    p->verified = NULL;
    p->forgotten = NULL;
    p->backup = p->same_cluster_as = NULL;
    p->n_verified = p->verified_allocated = p->n_forgotten = p->forgotten_allocated = 0;
    p->n_changes = p->changes_allocated = p->n_unmanaged = p->unmanaged_allocated = 0;
}

struct target_plan *target_plan_free(struct target_plan *p)
{
    if (!p)
        return NULL;
    target_plan_clear(p);
    diag_list_done(&p->diags);
    diag_list_done(&p->notes);
    free(p);
    return NULL;
}

int target_plan_add(struct target_plan *p, struct change **ret)
{
    if (array_grow(&p->changes, &p->changes_allocated, p->n_changes, sizeof(*p->changes)) < 0)
        return -ENOMEM;
    p->changes[p->n_changes] = (struct change){.held_by = GUARD_NONE};
    *ret = &p->changes[p->n_changes++];
    return 0;
}

bool target_plan_writes(const struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (p->changes[i].kind->strategy != STRATEGY_ABSENCE && !(p->changes[i].kind->flags & KIND_ASSERTED))
            return true;
    return false;
}

static bool same_key(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool change_same(const struct change *a, const struct change *b)
{
    return same_key(a->key, b->key) && a->kind == b->kind && strcmp(a->object, b->object) == 0 &&
           a->action == b->action && value_equal(&a->live, &b->live) && value_equal(&a->after, &b->after);
}

/* The next change that is not of an absence, or N. */
static size_t skip_absences(const struct target_plan *p, size_t i)
{
    while (i < p->n_changes && p->changes[i].kind->strategy == STRATEGY_ABSENCE)
        i++;
    return i;
}

bool target_plan_same(const struct target_plan *a, const struct target_plan *b)
{
    size_t i = skip_absences(a, 0), j = skip_absences(b, 0);

    while (i < a->n_changes && j < b->n_changes) {
        if (!change_same(&a->changes[i], &b->changes[j]))
            return false;
        i = skip_absences(a, i + 1);
        j = skip_absences(b, j + 1);
    }
    return i == a->n_changes && j == b->n_changes;
}

const struct change *target_plan_find(const struct target_plan *p, const struct kind *k, const char *object)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (p->changes[i].kind == k && strcmp(p->changes[i].object, object) == 0)
            return &p->changes[i];
    return NULL;
}

const struct verified *target_plan_verified(const struct target_plan *p, const struct kind *k, const char *object)
{
    for (size_t i = 0; i < p->n_verified; i++)
        if (p->verified[i].kind == k && strcmp(p->verified[i].object, object) == 0)
            return &p->verified[i];
    return NULL;
}

void target_plan_judge(struct target_plan *p)
{
    bool held = false, open = false;

    for (size_t i = 0; i < p->n_changes; i++) {
        held = held || p->changes[i].held_by != GUARD_NONE;
        open = open || p->changes[i].result != RESULT_APPLIED;
    }
    if (diag_any(&p->diags) || p->status == TARGET_FAILED)
        p->status = TARGET_FAILED;
    else if (held)
        p->status = TARGET_HELD;
    else
        p->status = open ? TARGET_DIFFERS : TARGET_IN_SYNC;
}

int value_digest(const struct value *v, char ret[static DIGEST_SIZE])
{
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    int r;

    json_write(v, JSON_SORTED, &text);
    r = text.error ? -ENOMEM : digest_bytes(buf_text(&text), text.len, ret);
    buf_wipe(&text);
    return r;
}

uint32_t value_longest_list(const struct value *v)
{
    uint32_t longest = v->type == VALUE_LIST ? v->count : 0;

    for (uint32_t i = 0; v->type == VALUE_MAP && i < v->count; i++)
        if (v->pairs[i].value.type == VALUE_LIST)
            longest = MAX(longest, v->pairs[i].value.count);
    return longest;
}

bool change_is_reported(const struct change *c)
{
    return (c->kind->flags & KIND_ASSERTED) || ((c->kind->flags & KIND_FIXED) && c->action == ACTION_UPDATE);
}

bool change_is_open(const struct change *c)
{
    return c->held_by == GUARD_NONE && !change_is_reported(c);
}

size_t target_plan_alarms(const struct target_plan *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_changes; i++)
        n += p->changes[i].result != RESULT_APPLIED && !p->changes[i].accepted;
    return n;
}

bool target_plan_was_read(const struct target_plan *p)
{
    return p->status != TARGET_FAILED || p->n_changes > 0;
}

size_t change_removals(const struct change *c)
{
    size_t n = c->action == ACTION_DELETE && c->kind->strategy != STRATEGY_ABSENCE;

    for (size_t i = 0; i < c->n_losses; i++)
        n += c->losses[i].removed;
    return n;
}

struct plan_summary plan_summarise(const struct plan *p)
{
    struct plan_summary s = {0};

    for (size_t i = 0; i < p->n_targets; i++) {
        const struct target_plan *t = p->targets[i];

        s.by_status[t->status]++;
        for (size_t k = 0; k < t->n_changes; k++)
            s.by_action[t->changes[k].action]++;
    }
    return s;
}
