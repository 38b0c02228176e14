/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <syslog.h>
#include <unistd.h>

#include "base/file.h"
#include "base/signals.h"
#include "http/http.h"
#include "serve/serve.h"
#include "value/json.h"

enum { USAGE = 64 };

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"credentials", required_argument, NULL, 'C'},
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
        case 'h':
            printf("convergated [-c FILE] [--credentials DIR]\n\n"
                   "Reconciles all targets of the settings every interval, and at once on SIGHUP.\n");
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

static void wake(void *user)
{
    struct daemon *d = user;
    uint64_t one = 1;

    http_client_wake(d->http);
    /* A full counter means that the loop is awake already. */
    if (write(d->wake_fd, &one, sizeof(one)) < 0)
        return;
}

static void wait_for_next(struct daemon *d)
{
    struct pollfd p = {.fd = d->wake_fd, .events = POLLIN};
    uint64_t count;

    if (poll(&p, 1, (int)MIN(d->state.settings->interval_usec / 1000, (uint64_t)INT_MAX)) > 0 &&
        read(d->wake_fd, &count, sizeof(count)) < 0)
        return;
}

static int run(struct daemon *d)
{
    int status = daemon_load(d);

    while (status == 0 && !atomic_load(&signals.stop)) {
        daemon_cycle(d);
        if (!atomic_load(&signals.stop))
            wait_for_next(d);
        if (atomic_load(&signals.stop))
            break;
        atomic_store(&signals.reload, false);
        status = daemon_load(d);
    }
    return status;
}

static int start(struct daemon *d)
{
    int status = 1;

    d->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (d->wake_fd < 0 || http_init() < 0 || http_client_new(&d->http) < 0) {
        say(LOG_ERR, "the network thread cannot be started");
    } else if (signals_catch(wake, d) < 0) {
        say(LOG_ERR, "signals cannot be caught");
    } else {
        status = run(d);
        signals_release();
    }
    state_done(&d->state);
    http_client_free(d->http);
    closep(&d->wake_fd);
    return status;
}

int main(int argc, char **argv)
{
    struct daemon d = {.wake_fd = -1};
    struct rlimit limit;
    int status = parse_options(argc, argv, &d);

    if (status >= 0)
        return status;
    /* No core and no ptrace of a process that holds administrators' passwords. */
    prctl(PR_SET_DUMPABLE, 0);
    signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
            say(LOG_WARNING, "the limit of open files cannot be raised");
    }
    json_init();
    return start(&d);
}
