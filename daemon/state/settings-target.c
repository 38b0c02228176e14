/* SPDX-License-Identifier: Apache-2.0 */
/* One target of the settings: its rows, and how it is taken from what they read. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time-util.h"
#include "http/http.h"
#include "state/settings-parts.h"

/* "host", "host:1" to "host:65535", "[::1]:443". */
static const char *check_port(const char *host)
{
    const char *bracket = strchr(host, ']'), *colon = strrchr(bracket ? bracket : host, ':');
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 1;
    long port = colon && digits > 0 && digits <= 5 && colon[1 + digits] == '\0' ? strtol(colon + 1, NULL, 10) : 0;

    return !colon || (port > 0 && port <= 65535) ? NULL : "has a port that is not between 1 and 65535";
}

static const char *check_url(const struct value *v)
{
    static const char prefix[] = "https://";
    const char *host = v->text + sizeof(prefix) - 1;

    if (strncmp(v->text, prefix, sizeof(prefix) - 1) != 0)
        return "must begin with https://; nothing else is spoken";
    if (strchr(host, '@'))
        return "must not hold a user or password; those belong under auth";
    if (host[0] == '\0' || strpbrk(host, "/?# \t"))
        return "must be https://HOST or https://HOST:PORT, without a path";
    return check_port(host);
}

/* Never repeats what was written: it may be the secret itself. */
static const char *check_credential(const struct value *v)
{
    if (!(is_plain_name(v->text)))
        return "must be the NAME of a credential (letters, digits, '_', '.', '-'), never the secret itself; "
               "put the secret into a file of that name in the credentials directory";
    return NULL;
}

static const char *check_pin(const struct value *v)
{
    return http_is_pin(v->text) ? NULL : "must be sha256// and 44 characters of base64, several joined by ';'";
}

const char *settings_check_pull_interval(const struct value *v)
{
    if (strcmp(v->text, "never") == 0 || !settings_check_duration(v))
        return NULL;
    return "must be never, or a whole number with its unit such as 90s, 5m or 6h";
}

static const struct field an_address = {
    .type = FIELD_TEXT, .pattern = "^(" ADDRESS_V4 "|" ADDRESS_V6 ")$", .check = settings_check_address};
static const struct field one_or_many_texts = {
    .type = FIELD_LIST, .order = ORDER_SET, .flags = FIELD_ONE_OR_MANY, .members = &settings_text, .name = "a value"};

static const struct field auth_rows[] = {
    {.name = "realm",
     .type = FIELD_TEXT,
     .min = 1,
     .max = 256,
     .help = "the administrators' realm to log in to; it must not ask for a second factor"},
    {.name = "username", .type = FIELD_TEXT, .min = 1, .max = 256, .help = "the administrator account"},
    {.name = "password",
     .type = FIELD_TEXT,
     .flags = FIELD_SECRET,
     .pattern = PLAIN_NAME_PATTERN,
     .check = check_credential,
     .help = "the NAME of the credential that holds the password"},
    {.name = "shared-secret",
     .type = FIELD_TEXT,
     .flags = FIELD_SECRET,
     .check = check_credential,
     .help = "the NAME of the credential that holds the shared secret"},
    {.name = "login-method", .type = FIELD_TEXT, .min = 1, .max = 256, .fallback = "local", .help = "the login method"},
    {0},
};

static const struct field tls_rows[] = {
    {.name = "ca-file",
     .type = FIELD_TEXT,
     .min = 1,
     .max = 4096,
     .absent = "the system's CAs",
     .help = "PEM file with the CA to trust"},
    {.name = "pinned-public-key",
     .type = FIELD_TEXT,
     .pattern = "^sha256//[0-9A-Za-z+/]{43}=(;sha256//[0-9A-Za-z+/]{43}=)*$",
     .check = check_pin,
     .absent = "none",
     .help = "the appliance's public key: sha256// and 44 characters of base64, several joined by ;. Without ca-file "
             "it replaces the checks of chain and host name"},
    {0},
};

static const struct field backup_rows[] = {
    {.name = "before-apply",
     .type = FIELD_BOOL,
     .absent = "as at the top level",
     .help = "true: a run that is about to write saves the binary configuration first, or writes nothing"},
    {.name = "keep",
     .type = FIELD_INT,
     .min = 1,
     .max = LIMIT_BACKUPS,
     .absent = "as at the top level",
     .help = "the newest; older ones are removed"},
    {0},
};

static const struct field target_rows[] = {
    {.name = "type", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_SYSTEM, .help = "the system that runs there"},
    {.name = "url",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .pattern = "^https://[^/?#@ \t]+$",
     .check = check_url,
     .help = "https://HOST or https://HOST:PORT"},
    {.name = "auth",
     .type = FIELD_RECORD,
     .flags = FIELD_REQUIRED | FIELD_BY_SYSTEM,
     .members = auth_rows,
     .help = "how to log in"},
    {.name = "tls", .type = FIELD_RECORD, .members = tls_rows, .help = "whom to trust; verification is never off"},
    {.name = "labels",
     .type = FIELD_MAP,
     .members = &settings_text,
     .absent = "none",
     .help = "for documents to choose targets by"},
    {.name = "timeout",
     .type = FIELD_TEXT,
     .pattern = DURATION_PATTERN,
     .check = settings_check_duration,
     .fallback = "60s",
     .help = "of one request: 500ms, 90s, 5m or 1h"},
    {.name = "source-address",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .flags = FIELD_ONE_OR_MANY,
     .members = &an_address,
     .absent = "as the connection shows it",
     .help = "how the appliance sees Convergate, where NAT hides it"},
    {.name = "expect",
     .type = FIELD_MAP,
     .members = &one_or_many_texts,
     .absent = "none",
     .help = "facts that the machine must show, or it is left alone; several values for a cluster"},
    {.name = "mode",
     .type = FIELD_TEXT,
     .choices = settings_modes,
     .absent = "as at the top level",
     .help = "observe: this target is planned and never written to"},
    {.name = "backup",
     .type = FIELD_RECORD,
     .members = backup_rows,
     .absent = "as at the top level",
     .help = "binary configurations that are saved before something is written (ics)"},
    {.name = "pull-interval",
     .type = FIELD_TEXT,
     .pattern = PULL_PATTERN,
     .check = settings_check_pull_interval,
     .absent = "as at the top level",
     .help = "how often the daemon has this license client ask its license server (ics)"},
    {0},
};
const struct field settings_target = {.name = "a target", .type = FIELD_RECORD, .members = target_rows};

static const struct system *find_system(struct settings_loading *l, const struct value *type)
{
    const char *words[16];
    char hint[128];
    size_t n = 0;

    for (; n < l->n_systems && n < ARRAY_SIZE(words); n++) {
        words[n] = l->systems[n]->name;
        if (strcmp(words[n], type->text) == 0)
            return l->systems[n];
    }
    settings_complain(l, type, DIAG_BAD_VALUE, "type '%s' is not known%s", type->text,
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

static void check_auth(struct settings_loading *l, const struct target *t, const struct value *auth)
{
    for (const struct auth_member *m = t->system->auth; m->name; m++)
        if (m->required && !value_get(auth, m->name))
            settings_complain(l, auth, DIAG_MISSING_KEY, "%s is missing under auth; %s needs it", m->name,
                              t->system->title);
    for (uint32_t i = 0; i < auth->count; i++)
        if (!auth_has_use(t->system, auth->pairs[i].key.text))
            settings_complain(l, &auth->pairs[i].key, DIAG_UNKNOWN_KEY, "%s means nothing to %s",
                              auth->pairs[i].key.text, t->system->title);
}

static int load_ca_file(struct settings_loading *l, struct target *t, const struct value *tls)
{
    const struct value *file = value_get(tls, "ca-file");

    if (!file)
        return 0;
    t->ca_file = path_join(l->s->folder, file->text);
    return t->ca_file ? 0 : diag_oom(l->diags);
}

static void load_backup(struct settings_loading *l, struct target *t, const struct value *own)
{
    const struct value *root = &l->s->document.root, *top = value_get(root, "backup");
    const struct value *before = value_get(own, "before-apply"), *keep = value_get(own, "keep");
    bool can = t->system && t->system->has_backup;

    if (before && before->boolean && t->system && !can)
        settings_complain(l, before, DIAG_BAD_VALUE, "the API of %s gives no binary configuration that could be saved",
                          t->system->title);
    if (!before)
        before = value_get(top, "before-apply");
    t->backup.before_apply = can && before && before->boolean;
    t->backup.keep = keep ? (uint32_t)keep->integer
                          : settings_number_of(field_member(&settings_rows, "backup"), top, "keep");
}

static void load_pull_interval(struct settings_loading *l, struct target *t, const struct value *own)
{
    const char *text = own ? own->text : settings_text_of(&settings_rows, &l->s->document.root, "pull-interval");
    bool can = t->system && t->system->has_pull;
    uint64_t usec;

    if (parse_duration(text, &usec) < 0)
        return;
    if (own && t->system && !can)
        settings_complain(l, own, DIAG_BAD_VALUE, "%s leases no licences of a server that it could ask",
                          t->system->title);
    t->pull_interval_usec = can ? usec : 0;
}

int settings_load_target(struct settings_loading *l, struct target *t, const struct pair *p)
{
    const struct field *row = &settings_target;
    const struct value *v = &p->value, *auth = value_get(v, "auth"), *tls = value_get(v, "tls");
    const char *mode = value_get_text(v, "mode");

    *t = (struct target){.name = p->key.text, .place = value_place(&l->s->document, &p->key)};
    if (!is_plain_name(t->name))
        settings_complain(l, &p->key, DIAG_BAD_VALUE,
                          "the name '%s' of a target must be 1 to 64 letters, digits, '_', '.', '-'", t->name);
    t->system = find_system(l, value_get(v, "type"));
    t->url = value_get_text(v, "url");
    t->realm = value_get_text(auth, "realm");
    t->username = value_get_text(auth, "username");
    t->login_method = settings_text_of(field_member(row, "auth"), auth, "login-method");
    t->credential = value_get_text(auth, "password");
    if (!t->credential)
        t->credential = value_get_text(auth, "shared-secret");
    t->pinned_public_key = value_get_text(tls, "pinned-public-key");
    t->timeout_usec = settings_duration_of(row, v, "timeout");
    t->labels = value_get(v, "labels");
    t->source_address = value_get(v, "source-address");
    t->expect = value_get(v, "expect");
    t->mode = mode_from_string(mode ? mode : settings_text_of(&settings_rows, &l->s->document.root, "mode"));
    if (t->system)
        check_auth(l, t, auth);
    load_backup(l, t, value_get(v, "backup"));
    load_pull_interval(l, t, value_get(v, "pull-interval"));
    return load_ca_file(l, t, tls);
}
