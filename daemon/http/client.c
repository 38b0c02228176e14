/* SPDX-License-Identifier: Apache-2.0 */
/* The I/O thread: the calls that are handed to it, from their start to their end. */
#include "http/client.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time-util.h"
#include "http/multi.h"

/*
 * How many connections are begun before those under way are looked at again. Handshakes cost more than all else; a
 * thousand begun at once would all be slow, and the last would pass their time limit.
 */
enum {
    CONNECTS_AT_ONCE = 8,
    PATIENCE_USEC = 5 * 1000 * 1000,
    WAKE_ATTEMPTS = 3,
};

/* First in, first out. */
struct queue {
    struct call *first, *last;
};

struct http_client {
    pthread_t thread;
    bool started;
    struct multi multi;
    int epoll_fd;
    int wake_fd;
    uint64_t patience_usec; /* when the first cancelled call that is still waited for has been waited for enough */
    pthread_mutex_t lock;
    atomic_bool look_around; /* a cancellation flag may have been set */
    struct queue submitted;  /* under the lock */
    bool stopping;           /* under the lock */
    struct queue waiting;    /* to connect; the I/O thread's own */
    struct call *active;     /* the I/O thread's own */
    atomic_uint_fast64_t turns;
};

int http_init(void)
{
    /* Before any thread and before any appliance is open: OpenSSL's start-up does not survive a lack of memory. */
    return curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK ? 0 : -ENOMEM;
}

static void queue_add(struct queue *q, struct call *call)
{
    call->next = NULL;
    *(q->first ? &q->last->next : &q->first) = call;
    q->last = call;
}

static struct call *queue_take(struct queue *q)
{
    struct call *call = q->first;

    if (call)
        q->first = call->next;
    return call;
}

static void complete(struct call *call, CURLcode result)
{
    call->result = result;
    sem_post(&call->finished);
}

static void finish(struct http_client *c, struct call *call, CURLcode result)
{
    multi_remove(&c->multi, call->easy);
    if (call->previous)
        call->previous->next = call->next;
    else
        c->active = call->next;
    if (call->next)
        call->next->previous = call->previous;
    complete(call, result);
}

/* Notes it in the call when it is. */
static bool is_cancelled(struct call *call)
{
    call->was_cancelled = call->cancelled && atomic_load(call->cancelled);
    return call->was_cancelled;
}

static void start(struct http_client *c, struct call *call)
{
    if (is_cancelled(call)) {
        complete(call, CURLE_ABORTED_BY_CALLBACK);
        return;
    }
    call->started = true;
    call->previous = NULL;
    call->next = c->active;
    if (c->active)
        c->active->previous = call;
    c->active = call;
    curl_easy_setopt(call->easy, CURLOPT_PRIVATE, call);
    if (multi_add(&c->multi, call->easy) < 0)
        finish(c, call, CURLE_OUT_OF_MEMORY);
}

/* A write that is under way may still be carried out after it was dropped, and after what takes it back. */
static bool is_waited_for(struct http_client *c, struct call *call)
{
    uint64_t now = now_usec();

    if (!call->graceful)
        return false;
    if (call->patience_until_usec == 0)
        call->patience_until_usec = now + PATIENCE_USEC;
    if (now >= call->patience_until_usec)
        return false;
    /* Looked at again in the turn after that. */
    c->patience_usec = MIN(c->patience_usec, call->patience_until_usec);
    return true;
}

/* Only after a wake-up for it: with a thousand calls under way, looking at each in every turn is felt. */
static void drop_cancelled(struct http_client *c)
{
    struct queue waiting = c->waiting;
    struct call *call, *next;

    if (!atomic_exchange(&c->look_around, false) && now_usec() < c->patience_usec)
        return;
    c->patience_usec = USEC_INFINITY;
    for (call = c->active; call; call = next) {
        next = call->next;
        if (is_cancelled(call) && !is_waited_for(c, call))
            finish(c, call, CURLE_ABORTED_BY_CALLBACK);
    }
    c->waiting = (struct queue){0};
    while ((call = queue_take(&waiting))) {
        if (is_cancelled(call))
            complete(call, CURLE_ABORTED_BY_CALLBACK);
        else
            queue_add(&c->waiting, call);
    }
}

/* Starts what was submitted; what has to connect waits for its turn. False when the thread is to end. */
static bool take_submitted(struct http_client *c)
{
    struct queue submitted;
    struct call *call;
    bool stopping;

    pthread_mutex_lock(&c->lock);
    submitted = c->submitted;
    c->submitted = (struct queue){0};
    stopping = c->stopping;
    pthread_mutex_unlock(&c->lock);
    while ((call = queue_take(&submitted))) {
        if (call->connects)
            queue_add(&c->waiting, call);
        else
            start(c, call);
    }
    for (int i = 0; i < CONNECTS_AT_ONCE && (call = queue_take(&c->waiting)); i++)
        start(c, call);
    drop_cancelled(c);
    return !stopping;
}

static void finish_done(struct http_client *c)
{
    CURLMsg *msg;
    int left;

    while ((msg = curl_multi_info_read(c->multi.handle, &left))) {
        struct call *call = NULL;

        if (msg->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        call->was_cancelled = false;
        finish(c, call, msg->data.result);
    }
}

static int wait_msec(const struct http_client *c)
{
    uint64_t now = now_usec(), next = MIN(c->multi.timer_usec, c->patience_usec);

    if (c->waiting.first)
        return 0;
    if (next == USEC_INFINITY)
        return -1;
    if (next <= now)
        return 0;
    return (int)MIN((next - now + 999) / 1000, (uint64_t)60000);
}

/* A multi handle that fails will not finish its transfers; whoever waits for them must not wait for ever. */
static void act(struct http_client *c, curl_socket_t fd, int mask)
{
    if (multi_act(&c->multi, fd, mask) == 0)
        return;
    while (c->active)
        finish(c, c->active, CURLE_OUT_OF_MEMORY);
    multi_close(&c->multi);
}

static void dispatch(struct http_client *c, const struct epoll_event *events, int n)
{
    for (int i = 0; i < n; i++) {
        int mask = 0;

        if (events[i].data.fd == c->wake_fd) {
            uint64_t count;

            if (read(c->wake_fd, &count, sizeof(count)) < 0)
                continue; /* another wake-up took the count; the queue is looked at all the same */
            continue;
        }
        mask |= events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) ? CURL_CSELECT_IN : 0;
        mask |= events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0;
        act(c, events[i].data.fd, mask);
    }
    if (c->multi.timer_usec <= now_usec()) {
        c->multi.timer_usec = USEC_INFINITY;
        act(c, CURL_SOCKET_TIMEOUT, 0);
    }
}

static void *io_thread(void *data)
{
    struct http_client *c = data;
    struct epoll_event events[256];

    prctl(PR_SET_NAME, "http");
    while (take_submitted(c)) {
        int n = epoll_wait(c->epoll_fd, events, ARRAY_SIZE(events), wait_msec(c));

        dispatch(c, events, MAX(n, 0));
        finish_done(c);
        atomic_fetch_add(&c->turns, 1);
    }
    return NULL;
}

static void wake(struct http_client *c)
{
    uint64_t one = 1;

    /* A full counter refuses, and then the thread is awake anyway. Who is not woken would be waited for for ever. */
    for (int i = 0; i < WAKE_ATTEMPTS && write(c->wake_fd, &one, sizeof(one)) < 0 && errno != EAGAIN; i++)
        ;
}

uint64_t http_client_turns(const struct http_client *c)
{
    return atomic_load(&c->turns);
}

void http_client_wake(struct http_client *c)
{
    atomic_store(&c->look_around, true);
    wake(c);
}

void http_client_submit(struct http_client *c, struct call *call)
{
    bool first;

    pthread_mutex_lock(&c->lock);
    first = !c->submitted.first;
    queue_add(&c->submitted, call);
    pthread_mutex_unlock(&c->lock);
    if (first)
        wake(c);
}

static int client_open(struct http_client *c)
{
    struct epoll_event ev = {.events = EPOLLIN};

    c->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (c->epoll_fd < 0)
        return -errno;
    c->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (c->wake_fd < 0)
        return -errno;
    ev.data.fd = c->wake_fd;
    if (epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, c->wake_fd, &ev) < 0)
        return -errno;
    return multi_open(&c->multi, c->epoll_fd);
}

static int client_start(struct http_client *c)
{
    sigset_t all, before;
    int r = client_open(c);

    if (r < 0)
        return r;
    /* Signals are for whoever waits for them: one that came here would end the process with its default action.
       libcurl's resolver threads inherit the mask. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    r = pthread_create(&c->thread, NULL, io_thread, c);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (r != 0)
        return -r;
    c->started = true;
    return 0;
}

int http_client_new(struct http_client **ret)
{
    struct http_client *c = calloc(1, sizeof(*c));
    int r;

    if (!c)
        return -ENOMEM;
    c->epoll_fd = c->wake_fd = -1;
    c->multi.timer_usec = c->patience_usec = USEC_INFINITY;
    pthread_mutex_init(&c->lock, NULL);
    r = client_start(c);
    if (r < 0) {
        http_client_free(c);
        return r;
    }
    *ret = c;
    return 0;
}

struct http_client *http_client_free(struct http_client *c)
{
    if (!c)
        return NULL;
    if (c->started) {
        pthread_mutex_lock(&c->lock);
        c->stopping = true;
        pthread_mutex_unlock(&c->lock);
        wake(c);
        pthread_join(c->thread, NULL);
    }
    multi_close(&c->multi);
    closep(&c->epoll_fd);
    closep(&c->wake_fd);
    pthread_mutex_destroy(&c->lock);
    free(c);
    return NULL;
}
