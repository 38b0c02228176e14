/* SPDX-License-Identifier: Apache-2.0 */

/* The parameters of a command: none unknown, each of its sort, those that are needed there. */

#include "checkpoint.h"

#include <string.h>

#define SECONDS_LEAST 300
#define SECONDS_MOST 86400

static const struct checkpoint_parameter *find_row(const struct checkpoint_parameter *table,
                                                   const char *name) {
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

static bool is_texts(const cJSON *value) {
    const cJSON *item;

    cJSON_ArrayForEach(item, value)
        if (!cJSON_IsString(item))
            return false;
    return cJSON_IsArray(value);
}

static bool is_seconds(const cJSON *value) {
    return cJSON_IsNumber(value) && value->valuedouble == value->valueint &&
           value->valueint >= SECONDS_LEAST && value->valueint <= SECONDS_MOST;
}

static bool is_address(const cJSON *value) {
    const char *text = cJSON_GetStringValue(value);
    struct ip ip;

    return text && (text[0] == '\0' || ip_parse(text, &ip));
}

static bool is_of_sort(const cJSON *value, enum checkpoint_sort sort) {
    switch (sort) {
    case CHECKPOINT_TEXT:
        return cJSON_IsString(value);
    case CHECKPOINT_TEXTS:
        return is_texts(value);
    case CHECKPOINT_ADDRESS:
        return is_address(value);
    case CHECKPOINT_FLAG:
        return cJSON_IsNumber(value) && (value->valuedouble == 0 || value->valuedouble == 1);
    case CHECKPOINT_SECONDS:
        return is_seconds(value);
    }
    return false;
}

static cJSON *check_value(const cJSON *value, const struct checkpoint_parameter *row) {
    if (is_of_sort(value, row->sort))
        return NULL;
    if (row->sort == CHECKPOINT_ADDRESS)
        return checkpoint_fault("GENERIC_ERR_INVALID_PARAMETER", "No valid IP was provided");
    return checkpoint_fault("GENERIC_ERR_INVALID_PARAMETER", "Invalid value of '%s'", row->name);
}

cJSON *checkpoint_check(const cJSON *command, const struct checkpoint_parameter *table) {
    const cJSON *value;

    cJSON_ArrayForEach(value, command)
        if (!find_row(table, value->string))
            return checkpoint_fault("GENERIC_ERROR_INVALID_PARAMETER_NAME", "'%s' is not permitted",
                                    value->string);
    cJSON_ArrayForEach(value, command) {
        cJSON *fault = check_value(value, find_row(table, value->string));
        if (fault)
            return fault;
    }
    for (const struct checkpoint_parameter *row = table; row->name; row++)
        if (row->is_required && !checkpoint_text(command, row->name))
            return checkpoint_fault("GENERIC_ERR_MISSING_REQUIRED_PARAMETERS", "'%s' is missing", row->name);
    return NULL;
}

const char *checkpoint_text(const cJSON *command, const char *name) {
    const char *text = json_text(command, name);
    return text && text[0] != '\0' ? text : NULL;
}

bool checkpoint_address(const cJSON *command, const char *name, struct ip *ret) {
    return ip_parse(checkpoint_text(command, name), ret);
}
