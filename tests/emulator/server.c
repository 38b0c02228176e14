/* SPDX-License-Identifier: Apache-2.0 */

#include "server.h"

#include "exchange.h"
#include "timer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#define THREADS 2 /* for each kind of certificate */

/* The cheapest handshake first: a benchmark should measure the client. */
#define TLS_PRIORITIES                                                                                       \
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:%SERVER_PRECEDENCE"

static struct {
    struct MHD_Daemon *daemons[_CERTIFICATE_MAX][THREADS];
    pthread_t thread;
    int epoll, event;
    _Atomic(struct appliance *) *owners; /* by descriptor of the connection */
    size_t n_owners;
    atomic_uint connections;
} server;

static void connection_changed(void *unused, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode code) {
    const union MHD_ConnectionInfo *info;
    struct link *link;

    (void) unused;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        free(*context);
        *context = NULL;
        return;
    }
    link = util_allocate(sizeof(struct link));
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    link->fd = info->connect_fd;
    link->appliance = atomic_load(&server.owners[link->fd]);
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    link->peer = link->appliance->seen_from.text[0] != '\0' ? link->appliance->seen_from
                                                            : address_from_socket(info->client_addr);
    link->id = atomic_fetch_add(&server.connections, 1) + 1;
    *context = link;
}

static void *request_begun(void *unused, const char *raw_path, struct MHD_Connection *connection) {
    (void) unused, (void) connection;
    return request_new(raw_path);
}

static void request_ended(void *unused, struct MHD_Connection *connection, void **context,
                          enum MHD_RequestTerminationCode code) {
    (void) unused, (void) connection, (void) code;
    request_free(*context);
    *context = NULL;
}

static enum MHD_Result request_received(void *unused, struct MHD_Connection *connection, const char *url,
                                        const char *method, const char *version, const char *data,
                                        size_t *size, void **context) {
    struct request *q = *context;

    (void) unused, (void) url, (void) version;
    if (q->stage == REQUEST_NEW) {
        request_read_headers(q, connection, method);
        q->stage = REQUEST_RECEIVED;
        return MHD_YES;
    }
    if (*size > 0) {
        if (q->body.size + *size > BODY_MAX)
            return MHD_NO;
        buffer_append(&q->body, data, *size);
        *size = 0;
        return MHD_YES;
    }
    return exchange_run(q);
}

static struct MHD_Daemon *daemon_start(const struct tls *tls, int kind) {
    unsigned flags = MHD_USE_TLS | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET |
                     MHD_ALLOW_SUSPEND_RESUME;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, request_received, NULL, MHD_OPTION_HTTPS_MEM_CERT, tls->certificates[kind],
        MHD_OPTION_HTTPS_MEM_KEY, tls->keys[kind], MHD_OPTION_HTTPS_PRIORITIES, TLS_PRIORITIES,
        MHD_OPTION_URI_LOG_CALLBACK, request_begun, NULL, MHD_OPTION_NOTIFY_COMPLETED, request_ended, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, NULL, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned) server.n_owners, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) 32768, MHD_OPTION_END);

    if (!daemon)
        util_die("cannot start the HTTPS server");
    return daemon;
}

static void accept_connections(struct appliance *p) {
    for (;;) {
        struct sockaddr_storage peer;
        socklen_t size = sizeof(peer);
        int fd = accept4(p->listener, (struct sockaddr *) &peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC),
            one = 1;

        if (fd < 0)
            return;
        if ((size_t) fd >= server.n_owners) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        atomic_store(&server.owners[fd], p);
        /* Descriptors are dense, so this spreads the connections evenly. */
        MHD_add_connection(server.daemons[atomic_load(&p->certificate)][fd % THREADS], fd,
                           (struct sockaddr *) &peer, size);
    }
}

static void *accept_run(void *unused) {
    struct epoll_event events[64];

    (void) unused;
    for (;;) {
        int n = epoll_wait(server.epoll, events, ELEMENTSOF(events), -1);

        for (int i = 0; i < n; i++) {
            if (!events[i].data.ptr)
                return NULL;
            accept_connections(events[i].data.ptr);
        }
    }
}

static socklen_t parse_address(const struct appliance *p, struct sockaddr_storage *ret) {
    struct sockaddr_in *ipv4 = (struct sockaddr_in *) ret;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *) ret;

    memset(ret, 0, sizeof(*ret));
    if (inet_pton(AF_INET, p->address, &ipv4->sin_addr) == 1) {
        ipv4->sin_family = AF_INET;
        ipv4->sin_port = htons(p->port);
        return sizeof(*ipv4);
    }
    if (inet_pton(AF_INET6, p->address, &ipv6->sin6_addr) != 1)
        util_die("%s: wrong address \"%s\"", p->name, p->address);
    ipv6->sin6_family = AF_INET6;
    ipv6->sin6_port = htons(p->port);
    return sizeof(*ipv6);
}

static void appliance_listen(struct appliance *p) {
    struct sockaddr_storage place;
    socklen_t size = parse_address(p, &place);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = p};
    int one = 1;

    p->listener = socket(place.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(p->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (p->listener < 0 || bind(p->listener, (struct sockaddr *) &place, size) < 0 ||
        listen(p->listener, SOMAXCONN) < 0 ||
        getsockname(p->listener, (struct sockaddr *) &place, &size) < 0 ||
        epoll_ctl(server.epoll, EPOLL_CTL_ADD, p->listener, &event) < 0)
        util_die("%s: cannot listen: %s", p->name, strerror(errno));
    p->port = ntohs(place.ss_family == AF_INET ? ((struct sockaddr_in *) &place)->sin_port
                                               : ((struct sockaddr_in6 *) &place)->sin6_port);
    p->url = util_format_text(place.ss_family == AF_INET ? "https://%s:%u" : "https://[%s]:%u", p->address,
                              p->port);
}

static void raise_limit(void) {
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    server.n_owners = limit.rlim_cur < 1 << 20 ? (size_t) limit.rlim_cur : 1 << 20;
    server.owners = util_allocate(server.n_owners * sizeof(*server.owners));
}

void server_start(struct fleet *fleet, const struct tls *tls) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};

    raise_limit();
    timer_start();
    for (int kind = 0; kind < _CERTIFICATE_MAX; kind++)
        for (int i = 0; i < THREADS; i++)
            server.daemons[kind][i] = daemon_start(tls, kind);
    server.epoll = epoll_create1(EPOLL_CLOEXEC);
    server.event = eventfd(0, EFD_CLOEXEC);
    if (server.epoll < 0 || server.event < 0 ||
        epoll_ctl(server.epoll, EPOLL_CTL_ADD, server.event, &event) < 0)
        util_die("cannot start the server: %s", strerror(errno));
    for (size_t i = 0; i < fleet->n; i++)
        appliance_listen(&fleet->items[i]);
    if (pthread_create(&server.thread, NULL, accept_run, NULL) != 0)
        util_die("cannot start a thread");
}

void server_stop(struct fleet *fleet) {
    uint64_t one = 1;

    if (write(server.event, &one, sizeof(one)) < 0)
        util_die("eventfd: %s", strerror(errno));
    pthread_join(server.thread, NULL);
    for (size_t i = 0; i < fleet->n; i++)
        close(fleet->items[i].listener);
    timer_stop();
    for (int kind = 0; kind < _CERTIFICATE_MAX; kind++)
        for (int i = 0; i < THREADS; i++)
            MHD_stop_daemon(server.daemons[kind][i]);
    close(server.event);
    close(server.epoll);
    free(server.owners);
}
