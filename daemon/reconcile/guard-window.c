/* SPDX-License-Identifier: Apache-2.0 */
/* Maintenance windows: what is written when. */
#include <errno.h>

#include "base/limits.h"
#include "base/time-util.h"
#include "reconcile/judge.h"

/* Of the entries that speak of the change: one that is open, else the one that opens first; NULL where none does. */
static const struct window *find_window(const struct run *r, const struct change *c, int64_t now, int64_t *ret_opens)
{
    const struct settings *s = r->context->settings;
    enum window_class class = c->cause == CAUSE_DRIFT ? WINDOW_DRIFT : WINDOW_DESIRED;
    const struct window *first = NULL;

    for (size_t i = 0; i < s->n_windows; i++) {
        int64_t opens;

        if (!window_covers(&s->windows[i], r->target->name, class))
            continue;
        opens = window_next_opening(&s->windows[i], now);
        if (!first || opens < *ret_opens) {
            first = &s->windows[i];
            *ret_opens = opens;
        }
    }
    return first;
}

/* Whom a document shuts out does not stay for want of a window; what is only reported needs none. */
static int hold_outside(const struct run *r, struct change *c, int64_t now)
{
    struct buf until = BUF_INIT(LIMIT_SENTENCE_BYTES);
    const struct window *w;
    int64_t opens = now;
    int k;

    if (c->kind->strategy == STRATEGY_ABSENCE || (c->kind->flags & KIND_ASSERTED))
        return 0;
    w = find_window(r, c, now, &opens);
    if (!w || opens <= now)
        return 0;
    if (opens == INT64_MAX)
        return guard_hold(c, GUARD_WINDOW, "no maintenance window opens within years");
    window_format(w, opens, &until);
    k = guard_hold(c, GUARD_WINDOW, "outside the maintenance windows; it waits until %s", buf_text(&until));
    buf_done(&until);
    return k;
}

static int64_t now_sec(void)
{
    return (int64_t)(now_real_usec() / USEC_PER_SEC);
}

int guard_judge_window(const struct judging *j, const struct run *r, struct change *c, const char *name)
{
    c->at_any_time = guard_allows(j, GUARD_WINDOW, name);
    return c->at_any_time ? 0 : hold_outside(r, c, now_sec());
}

int guard_judge_late(struct run *r)
{
    struct target_plan *p = r->plan;
    int64_t now = now_sec();
    int k = 0;

    for (size_t i = 0; i < p->n_changes && k == 0; i++)
        if (!p->changes[i].at_any_time)
            k = hold_outside(r, &p->changes[i], now);
    return k < 0 ? k : guard_hold_dependents(p);
}
