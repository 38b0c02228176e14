/* SPDX-License-Identifier: Apache-2.0 */
/* What stands against any change of an object or a target: a hold, protection, a fight, bad health. */
#include <errno.h>

#include "base/limits.h"
#include "base/time-util.h"
#include "reconcile/judge.h"

int guard_judge_hold(const struct judging *j, const struct run *r, struct change *c, const char *name)
{
    struct buf why = BUF_INIT(LIMIT_SENTENCE_BYTES);
    int k = 0;

    if (r->hold.reason) {
        hold_describe(&r->hold, &why);
        k = guard_hold(c, GUARD_HOLD, "%s", buf_text(&why));
        buf_done(&why);
    }
    return k;
}

int guard_judge_protect(const struct judging *j, const struct run *r, struct change *c, const char *name)
{
    if (!settings_matches(j->settings->guards.protect, name))
        return 0;
    return guard_hold(c, GUARD_PROTECT, "the settings protect it");
}

/* What is written to one member of a cluster is written to all. */
int guard_judge_foreign(const struct judging *j, const struct run *r, struct change *c, const char *name)
{
    const char *other = r->plan->same_cluster_as;

    if (!other || c->kind->strategy == STRATEGY_ABSENCE || guard_allows(j, GUARD_FOREIGN, name))
        return 0;
    return guard_hold(c, GUARD_FOREIGN, "it and %s are one cluster, and %s is written in its place", other, other);
}

/* Sending the same once more where nobody can see whether it arrived is for a person to decide. */
static int judge_unanswered(struct change *c)
{
    return guard_hold(
        c, GUARD_FIGHT,
        "the very same was sent before and not answered, and the appliance does not show whether it is in "
        "force; look there, and let it through by --allow to have it sent again");
}

/* What is deleted once more was made anew by somebody, whatever the documents did meanwhile. */
static bool is_set_right(const struct change *c)
{
    return c->cause == CAUSE_DRIFT || c->cause == CAUSE_BOTH || c->action == ACTION_DELETE;
}

/* Somebody else, or something, keeps changing it back: writing once more would not end that. */
int guard_judge_fight(const struct judging *j, const struct run *r, struct change *c, const char *name)
{
    const struct ledger_entry *e = ledger_find(&r->ledger, c->kind->name, c->object);
    uint64_t now = now_real_usec() / USEC_PER_SEC;
    size_t fights = 0;

    if (c->kind->strategy == STRATEGY_ABSENCE || !e || guard_allows(j, GUARD_FIGHT, name))
        return 0;
    if (c->unanswered)
        return judge_unanswered(c);
    for (size_t i = 0; i < LEDGER_HEALS && is_set_right(c); i++)
        fights += e->healed_sec[i] <= now && now - e->healed_sec[i] < FIGHT_SEC;
    if (fights < LEDGER_HEALS)
        return 0;
    return guard_hold(c, GUARD_FIGHT,
                      "it was set right %zu times within the hour and is changed again: somebody or something else "
                      "wants it as it is now; find out who",
                      fights);
}

int guard_judge_health(const struct judging *j, const struct run *r, struct change *c, const char *name)
{
    if (!r->unhealthy || c->kind->strategy == STRATEGY_ABSENCE || guard_allows(j, GUARD_HEALTH, name))
        return 0;
    return guard_hold(c, GUARD_HEALTH, "%s", r->unhealthy);
}
