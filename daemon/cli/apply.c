/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "http/http.h"
#include "reconcile/record.h"
#include "reconcile/status.h"
#include "reconcile/saved.h"
#include "state/revision.h"

static size_t count_open(const struct plan *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_targets; i++)
        for (size_t k = 0; k < p->targets[i]->n_changes; k++)
            n += change_is_open(&p->targets[i]->changes[k]) && p->targets[i]->target->mode == MODE_ENFORCE;
    return n;
}

static bool ask(size_t n)
{
    char question[96];

    snprintf(question, sizeof(question), "Apply %zu change%s? Only 'yes' is taken for a yes: ", n, n == 1 ? "" : "s");
    return ask_for_word(question, "yes");
}

/* How the run before it ended, where that is on record. */
static void recall(struct run *r)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct diag_list diags = {0};
    struct target_state s;

    if (target_state_load(r->context->settings->state_directory, r->target, &arena, &s, &diags) == 0) {
        r->previous.known = s.known;
        r->previous.status = s.status;
        r->previous.since_usec = s.since_usec;
        r->previous.succeeded_usec = s.last_success_usec;
    }
    say_diags(&diags);
}

/* Runs that found something to do are put on record. */
static enum exit_status record_runs(const struct batch *b)
{
    struct diag_list diags = {0};
    char commit[REVISION_SIZE];
    bool failed;

    revision_of(b->context.settings->desired, commit);
    for (size_t i = 0; i < b->n_runs; i++) {
        if (b->runs[i].plan->n_changes == 0)
            continue;
        recall(&b->runs[i]);
        if (record_write(&b->runs[i], commit, &diags) == -ENOMEM)
            break;
    }
    failed = diag_any(&diags);
    say_diags(&diags);
    return failed ? STATUS_FAILED : STATUS_OK;
}

static enum exit_status apply_planned(const struct options *o, struct batch *b)
{
    struct progress progress;
    enum exit_status s;
    int r;

    progress_begin(&progress, "applying", b->n_runs, o->quiet);
    r = batch_apply(b, progress_step, &progress);
    progress_end(&progress);
    if (r < 0) {
        say_error("%s", strerror(-r));
        return STATUS_FAILED;
    }
    say_plan_diags(&b->plan);
    s = record_runs(b);
    s = worse(s, say_plan(&b->plan, o, o->out));
    return worse(s, plan_status(&b->plan));
}

/* Whoever is asked sees the plan where the question stands; results on standard output come once, at the end. */
static enum exit_status ask_for(const struct options *o, const struct batch *b, size_t n)
{
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);

    if (o->yes)
        return STATUS_OK;
    say_plan_diags(&b->plan);
    render_text(&b->plan, o->color == COLOR_ALWAYS, &text);
    fputs(buf_text(&text), stderr);
    buf_done(&text);
    return ask(n) ? STATUS_OK : STATUS_DIFFERS;
}

/* True without a saved plan, and where everything is as the saved one says; else what moved is told. */
static bool is_saved_one(const struct batch *b, const struct value *saved)
{
    struct diag_list diags = {0};
    int r = saved->type == VALUE_NULL ? 0 : saved_plan_compare(saved, &b->plan, &diags);

    if (r < 0)
        say_plan_diags(&b->plan);
    say_diags(&diags);
    return r == 0;
}

static enum exit_status apply_loaded(const struct options *o, const struct loaded *l, const struct value *saved,
                                     struct http_client *http)
{
    _cleanup_(batch_done) struct batch b = {0};
    enum exit_status s = plan_batch(o, l, http, true, &b);
    size_t n;

    if (s != STATUS_OK)
        return s;
    if (!is_saved_one(&b, saved))
        return STATUS_FAILED;
    n = count_open(&b.plan);
    s = n > 0 ? ask_for(o, &b, n) : STATUS_OK;
    if (s == STATUS_DIFFERS) {
        fputs("Nothing was written.\n", stderr);
        return worse(s, plan_status(&b.plan));
    }
    return apply_planned(o, &b);
}

/* A saved plan names its targets; others may not be added to it. */
static enum exit_status take_saved(struct options *o, struct arena *a, struct value *ret)
{
    struct diag_list diags = {0};
    int r;

    if (!o->plan_file)
        return STATUS_OK;
    if (o->n_arguments > 0) {
        say_error("--plan FILE names its targets; leave out '%s'", o->arguments[0]);
        return STATUS_USAGE;
    }
    r = plan_file_read(o->plan_file, a, ret, &diags);
    if (r == 0)
        r = plan_file_targets(ret, a, &o->arguments, &o->n_arguments);
    say_diags(&diags);
    return r < 0 ? STATUS_FAILED : STATUS_OK;
}

static enum exit_status run_apply_verb(const struct options *given)
{
    _cleanup_(loaded_done) struct loaded l = {0};
    _cleanup_(arena_done) struct arena arena = {0};
    struct value saved = {.type = VALUE_NULL};
    struct http_client *http = NULL;
    struct options o = *given;
    enum exit_status s;

    if (!o.yes && !can_ask()) {
        say_error("no terminal to ask on; say --yes to apply without a question");
        return STATUS_USAGE;
    }
    s = load_all(&o, true, &l);
    if (s == STATUS_OK)
        s = take_saved(&o, &arena, &saved);
    if (s == STATUS_OK)
        s = network_start(&http);
    if (s != STATUS_OK)
        return s;
    s = apply_loaded(&o, &l, &saved, http);
    network_stop(http);
    return s;
}

const struct verb verb_apply = {
    .name = "apply",
    .arguments = "[TARGET...]",
    .help = "makes it so, and reads it back",
    .takes = TAKES_FORMAT | TAKES_MARKDOWN | TAKES_OUT | TAKES_ALLOW | TAKES_YES | TAKES_PLAN | TAKES_LOCK,
    .max_arguments = SIZE_MAX,
    .run = run_apply_verb,
};
