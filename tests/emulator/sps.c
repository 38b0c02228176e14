/* SPDX-License-Identifier: Apache-2.0 */

#include "sps.h"

#include <string.h>

#define COLLECTION SPS_POLICIES "/*"

static const struct route route_table[] = {
    {"GET", "/api/authentication", sps_login, ROUTE_OPEN},
    {"DELETE", "/api/authentication", sps_logout, 0},
    {"GET", "/api/authentication/login_methods", sps_get_login_methods, ROUTE_OPEN},
    {"GET", "/api/info", sps_get_info, ROUTE_OPTIONAL_LOGIN},
    {"GET", "/api/user/info", sps_get_user_info, 0},
    {"GET", "/api/user_info", sps_get_user_info, 0},
    {"GET", "/api/transaction", sps_get_transaction, 0},
    {"POST", "/api/transaction", sps_open_transaction, 0},
    {"PUT", "/api/transaction", sps_commit_transaction, ROUTE_BODY},
    {"DELETE", "/api/transaction", sps_abort_transaction, 0},
    {"GET", "/api/transaction/changes", sps_get_changes, 0},
    {"GET", SPS_POLICIES, sps_list_collections, 0},
    {"GET", COLLECTION, sps_list_policies, 0},
    {"POST", COLLECTION, sps_create_policy, ROUTE_BODY},
    {"GET", COLLECTION "/*", sps_get_policy, 0},
    {"PUT", COLLECTION "/*", sps_replace_policy, ROUTE_BODY},
    {"DELETE", COLLECTION "/*", sps_delete_policy, 0},
};

/* Rules of the layers before the API itself. True if the request is refused. */
static bool refuse_early(const struct request *q, struct reply *a) {
    bool is_sending = request_is(q, "POST") || request_is(q, "PUT");

    if (is_sending && !q->content_length) {
        reply_set_text(a, 411, "text/html", "<html><body><h1>411 Length Required</h1></body></html>\n");
        return true;
    }
    if ((is_sending || request_is(q, "DELETE")) && q->user_agent && strstr(q->user_agent, "Mozilla") &&
        (!q->x_token || q->x_token[0] == '\0')) {
        sps_refuse(q, a, 403, "Unauthorized", "The X-Token header is missing.");
        return true;
    }
    return false;
}

static bool check_login(struct request *q, struct reply *a, const struct route *route) {
    if (route && route->flags & ROUTE_OPEN)
        return true;
    if (sps_identify(q) || (route && route->flags & ROUTE_OPTIONAL_LOGIN))
        return true;
    sps_refuse(q, a, 401, "Unauthenticated",
               "The requested resource cannot be retrieved because the client is not authenticated and the "
               "resource requires authorization to access it.");
    return false;
}

static bool check_body(struct request *q, struct reply *a) {
    switch (request_parse_body(q)) {
    case 1:
        sps_refuse(q, a, 415, "UnsupportedMediaType", "Content-Type must be application/json.");
        return false;
    case 2:
        sps_refuse(q, a, 400, "SyntacticError", "The body is not a JSON object.");
        return false;
    }
    return true;
}

static void sps_serve(struct request *q, struct reply *a) {
    bool known;
    const struct route *route = route_find(route_table, ELEMENTSOF(route_table), q, &known);

    if (refuse_early(q, a) || !check_login(q, a, route))
        return;
    if (!route && known)
        sps_refuse(q, a, 405, "MethodNotAllowed", "The method is not allowed for this resource.");
    else if (!route)
        sps_refuse(q, a, 404, "NotFound", "The requested object does not exist.");
    else if (!(route->flags & ROUTE_BODY) || check_body(q, a))
        route->handle(q, a);
}

static void sps_normalise_state(cJSON *state) {
    json_need_object(state, "policies");
}

const struct appliance_type sps_type = {
    .name = "sps",
    .reading_path = "/api/authentication",
    .normalise_state = sps_normalise_state,
    .find_session = sps_find_session,
    .serve = sps_serve,
};
