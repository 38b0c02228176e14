/* SPDX-License-Identifier: Apache-2.0 */
/* `backup`, `restore` (guide: "Backing Up Binary Configuration", "Restoring Binary Configuration"). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "provider/ics/commands.h"

#define BINARY "/api/v1/system/binary-configuration"

static int tell_output(struct command_run *c, int error)
{
    if (error == -ENOMEM)
        return diag_oom(c->session->diags);
    return diag_add_target(c->session->diags, DIAG_OUTPUT, c->session->target, "cannot write %s: %s", c->out,
                           strerror(-error));
}

int ics_back_up(struct session *s, int fd, uint64_t *ret_bytes)
{
    const struct http_file f = {.fd = fd, .size = LIMIT_BACKUP_BYTES};
    const char *why;
    uint64_t bytes;
    int r = session_download(s, BINARY, &f, &bytes);

    if (r == -ENOENT)
        return session_tell(s, DIAG_HTTP_STATUS, "GET", BINARY, "status 404: it gives no binary configuration");
    if (r < 0)
        return r;
    /* An attempt before this one may have come further. */
    if (ftruncate(fd, (off_t)bytes) < 0)
        return -errno;
    r = ics_check_binary(fd, bytes, &why);
    if (r == -EBADMSG)
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", BINARY,
                            "the answer is no binary configuration: %s; nothing was kept", why);
    if (r == 0)
        *ret_bytes = bytes;
    return r;
}

static int download(struct command_run *c, struct file_draft *d)
{
    uint64_t bytes;
    int r = ics_back_up(c->session, d->fd, &bytes);

    if (r == 0)
        r = file_draft_keep(d);
    if (r < 0)
        return r == -EBADMSG ? r : tell_output(c, r);
    r = command_put_member(c, "file", value_text(c->out));
    if (r == 0)
        r = command_put_member(c, "bytes", value_int((int64_t)bytes));
    c->report.lines = c->report.json;
    return r;
}

/* It holds every secret of the appliance, so it is its owner's alone from the first byte on. */
static int read_backup(struct command_run *c)
{
    _cleanup_(file_draft_done) struct file_draft d = {.fd = -1};
    struct stat st;
    int r = stat(c->out, &st) == 0 && !S_ISREG(st.st_mode) ? -EINVAL : 0;

    if (r == 0)
        r = file_draft_open(c->out, 0600, &d);
    return r < 0 ? tell_output(c, r) : download(c, &d);
}

const struct command ics_backup_command = {
    .verb = "backup",
    .usage = "TARGET [--out FILE]",
    .help = "saves the binary configuration, with every secret in it",
    .effect = EFFECT_READ,
    .file_suffix = ".b64",
    .guide = "Backing Up Binary Configuration",
    .read = read_backup,
};

static const char *check_restore(const struct given *g)
{
    const char *import = given_text(g, COMMAND_IMPORT);

    if (import && (strcmp(import, "normal") == 0 || strcmp(import, "full") == 0))
        return NULL;
    return "say --import normal (all but addresses, network and cluster) or --import full";
}

static int tell_input(struct command_run *c, const char *why)
{
    return diag_add_target(c->session->diags, DIAG_FILE_UNREADABLE, c->session->target,
                           "%s cannot be restored: %s; nothing was sent", c->given->arguments[0], why);
}

/* What an appliance could not use is not sent to it. */
static int open_input(struct command_run *c)
{
    const char *why = NULL;
    struct stat st;
    int r;

    c->file.fd = open(c->given->arguments[0], O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (c->file.fd < 0 || fstat(c->file.fd, &st) < 0)
        return tell_input(c, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return tell_input(c, "it is no regular file");
    c->file.size = (uint64_t)st.st_size;
    if (c->file.size > LIMIT_BACKUP_BYTES)
        return tell_input(c, "it is larger than any that Convergate takes");
    r = ics_check_binary(c->file.fd, c->file.size, &why);
    if (r == -ENOMEM)
        return diag_oom(c->session->diags);
    return r < 0 ? tell_input(c, r == -EBADMSG ? why : strerror(-r)) : 0;
}

static int read_restore(struct command_run *c)
{
    const char *import = given_text(c->given, COMMAND_IMPORT);
    struct step s = {.kind = "binary-configuration", .object = import};
    int r = open_input(c);

    return r < 0
               ? r
               : command_add_step(c, s, "replace its configuration by %s (import=%s)", c->given->arguments[0], import);
}

static int send_restore(struct command_run *c, struct step *steps, size_t n, enum outcome *ret)
{
    bool full = strcmp(steps[0].object, "full") == 0;
    const struct session_request e = {.method = "PUT",
                                      .path = full ? BINARY "?import=full" : BINARY "?import=normal",
                                      .upload = &c->file,
                                      .content_type = "text/html; charset=utf-8"};

    return ics_send_blindly(c, &e, ret);
}

/* What was restored cannot be told by reading, but whether Convergate is still let in can. */
static int verify_restore(struct command_run *c)
{
    struct session *s = c->session;
    size_t told = s->diags->n;
    int r;

    if (c->steps[0].outcome != OUTCOME_ACCEPTED)
        return 0;
    c->steps[0].result = STEP_ACCEPTED;
    r = session_open(s);
    if (r == -ENOMEM)
        return r;
    session_untell(s, told);
    return command_remark(c, r == 0 ? "Convergate can log in to it"
                                    : "Convergate cannot log in to it now; it may be starting anew, or the account, "
                                      "its password or the realm's rules are those of the file");
}

const struct command ics_restore_command = {
    .verb = "restore",
    .usage = "TARGET FILE --import normal|full",
    .help = "replaces the appliance's configuration by one that `backup` saved",
    .effect = EFFECT_WRITE,
    .takes = TAKES(IMPORT),
    .n_arguments = 1,
    .changes_all = true,
    .asks_name = true,
    .guide = "Restoring Binary Configuration (import=normal, import=full)",
    .check = check_restore,
    .read = read_restore,
    .send = send_restore,
    .verify = verify_restore,
};
