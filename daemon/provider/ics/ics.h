/* SPDX-License-Identifier: Apache-2.0 */
/* Ivanti Connect Secure and Policy Secure: /api/v1 (guide: "ICS/IPS Configurations Using REST APIs"). */
#pragma once

#include "provider/provider.h"

extern const struct system ics_system;
extern const struct provider ics_provider;

/* Access rules (guide: "Realm-based Administrator User from a Particular Source IP"). */
const char *ics_check_address(const struct value *v);
const char *ics_check_netmask(const struct value *v);
int ics_prepare_rule(struct arena *a, struct value *rule, const char **ret_why);
int ics_rule_key(const struct value *rule, struct buf *out);
int ics_canon_address(const struct value *v, struct buf *out);
int ics_canon_netmask(const struct value *v, struct buf *out);
/* True where the rules would shut out an address that must stay allowed, by simulating them: the first match decides.
 */
bool ics_locks_out(const struct access *a, const char *realm, const struct value *after, struct buf *why);
/* any-ip in place of rules, or an allow rule wider than /8 that was not there. */
bool ics_opens_up(const struct value *live, const struct value *after, struct buf *why);
/* Distinguished names: case and blanks around separators do not count. */
int ics_canon_dn(const struct value *v, struct buf *out);
