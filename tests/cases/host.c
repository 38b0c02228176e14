/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into a program, it lets a case say how the program's host is.
 *
 * The file that $CASE_CLOCK names holds by how many seconds the wall clock differs from the real one, as a number of
 * eight bytes that may change at any time. Other clocks stay as they are, and so does time(), by which libraries judge
 * certificates. No name server ever answers for a name below unanswered.invalid. For a folder called unwatchable there
 * is no watch left.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *shift;

__attribute__((constructor)) static void open_clock(void)
{
    const char *path = getenv("CASE_CLOCK");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *page = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*shift), PROT_READ, MAP_SHARED, fd, 0);

    if (page == MAP_FAILED)
        abort();
    shift = page;
    close(fd);
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *ret)
{
    long r = syscall(SYS_clock_gettime, clock, ret);

    if (r == 0 && clock == CLOCK_REALTIME && shift)
        ret->tv_sec += *shift;
    return (int)r;
}

__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
                                                       const struct addrinfo *hints, struct addrinfo **ret)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

    while (name && strstr(name, ".unanswered.invalid"))
        pause();
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(name, service, hints, ret);
}

__attribute__((visibility("default"))) int inotify_add_watch(int fd, const char *path, uint32_t mask)
{
    const char *slash = strrchr(path, '/');

    if (strcmp(slash ? slash + 1 : path, "unwatchable") == 0) {
        errno = ENOSPC;
        return -1;
    }
    return (int)syscall(SYS_inotify_add_watch, fd, path, mask);
}
