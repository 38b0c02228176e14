/* SPDX-License-Identifier: Apache-2.0 */
#include "base/signals.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

struct signals signals;

static struct {
    pthread_t thread;
    bool running;
    atomic_bool released;
    void (*wake)(void *user);
    void *user;
} watcher;

static void fill_set(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

static void *watch(void *data)
{
    sigset_t set;
    int number;

    fill_set(&set);
    while (sigwait(&set, &number) == 0 && !atomic_load(&watcher.released)) {
        atomic_store(number == SIGHUP ? &signals.reload : &signals.stop, true);
        watcher.wake(watcher.user);
    }
    return NULL;
}

int signals_catch(void (*wake)(void *user), void *user)
{
    sigset_t set;
    int r;

    fill_set(&set);
    watcher.wake = wake;
    watcher.user = user;
    atomic_store(&watcher.released, false);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    r = pthread_create(&watcher.thread, NULL, watch, NULL);
    watcher.running = r == 0;
    return -r;
}

void signals_release(void)
{
    if (!watcher.running)
        return;
    atomic_store(&watcher.released, true);
    pthread_kill(watcher.thread, SIGTERM);
    pthread_join(watcher.thread, NULL);
    watcher.running = false;
}
