/* SPDX-License-Identifier: Apache-2.0 */
#include "state/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/time-util.h"

enum { RETRY_MSEC = 50 };

static int open_lock(const char *state_directory, const char *path)
{
    _cleanup_free_ char *folder = path_join(state_directory, "lock");
    struct stat st;
    int fd, r;

    if (!folder)
        return -ENOMEM;
    r = make_directories(folder);
    if (r < 0)
        return r;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
    if (fd < 0)
        return -errno;
    /* The daemon, who is not root, must be able to take it too. */
    if (geteuid() == 0 && stat(state_directory, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) < 0) {
        r = -errno;
        close(fd);
        return r;
    }
    return fd;
}

static int try_lock(int fd, uint64_t deadline_usec, const atomic_bool *cancelled)
{
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return -errno;
        if (cancelled && atomic_load(cancelled))
            return -ECANCELED;
        if (now_usec() >= deadline_usec)
            return -EWOULDBLOCK;
        nanosleep(&(struct timespec){.tv_nsec = RETRY_MSEC * 1000000L}, NULL);
    }
    return 0;
}

static int tell_holder(int fd, const char *target, struct diag_list *diags)
{
    char text[128] = "";
    unsigned long long since = 0;
    long pid = 0;
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

    text[MAX(n, 0)] = '\0';
    if (sscanf(text, "%ld %llu", &pid, &since) != 2 || since > now_real_usec() / USEC_PER_SEC)
        return diag_add_target(diags, DIAG_LOCKED, target, "another Convergate works on it; try again later");
    return diag_add_target(
        diags, DIAG_LOCKED, target,
        "process %ld has been working on it for %llu seconds; try again later, or raise --lock-timeout", pid,
        (unsigned long long)(now_real_usec() / USEC_PER_SEC) - since);
}

static int write_holder(int fd)
{
    char text[64];
    int n = snprintf(text, sizeof(text), "%ld %llu\n", (long)getpid(),
                     (unsigned long long)(now_real_usec() / USEC_PER_SEC));

    if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n)
        return -errno;
    return 0;
}

int lock_target(const char *state_directory, const char *target, uint64_t deadline_usec, const atomic_bool *cancelled,
                struct diag_list *diags, int *ret_fd)
{
    _cleanup_free_ char *path = NULL;
    _cleanup_close_ int fd = -1;
    int r;

    if (asprintf(&path, "%s/lock/%s.lock", state_directory, target) < 0) {
        path = NULL;
        return diag_oom(diags);
    }
    fd = open_lock(state_directory, path);
    r = fd < 0 ? fd : try_lock(fd, deadline_usec, cancelled);
    if (r == -EWOULDBLOCK)
        return tell_holder(fd, target, diags);
    if (r == -ECANCELED)
        return diag_add_target(diags, DIAG_INTERRUPTED, target, "interrupted while waiting for its lock");
    if (r == 0)
        r = write_holder(fd);
    if (r < 0)
        return diag_add_target(diags, DIAG_STATE, target, "cannot lock %s: %s", path, strerror(-r));
    *ret_fd = fd;
    fd = -1;
    return 0;
}
