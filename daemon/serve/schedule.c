/* SPDX-License-Identifier: Apache-2.0 */
/* When each target runs: at the start, every interval with a splay of its own, at once where something changed. */
#include <errno.h>
#include <string.h>

#include "base/time-util.h"
#include "reconcile/status.h"
#include "serve/log.h"
#include "serve/serve.h"

enum {
    LONGEST_PAUSE_SEC = 3600,
    START_AGAIN_SEC = 10,
};

/* FNV-1a: the same target gets the same place within the interval on every host and after every start. */
static uint64_t hash_name(const char *name)
{
    uint64_t h = 14695981039346656037u;

    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 1099511628211u;
    return h;
}

static uint64_t next_regular(const struct entry *e, uint64_t interval, uint64_t now)
{
    uint64_t offset = hash_name(e->name) % interval;

    return (now / interval + (now % interval >= offset)) * interval + offset;
}

/* Twice the pause with every failure, up to an hour, and a fifth of chance so that they do not come in step. */
static uint64_t next_after_failure(const struct entry *e, uint64_t interval, uint64_t now)
{
    uint64_t longest = MAX(interval, LONGEST_PAUSE_SEC * USEC_PER_SEC);
    uint64_t pause = interval;

    for (unsigned i = 1; i < e->failures && pause < longest; i++)
        pause = MIN(pause * 2, longest);
    return now + pause + (hash_name(e->name) ^ now * 2654435761u) % (pause / 5 + 1);
}

void entry_note_trouble(struct entry *e, const char *code, const char *sentence)
{
    free(e->trouble_code);
    free(e->trouble);
    e->trouble_code = code ? strdup(code) : NULL;
    e->trouble = sentence ? strdup(sentence) : NULL;
}

static void entry_free(struct entry *e)
{
    free(e->name);
    entry_note_trouble(e, NULL, NULL);
    told_done(&e->told);
    pulled_done(&e->pulled);
    figures_done(&e->figures);
    metrics_done(&e->metrics);
    free(e);
}

static void drop_gone(struct daemon *d)
{
    for (struct entry **p = &d->entries; *p;) {
        struct entry *e = *p;

        if (!e->gone || e->worker) {
            p = &e->next;
            continue;
        }
        *p = e->next;
        due_queue_forget(&d->queue, e);
        entry_free(e);
    }
}

/* A run that has not begun to write gives way to what it does not know yet. */
static void supersede(struct daemon *d, struct entry *e)
{
    if (!e->worker || !run_watch_take(&e->worker->watch, TURN_SUPERSEDED))
        return;
    atomic_store(&e->worker->cancelled, true);
    worker_wake_clients(d);
}

/* A target whose run is under way comes back into the queue when that ends. */
static void set_due(struct daemon *d, struct entry *e, uint64_t due, const char *reason)
{
    e->due_usec = due;
    e->reason = reason;
    if (!e->worker && !e->gone)
        due_queue_put(&d->queue, e);
}

/* What stood on record before this start; the first run renews it. What cannot be read is told by status. */
static void recall(const struct daemon *d, struct entry *e, const struct target *t)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct diag_list diags = {0};
    struct target_state s;

    if (target_state_load(d->state->settings->state_directory, t, &arena, &s, &diags) == 0 && s.known) {
        e->known = true;
        e->status = s.status;
        e->read = s.status != TARGET_FAILED || s.differences > 0;
        e->since_usec = s.since_usec;
        e->last_run_usec = s.last_run_usec;
        e->last_success_usec = s.last_success_usec;
        e->differences = s.differences;
        e->alarms = s.alarms;
        entry_note_trouble(e, s.error_code, s.error);
    }
    if (t->pull_interval_usec > 0 && pulled_load(d->state->settings->state_directory, t->name, &e->pulled, &diags) < 0)
        e->pulled = (struct pulled){0};
    report_diags(&diags);
}

static struct entry *entry_new(struct daemon *d, const struct target *t)
{
    struct entry *e = calloc(1, sizeof(*e));

    if (!e || !(e->name = strdup(t->name)) || due_queue_reserve(&d->queue) < 0) {
        free(e ? e->name : NULL);
        free(e);
        log_write(LOG_ERR, LOG_EVENT_NONE, NULL, "out of memory: target %s is not scheduled", t->name);
        return NULL;
    }
    e->http = hash_name(e->name) % HTTP_CLIENTS;
    recall(d, e, t);
    return e;
}

static void leave(struct daemon *d, struct entry *e)
{
    e->gone = true;
    due_queue_drop(&d->queue, e);
    supersede(d, e);
}

/* Both lists are in order of names: one walk gives every target its entry and marks those that are gone. */
static void merge_entries(struct daemon *d, const char *reason)
{
    const struct settings *s = d->state->settings;
    struct entry **p = &d->entries;

    for (size_t t = 0; t < s->n_targets; t++) {
        struct entry *e;

        while (*p && strcmp((*p)->name, s->targets[t].name) < 0) {
            leave(d, *p);
            p = &(*p)->next;
        }
        if (!*p || strcmp((*p)->name, s->targets[t].name) != 0) {
            e = entry_new(d, &s->targets[t]);
            if (!e)
                continue;
            e->next = *p;
            *p = e;
        }
        e = *p;
        e->gone = false;
        e->target = &s->targets[t];
        if (strcmp(e->digest, d->state->digests[t]) != 0) {
            memcpy(e->digest, d->state->digests[t], sizeof(e->digest));
            e->failures = 0;
            clusters_forget(&d->clusters, e->name);
            set_due(d, e, now_usec(), reason);
            supersede(d, e);
        }
        p = &e->next;
    }
    for (; *p; p = &(*p)->next)
        leave(d, *p);
}

/* What waits for its place in a longer interval gets one in the new; a pause after failures stays. */
static void adopt_interval(struct daemon *d, uint64_t before)
{
    uint64_t interval = d->state->settings->interval_usec, now = now_usec();

    for (struct entry *e = d->entries; interval < before && e; e = e->next)
        if (!e->gone && !e->worker && e->failures <= 1)
            set_due(d, e, MIN(e->due_usec, next_regular(e, interval, now)), e->reason);
}

void schedule_adopt(struct daemon *d, struct state *fresh, const char *reason)
{
    uint64_t before = d->state ? d->state->settings->interval_usec : 0;

    state_unref(d->state);
    d->state = fresh;
    merge_entries(d, reason);
    adopt_interval(d, before);
    drop_gone(d);
    schedule_arm(d);
}

void schedule_run(struct daemon *d, struct entry *e, const char *reason)
{
    set_due(d, e, now_usec(), reason);
}

void schedule_run_anew(struct daemon *d, struct entry *e, const char *reason)
{
    set_due(d, e, now_usec(), reason);
    supersede(d, e);
}

void schedule_run_all(struct daemon *d, const char *reason)
{
    for (struct entry *e = d->entries; e; e = e->next)
        set_due(d, e, now_usec(), reason);
    schedule_arm(d);
}

/* While all places are taken, the end of a run starts the next. */
void schedule_arm(struct daemon *d)
{
    const struct entry *first = due_queue_first(&d->queue);
    bool idle = !first || d->stopping || !d->state->desired || d->running >= d->state->settings->concurrency;

    sd_event_source_set_enabled(d->timer, idle ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
    if (!idle)
        sd_event_source_set_time(d->timer, first->due_usec);
}

/* What was removed counts against the limit over all targets for one interval. */
static void renew_budget(struct daemon *d, uint64_t now)
{
    if (now < d->budget_until_usec)
        return;
    guard_budget_renew(&d->budget);
    d->budget_until_usec = now + d->state->settings->interval_usec;
}

/* Where no thread is to be had, it is so for every target: told when it begins and when it is over. */
static void start_run(struct daemon *d, struct entry *e, uint64_t now)
{
    int r = worker_start(d, e);

    if (r < 0 && !d->short_of_threads)
        log_write(LOG_ERR, LOG_EVENT_NONE, NULL, "%s: a run cannot be started: %s; it is tried every %d seconds",
                  e->name, strerror(-r), START_AGAIN_SEC);
    if (r == 0 && d->short_of_threads)
        log_write(LOG_NOTICE, LOG_EVENT_NONE, NULL, "runs can be started again");
    d->short_of_threads = r < 0;
    if (r == 0)
        due_queue_drop(&d->queue, e);
    else
        set_due(d, e, now + START_AGAIN_SEC * USEC_PER_SEC, e->reason);
}

/* A commit may move without the documents. Where they change or are faulty, those in force are of the one before. */
static void look_at_commit(struct daemon *d)
{
    int settling = SD_EVENT_OFF;

    if (d->settle && sd_event_source_get_enabled(d->settle, &settling) >= 0 && settling == SD_EVENT_OFF && !d->faulty)
        revision_of(d->state->settings->desired, d->state->commit);
}

int schedule_on_timer(sd_event_source *s, uint64_t usec, void *data)
{
    struct daemon *d = data;
    uint64_t now = now_usec();
    struct entry *e;

    renew_budget(d, now);
    look_at_commit(d);
    while (!d->stopping && d->state->desired && d->running < d->state->settings->concurrency &&
           (e = due_queue_due(&d->queue, now)))
        start_run(d, e, now);
    schedule_arm(d);
    return 0;
}

/*
 * When a pull that is due more often than runs are wants another run. One that is overdue where this run did not try it
 * waits for the next; where the run took longer than the interval it is due at once.
 */
static uint64_t next_pull(const struct worker *w, uint64_t now)
{
    const struct entry *e = w->entry;
    uint64_t interval = w->run.target->pull_interval_usec, real = now_real_usec(), last = e->pulled.attempted_usec;

    if (interval == 0 || e->failures > 0 || last == 0)
        return USEC_INFINITY;
    /* After the clock was put back the last one lies ahead. */
    if (last <= real && real - last < interval)
        return now + interval - (real - last);
    return e->pulled.begun ? now : USEC_INFINITY;
}

/* A run that was superseded, or stopped before it wrote, says nothing about its target. */
void schedule_finished(struct daemon *d, struct worker *w)
{
    struct entry *e = w->entry;
    uint64_t interval = d->state->settings->interval_usec, now = now_usec(), due = e->due_usec, pull;
    const char *reason = e->reason;
    bool is_void = worker_is_void(w);

    e->worker = NULL;
    guard_budget_settle(&d->budget, &w->run);
    if (!is_void) {
        e->completed = w->number;
        metrics_note_run(d, e, w);
        report_run(e, w);
    } else {
        report_recovered(w);
    }
    e->failures = is_void ? e->failures : e->status == TARGET_FAILED ? e->failures + 1 : 0;
    /* Where it became due again while it ran, it stays due. */
    if (!is_void && due <= w->started_usec) {
        due = e->failures > 1 ? next_after_failure(e, interval, now) : next_regular(e, interval, now);
        pull = next_pull(w, now);
        reason = pull < due ? "pull" : "interval";
        due = MIN(due, pull);
    }
    set_due(d, e, due, reason);
    worker_free(w);
    if (e->gone)
        drop_gone(d);
}

void schedule_done(struct daemon *d)
{
    while (d->entries) {
        struct entry *e = d->entries;

        d->entries = e->next;
        entry_free(e);
    }
    free(d->queue.items);
}
