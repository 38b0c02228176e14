/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a target is in a state to be written to. What is not known is not good. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "reconcile/run.h"

/* An answer that cannot be read is no failure of the run: it is why nothing is written. */
static int read_health(struct run *r, struct value *ret, struct buf *why)
{
    struct session *s = &r->session;
    struct diag_list told = {0}, *diags = s->diags;
    bool refused = s->refused;
    int e;

    s->diags = &told;
    e = s->provider->health(s, ret);
    s->diags = diags;
    if (e == -ENOMEM || (e < 0 && atomic_load(r->context->cancelled))) {
        diag_move(diags, &told);
        return e;
    }
    if (e < 0) {
        buf_addf(why, "its health is not known: %s", told.n > 0 ? told.items[0].sentence : strerror(-e));
        *ret = (struct value){.type = VALUE_NULL};
    }
    s->refused = refused;
    diag_list_done(&told);
    return 0;
}

/* A row of the settings, "max-cpu-utilization": 90. */
static void judge_limit(const struct pair *limit, const struct value *health, struct buf *why)
{
    const char *name = limit->key.text + sizeof("max-") - 1;
    const struct value *percent = value_get(health, name);

    if (percent && percent->integer <= limit->value.integer)
        return;
    if (why->len > 0)
        buf_add_str(why, "; ");
    if (percent)
        buf_addf(why, "its %s is %" PRId64 " %%, and %s is %" PRId64, name, percent->integer, limit->key.text,
                 limit->value.integer);
    else
        buf_addf(why, "its %s is not known: the appliance does not tell it", name);
}

int run_look_at_health(struct run *r)
{
    const struct value *limits = r->context->settings->guards.health;
    struct buf why = BUF_INIT(LIMIT_SENTENCE_BYTES);
    struct value health;
    int e;

    /* What must not be there is ended however the target feels. */
    if (!limits || limits->count == 0 || !r->session.provider->health || !target_plan_writes(r->plan))
        return 0;
    e = read_health(r, &health, &why);
    if (e == 0)
        r->health = health;
    for (uint32_t i = 0; e == 0 && health.type == VALUE_MAP && i < limits->count; i++)
        judge_limit(&limits->pairs[i], &health, &why);
    if (e == 0 && why.len > 0) {
        free(r->unhealthy);
        r->unhealthy = strdup(buf_text(&why));
        e = r->unhealthy ? 0 : diag_oom(&r->plan->diags);
    }
    buf_done(&why);
    return e;
}
