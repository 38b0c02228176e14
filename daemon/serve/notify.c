/* SPDX-License-Identifier: Apache-2.0 */
/* What systemd hears: readiness, one human line, and a watchdog that is fed only while everything makes progress. */
#include <inttypes.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "base/time-util.h"
#include "serve/log.h"
#include "serve/serve.h"

static void count(const struct daemon *d, size_t ret[static TARGET_STATUS_MAX], size_t *ret_unknown)
{
    *ret_unknown = 0;
    for (const struct entry *e = d->entries; e; e = e->next) {
        if (e->known)
            ret[e->status]++;
        else
            (*ret_unknown)++;
    }
}

void notify_status(struct daemon *d)
{
    size_t by_status[TARGET_STATUS_MAX] = {0}, unknown;

    count(d, by_status, &unknown);
    if (d->status_told && unknown == d->told_unknown && d->faulty == d->told_faulty &&
        memcmp(by_status, d->told_by_status, sizeof(by_status)) == 0)
        return;
    d->status_told = true;
    d->told_unknown = unknown;
    d->told_faulty = d->faulty;
    memcpy(d->told_by_status, by_status, sizeof(by_status));
    sd_notifyf(0, "STATUS=%zu in sync, %zu differ, %zu failed, %zu held, %zu not yet known%s",
               by_status[TARGET_IN_SYNC], by_status[TARGET_DIFFERS], by_status[TARGET_FAILED], by_status[TARGET_HELD],
               unknown, d->faulty ? "; the new configuration is faulty" : "");
}

void notify_ready(struct daemon *d)
{
    sd_notify(0, "READY=1");
    notify_status(d);
}

void notify_reloading(void)
{
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, now_usec());
}

void notify_stopping(void)
{
    sd_notify(0, "STOPPING=1\nSTATUS=stopping: open transactions are taken back");
}

/* The loop being here proves only itself: each I/O thread must have turned since it was last woken, and no run may be
   past all of its time. */
static bool all_progress(struct daemon *d, uint64_t now)
{
    bool progress = true;

    for (size_t i = 0; i < HTTP_CLIENTS; i++) {
        uint64_t turns = http_client_turns(d->http[i]);

        progress = progress && turns != d->turns_seen[i];
        d->turns_seen[i] = turns;
    }
    worker_wake_clients(d);
    for (const struct entry *e = d->entries; e; e = e->next)
        progress = progress && (!e->worker || now < e->worker->give_up_usec);
    return progress;
}

static int on_watchdog(sd_event_source *s, uint64_t usec, void *data)
{
    struct daemon *d = data;
    uint64_t now = now_usec();

    if (all_progress(d, now))
        sd_notify(0, "WATCHDOG=1");
    else
        log_write(LOG_CRIT, LOG_EVENT_NONE, NULL, "a thread makes no progress; the watchdog is not fed");
    sd_event_source_set_time(s, now + d->watchdog_usec / 3);
    return sd_event_source_set_enabled(s, SD_EVENT_ONESHOT);
}

int notify_begin_watchdog(struct daemon *d)
{
    int r = sd_watchdog_enabled(0, &d->watchdog_usec);

    if (r <= 0)
        return r;
    worker_wake_clients(d);
    for (size_t i = 0; i < HTTP_CLIENTS; i++)
        d->turns_seen[i] = UINT64_MAX;
    return sd_event_add_time(d->event, NULL, CLOCK_MONOTONIC, now_usec(), 100 * USEC_PER_MSEC, on_watchdog, d);
}
