/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/guard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

struct judging {
    const struct settings *settings;
    const struct allowance *allowances;
    size_t n_allowances;
};

const char *allowance_parse(const char *text, struct allowance *ret)
{
    const char *colon = strchr(text, ':'), *slash;
    char name[32];

    if (!colon || (size_t)(colon - text) >= sizeof(name))
        return "must be GUARD:TARGET/KIND/OBJECT";
    snprintf(name, sizeof(name), "%.*s", (int)(colon - text), text);
    ret->guard = guard_from_string(name);
    if (ret->guard < 0)
        return "names no guard that there is";
    if (ret->guard == GUARD_PROTECT || ret->guard == GUARD_HOLD)
        return "names a guard that lets nothing through; change the settings, or release the hold";
    slash = strchr(colon + 1, '/');
    if (!slash || !strchr(slash + 1, '/'))
        return "must be GUARD:TARGET/KIND/OBJECT, naming the very object";
    ret->object = colon + 1;
    return NULL;
}

static char *object_name(const struct target_plan *p, const struct change *c)
{
    char *name;

    return asprintf(&name, "%s/%s/%s", p->target->name, c->kind->name, c->object) < 0 ? NULL : name;
}

static bool is_allowed(const struct judging *j, enum guard g, const char *name)
{
    for (size_t i = 0; i < j->n_allowances; i++)
        if (j->allowances[i].guard == g && strcmp(j->allowances[i].object, name) == 0)
            return true;
    return false;
}

static int hold(struct change *c, enum guard g, const char *format, ...) _printf_(3, 4);

/* The first guard that holds a change is the one that is named. */
static int hold(struct change *c, enum guard g, const char *format, ...)
{
    va_list ap;
    int n;

    if (c->held_by != GUARD_NONE)
        return 0;
    va_start(ap, format);
    n = vasprintf(&c->held_why, format, ap);
    va_end(ap);
    if (n < 0) {
        c->held_why = NULL;
        return -ENOMEM;
    }
    c->held_by = g;
    return 0;
}

static int judge_hold(const struct run *r, struct change *c)
{
    struct buf why = BUF_INIT(LIMIT_SENTENCE_BYTES);
    int k = 0;

    if (r->hold.reason) {
        hold_describe(&r->hold, &why);
        k = hold(c, GUARD_HOLD, "%s", buf_text(&why));
        buf_done(&why);
    }
    return k;
}

static int judge_protect(const struct judging *j, struct change *c, const char *name)
{
    if (!settings_matches(j->settings->guards.protect, name))
        return 0;
    return hold(c, GUARD_PROTECT, "the settings protect it");
}

static int judge_lists(const struct judging *j, struct change *c, const char *name)
{
    uint32_t percent = j->settings->guards.max_removals_percent;
    int r = 0;

    /* An object that goes takes its lists along; it is counted, and it had to be ours or be named in settings. */
    if (c->action == ACTION_DELETE)
        return 0;

    for (size_t i = 0; i < c->n_losses && r == 0; i++) {
        const struct list_loss *l = &c->losses[i];

        if (l->after == 0 && l->before > 0 && !is_allowed(j, GUARD_EMPTYING, name))
            r = hold(c, GUARD_EMPTYING, "it would empty the list %s of %zu", l->path, l->before);
        else if (l->before >= 4 && l->removed * 100 > l->before * percent && !is_allowed(j, GUARD_REMOVALS, name))
            r = hold(c, GUARD_REMOVALS, "it would remove %zu of the %zu items of %s; the limit is %u %%", l->removed,
                     l->before, l->path, percent);
    }
    return r;
}

/* A list of one text, for an address that no settings name. */
static struct value list_of(struct value *item, const char *text)
{
    *item = value_text(text);
    return (struct value){.type = VALUE_LIST, .count = 1, .items = item};
}

static struct access access_of(const struct judging *j, const struct run *r, const struct value *own)
{
    return (struct access){
        .login_realm = r->target->realm,
        .login_user = r->target->username,
        .timeout_usec = r->target->timeout_usec,
        .realms = j->settings->guards.management_realms,
        .own = r->target->source_address ? r->target->source_address : own,
        .management = j->settings->guards.management_addresses,
    };
}

static int judge_lock_out(const struct judging *j, const struct run *r, struct change *c, const char *name)
{
    struct buf why = BUF_INIT(LIMIT_SENTENCE_BYTES);
    struct value item, own = list_of(&item, http_peer_local_address(r->session.peer));
    struct access access = access_of(j, r, &own);
    int k = 0;

    if ((c->action != ACTION_DELETE || c->kind->strategy == STRATEGY_ABSENCE) && c->kind->locks_out &&
        !is_allowed(j, GUARD_LOCK_OUT, name) && c->kind->locks_out(&access, c->object, &c->live, &c->after, &why))
        k = hold(c, GUARD_LOCK_OUT, "%s", buf_text(&why));
    buf_done(&why);
    return k;
}

/* True where the change goes back to how the object was when it was last verified. */
static bool goes_back(const struct run *r, const struct change *c)
{
    const struct ledger_entry *e = ledger_find(&r->ledger, c->kind->name, c->object);
    char digest[DIGEST_SIZE];

    return e && e->digest[0] && value_digest(&c->after, digest) == 0 && strcmp(digest, e->digest) == 0;
}

static int judge_open_up(const struct judging *j, const struct run *r, struct change *c, const char *name)
{
    struct buf why = BUF_INIT(LIMIT_SENTENCE_BYTES);
    int k = 0;

    if (c->action == ACTION_UPDATE && c->kind->opens_up && !is_allowed(j, GUARD_OPEN_UP, name) &&
        c->kind->opens_up(&c->live, &c->after, &why) && !goes_back(r, c))
        k = hold(c, GUARD_OPEN_UP, "%s", buf_text(&why));
    buf_done(&why);
    return k;
}

/* A list that is suddenly less than half of what was last verified may be a short reply and no truth. */
static int judge_shrink(const struct judging *j, const struct run *r, struct change *c, const char *name)
{
    const struct ledger_entry *e = ledger_find(&r->ledger, c->kind->name, c->object);
    uint32_t size = value_longest_list(&c->live);

    if (is_allowed(j, GUARD_SHRINK, name))
        return 0;
    if (c->action == ACTION_UPDATE && e && e->size >= 10 && size * 2 < e->size)
        return hold(c, GUARD_SHRINK, "its list was last verified with %u items and now reads %u; is the reply whole?",
                    e->size, size);
    return 0;
}

/* What counts against the limits: neither what is held by name nor what is let through by name. */
static size_t counted_removals(const struct judging *j, const struct target_plan *p, const struct change *c)
{
    _cleanup_free_ char *name = object_name(p, c);

    if (!name)
        return 0;
    return c->held_by != GUARD_NONE || is_allowed(j, GUARD_REMOVALS, name) ? 0 : change_removals(c);
}

static size_t count_target(const struct judging *j, const struct target_plan *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_changes; i++)
        n += counted_removals(j, p, &p->changes[i]);
    return n;
}

static int hold_removals(const struct judging *j, struct target_plan *p, size_t n, uint32_t limit, const char *where)
{
    int r = 0;

    for (size_t i = 0; i < p->n_changes && r == 0; i++)
        if (counted_removals(j, p, &p->changes[i]) > 0)
            r = hold(&p->changes[i], GUARD_REMOVALS, "%zu removals %s; the limit is %u", n, where, limit);
    return r;
}

static int judge_object(const struct judging *j, const struct run *r, struct change *c)
{
    _cleanup_free_ char *name = object_name(r->plan, c);
    int k;

    if (!name)
        return -ENOMEM;
    k = judge_hold(r, c);
    if (k == 0)
        k = judge_protect(j, c, name);
    if (k == 0)
        k = judge_lock_out(j, r, c, name);
    if (k == 0)
        k = judge_open_up(j, r, c, name);
    if (k == 0)
        k = judge_shrink(j, r, c, name);
    return k < 0 ? k : judge_lists(j, c, name);
}

static int judge_target(const struct judging *j, const struct run *r)
{
    struct target_plan *p = r->plan;
    size_t n;
    int k = 0;

    for (size_t i = 0; i < p->n_changes && k == 0; i++)
        k = judge_object(j, r, &p->changes[i]);
    if (k < 0)
        return k;
    n = count_target(j, p);
    if (n > j->settings->guards.max_removals)
        k = hold_removals(j, p, n, j->settings->guards.max_removals, "on this target");
    return k;
}

static int judge_all(const struct judging *j, struct run *runs, size_t n_runs, struct guard_budget *budget)
{
    size_t total = 0, before;
    int r = 0;

    for (size_t i = 0; i < n_runs; i++)
        total += count_target(j, runs[i].plan);
    before = budget ? atomic_fetch_add(&budget->used, total) : 0;
    if (before + total <= j->settings->guards.max_removals_run)
        return 0;
    if (budget)
        atomic_fetch_sub(&budget->used, total);
    for (size_t i = 0; i < n_runs && r == 0; i++)
        r = hold_removals(j, runs[i].plan, before + total, j->settings->guards.max_removals_run, "over all targets");
    return r;
}

int guard_judge(const struct settings *s, struct run *runs, size_t n_runs, const struct allowance *allowances,
                size_t n_allowances, struct guard_budget *budget)
{
    struct judging j = {.settings = s, .allowances = allowances, .n_allowances = n_allowances};
    int r = 0;

    for (size_t i = 0; i < n_runs && r == 0; i++)
        r = judge_target(&j, &runs[i]);
    if (r == 0)
        r = judge_all(&j, runs, n_runs, budget);
    for (size_t i = 0; i < n_runs; i++)
        target_plan_judge(runs[i].plan);
    return r;
}
