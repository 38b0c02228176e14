/* SPDX-License-Identifier: Apache-2.0 */

#include "timer.h"

#include "util.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct sleeper {
    struct MHD_Connection *connection;
    uint64_t due_msec;
};

struct hanger {
    struct MHD_Connection *connection;
    struct hanger *previous, *next;
    int fd;
};

static struct {
    pthread_mutex_t lock;
    pthread_t thread;
    int epoll, event;
    bool stopping;
    struct sleeper *heap; /* the earliest first */
    size_t n, allocated;
    struct hanger *hangers;
} timer = {.lock = PTHREAD_MUTEX_INITIALIZER, .epoll = -1, .event = -1};

static void swap_sleepers(size_t i, size_t j) {
    struct sleeper sleeper = timer.heap[i];
    timer.heap[i] = timer.heap[j];
    timer.heap[j] = sleeper;
}

static void heap_push(struct sleeper sleeper) {
    size_t i = timer.n++;

    if (timer.n > timer.allocated) {
        timer.allocated = 2 * timer.n + 16;
        timer.heap = util_resize(timer.heap, timer.allocated * sizeof(struct sleeper));
    }
    timer.heap[i] = sleeper;
    for (; i > 0 && timer.heap[i].due_msec < timer.heap[(i - 1) / 2].due_msec; i = (i - 1) / 2)
        swap_sleepers(i, (i - 1) / 2);
}

static struct sleeper heap_pop(void) {
    struct sleeper first = timer.heap[0];
    size_t i = 0;

    timer.heap[0] = timer.heap[--timer.n];
    for (;;) {
        size_t least = i;

        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < timer.n; child++)
            if (timer.heap[child].due_msec < timer.heap[least].due_msec)
                least = child;
        if (least == i)
            return first;
        swap_sleepers(i, least);
        i = least;
    }
}

static void hanger_free(struct hanger *hanger) {
    if (hanger->previous)
        hanger->previous->next = hanger->next;
    else
        timer.hangers = hanger->next;
    if (hanger->next)
        hanger->next->previous = hanger->previous;
    epoll_ctl(timer.epoll, EPOLL_CTL_DEL, hanger->fd, NULL);
    free(hanger);
}

static void wake_hanger(struct hanger *hanger) {
    struct MHD_Connection *connection = hanger->connection;

    hanger_free(hanger);
    MHD_resume_connection(connection);
}

/* How long the thread may wait, in milliseconds; -1 for ever. */
static int wake_sleepers(void) {
    uint64_t now = util_now_msec();

    while (timer.n > 0 && (timer.stopping || timer.heap[0].due_msec <= now))
        MHD_resume_connection(heap_pop().connection);
    return timer.n > 0 ? (int) (timer.heap[0].due_msec - now) : -1;
}

static void *timer_run(void *unused) {
    bool stopping = false;
    int wait_msec = -1;

    (void) unused;
    while (!stopping) {
        struct epoll_event events[64];
        int n = epoll_wait(timer.epoll, events, ELEMENTSOF(events), wait_msec);
        uint64_t ignored;

        pthread_mutex_lock(&timer.lock);
        for (int i = 0; i < n; i++)
            if (events[i].data.ptr)
                wake_hanger(events[i].data.ptr);
            else if (read(timer.event, &ignored, sizeof(ignored)) < 0 && errno != EAGAIN)
                util_die("eventfd: %s", strerror(errno));
        wait_msec = wake_sleepers();
        while (timer.stopping && timer.hangers)
            wake_hanger(timer.hangers);
        stopping = timer.stopping;
        pthread_mutex_unlock(&timer.lock);
    }
    return NULL;
}

static void poke(void) {
    uint64_t one = 1;

    if (write(timer.event, &one, sizeof(one)) < 0 && errno != EAGAIN)
        util_die("eventfd: %s", strerror(errno));
}

void timer_start(void) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};

    timer.epoll = epoll_create1(EPOLL_CLOEXEC);
    timer.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (timer.epoll < 0 || timer.event < 0 ||
        epoll_ctl(timer.epoll, EPOLL_CTL_ADD, timer.event, &event) < 0 ||
        pthread_create(&timer.thread, NULL, timer_run, NULL) != 0)
        util_die("cannot start the timer");
}

void timer_stop(void) {
    pthread_mutex_lock(&timer.lock);
    timer.stopping = true;
    pthread_mutex_unlock(&timer.lock);
    poke();
    pthread_join(timer.thread, NULL);
    close(timer.event);
    close(timer.epoll);
    free(timer.heap);
}

bool timer_suspend_for(struct MHD_Connection *connection, uint64_t msec) {
    struct sleeper sleeper = {.connection = connection, .due_msec = util_now_msec() + msec};
    bool stopping;

    pthread_mutex_lock(&timer.lock);
    stopping = timer.stopping;
    if (!stopping) {
        MHD_suspend_connection(connection);
        heap_push(sleeper);
        if (timer.heap[0].connection == connection)
            poke();
    }
    pthread_mutex_unlock(&timer.lock);
    return !stopping;
}

bool timer_suspend_until_hangup(struct MHD_Connection *connection, int fd) {
    struct hanger *hanger = util_allocate(sizeof(struct hanger));
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data.ptr = hanger};
    bool stopping;

    *hanger = (struct hanger){.connection = connection, .fd = fd};
    pthread_mutex_lock(&timer.lock);
    stopping = timer.stopping;
    if (!stopping) {
        MHD_suspend_connection(connection);
        hanger->next = timer.hangers;
        if (hanger->next)
            hanger->next->previous = hanger;
        timer.hangers = hanger;
        epoll_ctl(timer.epoll, EPOLL_CTL_ADD, fd, &event);
    } else
        free(hanger);
    pthread_mutex_unlock(&timer.lock);
    return !stopping;
}
