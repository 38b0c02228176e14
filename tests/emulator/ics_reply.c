/* SPDX-License-Identifier: Apache-2.0 */

#include "ics.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static cJSON *make_result(const char *kind, const char *message) {
    cJSON *json = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(cJSON_AddObjectToObject(json, "result"), kind);
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "message", message);
    cJSON_AddItemToArray(list, item);
    return json;
}

void ics_refuse(struct reply *a, unsigned status, const char *format, ...) {
    va_list arguments;
    char message[512];

    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    reply_set_json_take(a, status, make_result("errors", message));
}

void ics_tell(struct reply *a, unsigned status, const char *format, ...) {
    va_list arguments;
    char message[512];

    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    reply_set_json_take(a, status, make_result("info", message));
}

void ics_confirm(const struct request *q, struct reply *a, unsigned status) {
    ics_confirm_as(q, a, status, "Operation succeeded without warning or error!");
}

void ics_confirm_as(const struct request *q, struct reply *a, unsigned status, const char *message) {
    switch (q->appliance->options.put_answer) {
    case PUT_ANSWER_204:
        reply_set_text(a, 204, "application/json", "");
        break;
    case PUT_ANSWER_WARNING:
        reply_set_json_take(a, status,
                            make_result("warnings", "The configuration has been implicitly changed"));
        break;
    default:
        reply_set_json_take(a, status, make_result("info", message));
    }
}

static bool is_empty_list(const cJSON *json) {
    return cJSON_IsNull(json) || (cJSON_IsArray(json) && !json->child);
}

static void drop_empty_lists(cJSON *json) {
    cJSON *child, *next;

    for (child = json->child; child; child = next) {
        next = child->next;
        if (cJSON_IsObject(json) && is_empty_list(child))
            cJSON_Delete(cJSON_DetachItemViaPointer(json, child));
        else
            drop_empty_lists(child);
    }
}

static void shape_empty_lists(cJSON *json, enum empty_lists shape) {
    cJSON *child;

    cJSON_ArrayForEach(child, json) {
        if (cJSON_IsObject(json) && is_empty_list(child))
            child->type = shape == EMPTY_LISTS_NULL ? cJSON_NULL : cJSON_Array;
        shape_empty_lists(child, shape);
    }
}

void ics_return_take(const struct request *q, struct reply *a, cJSON *json) {
    enum empty_lists shape = q->appliance->options.empty_lists;

    if (shape == EMPTY_LISTS_ABSENT)
        drop_empty_lists(json);
    else
        shape_empty_lists(json, shape);
    reply_set_json_take(a, 200, json);
}

void ics_add_list_take(const struct request *q, cJSON *object, const char *name, cJSON *list) {
    enum empty_lists shape = q->appliance->options.empty_lists;

    if (list->child || shape == EMPTY_LISTS_ARRAY) {
        cJSON_AddItemToObject(object, name, list);
        return;
    }
    cJSON_Delete(list);
    if (shape == EMPTY_LISTS_NULL)
        cJSON_AddNullToObject(object, name);
}

bool ics_check_leaves(const cJSON *json, struct reply *a) {
    const cJSON *child;

    cJSON_ArrayForEach(child, json) {
        if (cJSON_IsNumber(child) || cJSON_IsBool(child)) {
            ics_refuse(a, 422, "The value of '%s' must be a string", child->string ?: json->string ?: "");
            return false;
        }
        if (!ics_check_leaves(child, a))
            return false;
    }
    return true;
}

cJSON *ics_copy_list(const cJSON *list) {
    return cJSON_IsArray(list) ? cJSON_Duplicate(list, true) : cJSON_CreateArray();
}

bool ics_is_flag(const cJSON *object, const char *name) {
    const char *text = json_text(object, name);

    return !json_get(object, name) || (text && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0));
}

const cJSON *ics_find_item(const struct request *q, const char *collection, struct reply *a) {
    const cJSON *item = json_get(json_get(q->appliance->state, collection), q->names[0]);

    if (!item)
        ics_refuse(a, 404, "Resource not found");
    return item;
}
