/* SPDX-License-Identifier: Apache-2.0 */

#include "sps.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct session *sps_find_session(const struct request *q) {
    _cleanup_free_ char *key = request_cookie(q, "session_id");
    return key ? session_find(&q->appliance->sessions, key) : NULL;
}

bool sps_identify(struct request *q) {
    struct session *session = sps_find_session(q);
    unsigned limit = q->appliance->options.session_requests;

    if (session && limit > 0 && session->requests >= limit) {
        session_drop(&q->appliance->sessions, session);
        session = NULL;
    }
    if (!session)
        return false;
    session->requests++;
    request_set_session(q, session);
    return true;
}

static bool is_admin(struct request *q) {
    _cleanup_free_ char *password = NULL;
    const char *known;

    free(TAKE_PTR(q->user));
    if (!request_basic(q, &q->user, &password))
        return false;
    known = json_text(json_get(json_get(q->appliance->state, "admins"), q->user), "password");
    return known && strcmp(known, password) == 0;
}

/* The appliance's clock may be wrong: then the cookie looks old, yet the session lives. */
static void add_cookie(struct request *q, struct reply *a, const char *key) {
    bool behind = q->appliance->options.cookie == COOKIE_EXPIRED_CLOCK;
    time_t end = time(NULL) + (behind ? -86400 : (time_t) SPS_SESSION_SECONDS);
    struct tm parts;
    char date[64];
    _cleanup_free_ char *cookie = NULL;

    gmtime_r(&end, &parts);
    strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (q->appliance->options.cookie == COOKIE_JOINED)
        cookie = util_format_text("ticket=fake-ticket, session_id=%s, malic=valid", key);
    else
        cookie = util_format_text("session_id=%s; expires=%s; HttpOnly; Max-Age=%u; Path=/; Secure", key,
                                  date, behind ? 0 : SPS_SESSION_SECONDS);
    reply_add_header(a, "Set-Cookie", cookie);
}

void sps_login(struct request *q, struct reply *a) {
    struct session_table *sessions = &q->appliance->sessions;
    _cleanup_free_ char *method = request_query(q, "login_method");
    cJSON *json, *meta;
    char key[41];

    if (method && strcmp(method, "local") != 0) {
        sessions->logins_refused++;
        sps_refuse(q, a, 400, "InvalidQuery", "There is no login method of this name.");
        return;
    }
    if (!is_admin(q)) {
        sessions->logins_refused++;
        sps_refuse(q, a, 401, "AuthenticationFailure",
                   "Authenticating the user with the given credentials has failed.");
        return;
    }
    sessions->logins_ok++;
    util_random_hex(key, 40);
    request_set_session(q, session_add(sessions, q->user, "", key));
    add_cookie(q, a, key);
    json = cJSON_CreateObject();
    meta = sps_make_meta("/api/authentication", "/api");
    cJSON_AddNumberToObject(meta, "remaining_seconds", SPS_SESSION_SECONDS);
    cJSON_AddItemToObject(json, "meta", meta);
    reply_set_json_take(a, 200, json);
    a->applied = true;
}

void sps_logout(struct request *q, struct reply *a) {
    cJSON *json = cJSON_CreateObject();

    session_drop(&q->appliance->sessions, TAKE_PTR(q->session));
    cJSON_AddItemToObject(json, "meta", sps_make_meta("/api/authentication", "/api"));
    reply_set_json_take(a, 200, json);
    a->applied = true;
}

void sps_get_login_methods(struct request *q, struct reply *a) {
    cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "login_methods");
    cJSON *method = cJSON_CreateObject();

    (void) q;
    cJSON_AddStringToObject(method, "name", "local");
    cJSON_AddStringToObject(method, "type", "local");
    cJSON_AddItemToArray(list, method);
    cJSON_AddItemToObject(json, "meta",
                          sps_make_meta("/api/authentication/login_methods", "/api/authentication"));
    reply_set_json_take(a, 200, json);
}

static cJSON *make_body(const cJSON *info, bool is_anonymous) {
    static const char *const anonymous[] = {"domainname", "hostname", "nickname", "plugin_sdk_version",
                                            "support_link"};
    cJSON *body;

    if (!is_anonymous)
        return cJSON_IsObject(info) ? cJSON_Duplicate(info, true) : cJSON_CreateObject();
    body = cJSON_CreateObject();
    for (size_t i = 0; i < ELEMENTSOF(anonymous); i++)
        if (json_get(info, anonymous[i]))
            cJSON_AddItemToObject(body, anonymous[i], cJSON_Duplicate(json_get(info, anonymous[i]), true));
    return body;
}

static void add_config_hash(cJSON *body, const cJSON *policies) {
    char *text = policies ? cJSON_PrintUnformatted(policies) : NULL;
    char hash[33];

    util_digest_hex(text ?: "", hash, 32);
    cJSON_free(text);
    if (!json_get(body, "config_hash"))
        cJSON_AddStringToObject(body, "config_hash", hash);
}

void sps_get_info(struct request *q, struct reply *a) {
    cJSON *json = cJSON_CreateObject(), *meta = sps_make_meta("/api/info", "/api");
    cJSON *body = make_body(json_get(q->appliance->state, "info"), !q->session);

    if (q->session) {
        add_config_hash(body, json_get(q->appliance->state, "policies"));
        cJSON_AddNumberToObject(meta, "remaining_seconds", sps_remaining_seconds(q));
    }
    cJSON_AddItemToObject(json, "body", body);
    cJSON_AddStringToObject(json, "key", "info");
    cJSON_AddItemToObject(json, "meta", meta);
    reply_set_json_take(a, 200, json);
}

void sps_get_user_info(struct request *q, struct reply *a) {
    cJSON *json = cJSON_CreateObject(), *body = cJSON_AddObjectToObject(json, "body");
    cJSON *meta = sps_make_meta("/api/user/info", "/api/user");

    cJSON_AddStringToObject(body, "login_method", "local");
    cJSON_AddStringToObject(cJSON_AddObjectToObject(body, "user"), "name", q->session->user);
    cJSON_AddNumberToObject(meta, "remaining_seconds", sps_remaining_seconds(q));
    cJSON_AddStringToObject(json, "key", "info");
    cJSON_AddItemToObject(json, "meta", meta);
    reply_set_json_take(a, 200, json);
}
