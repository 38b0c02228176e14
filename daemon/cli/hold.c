/* SPDX-License-Identifier: Apache-2.0 */
/* hold and release: said to the daemon, or, where none is at work, written where the next run of anyone finds it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time-util.h"
#include "cli/cli.h"
#include "state/hold.h"

/* The hold of the command line, with who asks as the daemon would have been told. */
static int hold_here(const struct settings *s, const struct options *o, const struct target *t, struct diag_list *diags)
{
    struct hold h = {.reason = (char *)o->reason,
                     .by = (char *)caller_name(),
                     .since_usec = now_real_usec(),
                     .until_usec = o->until_usec};

    return hold_save(s->state_directory, t->name, &h, diags);
}

static enum exit_status do_here(const struct settings *s, const struct options *o, bool hold)
{
    struct diag_list diags = {0};
    const char *useless = settings_find_useless(s, o->arguments, o->n_arguments);
    int r = 0;

    if (useless) {
        say_error("no target is called '%s'", useless);
        return STATUS_USAGE;
    }
    for (size_t i = 0; i < s->n_targets && (r == 0 || r == -ENOENT); i++) {
        if (!any_pattern_matches(o->arguments, o->n_arguments, s->targets[i].name))
            continue;
        r = hold ? hold_here(s, o, &s->targets[i], &diags)
                 : hold_release(s->state_directory, s->targets[i].name, &diags);
    }
    say_diags(&diags);
    if (r < 0 && r != -ENOENT)
        return STATUS_FAILED;
    fprintf(stderr, "No daemon is at work; it is noted in %s.\n", s->state_directory);
    return STATUS_OK;
}

static enum exit_status tell(const struct options *o, const char *path, bool hold)
{
    _cleanup_(loaded_done) struct loaded l = {0};
    struct daemon_answer a;
    struct buf body = BUF_INIT(LIMIT_REQUEST_BYTES);
    enum exit_status s = load_all(o, false, &l);
    int r;

    if (s != STATUS_OK)
        return s;
    write_request(o, "targets", &body);
    r = body.error ? body.error : daemon_ask(l.settings, SOCKET_CONTROL, "POST", path, buf_text(&body), &a);
    if (body.error)
        say_error("that is too long");
    buf_done(&body);
    if (r == -ECONNREFUSED)
        return do_here(l.settings, o, hold);
    if (r < 0)
        return STATUS_FAILED;
    s = a.status == 200 ? STATUS_OK : daemon_say_refusal(&a);
    daemon_answer_done(&a);
    return s;
}

static enum exit_status run_hold(const struct options *o)
{
    if (!o->reason || !o->reason[0]) {
        say_error("convergate hold needs --reason TEXT: whoever finds the hold will ask why");
        return STATUS_USAGE;
    }
    return tell(o, "/v1/hold", true);
}

static enum exit_status run_release(const struct options *o)
{
    return tell(o, "/v1/release", false);
}

const struct verb verb_hold = {
    .name = "hold",
    .arguments = "TARGET...",
    .help = "nobody writes to it until it is released",
    .takes = TAKES_REASON | TAKES_UNTIL,
    .min_arguments = 1,
    .max_arguments = SIZE_MAX,
    .run = run_hold,
};

const struct verb verb_release = {
    .name = "release",
    .arguments = "TARGET...",
    .help = "ends a hold",
    .min_arguments = 1,
    .max_arguments = SIZE_MAX,
    .run = run_release,
};
