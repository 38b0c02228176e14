/* SPDX-License-Identifier: Apache-2.0 */
/* Named users and their licences (guide: "Get APIs to Delete Named Users", "PUT APIs to Delete ..."). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider/ics/commands.h"

#define NAMED_USERS "/api/v1/license/named-users"

struct reading {
    struct session *session;
    const char *path;
    struct value *items;
    size_t n, allocated;
};

static int tell(const struct reading *r, const char *what)
{
    return session_tell(r->session, DIAG_WRONG_SHAPE, "GET", r->path, "%s", what);
}

/* A copy of the record that says which list of a license server it was in. */
static int name_list(const struct reading *r, const struct value *record, const char *list, struct value *ret)
{
    if (value_new_map(r->session->arena, (size_t)record->count + 1, ret) < 0)
        return diag_oom(r->session->diags);
    memcpy(ret->pairs, record->pairs, record->count * sizeof(*ret->pairs));
    value_set_pair(ret, record->count, "list", value_text(list));
    return 0;
}

/* LIST is NULL where there is just one. */
static int add_list(struct reading *r, const struct value *records, const char *list)
{
    if (records->type == VALUE_NULL)
        return 0;
    if (records->type != VALUE_LIST)
        return tell(r, "named-users is no list");
    for (uint32_t i = 0; i < records->count; i++) {
        struct value record = records->items[i];
        int e = 0;

        if (!ics_text(&record, "User")[0])
            return tell(r, "a record has no User");
        if (list)
            e = name_list(r, &records->items[i], list, &record);
        if (e < 0)
            return e;
        if (array_grow(&r->items, &r->allocated, r->n, sizeof(*r->items)) < 0)
            return diag_oom(r->session->diags);
        r->items[r->n++] = record;
    }
    return 0;
}

/* A license server has a list for each of the products that it serves: {"pcs": {"named-users": ...}, "pps": ...}. */
static int add_server(struct reading *r, const struct value *answer)
{
    size_t lists = 0;

    for (uint32_t i = 0; i < answer->count; i++) {
        const struct value *records = value_get(&answer->pairs[i].value, "named-users");
        int e;

        if (!records)
            continue;
        e = add_list(r, records, answer->pairs[i].key.text);
        if (e < 0)
            return e;
        lists++;
    }
    return lists > 0 ? 0 : tell(r, "the answer holds no named-users");
}

static int compare_users(const void *a, const void *b)
{
    return strcmp(ics_text(a, "User"), ics_text(b, "User"));
}

static int end_reading(const struct reading *r, struct value *ret)
{
    if (value_new_list(r->session->arena, r->n, ret) < 0)
        return diag_oom(r->session->diags);
    if (r->n > 0) {
        qsort(r->items, r->n, sizeof(*r->items), compare_users);
        memcpy(ret->items, r->items, r->n * sizeof(*r->items));
    }
    return 0;
}

static int choose_path(struct session *s, const char *client, const char **ret)
{
    *ret = NAMED_USERS;
    return client ? session_path(s, NAMED_USERS "/%s", client, ret) : 0;
}

int ics_named_users_read(struct session *s, const char *client, struct value *ret, bool *ret_server)
{
    struct reading r = {.session = s};
    const struct value *records;
    struct value answer;
    int e = choose_path(s, client, &r.path);

    if (e == 0)
        e = session_get(s, r.path, &answer);
    if (e == -ENOENT)
        return session_tell(s, DIAG_HTTP_STATUS, "GET", r.path, "status 404: it has no named users%s%s",
                            client ? " of " : "", client ? client : "");
    if (e < 0)
        return e;
    records = value_get(&answer, "named-users");
    e = records ? add_list(&r, records, NULL) : add_server(&r, &answer);
    if (e == 0)
        e = end_reading(&r, ret);
    free(r.items);
    if (e == 0 && ret_server)
        *ret_server = !records;
    return e;
}

bool ics_named_users_hold(const struct value *all, const char *user)
{
    struct pair pair = {.key = value_text("User"), .value = value_text(user)};
    const struct value wanted = {.type = VALUE_MAP, .count = 1, .pairs = &pair};

    return all->count && bsearch(&wanted, all->items, all->count, sizeof(*all->items), compare_users);
}

int ics_named_users_end(struct session *s, const char *client, const char *const *users, size_t n, bool end_sessions,
                        enum outcome *ret)
{
    struct pair pairs[3];
    struct value body = {.type = VALUE_MAP, .count = client ? 2 : 3, .pairs = pairs}, list;
    struct answer a;
    const char *path;
    int r = choose_path(s, client, &path);

    if (r < 0)
        return r;
    if (value_new_list(s->arena, n, &list) < 0)
        return diag_oom(s->diags);
    for (size_t i = 0; i < n; i++)
        list.items[i] = value_text(users[i]);
    value_set_pair(&body, 0, "action", value_text("remove"));
    value_set_pair(&body, 1, "users", list);
    /* Guide: not for a license server; a text, not a truth value. */
    if (!client)
        value_set_pair(&body, 2, "delete-active-sessions", value_text(end_sessions ? "true" : "false"));
    return ics_send(s, "PUT", path, &body, &a, ret);
}
