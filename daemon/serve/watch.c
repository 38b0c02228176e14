/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watches the settings file's folder, every folder of the desired documents, and the folders that lead to them, so
 * that a folder replaced by rename or a link that is switched is seen too. What changes within a second of another
 * change is one change.
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
#include "serve/log.h"
#include "serve/serve.h"
#include "serve/watched.h"

struct watch {
    int fd;
    sd_event_source *source;
    struct watched watched;
    size_t n_folders; /* that the walk has come to */
};

static const uint32_t mask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB |
                             IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

static void closedirp(DIR **d)
{
    if (*d)
        closedir(*d);
}

/* What cannot be watched is seen at the next interval all the same. */
static int add(struct watch *w, const char *folder)
{
    return inotify_add_watch(w->fd, folder, mask);
}

/*
 * A folder has one watch, however many ways lead to it: where it was met before, and where there is none, the walk
 * ends. More than the ceilings allow is not loaded, either.
 */
static void add_tree(struct watch *w, const char *folder, unsigned depth)
{
    _cleanup_(closedirp) DIR *d = NULL;
    const struct dirent *entry;
    int wd;

    if (depth > LIMIT_PATH_DEPTH || ++w->n_folders > LIMIT_FOLDERS)
        return;
    wd = add(w, folder);
    if (wd < 0 || watched_add(&w->watched, wd, WATCHED_ALL) <= 0)
        return;
    d = opendir(folder);
    if (!d)
        return;
    while ((entry = readdir(d))) {
        _cleanup_free_ char *path = entry->d_name[0] == '.' ? NULL : path_join(folder, entry->d_name);
        struct stat st;

        if (path && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
            add_tree(w, path, depth + 1);
    }
}

/* A symbolic link on the way is switched in the folder that holds it, so each is followed by hand. */
static void add_way(struct watch *w, const char *path, unsigned depth)
{
    _cleanup_free_ char *folder = path_folder(path);
    char target[PATH_MAX];
    ssize_t n;

    if (!folder || depth > LIMIT_PATH_DEPTH)
        return;
    (void)add(w, folder);
    n = readlink(path, target, sizeof(target) - 1);
    if (n > 0) {
        _cleanup_free_ char *next = NULL;

        target[n] = '\0';
        next = path_join(folder, target);
        if (next)
            add_way(w, next, depth + 1);
    }
    if (strcmp(folder, "/") != 0 && strcmp(folder, ".") != 0)
        add_way(w, folder, depth + 1);
}

void watch_renew(struct daemon *d)
{
    struct watch *w = d->watch;
    const char *desired = d->state->settings->desired;

    if (!w)
        return;
    watched_done(&w->watched);
    add_way(w, d->config, 0);
    add_way(w, desired, 0);
    w->n_folders = 0;
    add_tree(w, desired, 0);
}

static int on_settled(sd_event_source *s, uint64_t usec, void *data)
{
    reload(data, "change");
    return 0;
}

/* True where the event can concern us: our own state directory changes with every run. */
static bool concerns(const struct inotify_event *e)
{
    size_t n = e->len ? strlen(e->name) : 0;

    return !(e->mask & IN_IGNORED) && (n == 0 || e->name[0] != '.');
}

static int on_event(sd_event_source *s, int fd, uint32_t events, void *data)
{
    alignas(struct inotify_event) char buffer[16 * 1024];
    struct daemon *d = data;
    bool any = false;
    ssize_t n;

    while ((n = read(fd, buffer, sizeof(buffer))) > 0)
        for (char *p = buffer; p < buffer + n; p += sizeof(struct inotify_event) + ((struct inotify_event *)p)->len)
            any = any || concerns((const struct inotify_event *)p);
    if (!any)
        return 0;
    sd_event_source_set_time(d->settle, now_usec() + USEC_PER_SEC);
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
