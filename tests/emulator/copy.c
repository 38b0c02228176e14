/* SPDX-License-Identifier: Apache-2.0 */

#include "copy.h"

#include "yaml_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void copy_refuse_unknown(const cJSON *section, const char *const *names, size_t n) {
    const char *unknown;

    if (json_has_unknown(section, names, n, &unknown))
        util_die("%s: an appliance with \"%s\" cannot be copied", section->string, unknown);
}

static cJSON *copy_checkpoint(const cJSON *section, const cJSON *facts, cJSON *options) {
    (void) facts, (void) options;
    copy_refuse_unknown(section, NULL, 0);
    return cJSON_CreateObject();
}

static const struct {
    const char *type;
    cJSON *(*make)(const cJSON *section, const cJSON *facts, cJSON *options);
} makers[] = {{"checkpoint", copy_checkpoint}, {"ics", copy_ics}, {"sps", copy_sps}};

/* The NAME of the credential with which Convergate logs in to this target. */
static const char *credential_of(const cJSON *target) {
    const cJSON *auth = json_get(target, "auth");

    return json_text(auth, "password") ?: json_text(auth, "shared-secret");
}

static const char *secret_of(cJSON *secrets, const cJSON *target) {
    const char *name = credential_of(target);
    char secret[33];

    if (!name)
        util_die("%s: the settings name no credential", target->string);
    if (!json_get(secrets, name)) {
        util_random_hex(secret, 32);
        cJSON_AddStringToObject(secrets, name, secret);
    }
    return json_text(secrets, name);
}

/* Who logs in may do all; his role and his groups are in no export. */
static void add_login(cJSON *state, const cJSON *target, const char *secret) {
    const cJSON *auth = json_get(target, "auth");
    const char *user = json_text(auth, "username"), *realm = json_text(auth, "realm");
    cJSON *login;

    if (!user) {
        login = cJSON_AddObjectToObject(json_need_object(state, "clients"), "*");
        cJSON_AddStringToObject(login, "shared-secret", secret);
        return;
    }
    login = cJSON_AddObjectToObject(json_need_object(state, "admins"), user);
    cJSON_AddStringToObject(login, "password", secret);
    if (realm) {
        cJSON_AddStringToObject(login, "realm", realm);
        cJSON_AddStringToObject(login, "role", ".Administrators");
    }
}

static const char *first_text(const cJSON *value) {
    return cJSON_GetStringValue(cJSON_IsArray(value) ? value->child : value);
}

/* Its name is the one target of the export; its section is beside that. */
static const cJSON *find_target(const struct copy *copy, const char *path, const cJSON *export) {
    const char *name = first_text(json_get(export, "targets"));
    const cJSON *target = name ? json_walk(copy->settings, "targets") : NULL;

    target = target ? json_get(target, name) : NULL;
    if (!target)
        util_die("%s: the settings have no target '%s'", path, name ?: "");
    return target;
}

static const cJSON *find_facts(const cJSON *all_facts, const char *name) {
    const cJSON *facts;

    cJSON_ArrayForEach(facts, all_facts)
        if (strcmp(json_text(facts, "target") ?: "", name) == 0)
            return json_get(facts, "facts");
    return NULL;
}

static void add_copy(struct copy *copy, const char *path, const char *source_address, const cJSON *all_facts,
                     cJSON *appliances) {
    _cleanup_json_ cJSON *export = yaml_read_file(path);
    const cJSON *target = find_target(copy, path, export), *section;
    const char *type = json_text(target, "type");
    const char *address = source_address ?: first_text(json_get(target, "source-address"));
    cJSON *appliance = cJSON_CreateObject(), *options = cJSON_CreateObject(), *state = NULL;

    section = json_get(export, type ?: "");
    for (size_t i = 0; i < ELEMENTSOF(makers) && section; i++)
        if (strcmp(makers[i].type, type) == 0)
            state = makers[i].make(section, find_facts(all_facts, target->string), options);
    if (!state || json_get(appliances, target->string))
        util_die("%s: it is no export of '%s', or the second one", path, target->string);
    add_login(state, target, secret_of(copy->secrets, target));
    cJSON_AddStringToObject(appliance, "type", type);
    if (address)
        cJSON_AddStringToObject(appliance, "seen-from", address);
    cJSON_AddItemToObject(appliance, "options", options);
    cJSON_AddItemToObject(appliance, "state", state);
    cJSON_AddItemToObject(appliances, target->string, appliance);
}

static cJSON *read_facts(const struct copy_order *order) {
    cJSON *list = cJSON_CreateArray(), *facts;

    for (size_t i = 0; i < order->n_facts; i++) {
        facts = yaml_read_file(order->facts[i]);
        if (!json_text(facts, "target") || !cJSON_IsObject(json_get(facts, "facts")))
            util_die("%s: not what `convergate facts TARGET --format json` prints", order->facts[i]);
        cJSON_AddItemToArray(list, facts);
    }
    return list;
}

/* Relative to the file that names it, as in Convergate. */
static char *find_desired(const char *settings, const char *desired) {
    const char *slash = strrchr(settings, '/');
    _cleanup_free_ char *path = NULL;
    char *real;

    if (slash && desired[0] != '/')
        path = util_format_text("%.*s/%s", (int) (slash - settings), settings, desired);
    real = desired[0] != '\0' ? realpath(path ?: desired, NULL) : NULL;
    if (!real)
        util_die("%s: there are no documents in '%s'", settings, path ?: desired);
    return real;
}

static void rewrite_settings(cJSON *settings, const struct copy_order *order) {
    const char *desired = json_text(settings, "desired") ?: "";
    _cleanup_free_ char *path = NULL;
    cJSON *target;

    path = order->desired ? find_desired("--desired", order->desired)
                          : find_desired(order->settings, desired);
    json_put(settings, "desired", cJSON_CreateString(path));
    json_put(settings, "state-directory", cJSON_CreateString("state"));
    json_put(settings, "runtime-directory", cJSON_CreateString("run"));
    json_put(settings, "credentials", cJSON_CreateString("credentials"));
    if (!order->source_address)
        return;
    cJSON_ArrayForEach(target, json_get(settings, "targets"))
        json_put(target, "source-address", cJSON_CreateString(order->source_address));
}

void copy_make(const struct copy_order *order, struct copy *ret, cJSON *appliances) {
    _cleanup_json_ cJSON *facts = read_facts(order);
    const cJSON *target;

    *ret = (struct copy){
        .settings = yaml_read_file(order->settings), .secrets = cJSON_CreateObject(), .closed = -1};
    if (!cJSON_IsObject(json_get(ret->settings, "targets")))
        util_die("%s: no settings of Convergate", order->settings);
    for (size_t i = 0; i < order->n_exports; i++)
        add_copy(ret, order->exports[i], order->source_address, facts, appliances);
    cJSON_ArrayForEach(target, json_get(ret->settings, "targets"))
        (void) secret_of(ret->secrets, target);
    rewrite_settings(ret->settings, order);
}

void copy_done(struct copy *copy) {
    cJSON_Delete(copy->settings);
    cJSON_Delete(copy->secrets);
    if (copy->closed >= 0)
        close(copy->closed);
}
