/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's file. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "state/ledger.h"
#include "value/json.h"

static int broken(const struct ledger *l, const char *target, const char *why, struct diag_list *diags)
{
    return diag_add_target(
        diags, DIAG_STATE, target,
        "the ledger %s cannot be read (%s); restore it, or remove it to treat every object as foreign", l->path, why);
}

static void take_heals(const struct value *healed, struct ledger_entry *e)
{
    for (uint32_t i = 0; value_is(healed, VALUE_LIST) && i < MIN(healed->count, (uint32_t)LEDGER_HEALS); i++)
        if (healed->items[i].type == VALUE_INT && healed->items[i].integer > 0)
            e->healed_sec[i] = (uint64_t)healed->items[i].integer;
}

/* What was sent to an appliance that may not show it; both may be missing. */
static int take_sent(struct ledger *l, const char *kind, const char *name, const struct value *object)
{
    const struct value *sent = value_get(object, "sent");
    const struct value *unanswered = value_get(object, "unanswered");
    int r;

    if ((sent && sent->type != VALUE_MAP) ||
        (unanswered && (unanswered->type != VALUE_TEXT || unanswered->count != DIGEST_SIZE - 1)))
        return -EBADMSG;
    r = sent ? ledger_note_sent(l, kind, name, sent) : 0;
    return r == 0 && unanswered ? ledger_note_unanswered(l, kind, name, unanswered->text) : r;
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
    if (!kind || ledger_entry_of(l, kind, slash + 1, &e) < 0)
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
    return take_sent(l, kind, slash + 1, &p->value);
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
        if (e->sent)
            buf_addf(out, ", \"sent\": %s", e->sent);
        if (e->unanswered[0])
            buf_addf(out, ", \"unanswered\": \"%s\"", e->unanswered);
        buf_add_char(out, '}');
    }
    buf_add_str(out, "}}\n");
}

int ledger_save(struct ledger *l, const char *target, struct diag_list *diags)
{
    struct buf text = BUF_INIT(LIMIT_STATE_BYTES);
    int r;

    if (!l->changed)
        return 0;
    write_entries(l, &text);
    r = file_store(l->path, &text);
    buf_done(&text);
    if (r < 0)
        return diag_add_target(diags, DIAG_STATE, target, "cannot write the ledger %s: %s", l->path, strerror(-r));
    l->changed = false;
    return 0;
}
