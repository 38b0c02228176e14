/* SPDX-License-Identifier: Apache-2.0 */
/* Ivanti Connect Secure and Policy Secure: /api/v1 (guide: "ICS/IPS Configurations Using REST APIs"). */
#pragma once

#include "provider/provider.h"

extern const struct system ics_system;
extern const struct provider ics_provider;
extern const struct kind ics_cluster_members, ics_device_certificates;

/* Access rules (guide: "Realm-based Administrator User from a Particular Source IP"). */
const char *ics_check_address(const struct value *v);
const char *ics_check_netmask(const struct value *v);
int ics_prepare_rule(struct arena *a, struct value *rule, const char **ret_why);
int ics_rule_key(const struct value *rule, struct buf *out);
int ics_canon_address(const struct value *v, struct buf *out);
int ics_canon_netmask(const struct value *v, struct buf *out);
/* True where the rules would shut out an address that must stay allowed, by simulating them: the first match decides.
 */
bool ics_locks_out(const struct access *a, const char *realm, const struct value *live, const struct value *after,
                   struct buf *why);
/* any-ip in place of rules, or an allow rule wider than /8 that was not there. */
bool ics_opens_up(const struct value *live, const struct value *after, struct buf *why);
/* Realms that the guards know; case does not count. */
bool ics_is_login_realm(const struct access *a, const char *realm);
bool ics_is_management_realm(const struct access *a, const char *realm);
/*
 * Role mapping (guide: "Realm-based Administrator Authorization Role Mapping to Administrator Role").
 * True where Convergate may lose a role that it has now, or would be made to choose one; in a management realm where
 * anybody may lose one. Rules are tried in order, roles add up, and a match may end it.
 */
bool ics_mapping_locks_out(const struct access *a, const char *realm, const struct value *live,
                           const struct value *after, struct buf *why);
/* True where every user of a realm would get a role that not every user has now. */
bool ics_mapping_opens_up(const struct value *live, const struct value *after, struct buf *why);
/*
 * Session options (guide: "Specifying Session Validity for REST Admin Session"; notes A5: minutes). True where a
 * timeout that is new is no longer than Convergate waits for one answer.
 */
bool ics_session_locks_out(const struct access *a, const char *role, const struct value *live,
                           const struct value *after, struct buf *why);
/* Notes a session that does not last from one run to the next. */
void ics_session_remark(const struct remark *about, const struct value *body);
/* Distinguished names: case and blanks around separators do not count. */
int ics_canon_dn(const struct value *v, struct buf *out);
/*
 * Users who must not be there (guide: "Getting Active Sessions"; "Get APIs to Delete Named Users"). `find` and `end`
 * of struct provider.
 */
int ics_find(struct session *s, const struct kind *k, const struct sought *sought, size_t n,
             struct found *ret) _must_check_;
int ics_end(struct session *s, const struct kind *k, const struct write *writes, size_t n,
            enum outcome *ret) _must_check_;
const char *ics_check_user(const struct value *v);
/* True for the account that Convergate itself logs in with, in any case of letters. */
bool ics_user_locks_out(const struct access *a, const char *user, const struct value *live, const struct value *after,
                        struct buf *why);
/* `back_up` of struct provider (guide: "Backing Up Binary Configuration"). */
int ics_back_up(struct session *s, int fd, uint64_t *ret_bytes) _must_check_;
/* `health` of struct provider (guide: "Getting Health Check Status"). */
int ics_read_health(struct session *s, struct value *ret) _must_check_;
