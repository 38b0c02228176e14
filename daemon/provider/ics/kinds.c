/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of Ivanti Connect Secure. */
#include "base/limits.h"
#include "provider/ics/ics.h"

#define CONFIGURATION "/api/v1/configuration"
#define AUTH_SERVERS CONFIGURATION "/authentication/auth-servers"
#define ADMIN_REALMS CONFIGURATION "/administrators/admin-realms"
#define ADMIN_ROLES CONFIGURATION "/administrators/admin-roles"

static const char *const group_types[] = {"static", "dynamic", NULL};
static const char *const accesses[] = {"allow", "deny", NULL};
static const char *const customized[] = {"any-ip", "selected-ip", NULL};

static const struct field ad_group_members[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_KEY, .min = 1, .max = LIMIT_NAME_BYTES, .help = "DOMAIN/group"},
    {.name = "group",
     .type = FIELD_TEXT,
     .flags = FIELD_ON_CREATE,
     .min = 1,
     .max = LIMIT_NAME_BYTES,
     .same_as = "name",
     .help = "the group in the directory"},
    {.name = "sid", .type = FIELD_TEXT, .flags = FIELD_SERVER_FILLED, .help = "the appliance looks it up"},
    {0},
};
static const struct field ad_group = {
    .name = "a group", .type = FIELD_RECORD, .flags = FIELD_FROM_TEXT, .members = ad_group_members};
static const struct field ad_groups_body = {
    .name = "ad-groups", .type = FIELD_LIST, .order = ORDER_SET, .flags = FIELD_ABSENT_EMPTY, .members = &ad_group};

static const struct kind ad_groups = {
    .name = "ad-groups",
    .group = "auth-servers",
    .noun = "auth server",
    .strategy = STRATEGY_CONTAINER,
    .flags = KIND_TEXT_LEAVES,
    .rank = 10,
    .body = &ad_groups_body,
    .path = AUTH_SERVERS "/auth-server/%s/ad/server-catalog/groups",
    .envelope = "ad-group",
    .names_path = AUTH_SERVERS,
    .names_envelope = "auth-server",
    .guide = "Getting Active Directory Search Groups; Adding Search Group; Updating; Deleting",
    .help = "the Active Directory groups that an auth server offers to role mapping",
};

static const struct field ldap_group_members[] = {
    {.name = "name",
     .type = FIELD_TEXT,
     .flags = FIELD_KEY,
     .min = 1,
     .max = LIMIT_NAME_BYTES,
     .help = "its name on the appliance"},
    {.name = "dn",
     .type = FIELD_TEXT,
     .flags = FIELD_ON_CREATE,
     .min = 1,
     .max = 4096,
     .canon = ics_canon_dn,
     .help = "distinguished name; case and blanks around separators do not count"},
    {.name = "group-type",
     .type = FIELD_TEXT,
     .flags = FIELD_ON_CREATE,
     .choices = group_types,
     .help = "static or dynamic"},
    {0},
};
static const struct field ldap_group = {.name = "a group", .type = FIELD_RECORD, .members = ldap_group_members};
static const struct field ldap_groups_body = {
    .name = "ldap-groups", .type = FIELD_LIST, .order = ORDER_SET, .flags = FIELD_ABSENT_EMPTY, .members = &ldap_group};

static const struct kind ldap_groups = {
    .name = "ldap-groups",
    .group = "auth-servers",
    .noun = "auth server",
    .strategy = STRATEGY_CONTAINER,
    .flags = KIND_TEXT_LEAVES,
    .rank = 11,
    .body = &ldap_groups_body,
    .path = AUTH_SERVERS "/auth-server/%s/ldap/server-catalog/groups",
    .envelope = "user-group",
    .names_path = AUTH_SERVERS,
    .names_envelope = "auth-server",
    .guide = "Getting All LDAP Group List; Adding Groups to LDAP; Updating; Deleting LDAP Source Group",
    .help = "the LDAP groups that an auth server offers to role mapping",
};

static const struct field one_name = {.name = "a name", .type = FIELD_TEXT, .min = 1, .max = LIMIT_NAME_BYTES};
static const struct field group_members[] = {
    {.name = "group-names",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .flags = FIELD_ON_CREATE | FIELD_ABSENT_EMPTY,
     .members = &one_name,
     .min = 1,
     .help = "names of ad-groups or ldap-groups, of which one is enough"},
    {0},
};
static const struct field user_name_members[] = {
    {.name = "test", .type = FIELD_TEXT, .flags = FIELD_ON_CREATE, .min = 1, .max = 64, .help = "is, for one"},
    {.name = "user-names",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .flags = FIELD_ON_CREATE | FIELD_ABSENT_EMPTY,
     .members = &one_name,
     .min = 1,
     .help = "names of users, of which one is enough; * for any"},
    {0},
};
static const struct field mapping_rule_members[] = {
    {.name = "name",
     .type = FIELD_TEXT,
     .flags = FIELD_KEY,
     .min = 1,
     .max = LIMIT_NAME_BYTES,
     .help = "its name on the appliance"},
    {.name = "group",
     .type = FIELD_RECORD,
     .flags = FIELD_ALTERNATIVE,
     .members = group_members,
     .help = "it matches members of these groups"},
    {.name = "user-name",
     .type = FIELD_RECORD,
     .flags = FIELD_ALTERNATIVE,
     .members = user_name_members,
     .help = "it matches by the user's name"},
    {.name = "roles",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .flags = FIELD_ON_CREATE | FIELD_ABSENT_EMPTY,
     .members = &one_name,
     .min = 1,
     .help = "names of the admin roles that it gives"},
    {.name = "stop-rules-processing",
     .type = FIELD_BOOL,
     .flags = FIELD_ON_CREATE | FIELD_ABSENT_EMPTY,
     .help = "no rule below counts for whom it matches"},
    {0},
};
static const struct field mapping_rule = {.name = "a rule", .type = FIELD_RECORD, .members = mapping_rule_members};
static const struct field mapping_members[] = {
    {.name = "user-selects-role",
     .type = FIELD_BOOL,
     .flags = FIELD_ABSENT_EMPTY,
     .help = "who gets several roles has to choose one"},
    {.name = "user-selects-roleset",
     .type = FIELD_BOOL,
     .flags = FIELD_ABSENT_EMPTY,
     .help = "who matches several rules has to choose the roles of one"},
    {.name = "rule",
     .type = FIELD_LIST,
     .order = ORDER_LIST,
     .flags = FIELD_ABSENT_EMPTY,
     .members = &mapping_rule,
     .help = "in order; the roles of all that match add up"},
    {0},
};
static const struct field mapping_body = {
    .name = "role-mapping-rules", .type = FIELD_RECORD, .members = mapping_members};

static const char *const groups[] = {"ad-groups", "ldap-groups", NULL};

static const struct kind role_mapping_rules = {
    .name = "role-mapping-rules",
    .group = "admin-realms",
    .noun = "admin realm",
    .strategy = STRATEGY_CONTAINER,
    .flags = KIND_TEXT_LEAVES | KIND_ACCESS,
    .rank = 20,
    .refers_to = groups,
    .body = &mapping_body,
    .locks_out = ics_mapping_locks_out,
    .opens_up = ics_mapping_opens_up,
    .path = ADMIN_REALMS "/realm/%s/role-mapping-rules",
    .names_path = ADMIN_REALMS,
    .names_envelope = "realm",
    .guide = "Realm-based Administrator Authorization Role Mapping to Administrator Role",
    .help = "which administrators of a realm get which roles",
};

/* Of a netmask that ends within it. */
#define OCTET "(0|128|192|224|240|248|252|254|255)"

static const struct field rule_members[] = {
    {.name = "access",
     .type = FIELD_TEXT,
     .flags = FIELD_ON_CREATE,
     .choices = accesses,
     .help = "whether who comes from there may log in"},
    {.name = "address",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .pattern = "^([*]|[0-9]{1,3}([.][0-9]{1,3}){3}(/([0-9]|[12][0-9]|3[0-2]))?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)$",
     .check = ics_check_address,
     .canon = ics_canon_address,
     .help = "an address, * for any, or address/prefix"},
    {.name = "netmask",
     .type = FIELD_TEXT,
     .pattern = "^(" OCTET "[.]0[.]0[.]0|255[.]" OCTET "[.]0[.]0|255[.]255[.]" OCTET "[.]0|255[.]255[.]255[.]" OCTET
                "|[0-9]+|.*:.*)$",
     .check = ics_check_netmask,
     .canon = ics_canon_netmask,
     .help = "where no prefix is written behind the address"},
    {0},
};
static const struct field rule = {
    .name = "a rule", .type = FIELD_RECORD, .members = rule_members, .prepare = ics_prepare_rule, .key = ics_rule_key};
static const struct field source_ip_members[] = {
    {.name = "customized",
     .type = FIELD_TEXT,
     .choices = customized,
     .help = "any-ip: from everywhere; selected-ip: as the rules below decide"},
    {.name = "ips",
     .type = FIELD_LIST,
     .order = ORDER_LIST,
     .flags = FIELD_ABSENT_EMPTY,
     .members = &rule,
     .wrap = "ip",
     .help = "in order; the first match decides"},
    {0},
};
static const struct field source_ip_body = {.name = "source-ip", .type = FIELD_RECORD, .members = source_ip_members};

/* One PUT of the container: between the guide's two requests nobody would be allowed in. */
static const struct kind source_ip = {
    .name = "source-ip",
    .group = "admin-realms",
    .noun = "admin realm",
    .strategy = STRATEGY_CONTAINER,
    .flags = KIND_TEXT_LEAVES | KIND_ACCESS,
    .rank = 30,
    .body = &source_ip_body,
    .locks_out = ics_locks_out,
    .opens_up = ics_opens_up,
    .path = ADMIN_REALMS "/realm/%s/authentication-policy/source-ip",
    .names_path = ADMIN_REALMS,
    .names_envelope = "realm",
    .guide = "Realm-based Administrator User from a Particular Source IP",
    .help = "from which addresses administrators of a realm may log in",
};

#define MINUTES FIELD_INT, .min = 1, .max = 1000 * 1000

static const struct field session_options_members[] = {
    {.name = "idle-timeout", .type = MINUTES, .help = "minutes without a request, after which a session ends"},
    {.name = "max-timeout", .type = MINUTES, .help = "minutes after which a session ends in any case"},
    {.name = "reminder-time", .type = MINUTES, .help = "minutes before its end at which a session tells of it"},
    {0},
};
static const struct field session_options_body = {
    .name = "session-options", .type = FIELD_RECORD, .members = session_options_members};

static const struct kind session_options = {
    .name = "session-options",
    .group = "admin-roles",
    .noun = "admin role",
    .strategy = STRATEGY_CONTAINER,
    .flags = KIND_TEXT_LEAVES | KIND_ACCESS,
    .rank = 40,
    .body = &session_options_body,
    .locks_out = ics_session_locks_out,
    .remark = ics_session_remark,
    .path = ADMIN_ROLES "/admin-role/%s/general/session-options",
    .names_path = ADMIN_ROLES,
    .names_envelope = "admin-role",
    .guide = "Specifying Session Validity for REST Admin Session",
    .help = "how long a session of an admin role lasts",
};

static const struct field a_user = {.name = "a user",
                                    .type = FIELD_TEXT,
                                    .min = 1,
                                    .max = LIMIT_NAME_BYTES,
                                    .pattern = "^[^*?]*$",
                                    .check = ics_check_user};

static const struct kind revoked_users = {
    .name = "revoked-users",
    .noun = "revoked user",
    .strategy = STRATEGY_ABSENCE,
    .rank = 50,
    .body = &a_user,
    .locks_out = ics_user_locks_out,
    .path = "/api/v1/system/active-users",
    .guide = "Getting Active Sessions; Deleting a Particular Active Session",
    .help = "users who must have no session; case does not count",
};

static const struct kind absent_named_users = {
    .name = "absent-named-users",
    .noun = "absent named user",
    .strategy = STRATEGY_ABSENCE,
    .rank = 51,
    .body = &a_user,
    .at_once = 100,
    .locks_out = ics_user_locks_out,
    .path = "/api/v1/license/named-users",
    .guide = "Get APIs to Delete Named Users; PUT APIs to Delete single/ Multiple User",
    .help = "users who must hold no named-user licence; their sessions end with it; case does not count",
};

static const struct field esap_members[] = {
    {.name = "active-version",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .min = 1,
     .max = 64,
     .help = "the version of the package that is active"},
    {0},
};
static const struct field esap_body = {.name = "esap", .type = FIELD_RECORD, .members = esap_members};

static const struct kind esap = {
    .name = "esap",
    .noun = "Endpoint Security Assessment Plugin",
    .strategy = STRATEGY_CONTAINER,
    .flags = KIND_SINGLE | KIND_ASSERTED | KIND_TEXT_LEAVES,
    .rank = 60,
    .body = &esap_body,
    .path = CONFIGURATION "/authentication/endpoint/host-checker/esaps?expand&&excludePulsePackages",
    .guide = "Getting Config Without Ivanti Packages (ESAP and Client Packages)",
    .help = "which package of the Endpoint Security Assessment Plugin is active",
};

static const struct kind *const kinds[] = {
    &ad_groups,     &ldap_groups,        &role_mapping_rules,      &source_ip, &session_options, &ics_cluster_members,
    &revoked_users, &absent_named_users, &ics_device_certificates, &esap,
};

static const struct auth_member auth[] = {{"realm", true}, {"username", true}, {"password", true}, {0}};

const struct system ics_system = {
    .auth = auth,
    .name = "ics",
    .title = "Ivanti Connect Secure",
    .kinds = kinds,
    .n_kinds = ARRAY_SIZE(kinds),
    .has_backup = true,
    .has_pull = true,
};
