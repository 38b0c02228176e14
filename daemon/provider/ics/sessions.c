/* SPDX-License-Identifier: Apache-2.0 */
/* Active sessions (guide: "Getting Active Sessions", "Deleting a Particular Active Session"). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "provider/ics/commands.h"

#define ACTIVE_USERS "/api/v1/system/active-users"

enum { PAGE_RECORDS = 200, ATTEMPTS = 3 };

enum mark { MARK_NONE, MARK_MORE, MARK_LAST };

/* What the pages have brought so far. */
struct reading {
    struct session *session;
    const char *path;    /* of the page */
    struct value *items; /* in the order of their ids, each id once */
    size_t n, allocated;
    int64_t low, high; /* how many there are, by the pages that say; -1 where none says */
};

struct page {
    const struct value *records; /* NULL for none */
    uint32_t n;
    enum mark mark;
    int64_t total; /* -1 where it is not told */
};

static int tell(const struct reading *r, const char *what)
{
    return session_tell(r->session, DIAG_WRONG_SHAPE, "GET", r->path, "%s", what);
}

static enum mark read_mark(const struct value *outer)
{
    const struct value *v = value_get(outer, "is-last-record");

    if (value_is(v, VALUE_BOOL))
        return v->boolean ? MARK_LAST : MARK_MORE;
    if (value_is(v, VALUE_TEXT))
        return strcmp(v->text, "true") == 0 ? MARK_LAST : MARK_MORE;
    return MARK_NONE;
}

/* A page without records must say that it has none. */
static int take_page(const struct reading *r, const struct value *answer, struct page *ret)
{
    const struct value *outer = value_get(answer, "active-users");
    const struct value *list = value_get(value_get(outer, "active-user-records"), "active-user-record");
    struct page page = {.mark = read_mark(outer), .total = -1};
    int64_t returned = -1;

    if (!value_is(outer, VALUE_MAP))
        return tell(r, "the answer holds no active-users");
    if (list && list->type != VALUE_NULL && list->type != VALUE_LIST)
        return tell(r, "active-user-record is no list");
    if (value_is(list, VALUE_LIST)) {
        page.records = list->items;
        page.n = list->count;
    }
    (void)ics_take_count(value_get(outer, "total-matched-record-number"), &page.total);
    (void)ics_take_count(value_get(outer, "total-returned-record-number"), &returned);
    if (returned >= 0 ? returned != page.n : !value_is(list, VALUE_LIST))
        return tell(r, "it does not hold as many records as it says; the answer is not whole");
    *ret = page;
    return 0;
}

/*
 * How many have come is where the next page begins. The guide counts from 0 in its sample and from 1 in its text
 * ("start=201"); where it is 1, the last record comes twice, and none is left out.
 */
static int read_page(struct reading *r, struct page *ret)
{
    struct value answer;
    int e;

    r->path = arena_printf(r->session->arena, ACTIVE_USERS "?number=%d&start=%zu", PAGE_RECORDS, r->n);
    if (!r->path)
        return diag_oom(r->session->diags);
    e = session_get(r->session, r->path, &answer);
    if (e == -ENOENT)
        return session_tell(r->session, DIAG_HTTP_STATUS, "GET", r->path, "status 404: it shows no active users");
    return e < 0 ? e : take_page(r, &answer, ret);
}

static const char *id_of(const struct value *record)
{
    return value_get_text(record, "session-id");
}

static const char *user_of(const struct value *record)
{
    return value_get_text(record, "active-user-name");
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(id_of(a), id_of(b));
}

static int compare_users(const void *a, const void *b)
{
    int r = strcmp(user_of(a), user_of(b));

    return r ? r : compare_ids(a, b);
}

static void drop_duplicates(struct reading *r)
{
    size_t kept = 0;

    if (r->n > 1)
        qsort(r->items, r->n, sizeof(*r->items), compare_ids);
    for (size_t i = 0; i < r->n; i++)
        if (kept == 0 || strcmp(id_of(&r->items[i]), id_of(&r->items[kept - 1])) != 0)
            r->items[kept++] = r->items[i];
    r->n = kept;
}

static int add_records(struct reading *r, const struct page *page)
{
    for (uint32_t i = 0; i < page->n; i++) {
        const struct value *record = &page->records[i];

        if (!id_of(record) || !id_of(record)[0] || !user_of(record))
            return tell(r, "a record has no session-id or no active-user-name");
        if (array_grow(&r->items, &r->allocated, r->n, sizeof(*r->items)) < 0)
            return diag_oom(r->session->diags);
        r->items[r->n++] = *record;
    }
    drop_duplicates(r);
    if (r->n > LIMIT_SESSIONS)
        return tell(r, "there are more sessions than Convergate can hold");
    if (page->total >= 0) {
        r->low = r->low < 0 ? page->total : MIN(r->low, page->total);
        r->high = MAX(r->high, page->total);
    }
    return 0;
}

/* True behind the last page. A full page that does not say it is the last one never is. */
static bool is_last(const struct reading *r, const struct page *page)
{
    if (page->mark != MARK_NONE)
        return page->mark == MARK_LAST;
    return page->n < PAGE_RECORDS && (page->total < 0 || r->n >= (size_t)page->total);
}

static int read_pages(struct reading *r)
{
    r->n = 0;
    r->low = r->high = -1;
    for (;;) {
        size_t before = r->n;
        struct page page = {0};
        int e = read_page(r, &page);

        if (e == 0)
            e = add_records(r, &page);
        if (e < 0 || is_last(r, &page))
            return e;
        if (r->n > before)
            continue;
        if (page.mark == MARK_MORE || page.n == PAGE_RECORDS)
            return tell(r, "there should be more sessions, but the page brings none; whether these are all is unknown");
        return 0;
    }
}

/* Sessions come and go while they are read: then the count lies between what the pages said. */
static bool is_whole(const struct reading *r)
{
    return r->low < 0 || ((size_t)r->low <= r->n && r->n <= (size_t)r->high);
}

static int read_all(struct reading *r)
{
    int e = 0;

    for (int i = 0; i < ATTEMPTS; i++) {
        e = read_pages(r);
        if (e < 0 || is_whole(r))
            return e;
    }
    return session_tell(r->session, DIAG_WRONG_SHAPE, "GET", r->path,
                        "the pages hold %zu sessions, but the appliance counts %lld; try again", r->n,
                        (long long)r->high);
}

int ics_sessions_read(struct session *s, struct value *ret)
{
    struct reading r = {.session = s};
    struct value list;
    int e = read_all(&r);

    if (e == 0 && value_new_list(s->arena, r.n, &list) < 0)
        e = diag_oom(s->diags);
    if (e == 0 && r.n > 0) {
        qsort(r.items, r.n, sizeof(*r.items), compare_users);
        memcpy(list.items, r.items, r.n * sizeof(*r.items));
    }
    free(r.items);
    if (e == 0)
        *ret = list;
    return e;
}

bool ics_sessions_hold(const struct value *all, const struct value *record)
{
    return all->count && bsearch(record, all->items, all->count, sizeof(*all->items), compare_users);
}

static int compare_user(const void *user, const void *record)
{
    return strcmp(user, user_of(record));
}

bool ics_sessions_hold_user(const struct value *all, const char *user)
{
    return all->count && bsearch(user, all->items, all->count, sizeof(*all->items), compare_user);
}

bool ics_session_is_own(const struct session *s, const struct value *record)
{
    const char *realm = value_get_text(record, "authentication-realm");

    return strcasecmp(user_of(record), secret_reveal(&s->login->username)) == 0 && realm &&
           strcasecmp(realm, s->login->realm) == 0;
}

const char *ics_session_shown(struct session *s, const char *id)
{
    return arena_printf(s->arena, "%.*s...", (int)session_shown(id), id);
}

/* An appliance that repeats the id must not bring it into our words. */
static int send_end(struct session *s, const char *id, struct answer *ret, enum outcome *ret_outcome)
{
    const struct secret *before = s->secret;
    struct secret hidden = {0};
    const char *path;
    int r = session_path(s, ACTIVE_USERS "/session/%s", id, &path);

    if (r == 0 && secret_set(&hidden, id, strlen(id)) < 0)
        r = diag_oom(s->diags);
    s->secret = &hidden;
    if (r == 0)
        r = ics_send(s, "DELETE", path, NULL, ret, ret_outcome);
    s->secret = before;
    secret_done(&hidden);
    return r;
}

int ics_session_end(struct session *s, const char *id, enum outcome *ret)
{
    size_t told = s->diags->n;
    struct answer a;
    int r = send_end(s, id, &a, ret);

    if (r == 0 && a.status == 404) {
        session_untell(s, told);
        *ret = OUTCOME_ACCEPTED;
    }
    return r;
}
