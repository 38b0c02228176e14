/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/time-util.h"
#include "provider/ics/cluster.h"

#define PATIENCE_USEC (30 * USEC_PER_SEC)

const char *ics_given(const struct command_run *c, enum command_option option)
{
    const char *text = given_text(c->given, option);

    return text ? text : "";
}

int ics_cluster_send(struct command_run *c, const char *method, const char *path,
                     const struct ics_given_member *members, size_t n, const char *action, enum outcome *ret)
{
    struct session_request e = {.method = method, .path = path};
    struct pair pairs[9];
    struct value body = {.type = VALUE_MAP, .pairs = pairs};

    for (size_t i = 0; i < n; i++) {
        const char *text = members[i].option == COMMAND_PASSWORD ? secret_reveal(&c->secret)
                                                                 : given_text(c->given, members[i].option);

        if (text)
            value_set_pair(&body, body.count++, members[i].name, value_text(text));
    }
    if (action)
        value_set_pair(&body, body.count++, "action", value_text(action));
    e.body = &body;
    return ics_send_blindly(c, &e, ret);
}

/* A login that is refused is not tried every second; a node whose services start anew is. */
static bool may_come_back(const struct session *s)
{
    enum diag_code code = s->diags->n > 0 ? s->diags->items[s->diags->n - 1].code : DIAG_INTERNAL;

    return code == DIAG_UNREACHABLE || code == DIAG_CONNECTION_LOST || code == DIAG_TIMEOUT || code == DIAG_TRUNCATED ||
           code == DIAG_HTTP_STATUS;
}

/*
 * Reads until it is done. What was agreed to takes its time, but not all of it: it is waited for while nothing can be
 * read, until the run's time is over, and for a while when what is read says that it is not done.
 */
static int wait_until(struct command_run *c, ics_cluster_done *done, bool *ret)
{
    uint64_t since = USEC_INFINITY, pause = 100 * USEC_PER_MSEC;
    struct session *s = c->session;
    size_t told = s->diags->n;

    for (;; pause = MIN(2 * pause, 2 * USEC_PER_SEC)) {
        struct value cluster;
        int r = ics_cluster_read(s, &cluster);
        bool read = r == 0 || r == -ENOENT;

        *ret = read && done(c, r == 0 ? &cluster : NULL);
        since = read ? MIN(since, now_usec()) : USEC_INFINITY;
        if (*ret)
            return 0;
        if (r == -ENOMEM || (!read && !may_come_back(s)) || (read && now_usec() - since >= PATIENCE_USEC) ||
            c->steps[0].outcome == OUTCOME_REFUSED || session_wait(s, pause) < 0)
            return read ? 0 : r;
        session_untell(s, told);
        s->refused = false;
    }
}

int ics_cluster_verify(struct command_run *c, ics_cluster_done *done)
{
    struct step *s = &c->steps[0];
    size_t n = c->report.n_remarks;
    bool is;
    int r;

    if (!s->sent)
        return 0;
    r = wait_until(c, done, &is);
    if (r < 0)
        return r;
    s->result = is ? STEP_APPLIED : STEP_FAILED;
    return is ? 0 : ics_tell_failed(c, s, n > 0 ? c->report.remarks[n - 1] : NULL);
}
