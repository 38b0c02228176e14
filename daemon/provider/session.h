/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One login to one appliance for one run: sends requests, logs in again once where a login has ended, refuses to
 * write where the run only reads, and turns every failure into one sentence that names the request, what came back
 * and what to do. Used by one thread; owns the key of the login.
 */
#pragma once

#include "http/http.h"
#include "value/value.h"

struct provider;
struct request_rule;

struct login {
    const char *realm;
    const char *method;
    struct secret username;
    struct secret password;
};

/* Keeps the key of a login on disk while something is open under it; every fault is told. */
struct key_keeper {
    int (*keep)(void *user, const struct secret *key);
    int (*forget)(void *user);
    void *user;
};

struct session {
    const struct provider *provider;
    const char *target;
    struct http_peer *peer;
    const struct login *login;
    const struct value *expect; /* map of lists of texts that every login is checked against; NULL for none */
    struct arena *arena;        /* answers live here */
    struct diag_list *diags;
    struct diag_list *notes; /* worth knowing, nothing wrong; may be NULL */
    uint64_t deadline_usec;  /* of the run, monotonic */
    const atomic_bool *cancelled;
    bool may_write;
    bool keep_connection; /* writes go over the living connection: the way back */
    bool new_connections; /* everything goes over one of its own: whether one can still be made is the question */
    bool cleaning;        /* requests go out though the run was interrupted or its time is over */
    struct secret key;
    const struct secret *secret;     /* another that is sent, and never shown; NULL for none */
    const struct body_secrets *sent; /* more of them, while they are; NULL for none */
    bool fresh;                      /* nothing was accepted since the last login */
    bool refused;                    /* a request was refused right after a login: the run is to end */
    const struct key_keeper *keeper; /* NULL in a session that only reads */
    struct {
        bool open;
        bool message_required;
    } transaction;
};

void session_done(struct session *s);

enum {
    SEND_LOGIN = 1 << 0,    /* the request of a login itself */
    SEND_NO_LOGIN = 1 << 1, /* means something only under the login that there is */
};

struct answer {
    int status;
    struct value body; /* null where the answer holds no JSON */
    bool json;
    uint64_t downloaded; /* bytes */
    uint64_t retry_after_usec;
};

/* Members of a body that are secrets: written there last, and nowhere else. */
struct body_secrets {
    const struct {
        const char *member;
        const struct secret *secret;
    } items[2];
};

/* One request with all that it may carry. */
struct session_request {
    const char *method, *path;
    unsigned flags;
    const struct value *body;           /* JSON; NULL for none */
    const struct body_secrets *secrets; /* go into it; NULL for none */
    const struct http_file *upload;     /* in place of it */
    const char *content_type;           /* of what is uploaded */
    const struct http_file *download;   /* takes the body of a 200, which is then no JSON */
};

/* Percent-encodes the name into a path with one %s; in the session's arena. */
int session_path(struct session *s, const char *format, const char *name, const char **ret) _must_check_;

/* Bytes of a key to somebody's session that may be shown: enough to know it again, too little to use it. */
size_t session_shown(const char *id);
/* The provider's row for a request; NULL for one that no row names. */
const struct request_rule *session_rule(const struct session *s, const char *method, const char *path);
/* Tells a fault about a request: "METHOD PATH: sentence". Returns -EBADMSG. */
int session_tell(struct session *s, enum diag_code code, const char *method, const char *path, const char *format, ...)
    _printf_(5, 6);
/* What the appliance says in an answer, cut and without our secrets, in the session's arena; NULL for nothing. */
const char *session_words(struct session *s, const struct answer *a);
/* Notes what is worth knowing. */
void session_note(struct session *s, enum diag_code code, const char *sentence);
/* What a status means on this API; TYPE is the appliance's own name of the error, NULL for none. */
const char *session_meaning(const struct session *s, int status, const char *type);
/* Tells an answer of a status that is not wanted, with the appliance's own words. */
int session_tell_status(struct session *s, enum diag_code code, const char *method, const char *path,
                        const struct answer *a);
/* The same of one object; CLAUSE in place of what the status means. Both may be NULL. */
int session_tell_refusal(struct session *s, enum diag_code code, const char *method, const char *path,
                         const struct answer *a, const char *about, const char *clause);

/*
 * Sends one request. 0 with the answer, whatever its status; -EBADMSG with the fault told; -ENOMEM. MAYBE says,
 * where it fails, whether the appliance may have processed the request; NULL where that does not matter.
 */
int session_send(struct session *s, const char *method, const char *path, const struct value *body, unsigned flags,
                 struct answer *ret, struct secret *ret_cookie, bool *ret_maybe) _must_check_;
/* The same for any exchange. */
int session_exchange(struct session *s, const struct session_request *e, struct answer *ret, struct secret *ret_cookie,
                     bool *ret_maybe) _must_check_;
/* GETs the body into a file that is written from its beginning, trying again where that may help. -ENOENT for 404. */
int session_download(struct session *s, const char *path, const struct http_file *f, uint64_t *ret_bytes) _must_check_;
/* The same, but -EOPNOTSUPP for 404 and 405, which are not told: there may be no such thing to be shown. */
int session_get_if_shown(struct session *s, const char *path, struct value *ret) _must_check_;
/* GETs a JSON object, trying again where that may help. -ENOENT for 404, which is not told. */
int session_get(struct session *s, const char *path, struct value *ret) _must_check_;
/* Logs in, and looks whether this is the machine that is expected. */
int session_open(struct session *s) _must_check_;
/* Compares what the machine says of itself with what is expected of it. */
int session_check_identity(struct session *s) _must_check_;
/* Forgets what was told since TOLD, because another attempt follows. */
void session_untell(struct session *s, size_t told);
/* Sleeps, but not past the deadline or a cancellation: -ETIME, -ECANCELED. */
int session_wait(struct session *s, uint64_t usec) _must_check_;
