/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/time-util.h"
#include "http/http.h"
#include "reconcile/records.h"
#include "serve/log.h"
#include "serve/serve.h"
#include "value/json.h"

enum { USAGE = 64, DAY_SEC = 24 * 3600 };

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"credentials", required_argument, NULL, 'C'},
    {"metrics-file", required_argument, NULL, 'M'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {0},
};

/* -1 to go on, else the status to end with. */
static int parse_options(int argc, char **argv, struct daemon *d)
{
    const char *config = getenv("CONVERGATE_CONFIG");
    int option;

    d->config = config && config[0] ? config : "/etc/convergate/convergate.yaml";
    while ((option = getopt_long(argc, argv, "c:h", long_options, NULL)) >= 0) {
        switch (option) {
        case 'c':
            d->config = optarg;
            break;
        case 'C':
            d->credentials = optarg;
            break;
        case 'M':
            d->metrics_file = optarg;
            break;
        case 'h':
            printf("convergated [-c FILE] [--credentials DIR] [--metrics-file FILE]\n\n"
                   "Reconciles all targets of the settings every interval, and at once when settings or documents\n"
                   "change or on SIGHUP. See convergated(8).\n");
            return 0;
        case 'V':
            printf("convergated %s\n", CONVERGATE_VERSION);
            return 0;
        default:
            return USAGE;
        }
    }
    if (optind == argc)
        return -1;
    fprintf(stderr, "convergated: error: it takes no arguments, but was given '%s'\n", argv[optind]);
    return USAGE;
}

static void maybe_end(struct daemon *d)
{
    if (d->stopping && d->running == 0)
        sd_event_exit(d->event, 0);
}

/* Every run is cancelled; each takes back what it has open, and the last one ends the loop. */
static int on_stop(sd_event_source *s, const struct signalfd_siginfo *si, void *data)
{
    struct daemon *d = data;

    if (!d->stopping)
        log_write(LOG_INFO, LOG_EVENT_STOPPING, NULL, "stopping: %zu runs are under way", d->running);
    d->stopping = true;
    notify_stopping();
    for (struct entry *e = d->entries; e; e = e->next)
        if (e->worker)
            atomic_store(&e->worker->cancelled, true);
    worker_wake_clients(d);
    maybe_end(d);
    return 0;
}

static int on_reload(sd_event_source *s, const struct signalfd_siginfo *si, void *data)
{
    struct daemon *d = data;

    if (d->stopping)
        return 0;
    reload(d, "signal");
    schedule_run_all(d, "signal");
    return 0;
}

static int on_finished(sd_event_source *s, int fd, uint32_t events, void *data)
{
    worker_on_finished(s, fd, events, data);
    maybe_end(data);
    return 0;
}

/* At the start and once a day, whatever runs leave. */
static int on_day(sd_event_source *s, uint64_t usec, void *data)
{
    struct daemon *d = data;

    records_prune_all(d->state->settings->state_directory);
    sd_event_source_set_time(s, now_usec() + DAY_SEC * USEC_PER_SEC);
    sd_event_source_set_enabled(s, SD_EVENT_ONESHOT);
    return 0;
}

static int add_sources(struct daemon *d)
{
    int r = sd_event_add_signal(d->event, NULL, SIGTERM, on_stop, d);

    if (r >= 0)
        r = sd_event_add_signal(d->event, NULL, SIGINT, on_stop, d);
    if (r >= 0)
        r = sd_event_add_signal(d->event, NULL, SIGHUP, on_reload, d);
    if (r >= 0)
        r = sd_event_add_io(d->event, NULL, d->finished_fd, EPOLLIN, on_finished, d);
    /* An accuracy of 0 means a quarter of a second. */
    if (r >= 0)
        r = sd_event_add_time(d->event, &d->timer, CLOCK_MONOTONIC, 0, 10 * USEC_PER_MSEC, schedule_on_timer, d);
    if (r >= 0)
        r = sd_event_source_set_enabled(d->timer, SD_EVENT_OFF);
    if (r >= 0)
        r = sd_event_add_time(d->event, NULL, CLOCK_MONOTONIC, 0, USEC_PER_SEC, on_day, d);
    return r;
}

static int open_loop(struct daemon *d)
{
    sigset_t set;
    int r;

    /* Every thread inherits the mask. */
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    d->finished_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (d->finished_fd < 0)
        return -errno;
    r = http_init();
    for (size_t i = 0; i < HTTP_CLIENTS && r == 0; i++)
        r = http_client_new(&d->http[i]);
    if (r == 0)
        r = sd_event_new(&d->event);
    if (r >= 0)
        r = metrics_begin(d);
    return r < 0 ? r : add_sources(d);
}

static int run(struct daemon *d)
{
    int status, r = watch_begin(d);

    if (r < 0)
        log_write(LOG_WARNING, LOG_EVENT_NONE, NULL, "changes of files are not watched: %s", strerror(-r));
    status = reload_first(d);
    if (status != 0)
        return status;
    if (sockets_begin(d) < 0)
        return 1;
    r = notify_begin_watchdog(d);
    if (r < 0)
        log_write(LOG_WARNING, LOG_EVENT_NONE, NULL, "the watchdog is not fed: %s", strerror(-r));
    log_write(LOG_INFO, LOG_EVENT_STARTED, NULL, "convergated %s is at work", CONVERGATE_VERSION);
    notify_ready(d);
    r = sd_event_loop(d->event);
    return r < 0 ? 1 : 0;
}

static void close_all(struct daemon *d)
{
    sockets_end(d);
    watch_end(d);
    schedule_done(d);
    metrics_end(d);
    state_unref(d->state);
    sd_event_source_unref(d->timer);
    sd_event_source_unref(d->settle);
    sd_event_unref(d->event);
    for (size_t i = 0; i < HTTP_CLIENTS; i++)
        http_client_free(d->http[i]);
    closep(&d->finished_fd);
    clusters_done(&d->clusters);
    diag_list_done(&d->faults);
    pthread_mutex_destroy(&d->lock);
}

int main(int argc, char **argv)
{
    struct daemon d = {.finished_fd = -1, .budget = GUARD_BUDGET_INIT, .started_usec = now_real_usec()};
    struct rlimit limit;
    int status = parse_options(argc, argv, &d), r;

    if (status >= 0)
        return status;
    /* No core and no ptrace of a process that holds administrators' passwords. */
    prctl(PR_SET_DUMPABLE, 0);
    signal(SIGPIPE, SIG_IGN);
    /* Else glibc moves this limit, and what was a large block once stays with the process. */
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    /* Else hundreds of workers leave what they freed in sixteen places. */
    mallopt(M_ARENA_MAX, 2);
    log_begin();
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
            log_write(LOG_WARNING, LOG_EVENT_NONE, NULL, "the limit of open files cannot be raised");
    }
    json_init();
    pthread_mutex_init(&d.lock, NULL);
    clusters_init(&d.clusters, true);
    r = open_loop(&d);
    if (r < 0)
        log_write(LOG_ERR, LOG_EVENT_NONE, NULL, "the event loop cannot be started: %s", strerror(-r));
    status = r < 0 ? 1 : run(&d);
    close_all(&d);
    return status;
}
