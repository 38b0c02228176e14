/* SPDX-License-Identifier: Apache-2.0 */

/* What the body of a policy must look like: every member there, none unknown, each of its type. */

#include "sps.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct sps_field {
    const char *name;
    bool (*check)(const cJSON *value, const char *name, struct sps_check *check);
    bool may_be_absent;
};

static bool fail(struct sps_check *check, const char *format, ...) _printf_(2, 3);

static bool fail(struct sps_check *check, const char *format, ...) {
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(check->message, sizeof(check->message), format, arguments);
    va_end(arguments);
    return false;
}

static bool check_members(const cJSON *object, const struct sps_field *fields, const char *name,
                          struct sps_check *check) {
    const cJSON *member;

    if (!cJSON_IsObject(object))
        return fail(check, "'%s' must be an object.", name);
    for (const struct sps_field *field = fields; field->name; field++)
        if (!field->may_be_absent && !json_get(object, field->name))
            return fail(check, "'%s' is missing in '%s'.", field->name, name);
    cJSON_ArrayForEach(member, object) {
        const struct sps_field *field = fields;

        while (field->name && strcmp(field->name, member->string) != 0)
            field++;
        if (!field->name)
            return fail(check, "'%s' is unknown in '%s'.", member->string, name);
        if (!field->check(member, field->name, check))
            return false;
    }
    return true;
}

static bool check_text(const cJSON *value, const char *name, struct sps_check *check) {
    return cJSON_IsString(value) || fail(check, "'%s' must be a string.", name);
}

static bool check_full_text(const cJSON *value, const char *name, struct sps_check *check) {
    const char *text = cJSON_GetStringValue(value);
    return (text && text[0] != '\0') || fail(check, "'%s' must be a string and not empty.", name);
}

static bool check_bool(const cJSON *value, const char *name, struct sps_check *check) {
    return cJSON_IsBool(value) || fail(check, "'%s' must be true or false.", name);
}

static bool check_texts(const cJSON *value, const char *name, struct sps_check *check) {
    const cJSON *item;

    if (!cJSON_IsArray(value))
        return fail(check, "'%s' must be a list.", name);
    cJSON_ArrayForEach(item, value)
        if (!check_full_text(item, name, check))
            return false;
    return true;
}

static bool check_name(const cJSON *value, const char *name, struct sps_check *check) {
    const char *text = cJSON_GetStringValue(value);
    const cJSON *other;

    if (!check_full_text(value, name, check))
        return false;
    for (size_t i = 0; text[i] != '\0'; i++)
        if (isspace((unsigned char) text[i]))
            return fail(check, "'name' cannot contain whitespace.");
    cJSON_ArrayForEach(other, json_get(check->policies, check->collection)) {
        const char *used = json_text(other, "name");

        if (used && strcmp(used, text) == 0 && (!check->key || strcmp(other->string, check->key) != 0))
            return fail(check, "The name '%s' is used already.", text);
    }
    return true;
}

static bool check_default(const cJSON *value, const char *name, struct sps_check *check) {
    const char *text = cJSON_GetStringValue(value);

    return (text && (strcmp(text, "exclude") == 0 || strcmp(text, "include") == 0)) ||
           fail(check, "'%s' must be 'exclude' or 'include'.", name);
}

/* Minutes since midnight, or -1. */
static int parse_time(const cJSON *value) {
    const char *text = cJSON_GetStringValue(value);
    size_t size = text ? strlen(text) : 0, hours = text ? strspn(text, "0123456789") : 0;
    int hour, minute;

    if (hours < 1 || hours > 2 || size != hours + 3 || text[hours] != ':' ||
        strspn(text + hours + 1, "0123456789") != 2)
        return -1;
    hour = (int) strtol(text, NULL, 10);
    minute = (int) strtol(text + hours + 1, NULL, 10);
    return hour < 24 && minute < 60 ? 60 * hour + minute : -1;
}

static bool check_day(const cJSON *value, const char *name, struct sps_check *check) {
    const cJSON *interval;

    if (!cJSON_IsArray(value))
        return fail(check, "'%s' must be a list of intervals.", name);
    cJSON_ArrayForEach(interval, value) {
        int start, end;

        if (!cJSON_IsArray(interval) || cJSON_GetArraySize(interval) != 2)
            return fail(check, "An interval of '%s' must be a start and an end.", name);
        start = parse_time(interval->child);
        end = parse_time(interval->child->next);
        if (start < 0 || end < 0 || start >= end)
            return fail(check, "An interval of '%s' is not hh:mm, or does not end after its start.", name);
    }
    return true;
}

/* The address of a list of what was revoked; nothing, "" or null, for none. */
static bool check_crl(const cJSON *value, const char *name, struct sps_check *check) {
    const char *text = cJSON_GetStringValue(value);

    if (cJSON_IsNull(value) || (text && text[0] == '\0'))
        return true;
    return (text && strstr(text, "://") && !strpbrk(text, " \t\r\n")) ||
           fail(check, "'%s' must be a URL.", name);
}

static bool check_certificate(const cJSON *value, const char *name, struct sps_check *check) {
    const char *text = cJSON_GetStringValue(value), *fault;

    if (!text)
        return fail(check, "'%s' must be a string.", name);
    fault = sps_judge_certificate(text);
    return !fault || fail(check, "'%s' %s.", name, fault);
}

static bool check_selection(const cJSON *value, const char *name, struct sps_check *check) {
    const char *text = cJSON_GetStringValue(value);
    return (text && strcmp(text, "rsa") == 0) || fail(check, "'%s' must be 'rsa'.", name);
}

static const struct sps_field dn_fields[] = {
    {"altEmailAddress", check_text},
    {"c", check_text},
    {"cn", check_text},
    {"emailAddress", check_text},
    {"l", check_text},
    {"o", check_text},
    {"ou", check_text},
    {"st", check_text},
    {0},
};

static const struct sps_field authority_fields[] = {
    {"certificate", check_certificate},
    {"crl", check_crl},
    {0},
};

static const struct sps_field public_key_fields[] = {
    {"selection", check_selection},
    {"value", check_full_text},
    {0},
};

static bool check_dn(const cJSON *value, const char *name, struct sps_check *check) {
    return check_members(value, dn_fields, name, check);
}

static bool check_list(const cJSON *value, const struct sps_field *fields, const char *name,
                       struct sps_check *check) {
    const cJSON *item;

    if (!cJSON_IsArray(value))
        return fail(check, "'%s' must be a list.", name);
    cJSON_ArrayForEach(item, value)
        if (!check_members(item, fields, name, check))
            return false;
    return true;
}

static bool check_authorities(const cJSON *value, const char *name, struct sps_check *check) {
    return check_list(value, authority_fields, name, check);
}

static bool check_public_keys(const cJSON *value, const char *name, struct sps_check *check) {
    return check_list(value, public_key_fields, name, check);
}

static bool check_certificates(const cJSON *value, const char *name, struct sps_check *check) {
    const cJSON *item;

    if (!cJSON_IsArray(value))
        return fail(check, "'%s' must be a list.", name);
    cJSON_ArrayForEach(item, value)
        if (!check_certificate(item, name, check))
            return false;
    return true;
}

static const struct sps_field user_fields[] = {
    {"certificates", check_certificates},
    {"passwords", check_texts},
    {"public_keys", check_public_keys},
    {"username", check_full_text},
    {0},
};

/* Newer versions know no certificates here. */
static const struct sps_field newer_user_fields[] = {
    {"passwords", check_texts},
    {"public_keys", check_public_keys},
    {"username", check_full_text},
    {0},
};

/* A password object serves one user only. */
static bool check_passwords_once(const cJSON *users, struct sps_check *check) {
    _cleanup_json_ cJSON *seen = cJSON_CreateObject();
    const cJSON *database, *user, *key;

    cJSON_ArrayForEach(user, users)
        cJSON_ArrayForEach(key, json_get(user, "passwords")) {
            if (json_get(seen, key->valuestring))
                return fail(check, "The password '%s' is used twice.", key->valuestring);
            cJSON_AddTrueToObject(seen, key->valuestring);
        }
    cJSON_ArrayForEach(database, json_get(check->policies, "user_databases")) {
        if (check->key && strcmp(database->string, check->key) == 0)
            continue;
        cJSON_ArrayForEach(user, json_get(database, "users"))
            cJSON_ArrayForEach(key, json_get(user, "passwords"))
                if (cJSON_IsString(key) && json_get(seen, key->valuestring))
                    return fail(check, "The password '%s' is used by another user.", key->valuestring);
    }
    return true;
}

static bool check_users(const cJSON *value, const char *name, struct sps_check *check) {
    const struct sps_field *fields = check->options->user_certificates ? user_fields : newer_user_fields;
    _cleanup_(json_index_done) struct json_index index = {0};
    const char *twice;

    if (!check_list(value, fields, name, check))
        return false;
    index = json_index_make(value, "username");
    twice = json_index_duplicate(&index);
    if (twice)
        return fail(check, "The user '%s' is there twice.", twice);
    return check_passwords_once(value, check);
}

static const struct sps_field userlist_fields[] = {
    {"default", check_default},
    {"name", check_name},
    {"users", check_texts},
    {0},
};

static const struct sps_field time_policy_fields[] = {
    {"Fri", check_day}, {"Mon", check_day},   {"Sat", check_day},
    {"Sun", check_day}, {"Thu", check_day},   {"Tue", check_day},
    {"Wed", check_day}, {"name", check_name}, {0},
};

static const struct sps_field trusted_ca_fields[] = {
    {"authorities", check_authorities}, {"dn_check", check_dn},
    {"dns_lookup", check_bool},         {"name", check_name},
    {"strict_hostcheck", check_bool},   {0},
};

static const struct sps_field user_database_fields[] = {
    {"name", check_name},
    {"users", check_users},
    {0},
};

static const struct sps_field channel_policy_fields[] = {
    {"name", check_name},
    {"time_policy", check_full_text},
    {"trusted_ca_list", check_full_text, true},
    {"user_database", check_full_text, true},
    {"userlists", check_texts},
    {0},
};

static const struct sps_schema {
    const char *collection;
    const struct sps_field *fields;
} schema_table[] = {
    {"channel_policies", channel_policy_fields},
    {"time_policies", time_policy_fields},
    {"trusted_ca_lists", trusted_ca_fields},
    {"user_databases", user_database_fields},
    {"userlists", userlist_fields},
};

static const struct sps_schema *find_schema(const char *collection) {
    for (size_t i = 0; i < ELEMENTSOF(schema_table); i++)
        if (strcmp(schema_table[i].collection, collection) == 0)
            return &schema_table[i];
    return NULL;
}

bool sps_is_writable(const char *collection) {
    return find_schema(collection);
}

bool sps_check_body(const cJSON *body, struct sps_check *check) {
    const struct sps_schema *schema = find_schema(check->collection);

    if (!check_members(body, schema->fields, "body", check))
        return false;
    if (sps_body_is_dangling(check->collection, body, check->policies, check->passwords))
        return fail(check, "The body refers to an object that does not exist.");
    return true;
}
