/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of the providers: finds the row that the words mean, asks where it writes, carries it out, says the result.
 */
#include "provider/command.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/signals.h"
#include "base/text.h"
#include "cli/cli.h"
#include "http/http.h"

/* What stands on the line, taken apart. */
struct line {
    const char *verb, *word, *target;
    const struct command *command;
    struct given given;
};

/* The first of any system: rows of one name take the same words. */
static const struct command *find_anywhere(const char *verb, const char *word)
{
    const struct command *c = NULL;

    for (size_t i = 0; i < n_systems && !c; i++)
        c = command_find(systems[i], verb, word);
    return c;
}

static enum exit_status say_words(const char *verb, const char *wrong)
{
    const char *words[32];
    char hint[128];
    size_t n = 0;

    for (size_t i = 0; i < n_systems; i++)
        for (const struct command *const *c = provider_of(systems[i])->commands; *c; c++)
            if (strcmp((*c)->verb, verb) == 0 && (*c)->word && n < ARRAY_SIZE(words))
                words[n++] = (*c)->word;
    if (wrong)
        say_error("'%s' is nothing that convergate %s can do%s; see convergate --help", wrong, verb,
                  did_you_mean(wrong, words, n, hint, sizeof(hint)));
    else
        say_error("what is convergate %s to do? See convergate --help", verb);
    return STATUS_USAGE;
}

static enum exit_status say_usage(const struct line *l, const struct command *c)
{
    say_error("usage: convergate %s%s%s %s", l->verb, l->word ? " " : "", l->word ? l->word : "", c->usage);
    return STATUS_USAGE;
}

static enum exit_status read_line(const struct options *o, struct line *l)
{
    size_t i = 0;

    *l = (struct line){.verb = o->verb, .command = find_anywhere(o->verb, NULL)};
    if (!l->command) {
        l->word = o->n_arguments > 0 ? o->arguments[i++] : NULL;
        l->command = l->word ? find_anywhere(l->verb, l->word) : NULL;
        if (!l->command)
            return say_words(l->verb, l->word);
    }
    if (o->n_arguments - i != 1 + l->command->n_arguments)
        return say_usage(l, l->command);
    l->target = o->arguments[i++];
    l->given = (struct given){.arguments = o->arguments + i,
                              .n_arguments = o->n_arguments - i,
                              .options = o->given,
                              .n_options = o->n_given,
                              .out = o->out};
    return STATUS_OK;
}

static void name_of(const struct line *l, char *ret, size_t size)
{
    snprintf(ret, size, "%s%s%s", l->verb, l->word ? " " : "", l->word ? l->word : "");
}

static unsigned verb_options(const struct command *c)
{
    return TAKES_FORMAT | (c->effect == EFFECT_WRITE ? TAKES_YES | TAKES_LOCK : 0u) | (c->file_suffix ? TAKES_OUT : 0u);
}

/* The same words may mean another row, or none, to the system of the target. */
static enum exit_status choose_row(const struct options *o, const struct target *t, struct line *l)
{
    char name[64];
    const char *wrong;

    name_of(l, name, sizeof(name));
    l->command = command_find(t->system, l->verb, l->word);
    if (!l->command) {
        say_error("'%s' is of type %s, and for that there is no convergate %s", t->name, t->system->name, name);
        return STATUS_USAGE;
    }
    if (!options_belong(o, name, verb_options(l->command), l->command))
        return STATUS_USAGE;
    if (l->given.n_arguments != l->command->n_arguments)
        return say_usage(l, l->command);
    wrong = l->command->check ? l->command->check(&l->given) : NULL;
    if (wrong)
        say_error("convergate %s: %s", name, wrong);
    return wrong ? STATUS_USAGE : STATUS_OK;
}

static enum exit_status act_status(const struct act *a)
{
    enum exit_status s = diag_any(&a->run.plan->diags) ? STATUS_FAILED : STATUS_OK;

    for (size_t i = 0; i < a->command.n_steps; i++) {
        enum step_result result = a->command.steps[i].result;

        if (result == STEP_HELD)
            s = worse(s, STATUS_HELD);
        else if (result != STEP_APPLIED && result != STEP_ACCEPTED)
            s = worse(s, STATUS_FAILED);
    }
    return s;
}

static void say_act_diags(struct act *a)
{
    struct target_plan *t = a->run.plan;
    const struct plan p = {.targets = &t, .n_targets = 1};

    say_plan_diags(&p);
}

static enum exit_status say_report(const struct options *o, struct act *a)
{
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    enum exit_status s;

    if (o->format == FORMAT_JSON) {
        buf_add_str(&text, "{\"version\": 1, ");
        act_write_json(a, &text);
        buf_add_str(&text, "}\n");
    } else {
        render_report(a, &text);
    }
    s = say_results(&text, NULL);
    buf_done(&text);
    return s;
}

static bool ask(const struct act *a, size_t n)
{
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES), question = BUF_INIT(LIMIT_SENTENCE_BYTES);
    const char *name = a->run.target->name;
    bool asks_name = a->command.command->asks_name, yes;

    render_steps(a, &text);
    fputs(buf_text(&text), stderr);
    buf_done(&text);
    if (asks_name)
        buf_addf(&question, "Type the target's name, %s, to go on: ", name);
    else
        buf_addf(&question, "Do %s? Only 'yes' is taken for a yes: ", n == 1 ? "this" : "all of this");
    yes = ask_for_word(buf_text(&question), asks_name ? name : "yes");
    buf_done(&question);
    return yes;
}

static enum exit_status carry_out(const struct options *o, struct act *a)
{
    size_t n;

    if (act_read(a) < 0) {
        say_act_diags(a);
        return STATUS_FAILED;
    }
    n = act_count_open(a);
    if (n > 0 && !o->yes && !ask(a, n)) {
        fputs("Nothing was written.\n", stderr);
        return STATUS_DIFFERS;
    }
    if (n > 0)
        act_perform(a);
    say_act_diags(a);
    return worse(say_report(o, a), act_status(a));
}

static enum exit_status run_on(const struct options *o, const struct loaded *loaded, const struct target *t,
                               const struct line *l)
{
    struct run_context c = {.settings = loaded->settings,
                            .credentials = o->credentials,
                            .cancelled = &signals.stop,
                            .lock_timeout_usec = o->lock_timeout_usec,
                            .may_write = l->command->effect == EFFECT_WRITE};
    enum exit_status s = network_start(&c.http);
    struct act a;

    if (s != STATUS_OK)
        return s;
    s = STATUS_FAILED;
    if (act_init(&a, &c, t, l->command, &l->given) < 0)
        say_error("out of memory");
    else
        s = carry_out(o, &a);
    act_done(&a);
    network_stop(c.http);
    return s;
}

static enum exit_status run_command(const struct options *o)
{
    _cleanup_(loaded_done) struct loaded loaded = {0};
    const struct target *t;
    struct line l;
    enum exit_status s = read_line(o, &l);

    if (s == STATUS_OK && l.command->effect == EFFECT_WRITE && !o->yes && !can_ask()) {
        say_error("no terminal to ask on; say --yes to write without a question");
        s = STATUS_USAGE;
    }
    if (s == STATUS_OK)
        s = load_all(o, false, &loaded);
    if (s != STATUS_OK)
        return s;
    t = settings_find_target(loaded.settings, l.target);
    if (!t) {
        say_error("'%s' is no target of the settings; convergate %s takes one name", l.target, l.verb);
        return STATUS_USAGE;
    }
    s = choose_row(o, t, &l);
    return s == STATUS_OK ? run_on(o, &loaded, t, &l) : s;
}

const struct verb verb_command = {
    .takes = TAKES_FORMAT | TAKES_YES | TAKES_LOCK,
    .max_arguments = SIZE_MAX,
    .run = run_command,
};
