/* SPDX-License-Identifier: Apache-2.0 */
#include "state/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "value/json.h"

void ledger_done(struct ledger *l)
{
    free(l->path);
    arena_done(&l->arena);
    *l = (struct ledger){0};
}

static int broken(const struct ledger *l, const char *target, const char *why, struct diag_list *diags)
{
    return diag_add_target(
        diags, DIAG_STATE, target,
        "the ledger %s cannot be read (%s); restore it, or remove it to treat every object as foreign", l->path, why);
}

static int take_entries(struct ledger *l, const char *target, struct value *root, struct diag_list *diags)
{
    const struct value *version = value_get(root, "version"), *created = value_get(root, "created");

    if (!value_is(version, VALUE_INT) || version->integer != 1 || !value_is(created, VALUE_LIST))
        return broken(l, target, "it is not a ledger of version 1", diags);
    for (uint32_t i = 0; i < created->count; i++)
        if (created->items[i].type != VALUE_TEXT)
            return broken(l, target, "an entry is not a text", diags);
    l->created = *created;
    return 0;
}

int ledger_load(const char *state_directory, const char *target, struct ledger *ret, struct diag_list *diags)
{
    struct ledger l = {.created = {.type = VALUE_LIST}};
    _cleanup_free_ char *text = NULL;
    struct json_fault fault;
    struct value root;
    size_t len;
    int r;

    if (asprintf(&l.path, "%s/ledger/%s.json", state_directory, target) < 0)
        return diag_oom(diags);
    r = file_read(l.path, LIMIT_STATE_BYTES, &text, &len);
    if (r == -ENOENT) {
        *ret = l;
        return 0;
    }
    if (r < 0)
        r = broken(&l, target, strerror(-r), diags);
    else if ((r = json_read(&l.arena, text, len, &root, &fault)) < 0)
        r = r == -ENOMEM ? diag_oom(diags) : broken(&l, target, fault.what, diags);
    else
        r = take_entries(&l, target, &root, diags);
    if (r < 0)
        ledger_done(&l);
    else
        *ret = l;
    return r;
}

static bool is_entry(const struct value *entry, const char *kind, const char *object)
{
    size_t n = strlen(kind);

    return strncmp(entry->text, kind, n) == 0 && entry->text[n] == '/' && strcmp(entry->text + n + 1, object) == 0;
}

bool ledger_has(const struct ledger *l, const char *kind, const char *object)
{
    for (uint32_t i = 0; i < l->created.count; i++)
        if (is_entry(&l->created.items[i], kind, object))
            return true;
    return false;
}

int ledger_note(struct ledger *l, const char *kind, const char *object, bool created)
{
    struct value list;
    char *entry;
    uint32_t n = 0;
    int r;

    if (ledger_has(l, kind, object) == created)
        return 0;
    r = value_new_list(&l->arena, (size_t)l->created.count + 1, &list);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < l->created.count; i++)
        if (!is_entry(&l->created.items[i], kind, object))
            list.items[n++] = l->created.items[i];
    if (created) {
        entry = arena_printf(&l->arena, "%s/%s", kind, object);
        if (!entry)
            return -ENOMEM;
        list.items[n++] = value_text(entry);
    }
    list.count = n;
    l->created = list;
    return 0;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(((const struct value *)a)->text, ((const struct value *)b)->text);
}

int ledger_save(const struct ledger *l, const char *target, struct diag_list *diags)
{
    struct pair pairs[2];
    struct value root = {.type = VALUE_MAP, .count = 2, .pairs = pairs};
    struct buf text = BUF_INIT(LIMIT_STATE_BYTES);
    _cleanup_free_ char *folder = path_folder(l->path);
    int r;

    if (!folder)
        return diag_oom(diags);
    if (l->created.count > 1)
        qsort(l->created.items, l->created.count, sizeof(*l->created.items), compare_texts);
    value_set_pair(&root, 0, "version", value_int(1));
    value_set_pair(&root, 1, "created", l->created);
    json_write(&root, JSON_PRETTY, &text);
    buf_add_char(&text, '\n');
    r = text.error ? text.error : make_directories(folder);
    if (r == 0)
        r = file_write_atomic(l->path, buf_text(&text), text.len, 0640);
    buf_done(&text);
    if (r < 0)
        return diag_add_target(diags, DIAG_STATE, target, "cannot write the ledger %s: %s", l->path, strerror(-r));
    return 0;
}
