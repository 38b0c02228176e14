/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Connect Secure: the parts of its REST API that Convergate uses, by the guide. */

#include "json.h"
#include "request.h"
#include "route.h"

#define ICS_READ_ONLY_ROLE ".Read-Only Administrators"

/* ics_reply.c */
/* The item of `collection` that the path names first, or NULL and 404. */
const cJSON *ics_find_item(const struct request *q, const char *collection, struct reply *a);
void ics_refuse(struct reply *a, unsigned status, const char *format, ...) _printf_(3, 4);
/* The same under `info`, which says nothing of success. */
void ics_tell(struct reply *a, unsigned status, const char *format, ...) _printf_(3, 4);
void ics_confirm(const struct request *q, struct reply *a, unsigned status);
void ics_confirm_as(const struct request *q, struct reply *a, unsigned status, const char *message);
/* Takes `json`; empty lists take the form that the options say. */
void ics_return_take(const struct request *q, struct reply *a, cJSON *json);
/* The same for one list (taken) of an object that holds nulls which are none. */
void ics_add_list_take(const struct request *q, cJSON *object, const char *name, cJSON *list);
/* Under /configuration every leaf is text. Refuses (422) and returns false if one is not. */
bool ics_check_leaves(const cJSON *json, struct reply *a);
cJSON *ics_copy_list(const cJSON *list);
/* "true" or "false", if it is there at all. */
bool ics_is_flag(const cJSON *object, const char *name);

/* ics_login.c */
struct session *ics_find_session(const struct request *q);
bool ics_authenticate(struct request *q, struct reply *a);
void ics_realm_auth(struct request *q, struct reply *a);
const char *ics_realm_of(const cJSON *admin);

/* ics_mapping.c */
/* The roles of this administrator in his realm (to be freed), an empty list if he is not let in. */
cJSON *ics_map_roles(const cJSON *state, const char *user);
bool ics_may_write(const cJSON *roles);

/* ics_groups.c */
void ics_get_ad_groups(struct request *q, struct reply *a);
void ics_put_ad_groups(struct request *q, struct reply *a);
void ics_get_ldap_groups(struct request *q, struct reply *a);
void ics_put_ldap_groups(struct request *q, struct reply *a);
void ics_normalise_groups(cJSON *state);

/* ics_realm.c */
void ics_get_source_ip(struct request *q, struct reply *a);
void ics_put_source_ip(struct request *q, struct reply *a);
void ics_get_customized(struct request *q, struct reply *a);
void ics_put_customized(struct request *q, struct reply *a);
void ics_get_ips(struct request *q, struct reply *a);
void ics_put_ips(struct request *q, struct reply *a);
void ics_post_ip(struct request *q, struct reply *a);
bool ics_realm_admits(const cJSON *state, const char *realm, const struct address *peer);

/* ics_browse.c */
/* {"href", "name"}, the href below the API's `folder`. */
cJSON *ics_make_stub(const char *folder, const char *name);
void ics_list_auth_servers(struct request *q, struct reply *a);
void ics_get_auth_server(struct request *q, struct reply *a);
void ics_list_realms(struct request *q, struct reply *a);
void ics_get_realm(struct request *q, struct reply *a);

void ics_list_roles(struct request *q, struct reply *a);
void ics_get_role(struct request *q, struct reply *a);

/* ics_rules.c */
void ics_get_rules(struct request *q, struct reply *a);
void ics_put_rules(struct request *q, struct reply *a);

/* ics_role.c */
void ics_normalise_roles(cJSON *state);
void ics_get_session_options(struct request *q, struct reply *a);
void ics_put_session_options(struct request *q, struct reply *a);

/* ics_system.c */
void ics_get_system_information(struct request *q, struct reply *a);
void ics_get_binary(struct request *q, struct reply *a);
void ics_get_healthcheck(struct request *q, struct reply *a);

/* ics_users.c */
void ics_normalise_users(cJSON *state);
void ics_list_users(struct request *q, struct reply *a);
void ics_end_session(struct request *q, struct reply *a);
void ics_end_all_sessions(struct request *q, struct reply *a);
/* Whoever has this name, in whatever realm. */
bool ics_end_sessions_of(struct request *q, const char *user);

/* ics_cluster.c, ics_cluster_change.c */
void ics_normalise_cluster(cJSON *state);
void ics_get_cluster(struct request *q, struct reply *a);
void ics_put_cluster(struct request *q, struct reply *a);
void ics_post_member(struct request *q, struct reply *a);
void ics_delete_member(struct request *q, struct reply *a);

/* ics_censor.c */
char *ics_censor_body(const char *body, size_t size);

/* ics_certificates.c */
void ics_list_certificates(struct request *q, struct reply *a);
void ics_get_certificate(struct request *q, struct reply *a);
void ics_post_certificate(struct request *q, struct reply *a);
void ics_delete_certificate(struct request *q, struct reply *a);

/* ics_csr.c */
void ics_list_csrs(struct request *q, struct reply *a);
void ics_get_csr(struct request *q, struct reply *a);
void ics_post_csr(struct request *q, struct reply *a);
void ics_post_signed(struct request *q, struct reply *a);

/* ics_license.c */
bool ics_is_license_server(const struct request *q);
/* What is not for an appliance of this role. */
void ics_refuse_role(const struct request *q, struct reply *a, const char *role);
void ics_get_leases(struct request *q, struct reply *a);
void ics_put_lease_state(struct request *q, struct reply *a);

/* ics_named_users.c */
void ics_normalise_named_users(cJSON *state);
void ics_get_named_users(struct request *q, struct reply *a);
void ics_put_named_users(struct request *q, struct reply *a);
void ics_get_named_users_of(struct request *q, struct reply *a);
void ics_put_named_users_of(struct request *q, struct reply *a);

/* ics_esap.c */
void ics_get_esaps(struct request *q, struct reply *a);
void ics_get_esap(struct request *q, struct reply *a);
