/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int file_read_fd(int fd, size_t ceiling, char **ret_text, size_t *ret_len)
{
    _cleanup_free_ char *text = NULL;
    size_t allocated, len = 0;
    struct stat st;

    if (fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
    if ((size_t)st.st_size > ceiling)
        return -E2BIG;
    allocated = (size_t)st.st_size + 2;
    text = malloc(allocated);
    if (!text)
        return -ENOMEM;
    for (;;) {
        ssize_t n = read(fd, text + len, allocated - len - 1);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        len += (size_t)n;
        if (len > ceiling)
            return -E2BIG;
        if (len + 1 == allocated) {
            char *larger = realloc(text, allocated * 2);

            if (!larger)
                return -ENOMEM;
            text = larger;
            allocated *= 2;
        }
    }
    text[len] = '\0';
    *ret_text = TAKE_PTR(text);
    *ret_len = len;
    return 0;
}

int file_read(const char *path, size_t ceiling, char **ret_text, size_t *ret_len)
{
    /* O_NONBLOCK: a FIFO in a document folder must not hang the start. */
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return -errno;
    return file_read_fd(fd, ceiling, ret_text, ret_len);
}

static int write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, text, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        text += n;
        len -= (size_t)n;
    }
    return 0;
}

int file_sync_folder(const char *path)
{
    _cleanup_free_ char *folder = path_folder(path);
    _cleanup_close_ int fd = -1;

    if (!folder)
        return -ENOMEM;
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    return fsync(fd) < 0 ? -errno : 0;
}

/* What root writes into another user's folder belongs to that user, so that the daemon can replace it. */
int file_adopt_owner(int fd, const char *path)
{
    _cleanup_free_ char *folder = path_folder(path);
    struct stat st;

    if (!folder)
        return -ENOMEM;
    if (geteuid() != 0)
        return 0;
    if (stat(folder, &st) < 0)
        return -errno;
    if (st.st_uid == 0)
        return 0;
    return fchown(fd, st.st_uid, st.st_gid) < 0 ? -errno : 0;
}

int file_draft_open(const char *path, mode_t mode, struct file_draft *ret)
{
    _cleanup_(file_draft_done) struct file_draft d = {.fd = -1, .path = strdup(path)};
    int r;

    if (!d.path || asprintf(&d.temporary, "%s.XXXXXX", path) < 0) {
        d.temporary = NULL;
        return -ENOMEM;
    }
    d.fd = mkostemp(d.temporary, O_CLOEXEC);
    if (d.fd < 0) {
        r = -errno;
        free(TAKE_PTR(d.temporary));
        return r;
    }
    r = file_adopt_owner(d.fd, path);
    if (r < 0)
        return r;
    if (fchmod(d.fd, mode) < 0)
        return -errno;
    *ret = d;
    d = (struct file_draft){.fd = -1};
    return 0;
}

int file_draft_keep(struct file_draft *d)
{
    if (fsync(d->fd) < 0 || rename(d->temporary, d->path) < 0)
        return -errno;
    free(TAKE_PTR(d->temporary));
    return file_sync_folder(d->path);
}

void file_draft_done(struct file_draft *d)
{
    closep(&d->fd);
    if (d->temporary)
        unlink(d->temporary);
    free(d->temporary);
    free(d->path);
    *d = (struct file_draft){.fd = -1};
}

int file_write_atomic(const char *path, const char *text, size_t len, mode_t mode)
{
    _cleanup_(file_draft_done) struct file_draft d = {.fd = -1};
    int r = file_draft_open(path, mode, &d);

    if (r == 0)
        r = write_all(d.fd, text, len);
    return r < 0 ? r : file_draft_keep(&d);
}

int file_store(const char *path, const struct buf *text)
{
    int r = text->error ? text->error : make_folder_of(path);

    return r < 0 ? r : file_write_atomic(path, buf_text(text), text->len, 0640);
}

int file_write_result(const char *path, const char *text, size_t len)
{
    _cleanup_free_ char *real = realpath(path, NULL);
    _cleanup_close_ int fd = -1;
    struct stat st;

    if (!real || stat(real, &st) < 0 || S_ISREG(st.st_mode))
        return file_write_atomic(real ? real : path, text, len, 0640);
    fd = open(real, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return fd < 0 ? -errno : write_all(fd, text, len);
}

/* A folder that root makes below another user's belongs to that user. */
static int make_directory(const char *path, mode_t mode)
{
    _cleanup_close_ int fd = -1;

    if (mkdir(path, mode) < 0)
        return errno == EEXIST ? 0 : -errno;
    fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? -errno : file_adopt_owner(fd, path);
}

int make_private_directory(const char *path)
{
    return make_directory(path, 0700);
}

int make_directories(const char *path)
{
    int r;

    _cleanup_free_ char *copy = strdup(path);

    if (!copy)
        return -ENOMEM;
    for (char *p = copy + 1; *copy && p[-1]; p++) {
        char saved = *p;

        if (saved != '/' && saved != '\0')
            continue;
        *p = '\0';
        r = make_directory(copy, 0750);
        if (r < 0)
            return r;
        *p = saved;
    }
    return 0;
}

char *path_join(const char *base, const char *name)
{
    char *joined;

    if (name[0] == '/' || strcmp(base, ".") == 0)
        return strdup(name);
    return asprintf(&joined, "%s/%s", base, name) < 0 ? NULL : joined;
}

char *path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

int make_folder_of(const char *path)
{
    _cleanup_free_ char *folder = path_folder(path);

    return folder ? make_directories(folder) : -ENOMEM;
}
