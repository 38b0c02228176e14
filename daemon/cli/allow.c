/* SPDX-License-Identifier: Apache-2.0 */
/* allow: the daemon's guards let one object through, for a time and a reason. */
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "cli/cli.h"

static bool check(const struct options *o)
{
    for (size_t i = 0; i < o->n_arguments; i++) {
        struct allowance a;
        const char *wrong = allowance_parse(o->arguments[i], &a);

        if (wrong) {
            say_error("%s: it %s", o->arguments[i], wrong);
            return false;
        }
    }
    if (o->until_usec > 0 && o->reason && o->reason[0])
        return true;
    say_error("convergate allow needs --until TIME and --reason TEXT");
    return false;
}

static enum exit_status run_allow(const struct options *o)
{
    _cleanup_(loaded_done) struct loaded l = {0};
    struct buf body = BUF_INIT(LIMIT_REQUEST_BYTES);
    struct daemon_answer a;
    enum exit_status s = check(o) ? load_all(o, false, &l) : STATUS_USAGE;
    int r;

    if (s != STATUS_OK)
        return s;
    write_request(o, "objects", &body);
    if (body.error)
        say_error("that is too long");
    r = body.error ? body.error : daemon_ask(l.settings, SOCKET_CONTROL, "POST", "/v1/allow", buf_text(&body), &a);
    buf_done(&body);
    if (r == -ECONNREFUSED)
        say_error("no daemon is at work; convergate apply --allow does it without one");
    if (r < 0)
        return STATUS_FAILED;
    s = a.status == 200 ? STATUS_OK : daemon_say_refusal(&a);
    daemon_answer_done(&a);
    return s;
}

const struct verb verb_allow = {
    .name = "allow",
    .arguments = "GUARD:TARGET/KIND/OBJECT...",
    .help = "the daemon's guards let it through for a time",
    .takes = TAKES_REASON | TAKES_UNTIL,
    .min_arguments = 1,
    .max_arguments = SIZE_MAX,
    .run = run_allow,
};
