/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl's multi handle on epoll, made anew where it failed. */
#include "http/multi.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "base/limits.h"
#include "base/time-util.h"

enum {
    MOST_KEPT = 4096,
};

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
    struct multi *m = data;
    struct epoll_event ev = {.data.fd = fd};

    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(m->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    ev.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (epoll_ctl(m->epoll_fd, EPOLL_CTL_MOD, fd, &ev) < 0 && errno == ENOENT &&
        epoll_ctl(m->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0)
        return -1;
    return 0;
}

static int on_timer(CURLM *handle, long timeout_ms, void *data)
{
    struct multi *m = data;

    m->timer_usec = timeout_ms < 0 ? USEC_INFINITY : now_usec() + (uint64_t)timeout_ms * USEC_PER_MSEC;
    return 0;
}

/* libcurl itself keeps four times as many connections as are at work, which are few where runs are spread. */
static long connections_to_keep(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? 0 : (long)MIN(limit.rlim_cur / 4, (rlim_t)MOST_KEPT);
}

int multi_open(struct multi *m, int epoll_fd)
{
    m->epoll_fd = epoll_fd;
    m->timer_usec = USEC_INFINITY;
    m->handle = curl_multi_init();
    if (!m->handle)
        return -ENOMEM;
    curl_multi_setopt(m->handle, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(m->handle, CURLMOPT_SOCKETDATA, m);
    curl_multi_setopt(m->handle, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(m->handle, CURLMOPT_TIMERDATA, m);
    curl_multi_setopt(m->handle, CURLMOPT_MAXCONNECTS, connections_to_keep());
    return 0;
}

void multi_close(struct multi *m)
{
    if (m->handle)
        curl_multi_cleanup(m->handle);
    m->handle = NULL;
    m->timer_usec = USEC_INFINITY;
}

int multi_add(struct multi *m, CURL *easy)
{
    if (!m->handle && multi_open(m, m->epoll_fd) < 0)
        return -ENOMEM;
    return curl_multi_add_handle(m->handle, easy) == CURLM_OK ? 0 : -ENOMEM;
}

void multi_remove(struct multi *m, CURL *easy)
{
    if (m->handle)
        curl_multi_remove_handle(m->handle, easy);
}

int multi_act(struct multi *m, curl_socket_t fd, int mask)
{
    int running;

    /* What belonged to a handle that was closed may still be told by epoll. */
    if (!m->handle)
        return 0;
    return curl_multi_socket_action(m->handle, fd, mask, &running) == CURLM_OK ? 0 : -ENOMEM;
}
