/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/export.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/signals.h"
#include "cli/cli.h"
#include "http/http.h"
#include "value/yaml.h"

static const struct target *find_target(const struct settings *s, const char *pattern)
{
    const struct target *t = settings_find_target(s, pattern);

    if (!t)
        say_error("'%s' is no target of the settings; export takes one name", pattern);
    return t;
}

static enum exit_status export_opened(const struct options *o, struct run *r)
{
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    enum exit_status s = STATUS_FAILED;
    struct plan p = {.targets = &r->plan, .n_targets = 1};
    struct value document;

    if (run_open(r) < 0 || export_read(r, &document) < 0) {
        say_plan_diags(&p);
        return STATUS_FAILED;
    }
    say_plan_diags(&p);
    if (yaml_write(&document, &text) < 0)
        say_error("the document cannot be written");
    else
        s = say_results(&text, o->out);
    buf_done(&text);
    return s;
}

static enum exit_status export_target(const struct options *o, const struct loaded *l, const struct target *t,
                                      struct http_client *http)
{
    struct run_context c = {
        .settings = l->settings, .http = http, .credentials = o->credentials, .cancelled = &signals.stop};
    struct run r;
    enum exit_status s = STATUS_FAILED;

    if (run_init(&r, &c, t) < 0)
        say_error("out of memory");
    else
        s = export_opened(o, &r);
    run_done(&r);
    return s;
}

static enum exit_status run_export(const struct options *o)
{
    _cleanup_(loaded_done) struct loaded l = {0};
    struct http_client *http = NULL;
    const struct target *t;
    enum exit_status s = load_all(o, false, &l);

    if (s != STATUS_OK)
        return s;
    t = find_target(l.settings, o->arguments[0]);
    if (!t)
        return STATUS_USAGE;
    s = network_start(&http);
    if (s != STATUS_OK)
        return s;
    s = export_target(o, &l, t, http);
    network_stop(http);
    return s;
}

const struct verb verb_export = {
    .name = "export",
    .arguments = "TARGET",
    .help = "live state as a desired document",
    .takes = TAKES_OUT,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_export,
};
