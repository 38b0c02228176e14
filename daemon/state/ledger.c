/* SPDX-License-Identifier: Apache-2.0 */
#include "state/ledger.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "value/json.h"

void ledger_done(struct ledger *l)
{
    for (size_t i = 0; i < l->n; i++) {
        free(l->entries[i].name);
        free(l->entries[i].key);
    }
    free(l->entries);
    free(l->path);
    *l = (struct ledger){0};
}

static int broken(const struct ledger *l, const char *target, const char *why, struct diag_list *diags)
{
    return diag_add_target(
        diags, DIAG_STATE, target,
        "the ledger %s cannot be read (%s); restore it, or remove it to treat every object as foreign", l->path, why);
}

/* Compares an entry's name with KIND/OBJECT without building that. */
static int compare_name(const char *name, const char *kind, const char *object)
{
    size_t n = strlen(kind);
    int r = strncmp(name, kind, n);

    if (r != 0)
        return r;
    if (name[n] != '/')
        return (unsigned char)name[n] < '/' ? -1 : 1;
    return strcmp(name + n + 1, object);
}

/* The place of an entry, or where it would stand. */
static size_t search(const struct ledger *l, const char *kind, const char *object, bool *ret_found)
{
    size_t low = 0, high = l->n;

    *ret_found = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int r = compare_name(l->entries[middle].name, kind, object);

        if (r == 0) {
            *ret_found = true;
            return middle;
        }
        if (r < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int entry_of(struct ledger *l, const char *kind, const char *object, struct ledger_entry **ret)
{
    struct ledger_entry fresh = {0};
    bool found;
    size_t i = search(l, kind, object, &found);

    if (!found) {
        if (array_grow(&l->entries, &l->allocated, l->n, sizeof(*l->entries)) < 0 ||
            asprintf(&fresh.name, "%s/%s", kind, object) < 0)
            return -ENOMEM;
        memmove(&l->entries[i + 1], &l->entries[i], (l->n - i) * sizeof(*l->entries));
        l->entries[i] = fresh;
        l->n++;
        l->changed = true;
    }
    *ret = &l->entries[i];
    return 0;
}

static void take_heals(const struct value *healed, struct ledger_entry *e)
{
    for (uint32_t i = 0; value_is(healed, VALUE_LIST) && i < MIN(healed->count, (uint32_t)LEDGER_HEALS); i++)
        if (healed->items[i].type == VALUE_INT && healed->items[i].integer > 0)
            e->healed_sec[i] = (uint64_t)healed->items[i].integer;
}

/* One member of "objects": its name must be KIND/OBJECT, its value hold what a ledger holds. */
static int take_entry(struct ledger *l, const struct pair *p)
{
    const struct value *created = value_get(&p->value, "created"), *size = value_get(&p->value, "size");
    const char *key = value_get_text(&p->value, "key");
    const char *digest = value_get_text(&p->value, "digest"), *slash = strchr(p->key.text, '/');
    const char *desired = value_get_text(&p->value, "desired");
    const struct value *asserted = value_get(&p->value, "asserted");
    _cleanup_free_ char *kind = slash ? strndup(p->key.text, (size_t)(slash - p->key.text)) : NULL;
    struct ledger_entry *e;

    if (!slash || !value_is(created, VALUE_BOOL) || !value_is(size, VALUE_INT) || !digest ||
        (digest[0] && strlen(digest) != DIGEST_SIZE - 1))
        return -EBADMSG;
    if (!kind || entry_of(l, kind, slash + 1, &e) < 0)
        return -ENOMEM;
    e->created = created->boolean;
    e->key = key ? strdup(key) : NULL;
    if (key && !e->key)
        return -ENOMEM;
    e->size = (uint32_t)size->integer;
    snprintf(e->digest, sizeof(e->digest), "%s", digest);
    snprintf(e->desired, sizeof(e->desired), "%s", desired ? desired : "");
    take_heals(value_get(&p->value, "healed"), e);
    e->asserted_sec = value_is(asserted, VALUE_INT) && asserted->integer > 0 ? (uint64_t)asserted->integer : 0;
    return 0;
}

static int take_entries(struct ledger *l, const struct value *root)
{
    const struct value *version = value_get(root, "version"), *objects = value_get(root, "objects");
    int r = 0;

    if (!value_is(version, VALUE_INT) || version->integer != 1 || !value_is(objects, VALUE_MAP))
        return -EBADMSG;
    for (uint32_t i = 0; i < objects->count && r == 0; i++)
        r = take_entry(l, &objects->pairs[i]);
    l->changed = false;
    return r;
}

static int read_text(struct ledger *l, const char *text, size_t len, const char *target, struct diag_list *diags)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct json_fault fault = {.what = "it is not a ledger of version 1"};
    struct value root;
    int r = json_read(&arena, text, len, &root, &fault);

    if (r == 0)
        r = take_entries(l, &root);
    if (r == -EBADMSG)
        return broken(l, target, fault.what, diags);
    return r < 0 ? diag_oom(diags) : 0;
}

int ledger_load(const char *state_directory, const char *target, struct ledger *ret, struct diag_list *diags)
{
    struct ledger l = {0};
    _cleanup_free_ char *text = NULL;
    size_t len;
    int r;

    if (asprintf(&l.path, "%s/ledger/%s.json", state_directory, target) < 0)
        return diag_oom(diags);
    r = file_read(l.path, LIMIT_STATE_BYTES, &text, &len);
    if (r == 0)
        r = read_text(&l, text, len, target, diags);
    else if (r != -ENOENT)
        r = broken(&l, target, strerror(-r), diags);
    if (r < 0 && r != -ENOENT) {
        ledger_done(&l);
        return r;
    }
    *ret = l;
    return 0;
}

const struct ledger_entry *ledger_find(const struct ledger *l, const char *kind, const char *object)
{
    bool found;
    size_t i = search(l, kind, object, &found);

    return found ? &l->entries[i] : NULL;
}

bool ledger_created(const struct ledger *l, const char *kind, const char *object, const char *key)
{
    const struct ledger_entry *e = ledger_find(l, kind, object);

    return e && e->created && (e->key && key ? strcmp(e->key, key) == 0 : !e->key == !key);
}

int ledger_note_created(struct ledger *l, const char *kind, const char *object, const char *key)
{
    _cleanup_free_ char *copy = key ? strdup(key) : NULL;
    struct ledger_entry *e;
    int r = key && !copy ? -ENOMEM : entry_of(l, kind, object, &e);

    if (r < 0)
        return r;
    if (ledger_created(l, kind, object, key))
        return 0;
    free(e->key);
    e->key = TAKE_PTR(copy);
    e->created = true;
    l->changed = true;
    return 0;
}

int ledger_note_gone(struct ledger *l, const char *kind, const char *object)
{
    bool found;
    size_t i = search(l, kind, object, &found);

    if (!found)
        return 0;
    free(l->entries[i].name);
    free(l->entries[i].key);
    memmove(&l->entries[i], &l->entries[i + 1], (l->n - i - 1) * sizeof(*l->entries));
    l->n--;
    l->changed = true;
    return 0;
}

int ledger_note_verified(struct ledger *l, const char *kind, const char *object, uint32_t size,
                         const char digest[static DIGEST_SIZE], const char desired[static DIGEST_SIZE])
{
    struct ledger_entry *e;
    int r = entry_of(l, kind, object, &e);

    if (r < 0 || (e->size == size && strcmp(e->digest, digest) == 0 && strcmp(e->desired, desired) == 0))
        return r;
    l->changed = true;
    e->size = size;
    snprintf(e->digest, sizeof(e->digest), "%s", digest);
    snprintf(e->desired, sizeof(e->desired), "%s", desired);
    return 0;
}

int ledger_note_healed(struct ledger *l, const char *kind, const char *object, uint64_t real_sec)
{
    struct ledger_entry *e;
    int r = entry_of(l, kind, object, &e);

    if (r < 0)
        return r;
    memmove(e->healed_sec, e->healed_sec + 1, sizeof(e->healed_sec) - sizeof(e->healed_sec[0]));
    e->healed_sec[LEDGER_HEALS - 1] = real_sec;
    l->changed = true;
    return 0;
}

int ledger_note_asserted(struct ledger *l, const char *kind, const char *object, uint64_t real_sec)
{
    struct ledger_entry *e;
    int r = entry_of(l, kind, object, &e);

    if (r < 0)
        return r;
    e->asserted_sec = real_sec;
    l->changed = true;
    return 0;
}

void ledger_note_lost(struct ledger *l, const char *kind, const char *object)
{
    bool found;
    size_t i = search(l, kind, object, &found);

    if (!found || !l->entries[i].created)
        return;
    free(l->entries[i].key);
    l->entries[i].key = NULL;
    l->entries[i].created = false;
    l->changed = true;
}

bool ledger_any_created(const struct ledger *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->entries[i].created)
            return true;
    return false;
}

static void write_heals(const struct ledger_entry *e, struct buf *out)
{
    buf_add_str(out, ", \"healed\": [");
    for (size_t i = 0; i < LEDGER_HEALS; i++)
        buf_addf(out, "%s%" PRIu64, i ? ", " : "", e->healed_sec[i]);
    buf_add_char(out, ']');
}

static void write_entries(const struct ledger *l, struct buf *out)
{
    buf_add_str(out, "{\"version\": 1,\n \"objects\": {");
    for (size_t i = 0; i < l->n; i++) {
        const struct ledger_entry *e = &l->entries[i];

        buf_add_str(out, i ? ",\n  " : "\n  ");
        json_write_text(e->name, strlen(e->name), out);
        buf_add_str(out, ": {\"key\": ");
        if (e->key)
            json_write_text(e->key, strlen(e->key), out);
        else
            buf_add_str(out, "null");
        buf_addf(out, ", \"created\": %s, \"size\": %u, \"digest\": \"%s\", \"desired\": \"%s\"",
                 e->created ? "true" : "false", e->size, e->digest, e->desired);
        if (e->healed_sec[LEDGER_HEALS - 1] > 0)
            write_heals(e, out);
        if (e->asserted_sec > 0)
            buf_addf(out, ", \"asserted\": %" PRIu64, e->asserted_sec);
        buf_add_char(out, '}');
    }
    buf_add_str(out, "}}\n");
}

int ledger_save(struct ledger *l, const char *target, struct diag_list *diags)
{
    struct buf text = BUF_INIT(LIMIT_STATE_BYTES);
    _cleanup_free_ char *folder = path_folder(l->path);
    int r;

    if (!l->changed)
        return 0;
    if (!folder)
        return diag_oom(diags);
    write_entries(l, &text);
    r = text.error ? text.error : make_directories(folder);
    if (r == 0)
        r = file_write_atomic(l->path, buf_text(&text), text.len, 0640);
    buf_done(&text);
    if (r < 0)
        return diag_add_target(diags, DIAG_STATE, target, "cannot write the ledger %s: %s", l->path, strerror(-r));
    l->changed = false;
    return 0;
}
