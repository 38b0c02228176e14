/* SPDX-License-Identifier: Apache-2.0 */
/* sync: the daemon runs targets now; with --wait until they have run. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/signals.h"
#include "cli/cli.h"

enum { PAUSE_MSEC = 100 };

static const struct value *find_target(const struct value *document, const char *name)
{
    const struct value *targets = value_get(document, "targets");

    for (uint32_t i = 0; targets && i < targets->count; i++) {
        const char *candidate = value_get_text(&targets->items[i], "target");

        if (candidate && strcmp(candidate, name) == 0)
            return &targets->items[i];
    }
    return NULL;
}

/* How many of the runs that were asked for have not ended; -ENOENT where one's target is gone. */
static int count_open(const struct value *asked, const struct value *document)
{
    const struct value *targets = value_get(asked, "targets");
    int open = 0;

    for (uint32_t i = 0; targets && i < targets->count; i++) {
        const char *name = value_get_text(&targets->items[i], "target");
        const struct value *wanted = value_get(&targets->items[i], "run");
        const struct value *now = name ? find_target(document, name) : NULL, *run = value_get(now, "run");

        if (!value_is(wanted, VALUE_INT) || !value_is(run, VALUE_INT))
            return -ENOENT;
        open += run->integer < wanted->integer;
    }
    return open;
}

static const char *started(const struct value *document)
{
    const char *text = value_get_text(value_get(document, "daemon"), "started");

    return text ? text : "";
}

/* The answer with only the targets that were asked for. */
static void keep_asked(const struct value *asked, struct value *document)
{
    const struct value *wanted = value_get(asked, "targets");
    struct value *targets = value_get(document, "targets");
    uint32_t n = 0;

    for (uint32_t i = 0; i < wanted->count; i++) {
        const struct value *t = find_target(document, value_get_text(&wanted->items[i], "target"));

        if (t)
            targets->items[n++] = *t;
    }
    targets->count = n;
}

static enum exit_status say_outcome(const struct options *o, const struct value *asked, struct value *document)
{
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    enum exit_status s;

    keep_asked(asked, document);
    render_status(document, FORMAT_TEXT, color_wanted(o->color), &text);
    s = say_results(&text, NULL);
    buf_done(&text);
    return worse(s, status_of_document(document));
}

/* One look; -EAGAIN while runs are open. */
static int look(const struct options *o, const struct settings *s, const struct value *asked, char *since, size_t size,
                enum exit_status *ret)
{
    struct daemon_answer a;
    int r = daemon_ask(s, SOCKET_CONTROL, "GET", "/v1/status", NULL, &a);

    *ret = STATUS_FAILED;
    if (r < 0) {
        if (r == -ECONNREFUSED)
            say_error("the daemon has ended before the runs did");
        return r;
    }
    if (!since[0])
        snprintf(since, size, "%s", started(&a.root));
    r = a.status != 200 || strcmp(since, started(&a.root)) != 0 ? -ENOENT : count_open(asked, &a.root);
    if (r == 0)
        *ret = say_outcome(o, asked, &a.root);
    else if (r < 0)
        say_error("the daemon was restarted, or a target is gone, before the runs ended");
    daemon_answer_done(&a);
    return r > 0 ? -EAGAIN : r;
}

static enum exit_status wait_for(const struct options *o, const struct settings *s, const struct value *asked)
{
    struct timespec pause = {.tv_nsec = PAUSE_MSEC * 1000 * 1000};
    enum exit_status status = STATUS_FAILED;
    char since[64] = "";

    while (!atomic_load(&signals.stop)) {
        if (look(o, s, asked, since, sizeof(since), &status) != -EAGAIN)
            return status;
        nanosleep(&pause, NULL);
    }
    say_error("interrupted; the runs go on");
    return STATUS_FAILED;
}

static enum exit_status sync_with(const struct options *o, const struct settings *settings)
{
    struct buf body = BUF_INIT(LIMIT_REQUEST_BYTES);
    struct daemon_answer a;
    enum exit_status s;
    int r;

    write_request(o, "targets", &body);
    r = body.error ? body.error : daemon_ask(settings, SOCKET_CONTROL, "POST", "/v1/sync", buf_text(&body), &a);
    buf_done(&body);
    if (r == -ECONNREFUSED)
        say_error("no daemon is at work; convergate apply does it without one");
    if (r < 0)
        return STATUS_FAILED;
    if (a.status != 202)
        s = daemon_say_refusal(&a);
    else
        s = o->wait ? wait_for(o, settings, &a.root) : STATUS_OK;
    daemon_answer_done(&a);
    return s;
}

static void ignore(void *user)
{
}

static enum exit_status run_sync(const struct options *o)
{
    _cleanup_(loaded_done) struct loaded l = {0};
    enum exit_status s = load_all(o, false, &l);

    if (s != STATUS_OK)
        return s;
    if (signals_catch(ignore, NULL) < 0) {
        say_error("signals cannot be caught");
        return STATUS_FAILED;
    }
    s = sync_with(o, l.settings);
    signals_release();
    return s;
}

const struct verb verb_sync = {
    .name = "sync",
    .arguments = "[TARGET...]",
    .help = "the daemon runs them now",
    .takes = TAKES_WAIT,
    .max_arguments = SIZE_MAX,
    .run = run_sync,
};
