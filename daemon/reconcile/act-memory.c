/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must not be made twice: the ledger holds it from before it is sent, so that neither a lost answer nor a killed
 * command lets the next one make another.
 */
#include <string.h>

#include "reconcile/act.h"

static enum remembers remembers(const struct act *a)
{
    return a->command.command->remembers;
}

static int settle(struct act *a, struct step *s, const struct ledger_entry *e)
{
    struct run *r = &a->run;

    if (!e->key) {
        s->result = STEP_SKIPPED;
        diag_add_target(&r->plan->diags, DIAG_OUTCOME_UNKNOWN, r->target->name,
                        "an earlier command was to %s, and its answer was lost; look at the appliance, use what it "
                        "made, or say --again to make another",
                        s->sentence);
        return 0;
    }
    s->id = arena_strdup(&r->plan->arena, e->key);
    if (!s->id)
        return diag_oom(&r->plan->diags);
    s->result = STEP_APPLIED;
    return command_remark(&a->command, "%s was made before, for just this; say --again to make another", s->id);
}

int act_recall(struct act *a)
{
    int e = 0;

    if (remembers(a) != REMEMBERS_MADE || given_find(a->command.given, COMMAND_AGAIN, NULL))
        return 0;
    for (size_t i = 0; i < a->command.n_steps && e == 0; i++) {
        struct step *s = &a->command.steps[i];
        const struct ledger_entry *entry = ledger_find(&a->run.ledger, s->kind, s->object);

        if (entry && entry->created && s->result == STEP_OPEN)
            e = settle(a, s, entry);
    }
    return e;
}

static int save(struct act *a, int e)
{
    struct diag_list *diags = a->run.session.diags;

    return e < 0 ? diag_oom(diags) : ledger_save(&a->run.ledger, a->run.target->name, diags);
}

int act_remember_sending(struct act *a, const struct step *s)
{
    int e;

    if (remembers(a) != REMEMBERS_MADE)
        return 0;
    e = ledger_note_gone(&a->run.ledger, s->kind, s->object);
    return save(a, e < 0 ? e : ledger_note_created(&a->run.ledger, s->kind, s->object, NULL));
}

/* Of whatever object it was made for. */
static int forget_used(struct act *a, const struct step *s)
{
    struct ledger *l = &a->run.ledger;
    size_t n = strlen(s->kind);

    for (size_t i = l->n; i-- > 0;) {
        const struct ledger_entry *e = &l->entries[i];

        if (strncmp(e->name, s->kind, n) == 0 && e->name[n] == '/' && e->key && strcmp(e->key, s->object) == 0 &&
            ledger_note_gone(l, s->kind, e->name + n + 1) < 0)
            return save(a, -1);
    }
    return save(a, 0);
}

int act_remember_sent(struct act *a, const struct step *s)
{
    struct ledger *l = &a->run.ledger;

    if (remembers(a) == REMEMBERS_USED && s->outcome == OUTCOME_ACCEPTED)
        return forget_used(a, s);
    if (remembers(a) != REMEMBERS_MADE)
        return 0;
    if (s->outcome == OUTCOME_REFUSED)
        return save(a, ledger_note_gone(l, s->kind, s->object));
    return s->id ? save(a, ledger_note_created(l, s->kind, s->object, s->id)) : 0;
}
