/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "base/limits.h"
#include "base/signals.h"
#include "base/time-util.h"
#include "reconcile/guard.h"
#include "serve/serve.h"

void state_done(struct state *s)
{
    s->desired = desired_free(s->desired);
    s->settings = settings_free(s->settings);
}

/* Documents belong to the settings that they were checked against: both are swapped together. */
int daemon_load(struct daemon *d)
{
    struct diag_list diags = {0};
    struct state fresh = {0};
    bool documents = false;
    int r = settings_load(d->config, systems, n_systems, &diags, &fresh.settings);

    if (r == 0)
        documents = desired_load(fresh.settings, &diags, &fresh.desired) == 0;
    if (r < 0 && !d->state.settings) {
        say_diags(&diags);
        return 78;
    }
    if (documents || !d->state.settings) {
        state_done(&d->state);
        d->state = fresh;
    } else {
        state_done(&fresh);
    }
    if (!documents)
        say(LOG_ERR, "the new state is faulty; %s",
            d->state.desired ? "the last good one stays in force" : "nothing is written");
    say_diags(&diags);
    return 0;
}

static void say_item(const struct target_plan *t, const struct change *c, const struct item *i)
{
    struct buf path = BUF_INIT(LIMIT_NAME_BYTES * 8);

    buf_add_escaped(&path, i->path, strlen(i->path));
    say(LOG_INFO, "%s: %s %s: %s %s", t->target->name, c->kind->name, c->object, item_op_to_string(i->op),
        buf_text(&path));
    buf_done(&path);
}

static void say_change(const struct target_plan *t, const struct change *c)
{
    const char *result = result_to_string(c->result);

    if (c->held_by != GUARD_NONE)
        say(LOG_WARNING, "%s: %s %s is held by %s: %s", t->target->name, c->kind->name, c->object,
            guard_to_string(c->held_by), c->held_why ? c->held_why : "");
    else
        say(LOG_NOTICE, "%s: %s %s %s: %s", t->target->name, action_to_string(c->action), c->kind->name, c->object,
            result ? result : "not tried");
    for (size_t i = 0; i < c->n_items; i++)
        say_item(t, c, &c->items[i]);
}

static void say_target(struct target_plan *t)
{
    for (size_t i = 0; i < t->n_changes; i++)
        say_change(t, &t->changes[i]);
    for (size_t i = 0; i < t->notes.n; i++)
        say(LOG_NOTICE, "%s: %s [%s]", t->target->name, t->notes.items[i].sentence ? t->notes.items[i].sentence : "",
            diag_code_to_string(t->notes.items[i].code));
    say_diags(&t->diags);
}

static int reconcile(struct batch *b)
{
    int r = batch_plan(b, NULL, NULL);

    if (r == 0)
        r = guard_judge(b, NULL, 0);
    if (r == 0 && !atomic_load(&signals.stop))
        r = batch_apply(b, NULL, NULL);
    return r;
}

void daemon_cycle(struct daemon *d)
{
    struct run_context c = {.settings = d->state.settings,
                            .desired = d->state.desired,
                            .http = d->http,
                            .credentials = d->credentials,
                            .cancelled = &signals.stop,
                            .lock_timeout_usec = 10 * USEC_PER_SEC,
                            .may_write = true};
    struct batch b = {0};
    struct plan_summary s;
    const char *bad;
    int r = d->state.desired ? batch_init(&b, &c, NULL, 0, &bad) : -ENODATA;

    if (r == 0)
        r = reconcile(&b);
    if (r < 0 && r != -ENODATA)
        say(LOG_ERR, "the cycle failed: %s", strerror(-r));
    for (size_t i = 0; i < b.plan.n_targets; i++)
        say_target(b.plan.targets[i]);
    s = plan_summarise(&b.plan);
    if (r == 0)
        say(LOG_INFO, "%zu targets in sync, %zu differ, %zu failed, %zu held", s.by_status[TARGET_IN_SYNC],
            s.by_status[TARGET_DIFFERS], s.by_status[TARGET_FAILED], s.by_status[TARGET_HELD]);
    batch_done(&b);
}
