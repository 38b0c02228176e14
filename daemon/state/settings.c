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

static int compare_target(const void *a, const void *b)
{
    return strcmp(((const struct target *)a)->name, ((const struct target *)b)->name);
}

const struct target *settings_find_target(const struct settings *s, const char *name)
{
    struct target wanted = {.name = name};

    return bsearch(&wanted, s->targets, s->n_targets, sizeof(*s->targets), compare_target);
}

/* What a record that was read by its row gives under KEY, else the default of that member's row. */
static const char *text_of(const struct field *record, const struct value *v, const char *key)
{
    const char *text = value_get_text(v, key);

    return text ? text : field_member(record, key)->fallback;
}

static uint64_t duration_of(const struct field *record, const struct value *v, const char *key)
{
    uint64_t usec = 0;

    return parse_duration(text_of(record, v, key), &usec) == 0 ? usec : 0;
}

static uint32_t number_of(const struct field *record, const struct value *v, const char *key)
{
    const struct value *member = value_get(v, key);

    return (uint32_t)(member ? member->integer : strtoll(field_member(record, key)->fallback, NULL, 10));
}

/* What is being loaded, for the functions below. */
struct loading {
    struct settings *s;
    const struct system *const *systems;
    size_t n_systems;
    struct diag_list *diags;
    bool faulty;
};

static void complain(struct loading *l, const struct value *at, enum diag_code code, const char *format, ...)
    _printf_(4, 5);

static void complain(struct loading *l, const struct value *at, enum diag_code code, const char *format, ...)
{
    va_list ap;

    l->faulty = true;
    va_start(ap, format);
    diag_vadd_place(l->diags, code, value_place(&l->s->document, at), format, ap);
    va_end(ap);
}

static const struct system *find_system(struct loading *l, const struct value *type)
{
    const char *words[16];
    char hint[128];
    size_t n = 0;

    for (; n < l->n_systems && n < ARRAY_SIZE(words); n++) {
        words[n] = l->systems[n]->name;
        if (strcmp(words[n], type->text) == 0)
            return l->systems[n];
    }
    complain(l, type, DIAG_BAD_VALUE, "type '%s' is not known%s", type->text,
             did_you_mean(type->text, words, n, hint, sizeof(hint)));
    return NULL;
}

static bool auth_has_use(const struct system *s, const char *name)
{
    for (const struct auth_member *m = s->auth; m->name; m++)
        if (strcmp(m->name, name) == 0)
            return true;
    return false;
}

static void check_auth(struct loading *l, const struct target *t, const struct value *auth)
{
    for (const struct auth_member *m = t->system->auth; m->name; m++)
        if (m->required && !value_get(auth, m->name))
            complain(l, auth, DIAG_MISSING_KEY, "%s is missing under auth; %s needs it", m->name, t->system->title);
    for (uint32_t i = 0; i < auth->count; i++)
        if (!auth_has_use(t->system, auth->pairs[i].key.text))
            complain(l, &auth->pairs[i].key, DIAG_UNKNOWN_KEY, "%s means nothing to %s", auth->pairs[i].key.text,
                     t->system->title);
}

static int load_ca_file(struct loading *l, struct target *t, const struct value *tls)
{
    const struct value *file = value_get(tls, "ca-file");

    if (!file)
        return 0;
    t->ca_file = path_join(l->s->folder, file->text);
    return t->ca_file ? 0 : diag_oom(l->diags);
}

static int load_target(struct loading *l, struct target *t, const struct pair *p)
{
    const struct field *row = field_member(&settings_rows, "targets")->members;
    const struct value *v = &p->value, *auth = value_get(v, "auth"), *tls = value_get(v, "tls");
    const char *mode = value_get_text(v, "mode");

    *t = (struct target){.name = p->key.text, .place = value_place(&l->s->document, &p->key)};
    if (!is_plain_name(t->name))
        complain(l, &p->key, DIAG_BAD_VALUE, "the name '%s' of a target must be 1 to 64 letters, digits, '_', '.', '-'",
                 t->name);
    t->system = find_system(l, value_get(v, "type"));
    t->url = value_get_text(v, "url");
    t->realm = value_get_text(auth, "realm");
    t->username = value_get_text(auth, "username");
    t->login_method = text_of(field_member(row, "auth"), auth, "login-method");
    t->credential = value_get_text(auth, "password");
    if (!t->credential)
        t->credential = value_get_text(auth, "shared-secret");
    t->pinned_public_key = value_get_text(tls, "pinned-public-key");
    t->timeout_usec = duration_of(row, v, "timeout");
    t->labels = value_get(v, "labels");
    t->source_address = value_get(v, "source-address");
    t->expect = value_get(v, "expect");
    t->mode = mode_from_string(mode ? mode : text_of(&settings_rows, &l->s->document.root, "mode"));
    if (t->system)
        check_auth(l, t, auth);
    return load_ca_file(l, t, tls);
}

static int load_targets(struct loading *l, const struct value *targets)
{
    struct settings *s = l->s;
    int r;

    if (targets->count > LIMIT_TARGETS)
        complain(l, targets, DIAG_TOO_MANY_NODES, "more than %zu targets", LIMIT_TARGETS);
    s->targets = calloc((size_t)targets->count + 1, sizeof(*s->targets));
    if (!s->targets)
        return diag_oom(l->diags);
    for (uint32_t i = 0; i < targets->count; i++) {
        r = load_target(l, &s->targets[s->n_targets++], &targets->pairs[i]);
        if (r < 0)
            return r;
    }
    qsort(s->targets, s->n_targets, sizeof(*s->targets), compare_target);
    return 0;
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

static int load_paths(struct loading *l)
{
    struct settings *s = l->s;
    const struct value *root = &s->document.root;

    s->desired = path_join(s->folder, value_get_text(root, "desired"));
    s->state_directory = state_directory_of(s);
    s->credentials = path_join(s->folder, text_of(&settings_rows, root, "credentials"));
    s->runtime_directory = path_join(s->folder, text_of(&settings_rows, root, "runtime-directory"));
    return s->desired && s->state_directory && s->credentials && s->runtime_directory ? 0 : diag_oom(l->diags);
}

static void load_guards(struct settings *s, const struct value *v)
{
    const struct field *row = field_member(&settings_rows, "guards");

    s->guards.max_removals = number_of(row, v, "max-removals");
    s->guards.max_removals_percent = number_of(row, v, "max-removals-percent");
    s->guards.max_removals_run = number_of(row, v, "max-removals-run");
    s->guards.management_addresses = value_get(v, "management-addresses");
    s->guards.management_realms = value_get(v, "management-realms");
    s->guards.protect = value_get(v, "protect");
    s->guards.health = value_get(v, "health");
}

/* A pattern that matches nothing would leave open what somebody meant to close. */
static void check_window_targets(struct loading *l, const struct value *patterns)
{
    for (uint32_t i = 0; patterns && i < patterns->count; i++) {
        const char *pattern = patterns->items[i].text;

        if (settings_find_useless(l->s, &pattern, 1))
            complain(l, &patterns->items[i], DIAG_NO_TARGET, "no target of the settings matches '%s'", pattern);
    }
}

static int load_windows(struct loading *l, const struct value *list)
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
            complain(l, zone ? zone : v, DIAG_BAD_VALUE, "'%s' is no time zone that can be used here: %s",
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

static int load_values(struct loading *l)
{
    struct settings *s = l->s;
    const struct value *root = &s->document.root;
    int r = load_paths(l);

    if (r < 0)
        return r;
    s->interval_usec = duration_of(&settings_rows, root, "interval");
    s->run_timeout_usec = duration_of(&settings_rows, root, "run-timeout");
    s->concurrency = number_of(&settings_rows, root, "concurrency");
    s->remove_unlisted = value_get(root, "remove-unlisted");
    load_guards(s, value_get(root, "guards"));
    r = load_targets(l, value_get(root, "targets"));
    if (r == 0)
        r = load_windows(l, value_get(root, "windows"));
    return r < 0 ? r : load_accepted(s, value_get(root, "accept"), l->diags);
}

static int load(struct loading *l, const char *path)
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
    struct loading l = {.s = s, .systems = systems, .n_systems = n_systems, .diags = diags};
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
