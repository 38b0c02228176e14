/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into Convergate: makes the n-th allocation that its own code, or one library, asks for fail, once or from
 * then on. Whose it is, the address tells to which malloc() and the like would return.
 *
 * FAILNTH_OF: a part of the library's file name; the program itself where it is not set.
 * FAILNTH_N: which one, from 1; none where it is not set. FAILNTH_STICKY: all later ones, too.
 * FAILNTH_ASK, FAILNTH_GO: two file descriptors: when it strikes, a byte is written to the first and one is awaited
 * from the second, so that others can note what had happened until then.
 * FAILNTH_REPORT: a file; at the end it holds "ALLOCATIONS STRUCK LIVE", LIVE being blocks that nobody freed.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);

enum { SLOTS = 1 << 20 };

static struct {
    uintptr_t first, last; /* of the program or the library */
    long n;
    bool sticky, ready;
    atomic_long seen, struck;
    pthread_mutex_t lock;
    void *live[SLOTS]; /* what is not freed yet, by hash; NULL is free, GONE was used */
    size_t n_live;
} fail = {.lock = PTHREAD_MUTEX_INITIALIZER};

static char gone;
#define GONE ((void *)&gone)
#define OURS() is_ours((uintptr_t)__builtin_return_address(0))

static int find_code(struct dl_phdr_info *info, size_t size, void *of)
{
    if (of ? !strstr(info->dlpi_name, of) : info->dlpi_name[0] != '\0')
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];

        if (h->p_type == PT_LOAD && h->p_flags & PF_X) {
            fail.first = info->dlpi_addr + h->p_vaddr;
            fail.last = fail.first + h->p_memsz;
        }
    }
    return 1;
}

static long number_of(const char *name, long otherwise)
{
    const char *text = getenv(name);

    return text ? strtol(text, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void start(void)
{
    dl_iterate_phdr(find_code, getenv("FAILNTH_OF"));
    fail.n = number_of("FAILNTH_N", 0);
    fail.sticky = number_of("FAILNTH_STICKY", 0) != 0;
    fail.ready = true;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAILNTH_REPORT");
    char text[100];
    int n = snprintf(text, sizeof(text), "%ld %ld %zu\n", (long)fail.seen, (long)fail.struck, fail.n_live);
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;

    if (fd >= 0 && write(fd, text, (size_t)n) == n)
        close(fd);
}

static bool is_ours(uintptr_t caller)
{
    return fail.ready && caller >= fail.first && caller < fail.last;
}

static void ask(void)
{
    long out = number_of("FAILNTH_ASK", -1), in = number_of("FAILNTH_GO", -1);
    char byte = '!';

    while (out >= 0 && write((int)out, &byte, 1) < 0 && errno == EINTR)
        ;
    while (in >= 0 && read((int)in, &byte, 1) < 0 && errno == EINTR)
        ;
}

/* True where the allocation that is being asked for has to fail. */
static bool strikes(void)
{
    long k = atomic_fetch_add(&fail.seen, 1) + 1;

    if (fail.n == 0 || k < fail.n || (k > fail.n && !fail.sticky))
        return false;
    atomic_fetch_add(&fail.struck, 1);
    if (k == fail.n)
        ask();
    errno = ENOMEM;
    return true;
}

static size_t slot_of(const void *p)
{
    return ((uintptr_t)p >> 4) * 0x9e3779b97f4a7c15u >> 44 & (SLOTS - 1);
}

static void *note(void *p)
{
    size_t i = slot_of(p);

    if (!p)
        return NULL;
    pthread_mutex_lock(&fail.lock);
    while (fail.live[i] && fail.live[i] != GONE)
        i = (i + 1) & (SLOTS - 1);
    fail.live[i] = p;
    fail.n_live++;
    pthread_mutex_unlock(&fail.lock);
    return p;
}

static void forget(void *p)
{
    size_t i = slot_of(p);

    if (!p || !fail.ready)
        return;
    pthread_mutex_lock(&fail.lock);
    while (fail.live[i] && fail.live[i] != p)
        i = (i + 1) & (SLOTS - 1);
    if (fail.live[i]) {
        fail.live[i] = GONE;
        fail.n_live--;
    }
    pthread_mutex_unlock(&fail.lock);
}

void *malloc(size_t size)
{
    if (!OURS())
        return __libc_malloc(size);
    return strikes() ? NULL : note(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
    if (!OURS())
        return __libc_calloc(n, size);
    return strikes() ? NULL : note(__libc_calloc(n, size));
}

static void *grow(void *old, size_t size, bool ours)
{
    void *p;

    if (ours && strikes())
        return NULL;
    p = __libc_realloc(old, size);
    if (p || size == 0)
        forget(old);
    return ours ? note(p) : p;
}

void *realloc(void *old, size_t size)
{
    return grow(old, size, OURS());
}

void *reallocarray(void *old, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size) {
        errno = ENOMEM;
        return NULL;
    }
    return grow(old, n * size, OURS());
}

void free(void *p)
{
    forget(p);
    __libc_free(p);
}

static char *copy(const char *text, size_t len)
{
    char *p = __libc_malloc(len + 1);

    if (p) {
        memcpy(p, text, len);
        p[len] = '\0';
    }
    return p;
}

char *strdup(const char *text)
{
    if (!OURS())
        return copy(text, strlen(text));
    return strikes() ? NULL : note(copy(text, strlen(text)));
}

char *strndup(const char *text, size_t most)
{
    if (!OURS())
        return copy(text, strnlen(text, most));
    return strikes() ? NULL : note(copy(text, strnlen(text, most)));
}

/* What libc allocates on behalf of the program's own call. */
static int print(char **ret, const char *format, va_list ap, bool ours)
{
    int (*real)(char **, const char *, va_list) = (int (*)(char **, const char *, va_list))dlsym(RTLD_NEXT,
                                                                                                 "vasprintf");
    int n;

    if (ours && strikes())
        return -1;
    n = real(ret, format, ap);
    if (n >= 0 && ours)
        note(*ret);
    return n;
}

int vasprintf(char **ret, const char *format, va_list ap)
{
    return print(ret, format, ap, OURS());
}

int asprintf(char **ret, const char *format, ...)
{
    bool ours = OURS();
    va_list ap;
    int n;

    va_start(ap, format);
    n = print(ret, format, ap, ours);
    va_end(ap);
    return n;
}

char *realpath(const char *path, char *resolved)
{
    char *(*real)(const char *, char *) = (char *(*)(const char *, char *))dlsym(RTLD_NEXT, "realpath");
    bool ours = !resolved && OURS();
    char *p;

    if (ours && strikes())
        return NULL;
    p = real(path, resolved);
    return ours ? note(p) : p;
}

DIR *opendir(const char *path)
{
    DIR *(*real)(const char *) = (DIR * (*)(const char *)) dlsym(RTLD_NEXT, "opendir");

    return OURS() && strikes() ? NULL : real(path);
}

int scandir64(const char *path, struct dirent64 ***ret, int (*filter)(const struct dirent64 *),
              int (*compare)(const struct dirent64 **, const struct dirent64 **))
{
    int (*real)(const char *, struct dirent64 ***, int (*)(const struct dirent64 *),
                int (*)(const struct dirent64 **, const struct dirent64 **));

    *(void **)&real = dlsym(RTLD_NEXT, "scandir64");
    return OURS() && strikes() ? -1 : real(path, ret, filter, compare);
}
