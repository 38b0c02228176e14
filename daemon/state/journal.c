/* SPDX-License-Identifier: Apache-2.0 */
#include "state/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "value/json.h"

int journal_init(struct journal *j, const char *state_directory, const char *target, struct diag_list *diags)
{
    *j = (struct journal){.target = target, .diags = diags, .fd = -1};
    if (asprintf(&j->path, "%s/journal/%s.jsonl", state_directory, target) < 0) {
        j->path = NULL;
        return diag_oom(diags);
    }
    if (asprintf(&j->key_path, "%s/journal/%s.key", state_directory, target) < 0) {
        j->key_path = NULL;
        return diag_oom(diags);
    }
    return 0;
}

void journal_done(struct journal *j)
{
    closep(&j->fd);
    free(j->path);
    free(j->key_path);
    *j = (struct journal){.fd = -1};
}

static int tell(struct journal *j, const char *path, int error)
{
    if (error == -ENOMEM)
        return diag_oom(j->diags);
    if (error == -EBADMSG)
        return diag_add_target(j->diags, DIAG_STATE, j->target,
                               "the write journal %s is broken; look at the appliance, then remove the file", path);
    return diag_add_target(j->diags, DIAG_STATE, j->target, "the write journal %s: %s; nothing is written without it",
                           path, strerror(-error));
}

static int open_journal(struct journal *j)
{
    int r = make_folder_of(j->path);

    if (r < 0)
        return r;
    j->fd = open(j->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (j->fd < 0)
        return -errno;
    r = file_adopt_owner(j->fd, j->path);
    return r < 0 ? r : file_sync_folder(j->path);
}

/* A line that was cut is taken back, or the next one would be appended to it. */
static int append(int fd, const struct buf *line)
{
    off_t before = lseek(fd, 0, SEEK_END);
    ssize_t n = write(fd, buf_text(line), line->len);

    if (n != (ssize_t)line->len) {
        int r = n < 0 ? -errno : -ENOSPC;

        return before >= 0 && ftruncate(fd, before) < 0 ? -errno : r;
    }
    return fdatasync(fd) < 0 ? -errno : 0;
}

int journal_note(struct journal *j, const char *kind, const char *object, const char *action)
{
    struct pair pairs[3];
    struct value intent = {.type = VALUE_MAP, .count = 3, .pairs = pairs};
    struct buf line = BUF_INIT(LIMIT_SENTENCE_BYTES * 4);
    int r = j->fd < 0 ? open_journal(j) : 0;

    value_set_pair(&intent, 0, "kind", value_text(kind));
    value_set_pair(&intent, 1, "object", value_text(object));
    value_set_pair(&intent, 2, "action", value_text(action));
    json_write(&intent, JSON_COMPACT, &line);
    buf_add_char(&line, '\n');
    if (r == 0)
        r = line.error ? line.error : append(j->fd, &line);
    buf_done(&line);
    return r < 0 ? tell(j, j->path, r) : 0;
}

static int remove_file(struct journal *j, const char *path)
{
    if (unlink(path) < 0)
        return errno == ENOENT ? 0 : tell(j, path, -errno);
    return file_sync_folder(path) < 0 ? tell(j, path, -errno) : 0;
}

int journal_end(struct journal *j)
{
    closep(&j->fd);
    j->fd = -1;
    return remove_file(j, j->path);
}

/* The last line may be cut by the end of its writer: what it announced was never sent. */
static int read_lines(char *text, struct arena *arena, struct value *ret)
{
    struct json_fault fault;
    size_t n = 0;
    int r;

    for (const char *p = text; (p = strchr(p, '\n')); p++)
        n++;
    r = value_new_list(arena, n, ret);
    n = 0;
    for (char *line = text, *end; r == 0 && (end = strchr(line, '\n')); line = end + 1) {
        struct value intent;

        r = json_read(arena, line, (size_t)(end - line), &intent, &fault);
        if (r == -EBADMSG || !value_get_text(&intent, "kind") || !value_get_text(&intent, "object") ||
            !value_get_text(&intent, "action"))
            r = r == -ENOMEM ? r : -EBADMSG;
        else
            ret->items[n++] = intent;
    }
    ret->count = (uint32_t)n;
    return r;
}

int journal_load(struct journal *j, struct arena *arena, struct value *ret)
{
    _cleanup_free_ char *text = NULL;
    size_t len;
    int r = file_read(j->path, LIMIT_STATE_BYTES, &text, &len);

    *ret = (struct value){.type = VALUE_LIST};
    if (r == -ENOENT)
        return 0;
    if (r == 0)
        r = read_lines(text, arena, ret);
    return r < 0 ? tell(j, j->path, r) : 0;
}

int journal_keep_key(struct journal *j, const struct secret *key)
{
    int r = make_folder_of(j->key_path);

    /* It opened something that nobody could close any more. */
    if (r == 0 && access(j->key_path, F_OK) == 0)
        r = -EEXIST;
    if (r == 0)
        r = file_write_atomic(j->key_path, secret_reveal(key), key->len, 0600);
    return r < 0 ? tell(j, j->key_path, r) : 0;
}

int journal_forget_key(struct journal *j)
{
    return remove_file(j, j->key_path);
}

int journal_load_key(struct journal *j, struct secret *ret)
{
    _cleanup_free_ char *text = NULL;
    size_t len;
    int r = file_read(j->key_path, LIMIT_HEADER_BYTES, &text, &len);

    if (r == -ENOENT)
        return r;
    if (r < 0)
        return tell(j, j->key_path, r);
    r = secret_set(ret, text, len);
    explicit_bzero(text, len);
    return r < 0 ? diag_oom(j->diags) : 0;
}
