/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/act.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/time-util.h"
#include "reconcile/record.h"
#include "state/credentials.h"
#include "state/lock.h"

int act_init(struct act *a, const struct run_context *c, const struct target *t, const struct command *command,
             const struct given *given)
{
    *a = (struct act){.context = *c};
    command_run_init(&a->command, command, given, &a->run.session);
    return run_init(&a->run, &a->context, t);
}

void act_done(struct act *a)
{
    command_run_done(&a->command);
    run_done(&a->run);
}

static bool writes(const struct act *a)
{
    return a->command.command->effect == EFFECT_WRITE;
}

/* True where a pattern TARGET/KIND/OBJECT may mean something of this target. */
static bool protects_any(const struct value *protect, const char *target, struct arena *arena)
{
    for (uint32_t i = 0; protect && i < protect->count; i++) {
        const char *pattern = protect->items[i].text;
        const char *name = arena_strndup(arena, pattern, strcspn(pattern, "/"));

        if (!name || pattern_match(name, target))
            return true;
    }
    return false;
}

/* A target on hold, and what the settings protect, is not written to by a command either. */
static int hold_steps(struct act *a)
{
    const struct value *protect = a->context.settings->guards.protect;

    for (size_t i = 0; i < a->command.n_steps; i++) {
        struct step *s = &a->command.steps[i];
        _cleanup_free_ char *name = NULL;

        if (asprintf(&name, "%s/%s/%s", a->run.target->name, s->kind, s->object) < 0) {
            name = NULL;
            return diag_oom(&a->run.plan->diags);
        }
        if (a->run.hold.reason || settings_matches(protect, name) ||
            (a->command.command->changes_all && protects_any(protect, a->run.target->name, &a->run.plan->arena)))
            s->result = STEP_HELD;
    }
    return 0;
}

/* The file that was asked for, behind links too; else one below the state directory, named by target and time. */
static int choose_file(struct act *a)
{
    const struct command *c = a->command.command;
    const char *out = a->command.given->out;
    _cleanup_free_ char *real = out ? realpath(out, NULL) : NULL;
    struct run *r = &a->run;
    char *path, *folder, id[RECORD_ID_SIZE];
    int e = 0;

    if (!c->file_suffix)
        return 0;
    if (!out) {
        record_format_id(r, id);
        folder = arena_printf(&r->plan->arena, "%s/%s/%s", a->context.settings->state_directory, c->verb,
                              r->target->name);
        path = folder ? arena_printf(&r->plan->arena, "%s/%s%s", folder, id, c->file_suffix) : NULL;
        e = path ? make_directories(folder) : -ENOMEM;
    } else {
        path = arena_strdup(&r->plan->arena, real ? real : out);
        e = path ? 0 : -ENOMEM;
    }
    a->command.out = path;
    if (e == -ENOMEM)
        return diag_oom(&r->plan->diags);
    return e < 0 ? diag_add_target(&r->plan->diags, DIAG_STATE, r->target->name, "cannot make %s: %s", folder,
                                   strerror(-e))
                 : 0;
}

/* The secret that an option names. */
static int load_secret(struct act *a)
{
    const char *name = given_text(a->command.given, COMMAND_PASSWORD);
    const struct settings *s = a->context.settings;
    struct run *r = &a->run;

    if (!name)
        return 0;
    if (!is_plain_name(name) || settings_is_of_a_login(s, name))
        return diag_add_target(&r->plan->diags, DIAG_CREDENTIAL_BAD, r->target->name,
                               "--password takes the name of a credential, and none that a login uses");
    return credential_load(name, a->context.credentials, s->credentials, r->target->name, &r->plan->diags,
                           &a->command.secret);
}

int act_read(struct act *a)
{
    struct run *r = &a->run;
    int e;

    r->started_usec = now_real_usec();
    if (writes(a) && r->target->mode == MODE_OBSERVE)
        return diag_add_target(&r->plan->diags, DIAG_READ_ONLY, r->target->name,
                               "the settings say mode: observe, so nothing is written to it");
    e = writes(a) ? run_look_for_hold(r) : choose_file(a);
    if (e == 0)
        e = load_secret(a);
    if (e == 0 && !r->opened)
        e = run_open(r);
    r->session.secret = &a->command.secret;
    if (e == 0)
        e = run_recover(r);
    if (e == 0)
        e = a->command.command->read(&a->command);
    if (e == 0)
        e = act_recall(a);
    return e < 0 ? e : hold_steps(a);
}

size_t act_count_open(const struct act *a)
{
    size_t n = 0;

    for (size_t i = 0; i < a->command.n_steps; i++)
        n += a->command.steps[i].result == STEP_OPEN;
    return n;
}

/*
 * The intents of commands stand apart from those of runs: either is resolved by its own reading. They are only told,
 * as a command is never taken up again by itself.
 */
static int open_journal(struct act *a)
{
    struct run *r = &a->run;
    _cleanup_free_ char *folder = path_join(a->context.settings->state_directory, "commands");
    struct value intents;
    int e = folder ? journal_init(&r->journal, folder, r->target->name, &r->plan->diags) : diag_oom(&r->plan->diags);

    if (e == 0)
        e = journal_load(&r->journal, &r->plan->arena, &intents);
    for (uint32_t i = 0; e == 0 && i < intents.count; i++)
        diag_add_target(&r->plan->notes, DIAG_RECOVERED, r->target->name,
                        "an earlier command was cut off when it was to %s; whether that was done is for you to see",
                        value_get_text(&intents.items[i], "action"));
    return e;
}

static int note_intents(struct act *a, const struct step *steps, size_t n)
{
    int e = 0;

    for (size_t i = 0; i < n && e == 0; i++) {
        e = journal_note(&a->run.journal, steps[i].kind, steps[i].object, steps[i].sentence);
        if (e == 0)
            e = act_remember_sending(a, &steps[i]);
    }
    return e;
}

/* The steps from I on that one request carries. */
static size_t count_batch(const struct act *a, size_t i)
{
    const struct command_run *c = &a->command;
    size_t most = MAX(c->command->at_once, (size_t)1), n = 0;

    while (n < most && i + n < c->n_steps && c->steps[i + n].result == STEP_OPEN)
        n++;
    return n;
}

static int send_batch(struct act *a, struct step *steps, size_t n, enum outcome *ret)
{
    int e = note_intents(a, steps, n);

    if (e == 0)
        e = a->command.command->send(&a->command, steps, n, ret);
    for (size_t i = 0; i < n && e == 0; i++) {
        steps[i].sent = true;
        steps[i].outcome = *ret;
        steps[i].result = *ret == OUTCOME_REFUSED ? STEP_FAILED : STEP_UNVERIFIED;
        e = act_remember_sent(a, &steps[i]);
    }
    return e;
}

/* Goes on after a refusal, which says nothing of the others; not after a lost answer. */
static int send_all(struct act *a)
{
    struct command_run *c = &a->command;

    for (size_t i = 0, n; i < c->n_steps; i += MAX(n, (size_t)1)) {
        enum outcome outcome;
        int e;

        n = count_batch(a, i);
        if (n == 0)
            continue;
        if (atomic_load(a->context.cancelled)) {
            diag_add_target(&a->run.plan->diags, DIAG_INTERRUPTED, a->run.target->name,
                            "interrupted before all was sent");
            return -ECANCELED;
        }
        e = send_batch(a, &c->steps[i], n, &outcome);
        if (e < 0)
            return e;
        if (outcome == OUTCOME_UNKNOWN || a->run.session.refused)
            return 0;
    }
    return 0;
}

static bool any_sent(const struct command_run *c)
{
    for (size_t i = 0; i < c->n_steps; i++)
        if (c->steps[i].sent)
            return true;
    return false;
}

static bool all_done(const struct command_run *c)
{
    for (size_t i = 0; i < c->n_steps; i++)
        if (c->steps[i].result != STEP_APPLIED && c->steps[i].result != STEP_ACCEPTED)
            return false;
    return true;
}

/* A failure on the way is only worth a note where everything reads back as wanted. */
static void settle(struct act *a, struct diag_list *on_the_way)
{
    struct run *r = &a->run;

    diag_move(all_done(&a->command) ? &r->plan->notes : &r->plan->diags, on_the_way);
}

static void send_and_verify(struct act *a)
{
    struct diag_list on_the_way = {0};
    struct run *r = &a->run;
    int e;

    r->session.diags = r->journal.diags = &on_the_way;
    e = send_all(a);
    r->session.diags = r->journal.diags = &r->plan->diags;
    if (any_sent(&a->command) && !atomic_load(a->context.cancelled) && a->command.command->verify(&a->command) == 0 &&
        journal_end(&r->journal) == -ENOMEM)
        diag_oom(&r->plan->diags);
    if (e == -ENOMEM)
        diag_oom(&r->plan->diags);
    settle(a, &on_the_way);
}

/* Another process may have made meanwhile what is to be made once. */
static int reload_ledger(struct act *a)
{
    struct run *r = &a->run;
    int e;

    ledger_done(&r->ledger);
    e = ledger_load(a->context.settings->state_directory, r->target->name, &r->ledger, &r->plan->diags);
    return e < 0 ? e : act_recall(a);
}

static void perform_locked(struct act *a)
{
    if (run_check_hold(&a->run) == 0 && reload_ledger(a) == 0 && open_journal(a) == 0 &&
        session_check_identity(&a->run.session) == 0)
        send_and_verify(a);
    journal_done(&a->run.journal);
}

void act_perform(struct act *a)
{
    _cleanup_close_ int lock = -1;
    struct run *r = &a->run;

    r->session.deadline_usec = now_usec() + a->context.settings->run_timeout_usec;
    /* Whoever was asked may have thought about it for longer than the login lasts. */
    r->session.fresh = false;
    if (lock_target(a->context.settings->state_directory, r->target->name, now_usec() + a->context.lock_timeout_usec,
                    a->context.cancelled, &r->plan->diags, &lock) == 0)
        perform_locked(a);
    for (size_t i = 0; i < a->command.n_steps; i++)
        if (a->command.steps[i].result == STEP_OPEN)
            a->command.steps[i].result = STEP_SKIPPED;
    if (act_record(a) == -ENOMEM)
        diag_oom(&r->plan->diags);
}
