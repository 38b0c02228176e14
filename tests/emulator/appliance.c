/* SPDX-License-Identifier: Apache-2.0 */

#include "appliance.h"

#include "json.h"

#include <stdio.h>
#include <string.h>

static const struct appliance_type *const type_table[] = {&checkpoint_type, &ics_type, &sps_type};

static const struct appliance_type *find_type(const char *name) {
    for (size_t i = 0; name && i < ELEMENTSOF(type_table); i++)
        if (strcmp(type_table[i]->name, name) == 0)
            return type_table[i];
    return NULL;
}

cJSON *appliance_own_state(struct appliance *p) {
    if (p->state_is_shared) {
        p->state = cJSON_Duplicate(p->state, true);
        p->state_is_shared = false;
    }
    return p->state;
}

void appliance_set_state_take(struct appliance *p, cJSON *state) {
    if (!p->state_is_shared)
        cJSON_Delete(p->state);
    p->type->normalise_state(state);
    p->state = state;
    p->state_is_shared = false;
}

cJSON *appliance_to_json(const struct appliance *p) {
    cJSON *json = cJSON_CreateObject();

    cJSON_AddStringToObject(json, "type", p->type->name);
    cJSON_AddStringToObject(json, "url", p->url);
    cJSON_AddNumberToObject(json, "port", p->port);
    return json;
}

cJSON *fleet_to_json(const struct fleet *fleet) {
    cJSON *json = cJSON_CreateObject();

    for (size_t i = 0; i < fleet->n; i++)
        cJSON_AddItemToObject(json, fleet->items[i].name, appliance_to_json(&fleet->items[i]));
    return json;
}

struct appliance *fleet_find(const struct fleet *fleet, const char *name) {
    for (size_t i = 0; i < fleet->n; i++)
        if (strcmp(fleet->items[i].name, name) == 0)
            return &fleet->items[i];
    return NULL;
}

static void check_members(const cJSON *json) {
    static const char *const names[] = {"type",        "port",    "address", "count",
                                        "certificate", "options", "state",   "seen-from"};
    const char *unknown;

    if (!cJSON_IsObject(json))
        util_die("%s: not an object", json->string);
    if (json_has_unknown(json, names, ELEMENTSOF(names), &unknown))
        util_die("%s: unknown member \"%s\"", json->string, unknown);
}

static unsigned read_number(const cJSON *json, const char *name, unsigned otherwise, unsigned highest) {
    double value = otherwise;

    if (json_get(json, name) && (!json_number(json, name, &value) || value < 0 || value > highest))
        util_die("%s: wrong %s", json->string, name);
    return (unsigned) value;
}

static void appliance_init(struct appliance *p, char *name, const cJSON *json, cJSON *state) {
    const char *kind = json_text(json, "certificate") ?: "valid";
    enum certificate certificate;
    _cleanup_free_ char *fault = NULL;

    p->name = name;
    p->listener = -1;
    p->port = (uint16_t) read_number(json, "port", 0, 65535);
    if (json_get(json, "seen-from") && !address_from_text(json_text(json, "seen-from"), &p->seen_from))
        util_die("%s: seen-from must be an address", name);
    p->address = util_duplicate_text(json_text(json, "address") ?: "127.0.0.1");
    p->type = find_type(json_text(json, "type"));
    if (!certificate_from_string(kind, &certificate))
        util_die("%s: unknown certificate \"%s\"", name, kind);
    p->certificate = (int) certificate;
    p->state = state;
    p->state_is_shared = true;
    pthread_mutex_init(&p->lock, NULL);

    options_set_defaults(&p->options);
    if (json_get(json, "count"))
        p->options.log_limit = 1000;
    fault = options_load(&p->options, json_get(json, "options"));
    if (fault)
        util_die("%s: %s", name, fault);
    p->log.limit = p->options.log_limit;
}

static cJSON *add_template(struct fleet *fleet, const cJSON *json) {
    const struct appliance_type *type = find_type(json_text(json, "type"));
    cJSON *state;

    if (!type)
        util_die("%s: the type must be checkpoint, ics or sps", json->string);
    state = cJSON_IsObject(json_get(json, "state")) ? cJSON_Duplicate(json_get(json, "state"), true)
                                                    : cJSON_CreateObject();
    type->normalise_state(state);
    fleet->templates = util_resize(fleet->templates, (fleet->n_templates + 1) * sizeof(cJSON *));
    fleet->templates[fleet->n_templates++] = state;
    return state;
}

static void add_appliances(struct fleet *fleet, const cJSON *json) {
    cJSON *state;
    unsigned count;

    check_members(json);
    state = add_template(fleet, json);
    count = read_number(json, "count", 1, 100000);
    fleet->items = util_resize(fleet->items, (fleet->n + count) * sizeof(struct appliance));
    memset(fleet->items + fleet->n, 0, count * sizeof(struct appliance));
    for (unsigned i = 1; i <= count; i++) {
        char *name = json_get(json, "count") ? util_format_text("%s-%04u", json->string, i)
                                             : util_duplicate_text(json->string);
        appliance_init(&fleet->items[fleet->n++], name, json, state);
    }
}

void fleet_load(struct fleet *ret, const cJSON *appliances) {
    const cJSON *item;

    *ret = (struct fleet){0};
    cJSON_ArrayForEach(item, appliances)
        add_appliances(ret, item);
}

static void appliance_done(struct appliance *p) {
    if (!p->state_is_shared)
        cJSON_Delete(p->state);
    cJSON_Delete(p->known_sids);
    session_table_done(&p->sessions);
    log_done(&p->log);
    fault_list_clear(&p->faults);
    pthread_mutex_destroy(&p->lock);
    free(p->name);
    free(p->address);
    free(p->url);
}

void fleet_done(struct fleet *fleet) {
    for (size_t i = 0; i < fleet->n; i++)
        appliance_done(&fleet->items[i]);
    for (size_t i = 0; i < fleet->n_templates; i++)
        cJSON_Delete(fleet->templates[i]);
    free(fleet->items);
    free(fleet->templates);
}
