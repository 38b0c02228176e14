/* SPDX-License-Identifier: Apache-2.0 */

#include "ics.h"

#include <string.h>

#define USERS "/api/v1/system/active-users"
#define CLUSTER "/api/v1/cluster"
#define CERTIFICATES "/api/v1/system/certificates/device-certificates"
#define CSRS "/api/v1/system/certificates/device-certificate-csrs"
#define LICENSE "/api/v1/license"
#define CONFIGURATION "/api/v1/configuration"
#define ESAPS CONFIGURATION "/authentication/endpoint/host-checker/esaps"
#define SERVERS CONFIGURATION "/authentication/auth-servers"
#define REALMS CONFIGURATION "/administrators/admin-realms"
#define ROLES CONFIGURATION "/administrators/admin-roles"
#define SOURCE_IP REALMS "/realm/*/authentication-policy/source-ip"

static const struct route route_table[] = {
    {"POST", "/api/v1/realm_auth", ics_realm_auth, ROUTE_OPEN | ROUTE_BODY},
    {"GET", "/api/v1/system/healthcheck", ics_get_healthcheck, ROUTE_OPEN},
    {"GET", "/api/v1/system/system-information", ics_get_system_information, 0},
    {"GET", "/api/v1/system/binary-configuration", ics_get_binary, 0},
    {"GET", USERS, ics_list_users, 0},
    {"DELETE", USERS, ics_end_all_sessions, 0},
    {"DELETE", USERS "/session/*", ics_end_session, 0},
    {"GET", CLUSTER, ics_get_cluster, 0},
    {"PUT", CLUSTER, ics_put_cluster, ROUTE_BODY},
    {"POST", CLUSTER "/members", ics_post_member, ROUTE_BODY},
    {"DELETE", CLUSTER "/members/*", ics_delete_member, 0},
    {"GET", CERTIFICATES, ics_list_certificates, 0},
    {"POST", CERTIFICATES, ics_post_certificate, ROUTE_BODY},
    {"GET", CERTIFICATES "/*", ics_get_certificate, 0},
    {"DELETE", CERTIFICATES "/*", ics_delete_certificate, 0},
    {"GET", CSRS, ics_list_csrs, 0},
    {"POST", CSRS, ics_post_csr, ROUTE_BODY},
    {"GET", CSRS "/*", ics_get_csr, 0},
    {"POST", CSRS "/*/certificate", ics_post_signed, ROUTE_BODY},
    {"GET", LICENSE "/license-server-lease-information", ics_get_leases, 0},
    {"PUT", LICENSE "/license-client-lease-state", ics_put_lease_state, ROUTE_BODY},
    {"GET", LICENSE "/named-users", ics_get_named_users, 0},
    {"PUT", LICENSE "/named-users", ics_put_named_users, ROUTE_BODY},
    {"GET", LICENSE "/named-users/*", ics_get_named_users_of, 0},
    {"PUT", LICENSE "/named-users/*", ics_put_named_users_of, ROUTE_BODY},
    {"GET", ESAPS, ics_get_esaps, 0},
    {"GET", ESAPS "/esap/*", ics_get_esap, 0},
    {"GET", SERVERS, ics_list_auth_servers, 0},
    {"GET", SERVERS "/auth-server", ics_list_auth_servers, 0},
    {"GET", SERVERS "/auth-server/*", ics_get_auth_server, 0},
    {"GET", SERVERS "/auth-server/*/ad/server-catalog/groups", ics_get_ad_groups, 0},
    {"PUT", SERVERS "/auth-server/*/ad/server-catalog/groups", ics_put_ad_groups, ROUTE_BODY},
    {"GET", SERVERS "/auth-server/*/ldap/server-catalog/groups", ics_get_ldap_groups, 0},
    {"PUT", SERVERS "/auth-server/*/ldap/server-catalog/groups", ics_put_ldap_groups, ROUTE_BODY},
    {"GET", REALMS, ics_list_realms, 0},
    {"GET", REALMS "/realm", ics_list_realms, 0},
    {"GET", REALMS "/realm/*", ics_get_realm, 0},
    {"GET", SOURCE_IP, ics_get_source_ip, 0},
    {"PUT", SOURCE_IP, ics_put_source_ip, ROUTE_BODY},
    {"GET", SOURCE_IP "/customized", ics_get_customized, 0},
    {"PUT", SOURCE_IP "/customized", ics_put_customized, ROUTE_BODY},
    {"GET", SOURCE_IP "/ips", ics_get_ips, 0},
    {"PUT", SOURCE_IP "/ips", ics_put_ips, ROUTE_BODY},
    {"POST", SOURCE_IP "/ips/ip", ics_post_ip, ROUTE_BODY},
    {"GET", REALMS "/realm/*/role-mapping-rules", ics_get_rules, 0},
    {"PUT", REALMS "/realm/*/role-mapping-rules", ics_put_rules, ROUTE_BODY},
    {"GET", ROLES, ics_list_roles, 0},
    {"GET", ROLES "/admin-role", ics_list_roles, 0},
    {"GET", ROLES "/admin-role/*", ics_get_role, 0},
    {"GET", ROLES "/admin-role/*/general/session-options", ics_get_session_options, 0},
    {"PUT", ROLES "/admin-role/*/general/session-options", ics_put_session_options, ROUTE_BODY},
};

static bool check_body(struct request *q, struct reply *a) {
    switch (request_parse_body(q)) {
    case 1:
        ics_refuse(a, 400, "Content-Type must be application/json");
        return false;
    case 2:
        ics_refuse(a, 400, "The body is not a JSON object");
        return false;
    }
    return strncmp(q->raw_path, CONFIGURATION "/", strlen(CONFIGURATION "/")) != 0 ||
           ics_check_leaves(q->json, a);
}

/* Who is not logged in does not learn which paths exist. */
static void ics_serve(struct request *q, struct reply *a) {
    bool known;
    const struct route *route = route_find(route_table, ELEMENTSOF(route_table), q, &known);

    a->sorted = true;
    if (!(route && route->flags & ROUTE_OPEN) && !ics_authenticate(q, a))
        return;
    if (!route)
        ics_refuse(a, known ? 405 : 404, known ? "Method not allowed" : "Resource not found");
    else if (!(route->flags & ROUTE_BODY) || check_body(q, a))
        route->handle(q, a);
}

static void normalise_state(cJSON *state) {
    ics_normalise_groups(state);
    ics_normalise_roles(state);
    ics_normalise_users(state);
    ics_normalise_cluster(state);
    ics_normalise_named_users(state);
}

const struct appliance_type ics_type = {
    .name = "ics",
    .reading_path = "/api/v1/realm_auth",
    .normalise_state = normalise_state,
    .find_session = ics_find_session,
    .serve = ics_serve,
    .censor_body = ics_censor_body,
};
