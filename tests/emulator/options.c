/* SPDX-License-Identifier: Apache-2.0 */

#include "options.h"

#include "json.h"

#include <stdio.h>
#include <string.h>

enum option_type { OPTION_BOOL, OPTION_NUMBER, OPTION_WORD, OPTION_TEXT };

struct option_row {
    const char *name;
    enum option_type type;
    size_t offset;
    const char *words[4]; /* of OPTION_WORD, in the order of the enum */
};

#define ROW(text, kind, member, ...)                                                                         \
    {                                                                                                        \
        text, kind, offsetof(struct options, member), {                                                      \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }

static const struct option_row option_table[] = {
    ROW("log-limit", OPTION_NUMBER, log_limit, NULL),
    ROW("resume-id", OPTION_BOOL, resume_id, NULL),
    ROW("refusal", OPTION_WORD, refusal, "403-empty", "403-html", "401"),
    ROW("max-sessions", OPTION_NUMBER, max_sessions, NULL),
    ROW("key-requests", OPTION_NUMBER, key_requests, NULL),
    ROW("put-answer", OPTION_WORD, put_answer, "info", "204", "warning"),
    ROW("empty-lists", OPTION_WORD, empty_lists, "array", "null", "absent"),
    ROW("deny-mode", OPTION_WORD, deny_mode, "at-once", "at-login"),
    ROW("paging", OPTION_WORD, paging, "from-1", "from-0"),
    ROW("is-last-record", OPTION_WORD, last_record, "absent", "boolean", "text"),
    ROW("user-record", OPTION_WORD, user_record, "full", "short"),
    ROW("record-limit", OPTION_NUMBER, record_limit, NULL),
    ROW("no-cluster", OPTION_WORD, no_cluster, "info", "404", "empty"),
    ROW("fail-over", OPTION_WORD, fail_over, "late", "at-once"),
    ROW("same-subject", OPTION_WORD, same_subject, "second", "replaced", "refused"),
    ROW("certificate-list", OPTION_WORD, certificate_list, "none", "stubs", "whole"),
    ROW("not-applicable", OPTION_WORD, not_applicable, "info", "404", "422"),
    ROW("named-users-of", OPTION_WORD, named_users_of, "flat", "nested"),
    ROW("package-bytes", OPTION_NUMBER, package_bytes, NULL),
    ROW("cookie", OPTION_WORD, cookie, "plain", "joined", "expired-clock"),
    ROW("transaction-shape", OPTION_WORD, transaction_shape, "transaction", "body"),
    ROW("exclusive", OPTION_BOOL, exclusive, NULL),
    ROW("locked-by", OPTION_TEXT, locked_by, NULL),
    ROW("require-commit-message", OPTION_BOOL, require_commit_message, NULL),
    ROW("changes", OPTION_BOOL, changes, NULL),
    ROW("auto-open", OPTION_BOOL, auto_open, NULL),
    ROW("embed-bodies", OPTION_BOOL, embed_bodies, NULL),
    ROW("user-certificates", OPTION_BOOL, user_certificates, NULL),
    ROW("empty-crl", OPTION_WORD, empty_crl, "text", "null"),
    ROW("reference-check", OPTION_WORD, reference_check, "delete", "commit"),
    ROW("session-requests", OPTION_NUMBER, session_requests, NULL),
    ROW("api", OPTION_BOOL, api, NULL),
    ROW("show-identity", OPTION_BOOL, show_identity, NULL),
    ROW("other-prefixes", OPTION_BOOL, other_prefixes, NULL),
    ROW("not-found", OPTION_WORD, not_found, "html", "empty"),
    ROW("count", OPTION_WORD, count, "text", "number"),
    ROW("address-form", OPTION_WORD, address_form, "text", "list"),
    ROW("late-shows", OPTION_NUMBER, late_shows, NULL),
};

void options_set_defaults(struct options *ret) {
    *ret = (struct options){.log_limit = 10000,
                            .record_limit = 200,
                            .package_bytes = 100000,
                            .exclusive = true,
                            .changes = true,
                            .user_certificates = true,
                            .api = true,
                            .show_identity = true};
}

static const struct option_row *find_row(const char *name) {
    for (size_t i = 0; i < ELEMENTSOF(option_table); i++)
        if (strcmp(option_table[i].name, name) == 0)
            return &option_table[i];
    return NULL;
}

static bool set_word(int *word, const struct option_row *row, const char *text) {
    for (int i = 0; text && row->words[i]; i++)
        if (strcmp(row->words[i], text) == 0) {
            *word = i;
            return true;
        }
    return false;
}

static bool set_option(struct options *options, const struct option_row *row, const cJSON *value) {
    void *place = (char *) options + row->offset;

    switch (row->type) {
    case OPTION_BOOL:
        *(bool *) place = cJSON_IsTrue(value);
        return cJSON_IsBool(value);
    case OPTION_NUMBER:
        if (!cJSON_IsNumber(value) || value->valuedouble < 0 || value->valuedouble > 1e9)
            return false;
        *(unsigned *) place = (unsigned) value->valuedouble;
        return true;
    case OPTION_WORD:
        return set_word(place, row, cJSON_GetStringValue(value));
    case OPTION_TEXT:
        snprintf(place, sizeof(options->locked_by), "%s", cJSON_GetStringValue(value) ?: "");
        return cJSON_IsNull(value) || cJSON_IsString(value);
    }
    return false;
}

char *options_load(struct options *options, const cJSON *json) {
    const cJSON *value;

    if (json && !cJSON_IsObject(json))
        return util_duplicate_text("options must be an object");
    cJSON_ArrayForEach(value, json) {
        const struct option_row *row = find_row(value->string);

        if (!row)
            return util_format_text("there is no option \"%s\"", value->string);
        if (!set_option(options, row, value))
            return util_format_text("option \"%s\" cannot have this value", value->string);
    }
    return NULL;
}

static cJSON *option_to_json(const struct options *options, const struct option_row *row) {
    const void *place = (const char *) options + row->offset;

    switch (row->type) {
    case OPTION_BOOL:
        return cJSON_CreateBool(*(const bool *) place);
    case OPTION_NUMBER:
        return cJSON_CreateNumber(*(const unsigned *) place);
    case OPTION_WORD:
        return cJSON_CreateString(row->words[*(const int *) place]);
    case OPTION_TEXT:
        return *(const char *) place != '\0' ? cJSON_CreateString(place) : cJSON_CreateNull();
    }
    return NULL;
}

cJSON *options_to_json(const struct options *options) {
    cJSON *json = cJSON_CreateObject();

    for (size_t i = 0; i < ELEMENTSOF(option_table); i++)
        cJSON_AddItemToObject(json, option_table[i].name, option_to_json(options, &option_table[i]));
    return json;
}
