/* SPDX-License-Identifier: Apache-2.0 */
/* SIGINT and SIGTERM, taken by a thread of their own, so that nothing is done in a handler. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "cli/cli.h"
#include "http/http.h"

atomic_bool cli_cancelled;

static pthread_t watcher;
static bool watching;
static atomic_bool released;

static void *watch(void *data)
{
    struct http_client *http = data;
    sigset_t set;
    int signal_number;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    while (sigwait(&set, &signal_number) == 0 && !atomic_load(&released)) {
        atomic_store(&cli_cancelled, true);
        http_client_wake(http);
    }
    return NULL;
}

int cli_catch_signals(struct http_client *http)
{
    sigset_t set;
    int r;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    /* Every thread inherits the mask; workers start later. */
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    r = pthread_create(&watcher, NULL, watch, http);
    watching = r == 0;
    return -r;
}

void cli_release_signals(void)
{
    if (!watching)
        return;
    atomic_store(&released, true);
    pthread_kill(watcher, SIGTERM);
    pthread_join(watcher, NULL);
    watching = false;
}
