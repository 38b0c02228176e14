/* SPDX-License-Identifier: Apache-2.0 */
#include "state/hold.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/time-util.h"
#include "value/json.h"

void hold_done(struct hold *h)
{
    free(h->reason);
    free(h->by);
    *h = (struct hold){0};
}

static char *path_of(const char *state_directory, const char *target)
{
    char *path;

    return asprintf(&path, "%s/holds/%s.json", state_directory, target) < 0 ? NULL : path;
}

static int take(const struct value *root, struct hold *ret)
{
    const char *reason = value_get_text(root, "reason"), *by = value_get_text(root, "by");
    const char *since = value_get_text(root, "since"), *until = value_get_text(root, "until");

    if (!reason || !by || !since || parse_time(since, &ret->since_usec) < 0 ||
        (until ? parse_time(until, &ret->until_usec) < 0 : !value_is(value_get(root, "until"), VALUE_NULL)))
        return -EBADMSG;
    ret->reason = strdup(reason);
    ret->by = strdup(by);
    return ret->reason && ret->by ? 0 : -ENOMEM;
}

static int read_text(const char *text, size_t len, struct hold *ret)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct json_fault fault;
    struct value root;
    int r = json_read(&arena, text, len, &root, &fault);

    return r < 0 ? r : take(&root, ret);
}

int hold_load(const char *state_directory, const char *target, struct hold *ret, struct diag_list *diags)
{
    _cleanup_free_ char *path = path_of(state_directory, target), *text = NULL;
    struct hold h = {0};
    size_t len;
    int r = path ? file_read(path, LIMIT_HOLD_BYTES, &text, &len) : -ENOMEM;

    if (r == -ENOENT)
        return r;
    if (r == 0)
        r = read_text(text, len, &h);
    if (r < 0) {
        hold_done(&h);
        return r == -ENOMEM ? diag_oom(diags)
                            : diag_add_target(diags, DIAG_STATE, target,
                                              "the hold %s cannot be read (%s); hold the target again, or release it",
                                              path, r == -EBADMSG ? "it is not what was written there" : strerror(-r));
    }
    if (h.until_usec > 0 && h.until_usec <= now_real_usec()) {
        hold_done(&h);
        return -ENOENT;
    }
    *ret = h;
    return 0;
}

int hold_save(const char *state_directory, const char *target, const struct hold *h, struct diag_list *diags)
{
    _cleanup_free_ char *path = path_of(state_directory, target);
    struct buf text = BUF_INIT(LIMIT_HOLD_BYTES);
    int r;

    if (!path)
        return diag_oom(diags);
    hold_write_json(h, &text);
    buf_add_char(&text, '\n');
    r = file_store(path, &text);
    buf_done(&text);
    return r < 0 ? diag_add_target(diags, DIAG_STATE, target, "cannot write the hold %s: %s", path, strerror(-r)) : 0;
}

int hold_release(const char *state_directory, const char *target, struct diag_list *diags)
{
    _cleanup_free_ char *path = path_of(state_directory, target);
    int r;

    if (!path)
        return diag_oom(diags);
    r = unlink(path) < 0 ? -errno : file_sync_folder(path);
    if (r == 0 || r == -ENOENT)
        return r;
    return diag_add_target(diags, DIAG_STATE, target, "cannot remove the hold %s: %s", path, strerror(-r));
}

void hold_write_json(const struct hold *h, struct buf *out)
{
    char since[32], until[32];

    format_utc(h->since_usec, since, sizeof(since));
    format_utc(h->until_usec, until, sizeof(until));
    buf_add_str(out, "{\"reason\": ");
    json_write_text(h->reason, strlen(h->reason), out);
    buf_add_str(out, ", \"by\": ");
    json_write_text(h->by, strlen(h->by), out);
    buf_addf(out, ", \"since\": \"%s\", \"until\": %s%s%s}", since, h->until_usec ? "\"" : "",
             h->until_usec ? until : "null", h->until_usec ? "\"" : "");
}

void hold_describe(const struct hold *h, struct buf *out)
{
    char since[32], until[32];

    format_utc(h->since_usec, since, sizeof(since));
    format_utc(h->until_usec, until, sizeof(until));
    buf_addf(out, "on hold by %s since %s", h->by, since);
    if (h->until_usec > 0)
        buf_addf(out, " until %s", until);
    buf_addf(out, ": %s", h->reason);
}
