/* SPDX-License-Identifier: Apache-2.0 */

#include "fault.h"

#include "json.h"

#include <fnmatch.h>
#include <string.h>

void fault_unref(struct fault *fault) {
    if (!fault || atomic_fetch_sub(&fault->references, 1) > 1)
        return;
    cJSON_Delete(fault->order);
    free(fault);
}

static char *check_order(const cJSON *order, const struct fault_kind **ret_kind) {
    const struct fault_kind *kind;
    double number;

    if (!cJSON_IsObject(order) || !json_text(order, "do"))
        return util_duplicate_text("a fault is an object with \"do\"");
    kind = fault_kind_find(json_text(order, "do"));
    if (!kind)
        return util_format_text("there is no fault \"%s\"", json_text(order, "do"));
    for (size_t i = 0; kind->required && kind->required[i]; i++)
        if (!json_get(order, kind->required[i]))
            return util_format_text("fault \"%s\" needs \"%s\"", kind->name, kind->required[i]);
    if ((json_get(order, "skip") && !json_number(order, "skip", &number)) ||
        (json_get(order, "times") && !json_number(order, "times", &number)))
        return util_duplicate_text("\"skip\" and \"times\" are numbers");
    *ret_kind = kind;
    return NULL;
}

static void add_order(struct fault_list *list, const cJSON *order, const struct fault_kind *kind) {
    struct fault *fault = util_allocate(sizeof(struct fault));
    double skip = 0, times = 1;

    json_number(order, "skip", &skip);
    json_number(order, "times", &times);
    fault->references = 1;
    fault->kind = kind;
    fault->order = cJSON_Duplicate(order, true);
    fault->method = json_text(fault->order, "method") ?: "*";
    fault->path = json_text(fault->order, "path") ?: "*";
    fault->skip = (unsigned) skip;
    fault->times = (unsigned) times;
    list->items = util_resize(list->items, (list->n + 1) * sizeof(struct fault *));
    list->items[list->n++] = fault;
}

char *fault_list_add(struct fault_list *list, const cJSON *orders) {
    const struct fault_kind *kind = NULL;
    const cJSON *order;
    char *sentence;

    if (!cJSON_IsArray(orders)) {
        sentence = check_order(orders, &kind);
        if (!sentence)
            add_order(list, orders, kind);
        return sentence;
    }
    cJSON_ArrayForEach(order, orders) {
        sentence = check_order(order, &kind);
        if (sentence)
            return sentence;
    }
    cJSON_ArrayForEach(order, orders)
        add_order(list, order, fault_kind_find(json_text(order, "do")));
    return NULL;
}

void fault_list_clear(struct fault_list *list) {
    for (size_t i = 0; i < list->n; i++)
        fault_unref(list->items[i]);
    free(list->items);
    *list = (struct fault_list){0};
}

cJSON *fault_list_to_json(const struct fault_list *list) {
    cJSON *json = cJSON_CreateArray();

    for (size_t i = 0; i < list->n; i++) {
        cJSON *item = cJSON_Duplicate(list->items[i]->order, true);

        json_put(item, "matched", cJSON_CreateNumber((double) list->items[i]->matched));
        json_put(item, "fired", cJSON_CreateNumber((double) list->items[i]->fired));
        cJSON_AddItemToArray(json, item);
    }
    return json;
}

static bool fault_matches(const struct fault *fault, const char *method, const char *path) {
    return (strcmp(fault->method, "*") == 0 || strcmp(fault->method, method) == 0) &&
           fnmatch(fault->path, path, 0) == 0;
}

static bool fault_is_due(const struct fault *fault) {
    return fault->matched > fault->skip && (fault->times == 0 || fault->fired < fault->times);
}

struct fault *fault_list_pick(struct fault_list *list, const char *method, const char *path) {
    struct fault *chosen = NULL;

    for (size_t i = 0; i < list->n; i++) {
        struct fault *fault = list->items[i];

        if (!fault_matches(fault, method, path))
            continue;
        fault->matched++;
        if (!chosen && fault_is_due(fault))
            chosen = fault;
    }
    if (!chosen)
        return NULL;
    chosen->fired++;
    atomic_fetch_add(&chosen->references, 1);
    return chosen;
}
