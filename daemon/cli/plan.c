/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/signals.h"
#include "cli/cli.h"
#include "http/http.h"

enum exit_status plan_batch(const struct options *o, const struct loaded *l, struct http_client *http, bool may_write,
                            struct batch *b)
{
    struct run_context c = {.settings = l->settings,
                            .desired = l->desired,
                            .http = http,
                            .credentials = o->credentials,
                            .cancelled = &signals.stop,
                            .lock_timeout_usec = o->lock_timeout_usec,
                            .may_write = may_write};
    struct progress progress;
    const char *bad;
    int r = batch_init(b, &c, o->arguments, o->n_arguments, &bad);

    if (r == -ENOENT) {
        say_error("'%s' matches no target of the settings", bad);
        return STATUS_USAGE;
    }
    if (r == 0) {
        progress_begin(&progress, "planning", b->n_runs, o->quiet);
        r = batch_plan(b, progress_step, &progress);
        progress_end(&progress);
    }
    if (r == 0)
        r = guard_judge(l->settings, b->runs, b->n_runs, o->allowances, o->n_allowances, NULL);
    if (r < 0) {
        say_error("%s", strerror(-r));
        return STATUS_FAILED;
    }
    return STATUS_OK;
}

static enum exit_status plan_loaded(const struct options *o, const struct loaded *l, struct http_client *http)
{
    _cleanup_(batch_done) struct batch b = {0};
    enum exit_status s = plan_batch(o, l, http, false, &b);

    if (s != STATUS_OK)
        return s;
    say_plan_diags(&b.plan);
    s = say_plan(&b.plan, o, NULL);
    if (s == STATUS_OK && o->out && plan_file_write(&b.plan, o->out) < 0)
        s = STATUS_FAILED;
    return worse(s, plan_status(&b.plan));
}

static enum exit_status run_plan_verb(const struct options *o)
{
    _cleanup_(loaded_done) struct loaded l = {0};
    struct http_client *http = NULL;
    enum exit_status s = load_all(o, true, &l);

    if (s != STATUS_OK)
        return s;
    s = network_start(&http);
    if (s != STATUS_OK)
        return s;
    s = plan_loaded(o, &l, http);
    network_stop(http);
    return s;
}

const struct verb verb_plan = {
    .name = "plan",
    .arguments = "[TARGET...]",
    .help = "what differs; never writes",
    .takes = TAKES_FORMAT | TAKES_MARKDOWN | TAKES_OUT | TAKES_ALLOW,
    .max_arguments = SIZE_MAX,
    .run = run_plan_verb,
};
