/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watches every folder of the desired documents, and each folder on the way to them, to the settings file and to what
 * symbolic links among the documents lead to, so that a folder replaced by rename or a link that is switched is seen
 * too. What changes within a second of another change is one change, but nothing waits for more than five. While
 * something cannot be watched, all is read again at intervals.
 */
#include <stdalign.h>
#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time-util.h"
#include "serve/log.h"
#include "serve/serve.h"
#include "serve/watch-walk.h"

#define SETTLED_USEC USEC_PER_SEC
#define SETTLED_AT_MOST_USEC (5 * USEC_PER_SEC)
#define LOOK_USEC (60 * USEC_PER_SEC) /* or as often as targets run, where that is more often */

struct watch {
    struct walk walk;
    sd_event_source *source, *look;
    uint64_t changed_usec; /* monotonic; the first change that was not yet loaded, 0 for none */
    int told;              /* why something is not watched, as it was told last; 0 for nothing */
};

static int on_settled(sd_event_source *s, uint64_t usec, void *data)
{
    struct daemon *d = data;

    d->watch->changed_usec = 0;
    if (d->stopping)
        return 0;
    reload(d, "change");
    return 0;
}

/* While something is not watched. */
static int look_again(struct watch *w, uint64_t usec)
{
    if (w->walk.error == 0)
        return sd_event_source_set_enabled(w->look, SD_EVENT_OFF);
    sd_event_source_set_time(w->look, now_usec() + usec);
    return sd_event_source_set_enabled(w->look, SD_EVENT_ONESHOT);
}

static int on_look(sd_event_source *s, uint64_t usec, void *data)
{
    const struct daemon *d = data;

    if (!d->stopping)
        reload_changed(data);
    return 0;
}

static bool concerns(const struct watched *w, const struct inotify_event *e)
{
    const char *name = e->len > 0 ? e->name : WATCHED_SELF;

    if (e->mask & IN_Q_OVERFLOW)
        return true;
    if (e->mask & IN_IGNORED)
        return false;
    return watched_has(w, e->wd, name) || (name[0] != '.' && watched_has(w, e->wd, WATCHED_ALL));
}

static int on_event(sd_event_source *s, int fd, uint32_t events, void *data)
{
    alignas(struct inotify_event) char buffer[16 * 1024];
    struct daemon *d = data;
    struct watch *w = d->watch;
    uint64_t now = now_usec();
    bool any = false;
    ssize_t n = read(fd, buffer, sizeof(buffer));

    for (char *p = buffer; p < buffer + n; p += sizeof(struct inotify_event) + ((struct inotify_event *)p)->len)
        any = any || concerns(&w->walk.watched, (const struct inotify_event *)p);
    if (!any)
        return 0;
    if (w->changed_usec == 0)
        w->changed_usec = now;
    sd_event_source_set_time(d->settle, MIN(now + SETTLED_USEC, w->changed_usec + SETTLED_AT_MOST_USEC));
    return sd_event_source_set_enabled(d->settle, SD_EVENT_ONESHOT);
}

static const char *what_to_do(const struct walk *w)
{
    if (w->fd < 0 && w->error == EMFILE)
        return "; raise fs.inotify.max_user_instances, see sysctl(8)";
    if (w->error == ENOSPC)
        return "; raise fs.inotify.max_user_watches, see sysctl(8)";
    return w->error == EACCES ? "; let the daemon read this folder" : "";
}

static void tell(struct watch *w)
{
    int error = w->walk.error;

    if (error != 0 && w->told != error)
        log_write(LOG_WARNING, LOG_EVENT_NONE, NULL,
                  "%s cannot be watched for changes: %s%s; until it can, all is read again at least every minute",
                  w->walk.failed ? w->walk.failed : "a folder", strerror(error), what_to_do(&w->walk));
    if (error == 0 && w->told != 0)
        log_write(LOG_INFO, LOG_EVENT_NONE, NULL, "settings and documents are all watched for changes again");
    w->told = error;
}

static void drop(int wd, void *data)
{
    const struct walk *w = data;

    (void)inotify_rm_watch(w->fd, wd);
}

/* Where there is no inotify yet: it may be that others held all that the system gives. */
static int open_inotify(struct daemon *d)
{
    struct watch *w = d->watch;

    if (w->walk.fd < 0)
        w->walk.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (w->walk.fd < 0)
        return -errno;
    return w->source ? 0 : sd_event_add_io(d->event, &w->source, w->walk.fd, EPOLLIN, on_event, d);
}

void watch_settings(struct daemon *d)
{
    struct watch *w = d->watch;

    if (!w)
        return;
    if (open_inotify(d) >= 0)
        walk_way(&w->walk, d->config);
    look_again(w, LOOK_USEC);
}

void watch_all(struct daemon *d, const struct settings *s)
{
    struct watch *w = d->watch;
    struct walk before;
    int r;

    if (!w)
        return;
    r = open_inotify(d);
    before = w->walk;
    w->walk = (struct walk){.fd = before.fd};
    if (r < 0) {
        walk_fail(&w->walk, d->config, -r);
    } else {
        walk_way(&w->walk, d->config);
        walk_way(&w->walk, s->desired);
        walk_tree(&w->walk, s->desired);
        watched_compare(&before.watched, &w->walk.watched, drop, &w->walk);
    }
    walk_done(&before);
    tell(w);
    look_again(w, MIN(LOOK_USEC, s->interval_usec));
}

static int add_timer(struct daemon *d, sd_event_time_handler_t handler, sd_event_source **ret)
{
    int r = sd_event_add_time(d->event, ret, CLOCK_MONOTONIC, 0, 50 * USEC_PER_MSEC, handler, d);

    return r < 0 ? r : sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

int watch_begin(struct daemon *d)
{
    struct watch *w = calloc(1, sizeof(*w));
    int r;

    if (!w)
        return -ENOMEM;
    w->walk.fd = -1;
    d->watch = w;
    r = add_timer(d, on_settled, &d->settle);
    if (r >= 0)
        r = add_timer(d, on_look, &w->look);
    if (r < 0)
        watch_end(d);
    return r;
}

void watch_end(struct daemon *d)
{
    struct watch *w = d->watch;

    if (!w)
        return;
    sd_event_source_unref(w->source);
    sd_event_source_unref(w->look);
    closep(&w->walk.fd);
    walk_done(&w->walk);
    free(w);
    d->watch = NULL;
}
