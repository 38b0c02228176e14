/* SPDX-License-Identifier: Apache-2.0 */

/* Which interfaces of the appliance a device certificate serves. */

#include "ics_certificates.h"

#include <string.h>

/* The two lists of a body, {"internal-interfaces": {"internal-interface": [...]}}, and what they may name. */
static const struct side {
    const char *container, *list, *port, *virtual;
} side_table[] = {
    {"internal-interfaces", "internal-interface", "<Internal Port>", "internal"},
    {"external-interfaces", "external-interface", "<External Port>", "external"},
};

static bool holds_text(const cJSON *list, const char *text) {
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
        if (strcmp(cJSON_GetStringValue(item) ?: "", text) == 0)
            return true;
    return false;
}

static bool check_list(const struct request *q, const cJSON *list, const struct side *side, struct reply *a) {
    const cJSON *ports = json_get(json_get(q->appliance->state, "virtual-ports"), side->virtual), *item;

    if (list && !cJSON_IsArray(list)) {
        ics_refuse(a, 422, "'%s' must be a list", side->list);
        return false;
    }
    cJSON_ArrayForEach(item, list) {
        const char *name = cJSON_GetStringValue(item) ?: "";

        if (strcmp(name, side->port) != 0 && !holds_text(ports, name)) {
            ics_refuse(a, 422, "Interface '%s' does not exist", name);
            return false;
        }
    }
    return true;
}

static bool read_side(const struct request *q, struct reply *a, const struct side *side, cJSON *into) {
    const cJSON *container = json_get(q->json, side->container), *list = json_get(container, side->list);

    if (container && !cJSON_IsObject(container)) {
        ics_refuse(a, 422, "'%s' must hold a list '%s'", side->container, side->list);
        return false;
    }
    if (!check_list(q, list, side, a))
        return false;
    cJSON_AddItemToObject(json_need_object(into, side->container), side->list, ics_copy_list(list));
    return true;
}

cJSON *ics_read_interfaces(const struct request *q, struct reply *a) {
    const cJSON *management = json_get(q->json, "management-interface");
    _cleanup_json_ cJSON *json = cJSON_CreateObject();

    for (size_t i = 0; i < ELEMENTSOF(side_table); i++)
        if (!read_side(q, a, &side_table[i], json))
            return NULL;
    if (management && !cJSON_IsBool(management)) {
        ics_refuse(a, 422, "'management-interface' must be true or false");
        return NULL;
    }
    cJSON_AddBoolToObject(json, "management-interface", cJSON_IsTrue(management));
    return TAKE_PTR(json);
}

static void drop_texts(cJSON *list, const cJSON *texts) {
    cJSON *item, *next;

    for (item = list ? list->child : NULL; item; item = next) {
        next = item->next;
        if (holds_text(texts, cJSON_GetStringValue(item) ?: ""))
            cJSON_Delete(cJSON_DetachItemViaPointer(list, item));
    }
}

void ics_take_interfaces(cJSON *certificates, const cJSON *given) {
    cJSON *certificate;

    cJSON_ArrayForEach(certificate, certificates) {
        for (size_t i = 0; i < ELEMENTSOF(side_table); i++) {
            const struct side *side = &side_table[i];

            drop_texts(json_get(json_get(certificate, side->container), side->list),
                       json_get(json_get(given, side->container), side->list));
        }
        if (cJSON_IsTrue(json_get(given, "management-interface")))
            json_put(certificate, "management-interface", cJSON_CreateFalse());
    }
}

bool ics_has_interface(const cJSON *certificate) {
    for (size_t i = 0; i < ELEMENTSOF(side_table); i++)
        if (cJSON_GetArraySize(json_get(json_get(certificate, side_table[i].container), side_table[i].list)) >
            0)
            return true;
    return cJSON_IsTrue(json_get(certificate, "management-interface"));
}
