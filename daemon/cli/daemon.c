/* SPDX-License-Identifier: Apache-2.0 */
/* Talking to the daemon on this host. */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/signals.h"
#include "base/time-util.h"
#include "cli/cli.h"
#include "http/local.h"
#include "value/json.h"

void daemon_answer_done(struct daemon_answer *a)
{
    buf_done(&a->text);
    arena_done(&a->arena);
}

static void say_failure(const char *path, int error)
{
    if (error == -EACCES)
        say_error("%s: you may not ask there; its group may, and root", path);
    else if (error == -ETIME)
        say_error("%s: the daemon does not answer", path);
    else if (error == -EBADMSG || error == -EIO)
        say_error("%s: what answers there is not convergated", path);
    else
        say_error("%s: %s", path, strerror(-error));
}

int daemon_ask(const struct settings *s, enum daemon_socket socket, const char *method, const char *path,
               const char *body, struct daemon_answer *ret)
{
    _cleanup_free_ char *file = path_join(s->runtime_directory,
                                          socket == SOCKET_CONTROL ? "control.sock" : "status.sock");
    struct json_fault fault;
    int r;

    *ret = (struct daemon_answer){.text = BUF_INIT(LIMIT_OUTPUT_BYTES)};
    if (!file) {
        say_error("out of memory");
        return -ENOMEM;
    }
    r = http_local_call(file, method, path, body, &signals.stop, &ret->status, &ret->text);
    if (r == 0)
        r = json_read(&ret->arena, buf_text(&ret->text), ret->text.len, &ret->root, &fault);
    if (r == 0)
        return 0;
    if (r != -ECONNREFUSED)
        say_failure(file, r);
    daemon_answer_done(ret);
    return r;
}

enum exit_status daemon_say_refusal(const struct daemon_answer *a)
{
    const struct value *error = value_get(&a->root, "error");
    const char *code = value_get_text(error, "code"), *message = value_get_text(error, "message");

    say_error("the daemon answered: %s [%s]", message ? message : "nothing that is understood", code ? code : "?");
    return code && strcmp(code, "unknown-target") == 0 ? STATUS_USAGE : STATUS_FAILED;
}

const char *caller_name(void)
{
    const char *sudo = getenv("SUDO_USER");
    const struct passwd *p = getpwuid(getuid());

    return sudo && sudo[0] ? sudo : p ? p->pw_name : "?";
}

void write_request(const struct options *o, const char *member, struct buf *out)
{
    char until[32];

    buf_addf(out, "{\"%s\": [", member);
    for (size_t i = 0; i < o->n_arguments; i++) {
        buf_add_str(out, i ? ", " : "");
        json_write_text(o->arguments[i], strlen(o->arguments[i]), out);
    }
    buf_add_char(out, ']');
    if (o->reason) {
        buf_add_str(out, ", \"reason\": ");
        json_write_text(o->reason, strlen(o->reason), out);
    }
    if (o->until_usec > 0) {
        format_utc(o->until_usec, until, sizeof(until));
        buf_addf(out, ", \"until\": \"%s\"", until);
    }
    buf_add_str(out, ", \"by\": ");
    json_write_text(caller_name(), strlen(caller_name()), out);
    buf_add_char(out, '}');
}
