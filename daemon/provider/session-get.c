/* SPDX-License-Identifier: Apache-2.0 */
/* Reading, tried again where that may help: a GET does no harm. */
#include <errno.h>

#include "base/time-util.h"
#include "provider/session.h"

enum {
    READ_ATTEMPTS = 3,
    LONGEST_PAUSE_SEC = 300,
};

static bool is_worth_another_try(int status)
{
    return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

static int try_get(struct session *s, const struct session_request *e, struct answer *ret, bool *ret_again)
{
    size_t told = s->diags->n;
    int r = session_exchange(s, e, ret, NULL, NULL);

    if (r == 0) {
        *ret_again = is_worth_another_try(ret->status);
        return 0;
    }
    *ret_again = r == -EBADMSG && s->diags->n == told + 1 &&
                 (s->diags->items[told].code == DIAG_CONNECTION_LOST || s->diags->items[told].code == DIAG_TRUNCATED);
    return r;
}

/* 0 with an answer of status 200, -ENOENT for 404. */
static int get(struct session *s, const struct session_request *e, struct answer *ret)
{
    size_t told = s->diags->n;
    uint64_t pause = 100 * USEC_PER_MSEC;
    bool again = true;
    int r = 0;

    *ret = (struct answer){0};
    for (int i = 1; again; i++, pause *= 3) {
        r = try_get(s, e, ret, &again);
        if (!again || i == READ_ATTEMPTS)
            break;
        if (session_wait(s, MAX(pause, MIN(ret->retry_after_usec, LONGEST_PAUSE_SEC * USEC_PER_SEC))) < 0)
            break;
        session_untell(s, told);
    }
    if (r < 0)
        return r;
    if (ret->status == 404)
        return -ENOENT;
    return ret->status == 200 ? 0 : session_tell_status(s, DIAG_HTTP_STATUS, "GET", e->path, ret);
}

static int take_object(struct session *s, const char *path, const struct answer *answer, struct value *ret)
{
    if (answer->body.type != VALUE_MAP)
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", path, "the answer is %s where an object is documented",
                            answer->json ? value_type_to_string(answer->body.type) : "empty");
    *ret = answer->body;
    return 0;
}

int session_get(struct session *s, const char *path, struct value *ret)
{
    const struct session_request e = {.method = "GET", .path = path};
    struct answer a;
    int r = get(s, &e, &a);

    return r < 0 ? r : take_object(s, path, &a, ret);
}

int session_get_if_shown(struct session *s, const char *path, struct value *ret)
{
    const struct session_request e = {.method = "GET", .path = path};
    size_t told = s->diags->n;
    struct answer a;
    int r = get(s, &e, &a);

    if (r < 0 && (a.status == 404 || a.status == 405)) {
        session_untell(s, told);
        return -EOPNOTSUPP;
    }
    return r < 0 ? r : take_object(s, path, &a, ret);
}

int session_download(struct session *s, const char *path, const struct http_file *f, uint64_t *ret_bytes)
{
    const struct session_request e = {.method = "GET", .path = path, .download = f};
    struct answer a;
    int r = get(s, &e, &a);

    if (r == 0)
        *ret_bytes = a.downloaded;
    return r;
}
