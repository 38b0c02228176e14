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
/* Distinguished names: case and blanks around separators do not count. */
int ics_canon_dn(const struct value *v, struct buf *out);
