/* SPDX-License-Identifier: Apache-2.0 */
/* One run in a thread of its own. */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/time-util.h"
#include "reconcile/record.h"
#include "serve/serve.h"
#include "state/permit.h"

enum {
    STACK_BYTES = 256 * 1024,
    HALVES = 4, /* planning, writing, and as much for a pull, which may have to log in */
    GIVE_BACK_SEC = 30,
    GRACE_SEC = 60, /* for taking back a transaction after the run's time */
};

struct worker *worker_free(struct worker *w)
{
    if (!w)
        return NULL;
    run_done(&w->run);
    diag_list_done(&w->record_diags);
    diag_list_done(&w->permit_diags);
    pulled_done(&w->pulled);
    figures_done(&w->figures);
    state_unref(w->state);
    free(w);
    return NULL;
}

void worker_wake_clients(struct daemon *d)
{
    for (size_t i = 0; i < HTTP_CLIENTS; i++)
        http_client_wake(d->http[i]);
}

static void finish(struct worker *w)
{
    struct daemon *d = w->daemon;
    uint64_t one = 1;

    pthread_mutex_lock(&d->lock);
    w->next_finished = d->finished;
    d->finished = w;
    pthread_mutex_unlock(&d->lock);
    /* A full counter means that the loop has yet to look. */
    (void)!write(d->finished_fd, &one, sizeof(one));
}

/* What ps -L and top -H show; longer names are cut. */
static void name_thread(const char *target)
{
    char name[16];

    snprintf(name, sizeof(name), "run %s", target);
    prctl(PR_SET_NAME, name);
}

/* Judges with what an operator lets through. Permits that cannot be read let nothing through. */
static int judge(struct worker *w)
{
    _cleanup_(permits_done) struct permits permits = {0};
    _cleanup_free_ struct allowance *allowances = NULL;
    size_t n = 0;

    if (permits_load(w->state->settings->state_directory, &permits, &w->permit_diags) == -ENOMEM)
        return -ENOMEM;
    allowances = calloc(permits.n + 1, sizeof(*allowances));
    if (!allowances)
        return -ENOMEM;
    for (size_t i = 0; i < permits.n; i++)
        n += !allowance_parse(permits.items[i].what, &allowances[n]);
    return guard_judge(w->state->settings, &w->run, 1, allowances, n, &w->daemon->budget);
}

bool worker_is_void(const struct worker *w)
{
    int turn = atomic_load(&w->watch.turn);

    return turn == TURN_SUPERSEDED || (turn == TURN_OPEN && atomic_load(&w->cancelled));
}

static void *work(void *data)
{
    struct worker *w = data;

    name_thread(w->run.target->name);
    run_plan(&w->run);
    if (judge(w) < 0)
        diag_oom(&w->run.plan->diags);
    else if (!atomic_load(&w->cancelled))
        run_apply(&w->run);
    if (!worker_is_void(w) && record_write(&w->run, w->commit, &w->record_diags) == -ENOMEM)
        diag_oom(&w->record_diags);
    clusters_written(&w->daemon->clusters, w->run.target->name);
    if (run_read_figures(&w->run, w->figures_wanted, &w->figures) < 0)
        diag_oom(&w->record_diags);
    w->pull = run_pull(&w->run, &w->pulled);
    finish(w);
    return NULL;
}

static int start_thread(struct worker *w)
{
    pthread_attr_t attr;
    int r;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, MAX((size_t)STACK_BYTES, (size_t)PTHREAD_STACK_MIN));
    r = pthread_create(&w->thread, &attr, work, w);
    pthread_attr_destroy(&attr);
    return -r;
}

int worker_start(struct daemon *d, struct entry *e)
{
    struct worker *w = calloc(1, sizeof(*w));
    int r;

    if (!w)
        return -ENOMEM;
    w->daemon = d;
    w->entry = e;
    w->state = state_ref(d->state);
    memcpy(w->commit, d->state->commit, sizeof(w->commit));
    w->context = (struct run_context){.settings = w->state->settings,
                                      .desired = w->state->desired,
                                      .http = d->http[e->http],
                                      .credentials = d->credentials,
                                      .cancelled = &w->cancelled,
                                      .lock_timeout_usec = 10 * USEC_PER_SEC,
                                      .may_write = true,
                                      .watch = &w->watch,
                                      .clusters = &d->clusters};
    w->started_usec = now_usec();
    w->figures_wanted = metrics_wanted_figures(w->state->settings, e, w->started_usec);
    w->give_up_usec = w->started_usec + HALVES * w->state->settings->run_timeout_usec + GRACE_SEC * USEC_PER_SEC;
    r = run_init(&w->run, &w->context, e->target);
    w->run.reason = e->reason;
    w->run.previous.known = e->known;
    w->run.previous.status = e->status;
    w->run.previous.since_usec = e->since_usec;
    w->run.previous.succeeded_usec = e->last_success_usec;
    w->number = e->started + 1;
    if (r == 0)
        r = start_thread(w);
    if (r < 0) {
        worker_free(w);
        return r;
    }
    e->started = w->number;
    e->worker = w;
    d->running++;
    return 0;
}

/* What a cycle needed is not kept until the next; after each of a few runs it would cost more than they do. */
static void give_back(struct daemon *d)
{
    uint64_t now = now_usec();

    if (d->running > 0 || now - d->given_back_usec < GIVE_BACK_SEC * USEC_PER_SEC)
        return;
    malloc_trim(0);
    d->given_back_usec = now;
}

int worker_on_finished(sd_event_source *s, int fd, uint32_t events, void *data)
{
    struct daemon *d = data;
    struct worker *list;
    uint64_t count;

    (void)!read(fd, &count, sizeof(count));
    pthread_mutex_lock(&d->lock);
    list = d->finished;
    d->finished = NULL;
    pthread_mutex_unlock(&d->lock);
    while (list) {
        struct worker *w = list;

        list = w->next_finished;
        pthread_join(w->thread, NULL);
        d->running--;
        schedule_finished(d, w);
    }
    give_back(d);
    schedule_arm(d);
    notify_status(d);
    return 0;
}
