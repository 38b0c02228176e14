/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time-util.h"
#include "provider/provider.h"
#include "value/json.h"

enum { CLEANING_USEC = 10 * 1000 * 1000 };

void session_done(struct session *s)
{
    secret_done(&s->key);
}

int session_path(struct session *s, const char *format, const char *name, const char **ret)
{
    _cleanup_free_ char *encoded = http_encode_segment(name);
    const char *hole = strstr(format, "%s"), *path;

    if (!encoded || !hole)
        return encoded ? -EINVAL : diag_oom(s->diags);
    path = arena_printf(s->arena, "%.*s%s%s", (int)(hole - format), format, encoded, hole + 2);
    if (!path)
        return diag_oom(s->diags);
    *ret = path;
    return 0;
}

const struct request_rule *session_rule(const struct session *s, const char *method, const char *path)
{
    for (const struct request_rule *r = s->provider->rules; r && r->method; r++)
        if (strcmp(r->method, method) == 0 && pattern_match(r->path, path))
            return r;
    return NULL;
}

static int parse_answer(struct session *s, const struct http_reply *reply, struct answer *ret,
                        struct json_fault *ret_fault)
{
    int r;

    *ret = (struct answer){
        .status = reply->status, .downloaded = reply->downloaded, .retry_after_usec = reply->retry_after_usec};
    if (reply->body.len == 0)
        return 0;
    r = json_read(s->arena, buf_text(&reply->body), reply->body.len, &ret->body, ret_fault);
    ret->json = r == 0;
    return r == -ENOMEM ? diag_oom(s->diags) : 0;
}

/* A success that is no JSON is no success. */
static int check_json(struct session *s, const char *method, const char *path, const struct http_reply *reply,
                      const struct answer *a, const struct json_fault *fault)
{
    bool html = strncasecmp(reply->content_type, "text/html", 9) == 0;

    if (a->status >= 300 && a->status < 400)
        return session_tell(s, DIAG_REDIRECT, method, path,
                            "status %d, a redirect%s%s, which is never followed; set url to where the API is",
                            a->status, reply->location[0] ? " to " : "", reply->location);
    if (a->status < 200 || a->status > 299 || a->json || reply->body.len == 0)
        return 0;
    return session_tell(
        s, DIAG_NOT_JSON, method, path,
        "status %d, but the answer is %s (%s at byte %zu); is this the appliance's API, and no login page "
        "or proxy in front of it?",
        a->status, html ? "HTML, not JSON" : "not JSON", fault->what, fault->offset);
}

struct sending {
    const char *method, *path;
    struct buf body;
    const struct session_request *request;
    unsigned flags;
    enum effect effect;
};

/* A kept connection may have died, and libcurl sends again over a new one: a login or a reading may be sent twice. */
static bool needs_own_connection(const struct session *s, enum effect e)
{
    return s->new_connections || (e == EFFECT_WRITE && !s->keep_connection);
}

static int send_once(struct session *s, const struct sending *what, struct answer *ret, struct secret *ret_cookie,
                     struct http_fault *fault)
{
    struct http_request req = {.method = what->method,
                               .path = what->path,
                               .body = what->body.data,
                               .body_len = what->body.len,
                               .content_type = what->request->content_type,
                               .upload = what->request->upload,
                               .download = what->request->download,
                               .deadline_usec = s->deadline_usec,
                               .graceful = what->effect == EFFECT_WRITE,
                               .even_if_cancelled = s->cleaning,
                               .own_connection = needs_own_connection(s, what->effect),
                               .keep_cookie = ret_cookie ? "session_id" : NULL};
    struct json_fault json_fault = {0};
    struct http_reply reply;
    int r;

    if (s->cleaning)
        req.deadline_usec = now_usec() + CLEANING_USEC;
    if (what->flags & SEND_LOGIN) {
        req.username = &s->login->username;
        req.password = &s->login->password;
    } else {
        s->provider->authorize(s, &req);
    }
    r = http_call(s->peer, &req, &reply, fault);
    if (r == -ENOMEM)
        return diag_oom(s->diags);
    if (r < 0)
        return -EIO;
    r = parse_answer(s, &reply, ret, &json_fault);
    if (r == 0)
        r = check_json(s, what->method, what->path, &reply, ret, &json_fault);
    if (r == 0 && ret_cookie && secret_is_set(&reply.cookie)) {
        secret_done(ret_cookie);
        *ret_cookie = reply.cookie;
        reply.cookie = (struct secret){0};
    }
    fault->maybe_processed = r < 0;
    http_reply_done(&reply);
    return r;
}

static bool may_log_in(const struct session *s, const struct sending *what)
{
    return !(what->flags & (SEND_LOGIN | SEND_NO_LOGIN)) && !s->transaction.open && !s->cleaning && !s->refused;
}

/* A machine that was put in this one's place meanwhile must not get the request. */
static int log_in_again(struct session *s)
{
    int r = s->provider->login(s);

    if (r == 0) {
        s->fresh = true;
        r = session_check_identity(s);
    }
    s->refused = s->refused || r < 0;
    return r;
}

/* One new login for a refused request, never a second: who is refused right after a login has no business there. */
static int send_with_login(struct session *s, const struct sending *what, struct answer *ret, struct secret *ret_cookie,
                           struct http_fault *fault)
{
    int r = send_once(s, what, ret, ret_cookie, fault);

    if (r == 0 && s->provider->is_refusal(ret->status) && may_log_in(s, what)) {
        if (!s->fresh) {
            r = log_in_again(s);
            if (r == 0)
                r = send_once(s, what, ret, ret_cookie, fault);
        }
        if (r == 0 && s->provider->is_refusal(ret->status)) {
            s->refused = true;
            return session_tell_status(s, DIAG_FORBIDDEN, what->method, what->path, ret);
        }
    }
    if (r == 0 && !(what->flags & SEND_LOGIN) && ret->status < 400)
        s->fresh = false;
    return r;
}

/* A byte takes six at most as \u00XX. */
static size_t secret_size(const char *member, const struct secret *secret)
{
    return 6 * (strlen(member) + secret->len) + 16;
}

static void add_secret(const char *member, const struct secret *secret, struct buf *out)
{
    buf_add_char(out, out->len ? ',' : '{');
    json_write_text(member, strlen(member), out);
    buf_add_char(out, ':');
    json_write_text(secret_reveal(secret), secret->len, out);
}

/* Puts the secrets into the body, in memory that does not move while they are there. */
static void write_body(const struct session *s, const struct session_request *e, struct buf *out)
{
    const char *of_all = s->provider->secret_member;
    struct buf plain = BUF_INIT(LIMIT_BODY_BYTES);
    size_t size = of_all ? secret_size(of_all, &s->login->password) : 0;

    json_write(e->body, JSON_COMPACT, of_all || e->secrets ? &plain : out);
    if (!of_all && !e->secrets)
        return;
    for (size_t i = 0; e->secrets && i < ARRAY_SIZE(e->secrets->items); i++)
        size += secret_size(e->secrets->items[i].member, e->secrets->items[i].secret);
    buf_reserve(out, size + plain.len);
    if (of_all)
        add_secret(of_all, &s->login->password, out);
    for (size_t i = 0; e->secrets && i < ARRAY_SIZE(e->secrets->items); i++)
        add_secret(e->secrets->items[i].member, e->secrets->items[i].secret, out);
    if (e->body->count > 0)
        buf_add_char(out, ',');
    buf_add_str(out, buf_text(&plain) + 1);
    out->error = out->error ? out->error : plain.error;
    buf_done(&plain);
}

int session_exchange(struct session *s, const struct session_request *e, struct answer *ret, struct secret *ret_cookie,
                     bool *ret_maybe)
{
    const struct request_rule *rule = session_rule(s, e->method, e->path);
    struct sending what = {
        .method = e->method, .path = e->path, .body = BUF_INIT(LIMIT_BODY_BYTES), .request = e, .flags = e->flags};
    struct http_fault fault = {0};
    int r = 0;

    if (ret_maybe)
        *ret_maybe = false;
    if (!rule || (rule->effect == EFFECT_WRITE && !s->may_write))
        return session_tell(s, DIAG_READ_ONLY, e->method, e->path, "not sent: this run only reads");
    what.effect = rule->effect;
    if (e->body)
        write_body(s, e, &what.body);
    if (what.body.error == -ENOMEM)
        r = diag_oom(s->diags);
    else if (what.body.error)
        r = session_tell(s, DIAG_BODY_TOO_LARGE, e->method, e->path, "not sent: the body is too large");
    else
        r = send_with_login(s, &what, ret, ret_cookie, &fault);
    buf_wipe(&what.body);
    if (r == -EIO)
        r = session_tell(s, fault.code, e->method, e->path, "%s", fault.text);
    if (r < 0 && ret_maybe)
        *ret_maybe = fault.maybe_processed;
    return r;
}

int session_send(struct session *s, const char *method, const char *path, const struct value *body, unsigned flags,
                 struct answer *ret, struct secret *ret_cookie, bool *ret_maybe)
{
    const struct session_request e = {.method = method, .path = path, .flags = flags, .body = body};

    return session_exchange(s, &e, ret, ret_cookie, ret_maybe);
}

int session_wait(struct session *s, uint64_t usec)
{
    uint64_t until = now_usec() + usec;

    if (until >= s->deadline_usec)
        return -ETIME;
    while (now_usec() < until) {
        uint64_t left = MIN(until - now_usec(), 20 * USEC_PER_MSEC);

        if (atomic_load(s->cancelled))
            return -ECANCELED;
        nanosleep(&(struct timespec){.tv_nsec = (long)(left * 1000)}, NULL);
    }
    return 0;
}

static int check_fact(struct session *s, const struct value *facts, const struct pair *expected)
{
    const char *name = expected->key.text, *is = value_get_text(facts, name);

    for (uint32_t i = 0; is && i < expected->value.count; i++)
        if (strcmp(expected->value.items[i].text, is) == 0)
            return 0;
    diag_add_target(s->diags, DIAG_IDENTITY, s->target,
                    "this is not the machine that expect: names: its %s is %s%s%s; nothing was read or written further",
                    name, is ? "'" : "not shown", is ? is : "", is ? "'" : "");
    return -EBADMSG;
}

int session_check_identity(struct session *s)
{
    struct value facts;
    int r;

    if (!s->expect || s->expect->count == 0)
        return 0;
    r = s->provider->facts(s, &facts);
    for (uint32_t i = 0; i < s->expect->count && r == 0; i++)
        r = check_fact(s, &facts, &s->expect->pairs[i]);
    return r;
}

int session_open(struct session *s)
{
    int r = s->provider->login(s);

    if (r < 0)
        return r;
    s->fresh = true;
    return session_check_identity(s);
}
