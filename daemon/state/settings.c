/* SPDX-License-Identifier: Apache-2.0 */
#include "state/settings.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time-util.h"
#include "state/load.h"
#include "state/settings-parts.h"

static const char *const mode_table[MODE_MAX] = {[MODE_ENFORCE] = "enforce", [MODE_OBSERVE] = "observe"};

const char *mode_to_string(enum mode mode)
{
    return (size_t)mode < MODE_MAX ? mode_table[mode] : "?";
}

enum mode mode_from_string(const char *text)
{
    for (int m = 0; m < MODE_MAX; m++)
        if (strcmp(mode_table[m], text) == 0)
            return (enum mode)m;
    return MODE_INVALID;
}

struct settings *settings_free(struct settings *s)
{
    if (!s)
        return NULL;
    for (size_t i = 0; i < s->n_targets; i++)
        free(s->targets[i].ca_file);
    free(s->targets);
    for (size_t i = 0; i < s->n_windows; i++)
        window_done(&s->windows[i]);
    free(s->windows);
    free(s->accepted);
    free(s->folder);
    free(s->desired);
    free(s->state_directory);
    free(s->credentials);
    free(s->runtime_directory);
    document_done(&s->document);
    free(s);
    return NULL;
}

const char *settings_find_useless(const struct settings *s, const char *const *patterns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool useful = false;

        for (size_t t = 0; t < s->n_targets && !useful; t++)
            useful = pattern_match(patterns[i], s->targets[t].name);
        if (!useful)
            return patterns[i];
    }
    return NULL;
}

bool settings_matches(const struct value *patterns, const char *text)
{
    for (uint32_t i = 0; patterns && i < patterns->count; i++)
        if (pattern_match(patterns->items[i].text, text))
            return true;
    return false;
}

bool settings_is_of_a_login(const struct settings *s, const char *credential)
{
    for (size_t i = 0; i < s->n_targets; i++)
        if (strcmp(s->targets[i].credential, credential) == 0)
            return true;
    return false;
}

static int compare_target(const void *a, const void *b)
{
    return strcmp(((const struct target *)a)->name, ((const struct target *)b)->name);
}

const struct target *settings_find_target(const struct settings *s, const char *name)
{
    struct target wanted = {.name = name};

    return bsearch(&wanted, s->targets, s->n_targets, sizeof(*s->targets), compare_target);
}

const char *settings_text_of(const struct field *record, const struct value *v, const char *key)
{
    const char *text = value_get_text(v, key);

    return text ? text : field_member(record, key)->fallback;
}

uint64_t settings_duration_of(const struct field *record, const struct value *v, const char *key)
{
    uint64_t usec = 0;

    return parse_duration(settings_text_of(record, v, key), &usec) == 0 ? usec : 0;
}

uint32_t settings_number_of(const struct field *record, const struct value *v, const char *key)
{
    const struct value *member = value_get(v, key);

    return (uint32_t)(member ? member->integer : strtoll(field_member(record, key)->fallback, NULL, 10));
}

void settings_complain(struct settings_loading *l, const struct value *at, enum diag_code code, const char *format, ...)
{
    va_list ap;

    l->faulty = true;
    va_start(ap, format);
    diag_vadd_place(l->diags, code, value_place(&l->s->document, at), format, ap);
    va_end(ap);
}

static int load_targets(struct settings_loading *l, const struct value *targets)
{
    struct settings *s = l->s;
    int r;

    if (targets->count > LIMIT_TARGETS)
        settings_complain(l, targets, DIAG_TOO_MANY_NODES, "more than %zu targets", LIMIT_TARGETS);
    s->targets = calloc((size_t)targets->count + 1, sizeof(*s->targets));
    if (!s->targets)
        return diag_oom(l->diags);
    for (uint32_t i = 0; i < targets->count; i++) {
        r = settings_load_target(l, &s->targets[s->n_targets++], &targets->pairs[i]);
        if (r < 0)
            return r;
    }
    qsort(s->targets, s->n_targets, sizeof(*s->targets), compare_target);
    return 0;
}

/* What is asked of all, and none of them can do, was meant otherwise. */
static void check_abilities(struct settings_loading *l)
{
    const struct value *root = &l->s->document.root, *before = value_get(value_get(root, "backup"), "before-apply");
    const struct value *pull = value_get(root, "pull-interval");
    bool backup = before && before->boolean, pulls = pull && strcmp(pull->text, "never") != 0;

    for (size_t i = 0; i < l->s->n_targets; i++) {
        const struct system *system = l->s->targets[i].system;

        backup = backup && system && !system->has_backup;
        pulls = pulls && system && !system->has_pull;
    }
    if (backup)
        settings_complain(l, before, DIAG_BAD_VALUE, "no target is of a type whose API gives a binary configuration");
    if (pulls)
        settings_complain(l, pull, DIAG_BAD_VALUE, "no target is of a type that leases licences of a server");
}

/* $STATE_DIRECTORY may name several folders joined by ':'; ours is the first. */
static char *state_directory_of(const struct settings *s)
{
    const char *text = value_get_text(&s->document.root, "state-directory");
    const char *environment = getenv("STATE_DIRECTORY");

    if (text)
        return path_join(s->folder, text);
    if (environment && environment[0] == '/')
        return strndup(environment, strcspn(environment, ":"));
    return strdup("/var/lib/convergate");
}

static int load_paths(struct settings_loading *l)
{
    struct settings *s = l->s;
    const struct value *root = &s->document.root;

    s->desired = path_join(s->folder, value_get_text(root, "desired"));
    s->state_directory = state_directory_of(s);
    s->credentials = path_join(s->folder, settings_text_of(&settings_rows, root, "credentials"));
    s->runtime_directory = path_join(s->folder, settings_text_of(&settings_rows, root, "runtime-directory"));
    return s->desired && s->state_directory && s->credentials && s->runtime_directory ? 0 : diag_oom(l->diags);
}

static void load_guards(struct settings *s, const struct value *v)
{
    const struct field *row = field_member(&settings_rows, "guards");

    s->guards.max_removals = settings_number_of(row, v, "max-removals");
    s->guards.max_removals_percent = settings_number_of(row, v, "max-removals-percent");
    s->guards.max_removals_run = settings_number_of(row, v, "max-removals-run");
    s->guards.management_addresses = value_get(v, "management-addresses");
    s->guards.management_realms = value_get(v, "management-realms");
    s->guards.protect = value_get(v, "protect");
    s->guards.health = value_get(v, "health");
}

/* A pattern that matches nothing would leave open what somebody meant to close. */
static void check_window_targets(struct settings_loading *l, const struct value *patterns)
{
    for (uint32_t i = 0; patterns && i < patterns->count; i++) {
        const char *pattern = patterns->items[i].text;

        if (settings_find_useless(l->s, &pattern, 1))
            settings_complain(l, &patterns->items[i], DIAG_NO_TARGET, "no target of the settings matches '%s'",
                              pattern);
    }
}

static int load_windows(struct settings_loading *l, const struct value *list)
{
    struct settings *s = l->s;

    s->windows = calloc(list ? list->count + 1 : 1, sizeof(*s->windows));
    if (!s->windows)
        return diag_oom(l->diags);
    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct value *v = &list->items[i], *zone = value_get(v, "time-zone");
        int r = window_load(v, &s->windows[s->n_windows]);

        check_window_targets(l, value_get(v, "targets"));
        if (r == -ENOMEM)
            return diag_oom(l->diags);
        if (r == 0)
            s->n_windows++;
        else
            settings_complain(l, zone ? zone : v, DIAG_BAD_VALUE, "'%s' is no time zone that can be used here: %s",
                              zone ? zone->text : "UTC",
                              r == -EINVAL    ? "that is no name of the tz database"
                              : r == -EBADMSG ? "its file cannot be understood"
                                              : strerror(-r));
    }
    return 0;
}

static int load_accepted(struct settings *s, const struct value *list, struct diag_list *diags)
{
    s->accepted = calloc(list ? list->count + 1 : 1, sizeof(*s->accepted));
    if (!s->accepted)
        return diag_oom(diags);
    for (uint32_t i = 0; list && i < list->count; i++)
        s->accepted[s->n_accepted++] = acceptance_load(&list->items[i]);
    return 0;
}

static int load_values(struct settings_loading *l)
{
    struct settings *s = l->s;
    const struct value *root = &s->document.root;
    int r = load_paths(l);

    if (r < 0)
        return r;
    s->interval_usec = settings_duration_of(&settings_rows, root, "interval");
    s->run_timeout_usec = settings_duration_of(&settings_rows, root, "run-timeout");
    s->concurrency = settings_number_of(&settings_rows, root, "concurrency");
    s->remove_unlisted = value_get(root, "remove-unlisted");
    load_guards(s, value_get(root, "guards"));
    r = load_targets(l, value_get(root, "targets"));
    if (r == 0)
        check_abilities(l);
    if (r == 0)
        r = load_windows(l, value_get(root, "windows"));
    return r < 0 ? r : load_accepted(s, value_get(root, "accept"), l->diags);
}

static int load(struct settings_loading *l, const char *path)
{
    struct settings *s = l->s;
    char digest[DIGEST_SIZE];
    struct field_reader reader = {.document = &s->document, .arena = &s->document.arena, .diags = l->diags};
    int r;

    s->folder = path_folder(path);
    if (!s->folder)
        return diag_oom(l->diags);
    r = load_yaml(path, path, &s->document, digest, l->diags);
    if (r < 0)
        return r;
    r = load_check_version(&s->document, l->diags);
    if (r < 0)
        return r;
    r = field_read(&reader, &settings_rows, &s->document.root);
    if (r < 0)
        return r;
    if (reader.faulty)
        return -EBADMSG;
    r = load_values(l);
    return r < 0 ? r : l->faulty ? -EBADMSG : 0;
}

int settings_load(const char *path, const struct system *const *systems, size_t n_systems, struct diag_list *diags,
                  struct settings **ret)
{
    _cleanup_(settings_freep) struct settings *s = calloc(1, sizeof(*s));
    struct settings_loading l = {.s = s, .systems = systems, .n_systems = n_systems, .diags = diags};
    int r;

    if (!s)
        return diag_oom(diags);
    s->systems = systems;
    s->n_systems = n_systems;
    r = load(&l, path);
    if (r < 0)
        return r;
    *ret = TAKE_PTR(s);
    return 0;
}
