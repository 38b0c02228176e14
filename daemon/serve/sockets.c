/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The read and the control socket: who may open the file may ask. Passed by systemd, else made here. One HTTP
 * server a socket (libmicrohttpd), run by the event loop; a client that sends nothing for ten seconds is dropped, and
 * where all places are taken, the one that was answered longest ago, or never.
 */
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/time-util.h"
#include "serve/log.h"
#include "serve/serve.h"

enum {
    CONNECTIONS = 32,
    SILENCE_SEC = 10,
    CONNECTION_BYTES = 32 * 1024,
    BACKLOG = 64,
    ENDLESS = 16, /* times the longest body: who sends so much is not answered any more */
};

/* A client, from its first byte to its last; in order of when it came or was answered. */
struct link {
    struct link *next, *previous;
    int fd;
};

struct listener {
    struct daemon *daemon;
    const char *name; /* of systemd's descriptor */
    const char *file;
    mode_t mode;
    bool may_control;
    int fd;
    char *path; /* of a socket that was made here and is removed at the end */
    struct MHD_Daemon *http;
    sd_event_source *io, *timer;
    struct link *first, *last;
    size_t n_links;
    bool crowded; /* one was dropped: whoever waits for its place is not told by the descriptor */
};

enum { LISTENERS = 2 };

struct sockets {
    struct listener listeners[LISTENERS];
};

/* What has come of one request. */
struct exchange {
    struct buf body;
    size_t received;
};

static void link_take_out(struct listener *l, struct link *k)
{
    *(k->previous ? &k->previous->next : &l->first) = k->next;
    *(k->next ? &k->next->previous : &l->last) = k->previous;
    k->next = k->previous = NULL;
    l->n_links--;
}

static void link_append(struct listener *l, struct link *k)
{
    k->previous = l->last;
    *(l->last ? &l->last->next : &l->first) = k;
    l->last = k;
    l->n_links++;
}

/* The server then finds it closed, and takes the next. */
static void drop_first(struct listener *l)
{
    (void)shutdown(l->first->fd, SHUT_RDWR);
    l->first->fd = -1;
    link_take_out(l, l->first);
    l->crowded = true;
}

static void on_connection(void *user, struct MHD_Connection *c, void **state, enum MHD_ConnectionNotificationCode what)
{
    struct listener *l = user;
    struct link *k = *state;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *state = k = calloc(1, sizeof(*k));
        if (!k)
            return;
        k->fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        link_append(l, k);
        if (l->n_links >= CONNECTIONS)
            drop_first(l);
        return;
    }
    if (k && k->fd >= 0)
        link_take_out(l, k);
    free(k);
    *state = NULL;
}

static enum MHD_Result answer(struct listener *l, struct MHD_Connection *c, const char *method, const char *path,
                              const struct exchange *x)
{
    struct api_request q = {.method = method,
                            .path = path,
                            .body = buf_text(&x->body),
                            .body_len = x->body.len,
                            .may_control = l->may_control,
                            .content_type = "application/json"};
    struct buf out = BUF_INIT(LIMIT_OUTPUT_BYTES);
    int status = x->body.error
                     ? api_error(&out, 413, "too-large", "the body is longer than %zu bytes", LIMIT_REQUEST_BYTES)
                     : api_answer(l->daemon, &q, &out);
    struct MHD_Response *r;
    enum MHD_Result result;

    if (out.error) {
        buf_done(&out);
        return MHD_NO;
    }
    r = MHD_create_response_from_buffer(out.len, (void *)buf_text(&out), MHD_RESPMEM_MUST_COPY);
    buf_done(&out);
    if (!r)
        return MHD_NO;
    MHD_add_response_header(r, "Content-Type", q.content_type);
    MHD_add_response_header(r, "Cache-Control", "no-store");
    result = MHD_queue_response(c, (unsigned)status, r);
    MHD_destroy_response(r);
    return result;
}

/* Called first with the head, then with each piece of the body, then without one. */
static enum MHD_Result on_request(void *user, struct MHD_Connection *c, const char *path, const char *method,
                                  const char *version, const char *piece, size_t *n, void **state)
{
    struct exchange *x = *state;

    if (!x) {
        x = calloc(1, sizeof(*x));
        if (!x)
            return MHD_NO;
        x->body = BUF_INIT(LIMIT_REQUEST_BYTES);
        *state = x;
        return MHD_YES;
    }
    if (*n > 0) {
        buf_add(&x->body, piece, *n);
        x->received += *n;
        *n = 0;
        return x->received <= ENDLESS * LIMIT_REQUEST_BYTES ? MHD_YES : MHD_NO;
    }
    return answer(user, c, method, path, x);
}

static void on_completed(void *user, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
    struct exchange *x = *state;
    struct listener *l = user;
    struct link *k = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;

    if (k && k->fd >= 0) {
        link_take_out(l, k);
        link_append(l, k);
    }
    if (x)
        buf_done(&x->body);
    free(x);
    *state = NULL;
}

/* The server says when it wants to be called though nothing comes: to drop who is silent. */
static void arm(struct listener *l)
{
    MHD_UNSIGNED_LONG_LONG msec;

    /* One to find it closed, one to give its place away, and one to take the next. */
    for (int i = 0; i < BACKLOG && l->crowded; i++) {
        l->crowded = false;
        for (int k = 0; k < 3; k++)
            MHD_run(l->http);
    }
    if (MHD_get_timeout(l->http, &msec) != MHD_YES) {
        sd_event_source_set_enabled(l->timer, SD_EVENT_OFF);
        return;
    }
    /* A server that is full does not hear who knocks. */
    if (l->n_links + 1 >= CONNECTIONS)
        msec = MIN(msec, 100ull);
    sd_event_source_set_time(l->timer, now_usec() + MAX(msec, 1ull) * USEC_PER_MSEC);
    sd_event_source_set_enabled(l->timer, SD_EVENT_ONESHOT);
}

static int on_ready(sd_event_source *s, int fd, uint32_t events, void *data)
{
    struct listener *l = data;

    MHD_run(l->http);
    arm(l);
    return 0;
}

static int on_silence(sd_event_source *s, uint64_t usec, void *data)
{
    return on_ready(s, -1, 0, data);
}

static int serve(struct listener *l)
{
    const union MHD_DaemonInfo *info;
    sd_event *event = l->daemon->event;
    int r;

    l->http = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, l, MHD_OPTION_LISTEN_SOCKET, l->fd,
                               MHD_OPTION_NOTIFY_COMPLETED, on_completed, l, MHD_OPTION_NOTIFY_CONNECTION,
                               on_connection, l, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
                               MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_SEC, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                               (size_t)CONNECTION_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!l->http)
        return -EIO;
    info = MHD_get_daemon_info(l->http, MHD_DAEMON_INFO_EPOLL_FD);
    if (!info)
        return -EIO;
    r = sd_event_add_io(event, &l->io, info->epoll_fd, EPOLLIN, on_ready, l);
    if (r >= 0)
        r = sd_event_add_time(event, &l->timer, CLOCK_MONOTONIC, 0, 10 * USEC_PER_MSEC, on_silence, l);
    if (r >= 0)
        r = sd_event_source_set_enabled(l->timer, SD_EVENT_OFF);
    return r;
}

/* A file that nobody listens behind is left over from a kill; one that somebody answers is another daemon's. */
static int clear_way(const struct sockaddr_un *address)
{
    _cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct stat st;

    if (fd < 0)
        return -errno;
    if (lstat(address->sun_path, &st) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (!S_ISSOCK(st.st_mode))
        return -ENOTSOCK;
    if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 || errno == EAGAIN)
        return -EADDRINUSE;
    if (errno == ECONNREFUSED && unlink(address->sun_path) < 0)
        return -errno;
    return 0;
}

static int bind_socket(int fd, const struct sockaddr_un *address, mode_t mode)
{
    mode_t mask = umask(0777 & ~mode);
    int r = bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ? -errno : 0;

    umask(mask);
    return r < 0 ? r : listen(fd, BACKLOG) < 0 ? -errno : 0;
}

static int make_socket(struct listener *l, const char *folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    _cleanup_free_ char *path = path_join(folder, l->file);
    int r;

    if (!path)
        return -ENOMEM;
    if (strlen(path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    r = make_directories(folder);
    if (r == 0)
        r = clear_way(&address);
    if (r < 0)
        return r;
    l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (l->fd < 0)
        return -errno;
    r = bind_socket(l->fd, &address, l->mode);
    if (r == 0)
        l->path = TAKE_PTR(path);
    return r;
}

static int take_passed(struct sockets *s)
{
    char **names = NULL;
    int n = sd_listen_fds_with_names(1, &names), r = n < 0 ? n : 0;

    for (int i = 0; i < n; i++) {
        int fd = SD_LISTEN_FDS_START + i;
        struct listener *l = NULL;

        for (size_t k = 0; k < LISTENERS; k++)
            if (strcmp(names[i], s->listeners[k].name) == 0 && s->listeners[k].fd < 0)
                l = &s->listeners[k];
        if (l && sd_is_socket_unix(fd, SOCK_STREAM, 1, NULL, 0) > 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0) {
            l->fd = fd;
        } else {
            log_write(LOG_WARNING, LOG_EVENT_NONE, NULL, "the socket that was passed as '%s' has no use here",
                      names[i]);
            close(fd);
        }
        free(names[i]);
    }
    free(names);
    return r;
}

static void end_listener(struct listener *l)
{
    sd_event_source_disable_unref(l->io);
    sd_event_source_disable_unref(l->timer);
    /* The server closes the socket that it listens on. */
    if (l->http)
        MHD_stop_daemon(l->http);
    else
        closep(&l->fd);
    if (l->path)
        (void)unlink(l->path);
    free(l->path);
}

static int begin_listener(struct daemon *d, struct listener *l)
{
    const char *folder = d->state->settings->runtime_directory;
    int r = l->fd >= 0 ? 0 : make_socket(l, folder);

    if (r == 0)
        r = serve(l);
    if (r == -EADDRINUSE) {
        log_write(LOG_ERR, LOG_EVENT_NONE, NULL,
                  "%s/%s: another convergated answers there; stop it, or give this one a runtime-directory of its own",
                  folder, l->file);
        return r;
    }
    /* Without its sockets the daemon still does what it is for. */
    if (r < 0)
        log_write(LOG_WARNING, LOG_EVENT_NONE, NULL, "%s/%s cannot be served, and nobody can ask there: %s", folder,
                  l->file, strerror(-r));
    return 0;
}

int sockets_begin(struct daemon *d)
{
    static const struct listener rows[LISTENERS] = {
        {.name = "status", .file = "status.sock", .mode = 0660, .fd = -1},
        {.name = "control", .file = "control.sock", .mode = 0600, .may_control = true, .fd = -1},
    };
    int r;

    d->sockets = calloc(1, sizeof(*d->sockets));
    if (!d->sockets)
        return -ENOMEM;
    memcpy(d->sockets->listeners, rows, sizeof(rows));
    r = take_passed(d->sockets);
    for (size_t i = 0; i < LISTENERS && r >= 0; i++) {
        d->sockets->listeners[i].daemon = d;
        r = begin_listener(d, &d->sockets->listeners[i]);
    }
    return r;
}

void sockets_end(struct daemon *d)
{
    for (size_t i = 0; d->sockets && i < LISTENERS; i++)
        end_listener(&d->sockets->listeners[i]);
    free(d->sockets);
    d->sockets = NULL;
}
