/* SPDX-License-Identifier: Apache-2.0 */
/* Local user databases (guide: user_databases). */
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "provider/sps/certificate.h"
#include "provider/sps/sps.h"

static void user_database_remark(const struct remark *about, const struct value *body)
{
    const struct value *users = value_get(body, "users");

    for (uint32_t i = 0; users && i < users->count; i++) {
        const struct value *list = value_get(&users->items[i], "certificates");

        for (uint32_t k = 0; list && k < list->count; k++)
            sps_remark_certificate(about, &list->items[k], false);
    }
}

static const struct field a_certificate = {.name = "a certificate",
                                           .type = FIELD_TEXT,
                                           .min = 1,
                                           .max = LIMIT_CERTIFICATE_BYTES,
                                           .pattern = CERTIFICATE_PATTERN,
                                           .normalise = certificate_normalise,
                                           .key = sps_show_certificate,
                                           .show = sps_show_certificate};

static const struct field public_key_members[] = {
    {.name = "selection",
     .type = FIELD_TEXT,
     .flags = FIELD_ON_CREATE,
     .min = 1,
     .max = 64,
     .help = "its kind, as the appliance calls it, such as rsa"},
    {.name = "value",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .min = 1,
     .max = LIMIT_CERTIFICATE_BYTES,
     .pattern = "[^ \t\r\n]",
     .normalise = sps_normalise_public_key,
     .canon = sps_canon_public_key,
     .help = "the public key"},
    {0},
};
static const struct field a_public_key = {
    .name = "a public key", .type = FIELD_RECORD, .members = public_key_members, .key = sps_public_key_key};
static const struct field a_password = {.name = "a password", .type = FIELD_TEXT};

static const struct field user_members[] = {
    {.name = "username",
     .type = FIELD_TEXT,
     .flags = FIELD_KEY,
     .min = 1,
     .max = LIMIT_NAME_BYTES,
     .help = "the name of the user"},
    {.name = "certificates",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .flags = FIELD_EMPTY_ON_CREATE,
     .members = &a_certificate,
     .help = "PEM; what stands around it is ignored"},
    {.name = "passwords",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .flags = FIELD_EMPTY_ON_CREATE | FIELD_LIVE_ONLY | FIELD_SECRET,
     .members = &a_password,
     .help = "passwords are set in the web interface of the appliance, and kept"},
    {.name = "public_keys",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .flags = FIELD_EMPTY_ON_CREATE,
     .members = &a_public_key,
     .help = "public keys"},
    {0},
};
static const struct field a_user = {.name = "a user", .type = FIELD_RECORD, .members = user_members};

static const struct field user_database_members[] = {
    {.name = "users",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .flags = FIELD_ON_CREATE,
     .members = &a_user,
     .help = "users and what they authenticate with"},
    {0},
};
static const struct field user_database_body = {
    .name = "a user database", .type = FIELD_RECORD, .members = user_database_members};

const struct kind sps_user_databases = {
    .name = "user_databases",
    .noun = "local user database",
    .strategy = STRATEGY_COLLECTION,
    .rank = 13,
    .body = &user_database_body,
    .remark = user_database_remark,
    .path = SPS_POLICIES "/user_databases",
    .builtin_prefix = "-",
    .name_pattern = SPS_NAME_PATTERN,
    .check_name = sps_check_name,
    .guide = "Local user databases",
    .help = "who may authenticate on the appliance itself, and with what",
};
