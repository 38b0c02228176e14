/* SPDX-License-Identifier: Apache-2.0 */

#include "ics.h"

#include <string.h>

struct session *ics_find_session(const struct request *q) {
    _cleanup_free_ char *key = NULL, *password = NULL;

    if (!request_basic(q, &key, &password) || password[0] != '\0')
        return NULL;
    return session_find(&q->appliance->sessions, key);
}

static void refuse_login(const struct request *q, struct reply *a) {
    switch (q->appliance->options.refusal) {
    case REFUSAL_403_HTML:
        reply_set_text(a, 403, "text/html; charset=utf-8",
                       "<html><head><title>Forbidden</title></head><body>"
                       "Access to the Web site is blocked by your administrator.</body></html>\n");
        break;
    case REFUSAL_401:
        reply_set_text(a, 401, "text/html; charset=utf-8", "");
        break;
    default:
        reply_set_text(a, 403, "text/html; charset=utf-8", "");
    }
}

static bool is_worn_out(const struct request *q, const struct session *session) {
    unsigned limit = q->appliance->options.key_requests;
    return limit > 0 && session->requests >= limit;
}

const char *ics_realm_of(const cJSON *admin) {
    return json_text(admin, "realm") ?: "Admin Users";
}

/* Is he who logged in still let in by address and role, and may he do this? */
static bool is_entitled(const struct request *q, const struct session *session) {
    const struct appliance *p = q->appliance;
    _cleanup_json_ cJSON *roles = NULL;

    if (p->options.deny_mode == DENY_MODE_AT_ONCE) {
        roles = ics_map_roles(p->state, session->user);
        if (!roles->child || !ics_realm_admits(p->state, session->realm, &q->link->peer))
            return false;
    }
    return request_is(q, "GET") || ics_may_write(roles ?: session->roles);
}

bool ics_authenticate(struct request *q, struct reply *a) {
    struct appliance *p = q->appliance;
    struct session *session = ics_find_session(q);

    if (session && is_worn_out(q, session)) {
        session_drop(&p->sessions, session);
        session = NULL;
    }
    if (!session) {
        refuse_login(q, a);
        return false;
    }
    session->requests++;
    request_set_session(q, session);
    if (!is_entitled(q, session)) {
        reply_set_text(a, 403, "text/html; charset=utf-8", "");
        return false;
    }
    return true;
}

static bool is_admin(const cJSON *state, const char *user, const char *password, const char *realm) {
    const cJSON *admin = json_get(json_get(state, "admins"), user);
    const char *known_password = json_text(admin, "password");

    return known_password && strcmp(known_password, password) == 0 && strcmp(ics_realm_of(admin), realm) == 0;
}

/* 0 if the login may go on, else the status to refuse it with. */
static unsigned judge_login(struct request *q, const char *realm) {
    const struct appliance *p = q->appliance;
    _cleanup_free_ char *password = NULL;
    _cleanup_json_ cJSON *roles = NULL;

    free(TAKE_PTR(q->user));
    if (!request_basic(q, &q->user, &password) || !is_admin(p->state, q->user, password, realm))
        return 401;
    roles = ics_map_roles(p->state, q->user);
    if (!roles->child || !ics_realm_admits(p->state, realm, &q->link->peer))
        return 403;
    if (p->options.max_sessions > 0 && p->sessions.n >= p->options.max_sessions)
        return 403;
    return 0;
}

static char *make_key(void) {
    char hex[33];

    util_random_hex(hex, 32);
    return util_encode_base64(hex, 32);
}

static void add_session(struct request *q, const char *realm, const char *key) {
    struct session *session = session_add(&q->appliance->sessions, q->user, realm, key);

    session->roles = ics_map_roles(q->appliance->state, q->user);
    session->agent = util_duplicate_text(q->user_agent ?: "");
    session->peer = util_duplicate_text(q->link->peer.text);
    request_set_session(q, session);
}

void ics_realm_auth(struct request *q, struct reply *a) {
    struct session_table *sessions = &q->appliance->sessions;
    const char *realm = json_text(q->json, "realm");
    _cleanup_free_ char *key = make_key();
    cJSON *json;
    unsigned refused;

    if (!realm) {
        ics_refuse(a, 400, "The realm is missing");
        return;
    }
    refused = judge_login(q, realm);
    if (refused) {
        sessions->logins_refused++;
        reply_set_text(a, refused, "text/html; charset=utf-8", "");
        return;
    }
    json = cJSON_CreateObject();
    if (q->appliance->options.resume_id)
        cJSON_AddStringToObject(json, "resume_id", key);
    else {
        sessions->logins_ok++;
        cJSON_AddStringToObject(json, "api_key", key);
        add_session(q, realm, key);
    }
    reply_set_json_take(a, 200, json);
    a->applied = true;
}
