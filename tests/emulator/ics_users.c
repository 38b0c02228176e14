/* SPDX-License-Identifier: Apache-2.0 */

/* Who is signed in: the users that the state names, and behind them everybody who holds a key of this API. */

#include "ics.h"

#include <fnmatch.h>
#include <string.h>
#include <time.h>

/* The second value is that of a user whom the state does not say more about. */
static const struct {
    const char *name, *text;
    bool is_short; /* also in the records of old versions */
} member_table[] = {
    {"active-secondary-user-name", NULL, false},
    {"active-user-name", NULL, true},
    {"agent-type", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", true},
    {"authentication-realm", "Users", true},
    {"browser-id", NULL, false},
    {"device-id", NULL, false},
    {"endpoint-security-status",
     "Not Applicable\nPassed Policies: \nFailed Policies: \nEliminated Roles: ", true},
    {"events", NULL, true},
    {"hc-failed-reasons", NULL, false},
    {"login-node", "localhost2", true},
    {"mac-address", NULL, false},
    {"network-connect-ip", NULL, true},
    {"network-connect-ipv6", NULL, false},
    {"network-connect-transport-mode", NULL, true},
    {"ngp-session-id", NULL, false},
    {"primary-auth-server-name", "System Local", false},
    {"primary-auth-server-type", "Local Authentication", false},
    {"pulse-client-version", NULL, false},
    {"secondary-auth-server-name", NULL, false},
    {"secondary-auth-server-type", NULL, false},
    {"session-id", NULL, true},
    {"sign-in-time-micro", "1699327095.643966", false},
    {"source-ip", "192.0.2.1", false},
    {"user-roles", "Users", true},
    {"user-sign-in-time", "2023/11/07 03:18:15", true},
};

static char *make_sid(const char *seed) {
    char digest[41];

    util_digest_hex(seed, digest, 40);
    return util_format_text("sid%s00000000", digest);
}

static void put_digest(cJSON *record, const char *name, const char *seed, size_t digits) {
    char digest[65];

    util_digest_hex(seed, digest, digits);
    json_put(record, name, cJSON_CreateString(digest));
}

static void complete_record(cJSON *record, const char *seed) {
    _cleanup_free_ char *sid = make_sid(seed);

    if (!json_get(record, "session-id"))
        cJSON_AddStringToObject(record, "session-id", sid);
    if (!json_get(record, "events"))
        cJSON_AddNumberToObject(record, "events", 0);
    if (!json_get(record, "browser-id"))
        put_digest(record, "browser-id", seed, 32);
    if (!json_get(record, "ngp-session-id"))
        put_digest(record, "ngp-session-id", json_text(record, "session-id") ?: "", 10);
    for (size_t i = 0; i < ELEMENTSOF(member_table); i++)
        if (!json_get(record, member_table[i].name))
            cJSON_AddItemToObject(record, member_table[i].name,
                                  member_table[i].text ? cJSON_CreateString(member_table[i].text)
                                                       : cJSON_CreateNull());
}

void ics_normalise_users(cJSON *state) {
    unsigned number = 0;
    cJSON *record;

    cJSON_ArrayForEach(record, json_get(state, "active-users")) {
        _cleanup_free_ char *seed = util_format_text("%u %s", ++number,
                                                     json_text(record, "active-user-name") ?: "");
        if (cJSON_IsObject(record))
            complete_record(record, seed);
    }
}

static char *join_roles(const cJSON *roles) {
    struct buffer text = {0};
    const cJSON *role;

    buffer_append(&text, "", 0);
    cJSON_ArrayForEach(role, roles) {
        if (text.size > 0)
            buffer_append(&text, ", ", 2);
        buffer_append(&text, role->valuestring, strlen(role->valuestring));
    }
    return text.data;
}

static void put_times(cJSON *record, uint64_t usec) {
    time_t seconds = (time_t) (usec / 1000000);
    _cleanup_free_ char *micro = util_format_text("%lld.%06u", (long long) seconds,
                                                  (unsigned) (usec % 1000000));
    struct tm local;
    char text[32];

    localtime_r(&seconds, &local);
    strftime(text, sizeof(text), "%Y/%m/%d %H:%M:%S", &local);
    json_put(record, "sign-in-time-micro", cJSON_CreateString(micro));
    json_put(record, "user-sign-in-time", cJSON_CreateString(text));
}

static cJSON *describe_login(const struct appliance *p, const struct session *session) {
    _cleanup_free_ char *roles = join_roles(session->roles);
    cJSON *record = cJSON_CreateObject();

    cJSON_AddStringToObject(record, "active-user-name", session->user);
    cJSON_AddStringToObject(record, "agent-type", session->agent ?: "");
    cJSON_AddStringToObject(record, "authentication-realm", session->realm);
    cJSON_AddStringToObject(record, "login-node",
                            json_text(json_get(p->state, "system-information"), "host-name") ?: "localhost2");
    cJSON_AddStringToObject(record, "primary-auth-server-name", "Administrators");
    cJSON_AddStringToObject(record, "source-ip", session->peer ?: "");
    cJSON_AddStringToObject(record, "user-roles", roles);
    put_times(record, session->signed_in_usec);
    complete_record(record, session->key);
    return record;
}

/* What of all records one answer holds. */
struct page {
    const char *name; /* NULL: everybody */
    unsigned first, limit;
    unsigned n_matched;
    cJSON *list;
};

static bool is_wanted(struct page *page, const char *user) {
    if (page->name && fnmatch(page->name, user, FNM_CASEFOLD) != 0)
        return false;
    page->n_matched++;
    return page->n_matched > page->first && page->n_matched - page->first <= page->limit;
}

static void fill_page(struct page *page, const struct appliance *p) {
    const cJSON *record;

    cJSON_ArrayForEach(record, json_get(p->state, "active-users"))
        if (is_wanted(page, json_text(record, "active-user-name") ?: ""))
            cJSON_AddItemToArray(page->list, cJSON_Duplicate(record, true));
    for (size_t i = 0; i < p->sessions.n; i++)
        if (is_wanted(page, p->sessions.items[i]->user))
            cJSON_AddItemToArray(page->list, describe_login(p, p->sessions.items[i]));
}

static void drop_new_members(cJSON *list) {
    cJSON *record;

    cJSON_ArrayForEach(record, list)
        for (size_t i = 0; i < ELEMENTSOF(member_table); i++)
            if (!member_table[i].is_short)
                cJSON_DeleteItemFromObjectCaseSensitive(record, member_table[i].name);
}

static void add_last_record(cJSON *users, enum last_record shape, bool is_last) {
    if (shape == LAST_RECORD_BOOLEAN)
        cJSON_AddBoolToObject(users, "is-last-record", is_last);
    else if (shape == LAST_RECORD_TEXT)
        cJSON_AddStringToObject(users, "is-last-record", is_last ? "true" : "false");
}

static cJSON *print_page(const struct request *q, struct page *page) {
    const struct options *options = &q->appliance->options;
    cJSON *json = cJSON_CreateObject(), *users = cJSON_AddObjectToObject(json, "active-users");
    unsigned n = (unsigned) cJSON_GetArraySize(page->list);

    if (options->user_record == USER_RECORD_SHORT)
        drop_new_members(page->list);
    ics_add_list_take(q, cJSON_AddObjectToObject(users, "active-user-records"), "active-user-record",
                      TAKE_PTR(page->list));
    add_last_record(users, options->last_record, page->first + n >= page->n_matched);
    cJSON_AddNumberToObject(users, "total-matched-record-number", page->n_matched);
    cJSON_AddNumberToObject(users, "total-returned-record-number", n);
    cJSON_AddBoolToObject(users, "user-login-permission",
                          !cJSON_IsFalse(json_get(q->appliance->state, "user-login-permission")));
    return json;
}

/* -1: not a number. */
static long read_number(const struct request *q, const char *name, long otherwise) {
    _cleanup_free_ char *text = request_query(q, name);

    if (!text)
        return otherwise;
    if (text[0] == '\0' || strlen(text) > 9 || strspn(text, "0123456789") != strlen(text))
        return -1;
    return strtol(text, NULL, 10);
}

void ics_list_users(struct request *q, struct reply *a) {
    const struct options *options = &q->appliance->options;
    unsigned limit = options->record_limit ?: INT32_MAX;
    long number = read_number(q, "number", limit), start = read_number(q, "start", 0);
    _cleanup_free_ char *name = request_query(q, "name");
    struct page page = {.name = name};

    if (number < 1 || start < 0) {
        ics_refuse(a, 400, "'number' and 'start' must be numbers");
        return;
    }
    page.first = (unsigned) start - (options->paging == PAGING_FROM_ONE && start > 0);
    page.limit = number < limit ? (unsigned) number : limit;
    page.list = cJSON_CreateArray();
    fill_page(&page, q->appliance);
    reply_set_json_take(a, 200, print_page(q, &page));
}

static void confirm_end(struct reply *a) {
    reply_set_text(a, 204, "application/json", "");
    a->applied = true;
}

static bool end_user(struct appliance *p, const char *sid) {
    cJSON *record;

    cJSON_ArrayForEach(record, json_get(p->state, "active-users"))
        if (strcmp(json_text(record, "session-id") ?: "", sid) == 0)
            break;
    if (!record)
        return false;
    if (p->state_is_shared) { /* the record is that of all copies */
        appliance_own_state(p);
        return end_user(p, sid);
    }
    cJSON_Delete(cJSON_DetachItemViaPointer(json_get(p->state, "active-users"), record));
    return true;
}

static bool end_login(struct session_table *sessions, const char *sid) {
    for (size_t i = 0; i < sessions->n; i++) {
        _cleanup_free_ char *own = make_sid(sessions->items[i]->key);

        if (strcmp(own, sid) == 0) {
            session_drop(sessions, sessions->items[i]);
            return true;
        }
    }
    return false;
}

bool ics_end_sessions_of(struct request *q, const char *user) {
    struct session_table *sessions = &q->appliance->sessions;
    cJSON *list = json_get(appliance_own_state(q->appliance), "active-users"), *record, *next;
    bool found = false;

    q->session = NULL;
    for (record = list ? list->child : NULL; record; record = next) {
        next = record->next;
        if (strcmp(json_text(record, "active-user-name") ?: "", user) == 0) {
            cJSON_Delete(cJSON_DetachItemViaPointer(list, record));
            found = true;
        }
    }
    for (size_t i = sessions->n; i > 0; i--)
        if (strcmp(sessions->items[i - 1]->user, user) == 0) {
            session_drop(sessions, sessions->items[i - 1]);
            found = true;
        }
    return found;
}

void ics_end_session(struct request *q, struct reply *a) {
    struct appliance *p = q->appliance;

    q->session = NULL; /* it may be the caller's own */
    if (end_user(p, q->names[0]) || end_login(&p->sessions, q->names[0]))
        confirm_end(a);
    else
        ics_refuse(a, 404, "Resource not found");
}

void ics_end_all_sessions(struct request *q, struct reply *a) {
    if (!request_has_flag(q, "all")) {
        ics_refuse(a, 400, "Which sessions are meant?");
        return;
    }
    q->session = NULL;
    if (json_get(q->appliance->state, "active-users"))
        json_put(appliance_own_state(q->appliance), "active-users", cJSON_CreateArray());
    session_drop_all(&q->appliance->sessions);
    confirm_end(a);
}
