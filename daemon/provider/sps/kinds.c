/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of Safeguard for Privileged Sessions. */
#include <string.h>

#include "base/limits.h"
#include "provider/sps/sps.h"

const char *sps_check_name(const char *name)
{
    return name[strcspn(name, " \t\n\r")] == '\0' ? NULL : "must not contain whitespace";
}

static const char *const defaults[] = {"exclude", "include", NULL};

/* A list of the few who are let in becomes one of the few who are not. */
static bool userlist_opens_up(const struct value *live, const struct value *after, struct buf *why)
{
    const char *was = value_get_text(live, "default"), *is = value_get_text(after, "default");

    if (!was || !is || strcmp(was, "exclude") != 0 || strcmp(is, "include") != 0)
        return false;
    buf_add_str(why, "default becomes include: everybody but the users of the list would be let in");
    return true;
}

static const struct field a_user = {.name = "a user", .type = FIELD_TEXT, .min = 1, .max = LIMIT_NAME_BYTES};
static const struct field userlist_members[] = {
    {.name = "default",
     .type = FIELD_TEXT,
     .flags = FIELD_ON_CREATE,
     .choices = defaults,
     .help = "exclude: only the users are let in; include: all but the users are"},
    {.name = "users",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .flags = FIELD_ON_CREATE,
     .members = &a_user,
     .help = "user names"},
    {0},
};
static const struct field userlist_body = {.name = "a user list", .type = FIELD_RECORD, .members = userlist_members};

static const struct kind userlists = {
    .name = "userlists",
    .noun = "user list",
    .strategy = STRATEGY_COLLECTION,
    .rank = 10,
    .body = &userlist_body,
    .opens_up = userlist_opens_up,
    .path = SPS_POLICIES "/userlists",
    .builtin_prefix = "-",
    .name_pattern = SPS_NAME_PATTERN,
    .check_name = sps_check_name,
    .guide = "User lists",
    .help = "who may access a connection or channel, or who may not",
};

static const struct field a_time = {
    .name = "a time", .type = FIELD_TEXT, .min = 1, .max = 16, .pattern = "^([01]?[0-9]|2[0-3]):[0-5][0-9]$"};
static const struct field an_interval = {
    .name = "an interval", .type = FIELD_LIST, .order = ORDER_WHOLE, .members = &a_time, .min = 2, .max = 2};

#define DAY(day)                                                                                                  \
    {                                                                                                             \
        .name = day, .type = FIELD_LIST, .order = ORDER_WHOLE, .flags = FIELD_ON_CREATE, .members = &an_interval, \
        .max = SPS_INTERVALS_MAX, .check = sps_check_day, .canon = sps_canon_day,                                 \
        .help = "[[start, end], ...] as hh:mm; [] for no access"                                                  \
    }

static const struct field time_policy_members[] = {
    DAY("Mon"), DAY("Tue"), DAY("Wed"), DAY("Thu"), DAY("Fri"), DAY("Sat"), DAY("Sun"), {0},
};
static const struct field time_policy_body = {
    .name = "a time policy", .type = FIELD_RECORD, .members = time_policy_members};

static const struct kind time_policies = {
    .name = "time_policies",
    .noun = "time policy",
    .strategy = STRATEGY_COLLECTION,
    .rank = 11,
    .body = &time_policy_body,
    .path = SPS_POLICIES "/time_policies",
    .builtin_prefix = "-",
    .name_pattern = SPS_NAME_PATTERN,
    .check_name = sps_check_name,
    .guide = "Time policy",
    .help = "when users may access a channel",
};

static const struct kind *const kinds[] = {&userlists, &time_policies, &sps_trusted_ca_lists, &sps_user_databases};

static const struct auth_member auth[] = {{"username", true}, {"password", true}, {"login-method", false}, {0}};

const struct system sps_system = {.auth = auth,
                                  .name = "sps",
                                  .title = "Safeguard for Privileged Sessions",
                                  .kinds = kinds,
                                  .n_kinds = ARRAY_SIZE(kinds)};
