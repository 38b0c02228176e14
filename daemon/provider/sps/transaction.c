/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration transaction: waited for, opened, checked, committed or taken back, never left open. */
#include <errno.h>
#include <string.h>

#include "base/time-util.h"
#include "provider/sps/sps.h"

#define TRANSACTION "/api/transaction"

/* Both shapes: body.status (8.0) and transaction.status (5.7 to 7.x). NULL where it is neither. */
static const char *status_of(const struct value *answer)
{
    const char *status = value_get_text(value_get(answer, "body"), "status");

    return status ? status : value_get_text(value_get(answer, "transaction"), "status");
}

static int read_status(struct session *s, struct value *ret_answer, bool *ret_open)
{
    const char *status;
    int r = session_get(s, TRANSACTION, ret_answer);

    if (r == -ENOENT)
        return session_tell(s, DIAG_HTTP_STATUS, "GET", TRANSACTION, "status 404: the appliance knows no transactions");
    if (r < 0)
        return r;
    status = status_of(ret_answer);
    if (!status || (strcmp(status, "open") != 0 && strcmp(status, "closed") != 0))
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", TRANSACTION, "the answer shows neither 'open' nor 'closed'");
    *ret_open = strcmp(status, "open") == 0;
    return 0;
}

static void note_message(struct session *s, const struct value *answer)
{
    const char *message = value_get_text(value_get(answer, "body"), "commit_message");

    s->transaction.message_required = message && strcmp(message, "required") == 0;
}

/* Under the old login staged edits would read as if they were in force: whatever is read next is read by a new one. */
static void forget_login(struct session *s)
{
    secret_done(&s->key);
    s->fresh = false;
    s->transaction.open = false;
}

enum {
    TAKEN_BACK = 0,
    NOTHING_OPEN = 1,
};

/* Whether a transaction is open under a login that may have ended: then none is. */
static int read_open(struct session *s, bool *ret_open)
{
    struct value answer;
    struct answer a;
    int r = session_send(s, "GET", TRANSACTION, NULL, 0, &a, NULL, NULL);

    *ret_open = false;
    if (r < 0 || a.status == 401)
        return r < 0 ? r : 0;
    return read_status(s, &answer, ret_open);
}

/* Whatever it was answered, what is open afterwards is still open. */
static int send_delete(struct session *s)
{
    struct answer a;
    bool open;
    int r = session_send(s, "DELETE", TRANSACTION, NULL, 0, &a, NULL, NULL);

    if (r < 0)
        return r;
    if (a.status >= 300 && a.status != 400 && a.status != 401 && a.status != 404)
        return session_tell_status(s, DIAG_OUTCOME_UNKNOWN, "DELETE", TRANSACTION, &a);
    r = read_open(s, &open);
    if (r == 0 && open)
        return session_tell(s, DIAG_OUTCOME_UNKNOWN, "DELETE", TRANSACTION,
                            "status %d, but the transaction is still open; a later run takes it back", a.status);
    return r < 0 ? r : a.status < 300 ? TAKEN_BACK : NOTHING_OPEN;
}

/* Guide: DELETE of the transaction takes everything back. Sent also when the run is over or interrupted. */
static int close_transaction(struct session *s)
{
    bool before = s->cleaning;
    int r;

    s->cleaning = true;
    r = send_delete(s);
    s->cleaning = before;
    return r;
}

/* The key on disk goes when nothing can be open under it any more. */
static int forget_kept_key(struct session *s)
{
    return s->keeper ? s->keeper->forget(s->keeper->user) : 0;
}

/* The answer to the opening was lost: whatever is open under our login now is ours to close. */
static int open_lost(struct session *s)
{
    /* Should the opening still be on its way, it comes after this: the key stays on disk for the next run. */
    int r = close_transaction(s) == TAKEN_BACK ? forget_kept_key(s) : 0;

    forget_login(s);
    return r == -ENOMEM ? r : -EBADMSG;
}

/* A refusal that opened it is none: it read closed before, so what is open under our login now was opened by us. */
static int check_refused(struct session *s, int refused)
{
    bool open;
    int r;

    s->cleaning = true;
    r = read_open(s, &open);
    s->cleaning = false;
    if (r == 0)
        return open ? open_lost(s) : refused;
    /* Nobody knows: the key stays on disk for the next run. */
    forget_login(s);
    return r == -ENOMEM ? r : -EBADMSG;
}

/* 0 opened, -EAGAIN held by someone else (told), other errors told. Guide: "Open a transaction". */
static int send_open(struct session *s)
{
    struct answer a;
    bool maybe;
    int r = session_send(s, "POST", TRANSACTION, NULL, SEND_NO_LOGIN, &a, NULL, &maybe);

    if (r < 0 && maybe)
        return open_lost(s) == -ENOMEM ? -ENOMEM : r;
    if (r < 0)
        return r;
    if (a.status >= 200 && a.status < 300) {
        s->transaction.open = true;
        return 0;
    }
    if (a.status >= 500) {
        session_tell_status(s, DIAG_HTTP_STATUS, "POST", TRANSACTION, &a);
        return open_lost(s);
    }
    if (a.status == 400 || a.status == 401 || a.status == 404 || a.status == 411)
        return check_refused(s, session_tell_status(s, DIAG_REFUSED, "POST", TRANSACTION, &a));
    session_tell_status(s, DIAG_BUSY, "POST", TRANSACTION, &a);
    return check_refused(s, -EAGAIN);
}

/* The key lies on disk before anything can be open under it, and no longer where nothing was opened. */
static int try_open(struct session *s)
{
    struct value answer;
    bool open;
    int r = read_status(s, &answer, &open);

    if (r < 0)
        return r;
    if (open) {
        session_tell(s, DIAG_BUSY, "GET", TRANSACTION, "a transaction that is not ours is open: busy, held elsewhere");
        return -EAGAIN;
    }
    note_message(s, &answer);
    if (s->keeper && s->keeper->keep(s->keeper->user, &s->key) < 0)
        return -EBADMSG;
    r = send_open(s);
    if (r < 0 && secret_is_set(&s->key) && forget_kept_key(s) < 0)
        return -EBADMSG;
    return r;
}

/* What is opened later could not be written, committed and read back before the run is over. */
static uint64_t last_opening(const struct session *s)
{
    uint64_t now = now_usec(), left = s->deadline_usec > now ? s->deadline_usec - now : 0;

    return s->deadline_usec - MIN(left / 4, (uint64_t)60 * USEC_PER_SEC);
}

/* Someone with the web page open may hold the lock for hours: waited for, reported, never broken. */
int sps_begin(struct session *s)
{
    uint64_t wait, last = last_opening(s), pause = 250 * USEC_PER_MSEC;
    size_t told = s->diags->n;
    int r;

    for (;;) {
        r = try_open(s);
        if (r != -EAGAIN)
            return r;
        pause = MIN(pause * 2, 30 * USEC_PER_SEC);
        wait = pause + now_usec() % (pause / 4);
        if (now_usec() + wait > last || session_wait(s, wait) < 0)
            return -EBADMSG;
        session_untell(s, told);
    }
}

/* True where nothing is open any more and nothing is left of it on disk. */
static bool take_back(struct session *s)
{
    bool closed = close_transaction(s) >= 0, forgotten = closed && forget_kept_key(s) >= 0;

    if (closed && !forgotten)
        session_tell(s, DIAG_STATE, "DELETE", TRANSACTION, "taken back, but its key could not be removed");
    forget_login(s);
    return forgotten;
}

void sps_abort(struct session *s)
{
    if (s->transaction.open)
        take_back(s);
}

/* The session's key is that of a run that was killed: what is open under it was opened by us. */
int sps_recover(struct session *s)
{
    bool open;
    int r;

    s->cleaning = true;
    r = read_open(s, &open);
    s->cleaning = false;
    if (r == 0 && open)
        r = close_transaction(s);
    return r < 0 ? r : 0;
}

/* The part of a staged path behind our collection: "" for the collection itself; NULL where it is another. */
static const char *behind_collection(const char *path, const struct write *w)
{
    const char *collection = w->kind->path + strlen("/api/configuration");
    const char *at = strstr(path, collection);

    return at ? at + strlen(collection) : NULL;
}

/* Notes 2.6: what a path looks like was not seen; it must name the collection, and the key where there is one. */
static bool is_change_of(const char *path, const struct write *w)
{
    const char *rest = behind_collection(path, w);
    size_t n = w->key ? strlen(w->key) : 0;

    if (!rest)
        return false;
    if (*rest == '\0')
        return w->op == WRITE_CREATE;
    return n > 0 && rest[0] == '/' && strncmp(rest + 1, w->key, n) == 0 && strchr("/?#", rest[1 + n]);
}

/* A change that we did not make means that someone else works in our transaction. */
static int check_foreign(struct session *s, const struct value *changes, const struct write *writes, size_t n)
{
    for (uint32_t i = 0; i < changes->count; i++) {
        const char *path = value_get_text(&changes->items[i], "path");
        bool ours = false;

        for (size_t k = 0; path && k < n && !ours; k++)
            ours = is_change_of(path, &writes[k]);
        if (!ours)
            return session_tell(s, DIAG_FOREIGN_CHANGES, "GET", TRANSACTION "/changes",
                                "a change that is not in the plan is staged in our transaction (%s); it was taken back",
                                path ? path : "without a path");
    }
    return 0;
}

/* An edit that was accepted but is not staged would be missing from what is committed. */
static int check_missing(struct session *s, const struct value *changes, const struct write *writes, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        bool staged = false;

        for (uint32_t i = 0; i < changes->count && !staged; i++)
            staged = is_change_of(value_get_text(&changes->items[i], "path"), &writes[k]);
        if (!staged)
            return session_tell(s, DIAG_REFUSED, "GET", TRANSACTION "/changes",
                                "%s '%s' was accepted but is not staged; everything was taken back",
                                writes[k].kind->noun, writes[k].name);
    }
    return 0;
}

/* Guide: the staged changes, where the appliance shows them. */
static int check_changes(struct session *s, const struct write *writes, size_t n)
{
    static const char path[] = TRANSACTION "/changes";
    struct value answer;
    const struct value *changes;
    int r = session_get(s, path, &answer);

    if (r == -ENOENT)
        return 0;
    if (r < 0)
        return r;
    changes = value_get(&answer, "changes");
    if (!value_is(changes, VALUE_LIST))
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", path, "the answer holds no list 'changes'");
    r = check_foreign(s, changes, writes, n);
    return r < 0 ? r : check_missing(s, changes, writes, n);
}

static int send_commit(struct session *s, struct answer *ret, bool *ret_maybe)
{
    struct pair pairs[2];
    struct value body = {.type = VALUE_MAP, .count = s->transaction.message_required ? 2 : 1, .pairs = pairs};

    value_set_pair(&body, 0, "status", value_text("commit"));
    value_set_pair(&body, 1, "commit_message", value_text("Convergate: reconciled with the desired state"));
    return session_send(s, "PUT", TRANSACTION, &body, 0, ret, NULL, ret_maybe);
}

/*
 * The answer to the commit was lost. The old login is asked first: a transaction that is still open under it was not
 * committed and is taken back. Else it may have been, and reading over a new login decides.
 */
static int resolve_commit(struct session *s, enum outcome *ret)
{
    struct value answer;
    bool open = false;
    int r;

    *ret = OUTCOME_UNKNOWN;
    s->cleaning = true;
    r = read_status(s, &answer, &open);
    s->cleaning = false;
    if (r == -ENOMEM)
        return r;
    if (r == 0 && open) {
        sps_abort(s);
        *ret = OUTCOME_REFUSED;
        return 0;
    }
    forget_login(s);
    return 0;
}

/* A success that left the transaction open is none: under this login its edits would read as if they were in force. */
static int check_committed(struct session *s, enum outcome *ret)
{
    struct value answer;
    bool open;
    int r = read_status(s, &answer, &open);

    *ret = OUTCOME_UNKNOWN;
    if (r < 0) {
        forget_login(s);
        return r == -ENOMEM ? r : 0;
    }
    if (open) {
        session_tell(s, DIAG_REFUSED, "PUT", TRANSACTION,
                     "answered as a success, but the transaction is still open; it was taken back");
        sps_abort(s);
        *ret = OUTCOME_REFUSED;
        return 0;
    }
    s->transaction.open = false;
    *ret = OUTCOME_ACCEPTED;
    return forget_kept_key(s) < 0 ? -EBADMSG : 0;
}

/* Guide: "Commit a transaction". */
int sps_commit(struct session *s, const struct write *writes, size_t n, enum outcome *ret)
{
    struct answer a;
    bool maybe;
    int r = n > 0 ? check_changes(s, writes, n) : -ECANCELED;

    *ret = OUTCOME_REFUSED;
    if (r < 0) {
        sps_abort(s);
        return r == -ENOMEM ? r : 0;
    }
    r = send_commit(s, &a, &maybe);
    if (r == -EBADMSG && maybe)
        return resolve_commit(s, ret);
    if (r < 0) {
        sps_abort(s);
        return r == -ENOMEM ? r : 0;
    }
    if (a.status >= 200 && a.status < 300)
        return check_committed(s, ret);
    if (n == 1)
        sps_tell_refused(s, a.status >= 500 ? DIAG_OUTCOME_UNKNOWN : DIAG_REFUSED, "PUT", TRANSACTION, &a, writes);
    else
        session_tell_status(s, a.status >= 500 ? DIAG_OUTCOME_UNKNOWN : DIAG_REFUSED, "PUT", TRANSACTION, &a);
    if (a.status >= 500)
        return resolve_commit(s, ret);
    if (take_back(s) && sps_refuses_content(a.status))
        *ret = OUTCOME_REFUSED_TOGETHER;
    return 0;
}
