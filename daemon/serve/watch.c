/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watches every folder of the desired documents, and each folder on the way to them, to the settings file and to what
 * symbolic links among the documents lead to, so that a folder replaced by rename or a link that is switched is seen
 * too. What changes within a second of another change is one change, but nothing waits for more than five.
 */
#include <stdalign.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/time-util.h"
#include "serve/serve.h"
#include "serve/watched.h"

#define SETTLED_USEC USEC_PER_SEC
#define SETTLED_AT_MOST_USEC (5 * USEC_PER_SEC)

enum { LINKS = 40 }; /* that the kernel follows on one way */

struct watch {
    int fd;
    sd_event_source *source;
    struct watched watched;
    size_t n_folders;      /* of documents that the walk has come to */
    uint64_t changed_usec; /* monotonic; the first change that was not yet loaded, 0 for none */
};

static const uint32_t mask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB |
                             IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

static void closedirp(DIR **d)
{
    if (*d)
        closedir(*d);
}

/* 1, or 0 where NAME in this folder was wanted before, or a negative errno where there is no watch on it. */
static int want(struct watch *w, const char *folder, const char *name)
{
    int wd = inotify_add_watch(w->fd, folder, mask), r;

    if (wd < 0)
        return -errno;
    r = watched_add(&w->watched, wd, WATCHED_SELF);
    return r < 0 ? r : watched_add(&w->watched, wd, name);
}

/* One step from the folder AT to the first name of REST; false where the way ends. */
static bool add_step(struct watch *w, char **at, char **rest, unsigned *links)
{
    const char *first = *rest + strspn(*rest, "/"), *behind = first + strcspn(first, "/");
    _cleanup_free_ char *name = strndup(first, (size_t)(behind - first)), *next = NULL, *left = NULL;
    char target[PATH_MAX] = "";

    if (!name || !name[0])
        return false;
    (void)want(w, *at, name);
    next = path_join(*at, name);
    if (!next)
        return false;
    if (readlink(next, target, sizeof(target) - 1) > 0) {
        free(next);
        next = strdup(target[0] == '/' ? "/" : *at);
        if (++*links > LINKS)
            return false;
    }
    if (asprintf(&left, "%s%s", target, behind) < 0)
        left = NULL;
    free(*at);
    free(*rest);
    *at = TAKE_PTR(next);
    *rest = TAKE_PTR(left);
    return *at && *rest;
}

/* Each folder on the way is watched for the next name on it. Where that is a link, the way goes on from there. */
static void add_way(struct watch *w, const char *path)
{
    _cleanup_free_ char *at = strdup(path[0] == '/' ? "/" : "."), *rest = strdup(path);
    unsigned links = 0;

    while (at && rest && add_step(w, &at, &rest, &links))
        ;
}

/*
 * A folder has one watch, however many ways lead to it: where it was met before, and where there is none, the walk
 * ends. More than the ceilings allow is not loaded, either.
 */
static void add_tree(struct watch *w, const char *folder, unsigned depth)
{
    _cleanup_(closedirp) DIR *d = NULL;
    const struct dirent *entry;

    if (depth > LIMIT_PATH_DEPTH || ++w->n_folders > LIMIT_FOLDERS || want(w, folder, WATCHED_ALL) <= 0)
        return;
    d = opendir(folder);
    if (!d)
        return;
    while ((entry = readdir(d))) {
        bool is_file = entry->d_name[0] == '.' || entry->d_type == DT_REG;
        _cleanup_free_ char *path = is_file ? NULL : path_join(folder, entry->d_name);
        struct stat st;

        if (path && entry->d_type != DT_DIR)
            add_way(w, path);
        if (path && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
            add_tree(w, path, depth + 1);
    }
}

static void drop(int wd, void *data)
{
    struct watch *w = data;

    (void)inotify_rm_watch(w->fd, wd);
}

void watch_renew(struct daemon *d)
{
    struct watch *w = d->watch;
    struct watched before;

    if (!w)
        return;
    before = w->watched;
    w->watched = (struct watched){0};
    w->n_folders = 0;
    add_way(w, d->config);
    add_way(w, d->state->settings->desired);
    add_tree(w, d->state->settings->desired, 0);
    watched_compare(&before, &w->watched, drop, w);
    watched_done(&before);
}

static int on_settled(sd_event_source *s, uint64_t usec, void *data)
{
    struct daemon *d = data;

    d->watch->changed_usec = 0;
    reload(d, "change");
    return 0;
}

static bool concerns(const struct watch *w, const struct inotify_event *e)
{
    const char *name = e->len > 0 ? e->name : WATCHED_SELF;

    if (e->mask & IN_Q_OVERFLOW)
        return true;
    if (e->mask & IN_IGNORED)
        return false;
    return watched_has(&w->watched, e->wd, name) || (name[0] != '.' && watched_has(&w->watched, e->wd, WATCHED_ALL));
}

static int on_event(sd_event_source *s, int fd, uint32_t events, void *data)
{
    alignas(struct inotify_event) char buffer[16 * 1024];
    struct daemon *d = data;
    uint64_t now = now_usec();
    bool any = false;
    ssize_t n = read(fd, buffer, sizeof(buffer));

    for (char *p = buffer; p < buffer + n; p += sizeof(struct inotify_event) + ((struct inotify_event *)p)->len)
        any = any || concerns(d->watch, (const struct inotify_event *)p);
    if (!any)
        return 0;
    if (d->watch->changed_usec == 0)
        d->watch->changed_usec = now;
    sd_event_source_set_time(d->settle, MIN(now + SETTLED_USEC, d->watch->changed_usec + SETTLED_AT_MOST_USEC));
    return sd_event_source_set_enabled(d->settle, SD_EVENT_ONESHOT);
}

int watch_begin(struct daemon *d)
{
    struct watch *w = calloc(1, sizeof(*w));
    int r;

    if (!w)
        return -ENOMEM;
    d->watch = w;
    w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (w->fd < 0)
        return -errno;
    r = sd_event_add_io(d->event, &w->source, w->fd, EPOLLIN, on_event, d);
    if (r >= 0)
        r = sd_event_add_time(d->event, &d->settle, CLOCK_MONOTONIC, 0, 50 * USEC_PER_MSEC, on_settled, d);
    if (r >= 0)
        r = sd_event_source_set_enabled(d->settle, SD_EVENT_OFF);
    if (r >= 0)
        watch_renew(d);
    return r;
}

void watch_end(struct daemon *d)
{
    if (!d->watch)
        return;
    sd_event_source_unref(d->watch->source);
    watched_done(&d->watch->watched);
    closep(&d->watch->fd);
    free(d->watch);
    d->watch = NULL;
}
