/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a target for its cluster, where it matters: two writers of one state are two too many. */
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "reconcile/cluster.h"
#include "reconcile/run.h"

/* One that is alone of its kind, or only observed, cannot be a second writer. */
static bool has_company(const struct run *r)
{
    const struct settings *s = r->context->settings;

    for (size_t i = 0; i < s->n_targets && r->target->mode == MODE_ENFORCE; i++)
        if (&s->targets[i] != r->target && s->targets[i].mode == MODE_ENFORCE &&
            provider_of(s->targets[i].system)->cluster)
            return true;
    return false;
}

static bool is_wanted(const struct run *r, enum look look)
{
    struct clusters *c = r->context->clusters;

    if (!c || !r->opened || r->session.refused || !r->session.provider->cluster || !has_company(r))
        return false;
    if (look == LOOK_BEFORE_WRITING && target_plan_writes(r->plan))
        return true;
    return (look == LOOK_FOR_OTHERS || c->lasting) && !clusters_know(c, r->target->name);
}

/* What cannot be read is noted: a role may be delegated without it, and then nobody could write anything. */
static int ask(struct run *r, struct value *ret)
{
    struct session *s = &r->session;
    struct diag_list told = {0};
    bool refused = s->refused;
    int e;

    s->diags = &told;
    e = s->provider->cluster(s, ret);
    s->diags = &r->plan->diags;
    s->refused = refused;
    if (e == -ENOMEM || (e == -EBADMSG && atomic_load(r->context->cancelled)))
        diag_move(&r->plan->diags, &told);
    else if (e == -EBADMSG)
        diag_add_target(&r->plan->notes, DIAG_CLUSTER_UNKNOWN, r->target->name,
                        "whether it is one cluster with another target is not known: %s",
                        told.n > 0 ? told.items[0].sentence : "it does not tell");
    diag_list_done(&told);
    return e;
}

int run_look_at_cluster(struct run *r, enum look look)
{
    struct value members = {.type = VALUE_NULL};
    int e;

    if (!is_wanted(r, look))
        return 0;
    e = ask(r, &members);
    if (e == -ENOMEM || (e < 0 && atomic_load(r->context->cancelled)))
        return e;
    return clusters_note(r->context->clusters, r->target->name, e == 0 ? &members : NULL) < 0
               ? diag_oom(&r->plan->diags)
               : 0;
}

void run_settle_cluster(struct run *r)
{
    struct buf shared = BUF_INIT(LIMIT_SENTENCE_BYTES);
    const struct target *writer;
    bool writes = r->context->may_write && target_plan_writes(r->plan);

    if (!r->context->clusters || r->target->mode != MODE_ENFORCE || r->plan->status == TARGET_FAILED)
        return;
    writer = clusters_writer(r->context->clusters, r->context->settings, r->target, writes, &shared);
    if (writer) {
        r->plan->same_cluster_as = writer->name;
        diag_add_target(
            &r->plan->notes, DIAG_SAME_CLUSTER, r->target->name,
            "it and %s are one cluster, both say that it has the member %s; only %s is written. Take one of "
            "them out of the settings, or give it mode: observe",
            writer->name, buf_text(&shared), writer->name);
    }
    buf_done(&shared);
}
