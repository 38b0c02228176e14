/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/saved.h"

#include <errno.h>
#include <string.h>

#include "base/digest.h"
#include "base/limits.h"
#include "value/json.h"

static void add_text(const char *text, struct buf *out)
{
    json_write_text(text ? text : "", text ? strlen(text) : 0, out);
    buf_add_char(out, ',');
}

static int digest_change(const struct change *c, char ret[static DIGEST_SIZE])
{
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    int r;

    add_text(c->kind->name, &text);
    add_text(c->object, &text);
    add_text(action_to_string(c->action), &text);
    add_text(c->key, &text);
    /* What was shown as held is not let through later by the plan that showed it. But it may be saved by day for a
       window at night: that is judged again when it is applied. */
    add_text(c->held_by == GUARD_WINDOW ? NULL : guard_to_string(c->held_by), &text);
    /* What is to be absent comes and goes; its name is what was shown. */
    if (c->kind->strategy != STRATEGY_ABSENCE)
        json_write(&c->live, JSON_SORTED, &text);
    buf_add_char(&text, ',');
    json_write(&c->after, JSON_SORTED, &text);
    r = text.error ? text.error : digest_bytes(buf_text(&text), text.len, ret);
    buf_wipe(&text);
    return r;
}

static int write_change(const struct change *c, struct buf *out)
{
    char digest[DIGEST_SIZE];
    int r = digest_change(c, digest);

    buf_add_str(out, "{\"kind\": ");
    json_write_text(c->kind->name, strlen(c->kind->name), out);
    buf_add_str(out, ", \"object\": ");
    json_write_text(c->object, strlen(c->object), out);
    buf_addf(out, ", \"action\": \"%s\", \"digest\": \"%s\"}", action_to_string(c->action), r < 0 ? "" : digest);
    return r;
}

static int write_targets(const struct plan *p, struct buf *out)
{
    int r = 0;

    buf_add_str(out, "[");
    for (size_t i = 0; i < p->n_targets && r == 0; i++) {
        const struct target_plan *t = p->targets[i];

        buf_addf(out, "%s\n  {\"target\": \"%s\", \"url\": ", i ? "," : "", t->target->name);
        json_write_text(t->target->url, strlen(t->target->url), out);
        buf_add_str(out, ", \"changes\": [");
        for (size_t k = 0; k < t->n_changes && r == 0; k++) {
            buf_add_str(out, k ? ",\n    " : "\n    ");
            r = write_change(&t->changes[k], out);
        }
        buf_add_str(out, "]}");
    }
    buf_add_str(out, "]");
    return r < 0 ? r : out->error;
}

int saved_plan_write(const struct plan *p, struct buf *out, struct diag_list *diags)
{
    struct buf targets = BUF_INIT(LIMIT_STATE_BYTES);
    char digest[DIGEST_SIZE];
    int r;

    for (size_t i = 0; i < p->n_targets; i++)
        if (p->targets[i]->status == TARGET_FAILED)
            return diag_add(diags, DIAG_PLAN_FILE, "not saved: target %s could not be planned",
                            p->targets[i]->target->name);
    r = write_targets(p, &targets);
    if (r == 0)
        r = digest_bytes(buf_text(&targets), targets.len, digest);
    if (r == 0)
        buf_addf(out, "{\"version\": 1,\n \"digest\": \"%s\",\n \"targets\": %s}\n", digest, buf_text(&targets));
    buf_done(&targets);
    return r < 0 || out->error ? diag_oom(diags) : 0;
}

static int refuse(const char *file, const char *why, struct diag_list *diags)
{
    return diag_add_place(diags, DIAG_PLAN_FILE, (struct place){.file = file}, "%s; plan again and save it with --out",
                          why);
}

static bool is_whole(const struct value *root)
{
    const struct value *version = value_get(root, "version"), *targets = value_get(root, "targets");

    if (!value_is(version, VALUE_INT) || version->integer != 1 || !value_is(targets, VALUE_LIST))
        return false;
    for (uint32_t i = 0; i < targets->count; i++) {
        const struct value *changes = value_get(&targets->items[i], "changes");

        if (!value_get_text(&targets->items[i], "target") || !value_get_text(&targets->items[i], "url") ||
            !value_is(changes, VALUE_LIST))
            return false;
        for (uint32_t k = 0; k < changes->count; k++)
            if (!value_get_text(&changes->items[k], "kind") || !value_get_text(&changes->items[k], "object") ||
                !value_get_text(&changes->items[k], "action") || !value_get_text(&changes->items[k], "digest"))
                return false;
    }
    return value_get_text(root, "digest") != NULL;
}

int saved_plan_read(const char *file, const char *text, size_t len, struct arena *a, struct value *ret,
                    struct diag_list *diags)
{
    static const char head[] = "\"targets\": ";
    const char *targets = memmem(text, len, head, sizeof(head) - 1);
    char digest[DIGEST_SIZE];
    struct json_fault fault;
    struct value root;
    size_t from;
    int r = json_read(a, text, len, &root, &fault);

    if (r == -ENOMEM)
        return diag_oom(diags);
    if (r < 0 || !targets || len < 2 || strcmp(text + len - 2, "}\n") != 0 || !is_whole(&root))
        return refuse(file, "this is no saved plan", diags);
    from = (size_t)(targets - text) + sizeof(head) - 1;
    if (digest_bytes(text + from, len - 2 - from, digest) < 0)
        return diag_oom(diags);
    if (strcmp(digest, value_get_text(&root, "digest")) != 0)
        return refuse(file, "the saved plan was altered", diags);
    *ret = root;
    return 0;
}

static const struct value *find_target(const struct value *saved, const char *name)
{
    const struct value *targets = value_get(saved, "targets");

    for (uint32_t i = 0; i < targets->count; i++)
        if (strcmp(value_get_text(&targets->items[i], "target"), name) == 0)
            return &targets->items[i];
    return NULL;
}

/* What was saved of a change; NULL for nothing. */
static const struct value *find_saved(const struct value *changes, const struct change *c)
{
    for (uint32_t i = 0; i < changes->count; i++)
        if (strcmp(value_get_text(&changes->items[i], "kind"), c->kind->name) == 0 &&
            strcmp(value_get_text(&changes->items[i], "object"), c->object) == 0)
            return &changes->items[i];
    return NULL;
}

static bool is_same(const struct value *saved, const struct change *c)
{
    char digest[DIGEST_SIZE];

    return digest_change(c, digest) == 0 && strcmp(value_get_text(saved, "digest"), digest) == 0;
}

static void tell_moved(const struct target_plan *t, const char *kind, const char *object, const char *how,
                       struct diag_list *diags)
{
    diag_add_target(diags, DIAG_PLAN_MOVED, t->target->name, "%s '%s' %s; nothing was written, plan again", kind,
                    object, how);
}

static bool is_absence(const struct kind *k)
{
    return k && k->strategy == STRATEGY_ABSENCE;
}

static void compare_change(const struct value *saved, const struct target_plan *t, const struct change *c,
                           struct diag_list *diags)
{
    const char *how = NULL;

    if (!saved)
        how = is_absence(c->kind) ? "is there now, and was not when the plan was saved"
                                  : "is not as declared now, and was when the plan was saved";
    else if (!is_same(saved, c))
        how = "is not as it was when the plan was saved";
    if (how)
        tell_moved(t, c->kind->name, c->object, how, diags);
}

static void compare_target(const struct value *changes, const struct target_plan *t, struct diag_list *diags)
{
    for (size_t i = 0; i < t->n_changes; i++)
        compare_change(find_saved(changes, &t->changes[i]), t, &t->changes[i], diags);
    for (uint32_t i = 0; i < changes->count; i++) {
        const char *kind = value_get_text(&changes->items[i], "kind"),
                   *object = value_get_text(&changes->items[i], "object");
        const struct kind *k = system_kind_by_name(t->target->system, kind);

        if (!k || !target_plan_find(t, k, object))
            tell_moved(t, kind, object,
                       is_absence(k) ? "is not there any more, and was when the plan was saved"
                                     : "is as declared now, and was not when the plan was saved",
                       diags);
    }
}

int saved_plan_compare(const struct value *saved, const struct plan *p, struct diag_list *diags)
{
    for (size_t i = 0; i < p->n_targets; i++) {
        const struct target_plan *t = p->targets[i];
        const struct value *of = find_target(saved, t->target->name);

        if (!of)
            diag_add_target(diags, DIAG_PLAN_MOVED, t->target->name, "the saved plan does not speak of it");
        else if (strcmp(value_get_text(of, "url"), t->target->url) != 0)
            diag_add_target(diags, DIAG_PLAN_MOVED, t->target->name,
                            "the plan was saved for %s, and the settings now say %s; plan again",
                            value_get_text(of, "url"), t->target->url);
        else if (t->status != TARGET_FAILED)
            compare_target(value_get(of, "changes"), t, diags);
        else
            diag_add_target(diags, DIAG_PLAN_MOVED, t->target->name, "it cannot be planned now");
    }
    return diag_any(diags) ? -EBADMSG : 0;
}
