/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTPS to appliances. One I/O thread owns libcurl's multi handle, so that the parsed CA store and the
 * kept connections serve all targets and a hanging peer costs nobody else anything. Any thread may call
 * http_call() on a peer of its own and waits there for the answer, the deadline or the cancellation.
 *
 * Only complete answers are answers: a cut, oversized or endless one is a fault. Redirects are answers (3xx) and
 * never followed. A request other than GET always goes over a fresh connection, because libcurl sends a request a
 * second time when a kept connection dies before the answer.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/secret.h"

struct http_client;
struct http_peer;

/* Once, before any thread. 0 or -errno. */
int http_init(void) _must_check_;

/* Starts the I/O thread. */
int http_client_new(struct http_client **ret) _must_check_;
/* Ends the I/O thread; every peer must be freed before. */
struct http_client *http_client_free(struct http_client *c);
/* Makes the I/O thread look at all cancellation flags again. */
void http_client_wake(struct http_client *c);

/* Grows with every turn of the I/O thread: who woke it and sees the same number later knows that it hangs. */
uint64_t http_client_turns(const struct http_client *c);

struct http_endpoint {
    const char *url;               /* https://host[:port], no path */
    const char *ca_file;           /* NULL: the system's */
    const char *pinned_public_key; /* NULL: none; without ca_file it replaces the chain and host name checks */
    uint64_t timeout_usec;         /* of one request */
};

/* One appliance as seen by one run: keeps its connection. CANCELLED may be NULL and must outlive the peer. */
int http_peer_new(struct http_client *c, const struct http_endpoint *e, const atomic_bool *cancelled,
                  struct http_peer **ret) _must_check_;
struct http_peer *http_peer_free(struct http_peer *p);
DEFINE_CLEANUP(struct http_peer *, http_peer_free);

/* A body that is too large for memory: an open file, used from its beginning whatever its offset. */
struct http_file {
    int fd;
    uint64_t size; /* of what is sent; the ceiling of what comes */
};

/*
 * With a file for either body, not the whole request but each stretch of the endpoint's timeout must see some bytes
 * move; an answer to what was sent whole is waited for until the deadline.
 */
struct http_request {
    const char *method; /* GET, PUT, POST, DELETE */
    const char *path;   /* encoded, with its query; sent as it is */
    const char *body;   /* NULL for none, but PUT and POST then announce a length of 0 */
    size_t body_len;
    const char *content_type;                 /* of the body; NULL for JSON */
    const struct http_file *upload;           /* in place of a body */
    const struct http_file *download;         /* takes the body of a 200 */
    const struct secret *username, *password; /* Basic, where USERNAME is not NULL */
    const char *cookie_name;                  /* with COOKIE, where that is not NULL */
    const struct secret *cookie;
    const char *keep_cookie; /* name of a cookie of the answer that is wanted */
    uint64_t deadline_usec;  /* monotonic; on top of the endpoint's timeout */
    bool graceful;           /* a write: once it is sent, its answer is waited for some seconds though cancelled */
    bool even_if_cancelled;  /* for cleaning up */
    bool own_connection;     /* over a new one; for what must not be sent twice, see session.c */
};

struct http_reply {
    int status;
    struct buf body;
    uint64_t downloaded;    /* bytes that went to the file */
    char content_type[128]; /* "" for none */
    char location[256];     /* host of a redirect */
    uint64_t retry_after_usec;
    struct secret cookie;
};

void http_reply_done(struct http_reply *r);

struct http_fault {
    enum diag_code code;
    char text[256];       /* a clause: "the certificate is not trusted: ..." */
    bool maybe_processed; /* the request may have reached the appliance */
};

/* 0 when a complete answer of any status came, else -errno and the fault; -ECANCELED when cancelled. */
int http_call(struct http_peer *p, const struct http_request *req, struct http_reply *ret,
              struct http_fault *ret_fault) _must_check_;

/* Totals of a peer, for the record. */
struct http_totals {
    uint64_t requests, bytes_in, bytes_out;
    uint64_t usec; /* from the beginning of each request to its end */
};
struct http_totals http_peer_totals(const struct http_peer *p);

/* Our address as the last connection had it; "" before the first. */
const char *http_peer_local_address(const struct http_peer *p);

/* True for `sha256//` and 44 characters of base64, or several of them joined by ';'. */
bool http_is_pin(const char *text);
/* Percent-encodes all but A-Z a-z 0-9 - _ (and ~), and a dot where it leads; the caller frees, NULL when out of memory.
 */
char *http_encode_segment(const char *text) _must_check_;
