/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of http/: libcurl's multi handle on epoll. All of it is for the I/O thread alone. */
#pragma once

#include <curl/curl.h>
#include <stdint.h>

struct multi {
    CURLM *handle;       /* NULL after multi_close() */
    int epoll_fd;        /* not its own */
    uint64_t timer_usec; /* when libcurl wants to be called, USEC_INFINITY for never */
};

/* Waits with EPOLL_FD, which has to outlive it. 0 or -ENOMEM. */
int multi_open(struct multi *m, int epoll_fd);

/* Closes all connections. Every easy handle has been removed; the next multi_add() opens it again. */
void multi_close(struct multi *m);

/* 0 or -ENOMEM. */
int multi_add(struct multi *m, CURL *easy);
void multi_remove(struct multi *m, CURL *easy);

/*
 * Does what FD is ready for, or what time has come for where FD is CURL_SOCKET_TIMEOUT; MASK as libcurl has it. 0, or
 * -ENOMEM: then its transfers will not end by themselves, and what libcurl 7.88 knows of their sockets is half taken
 * down, so that the next use would crash. Remove them all and close it.
 */
int multi_act(struct multi *m, curl_socket_t fd, int mask);
