/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "value/json.h"

enum ink { INK_NONE, INK_GREEN, INK_RED, INK_YELLOW, INK_BOLD, INK_MAX };

struct page {
    struct buf *out;
    bool color;
};

static void ink(struct page *p, enum ink i)
{
    static const char *const codes[INK_MAX] = {"\033[0m", "\033[32m", "\033[31m", "\033[33m", "\033[1m"};

    if (p->color)
        buf_add_str(p->out, codes[i]);
}

/* Words of an appliance or a document: no control character of theirs reaches the terminal. */
static void add_foreign(struct page *p, const char *text)
{
    buf_add_escaped(p->out, text, strlen(text));
}

static void add_value(struct page *p, const struct item *i, const struct value *v)
{
    struct buf json = BUF_INIT(LIMIT_OUTPUT_BYTES);
    _cleanup_(arena_done) struct arena a = {0};

    v = field_show(i->field, v, &a);
    if (i->secret) {
        buf_add_str(p->out, "(secret)");
    } else if (v->type == VALUE_TEXT && v->count > 0) {
        add_foreign(p, v->text);
    } else if (v->type == VALUE_NULL) {
        buf_add_str(p->out, "(none)");
    } else {
        json_write(v, JSON_SORTED, &json);
        buf_add_escaped(p->out, buf_text(&json), json.len);
        p->out->error = p->out->error ? p->out->error : json.error;
        buf_done(&json);
    }
}

static bool says_more_than_its_path(const struct item *i, const struct value *v)
{
    return i->secret || v->type != VALUE_TEXT || strcmp(v->text, i->path) != 0;
}

static void render_item(struct page *p, const struct item *i)
{
    static const char signs[ITEM_OP_MAX] = {'+', '-', '~', '>'};
    static const enum ink inks[ITEM_OP_MAX] = {INK_GREEN, INK_RED, INK_YELLOW, INK_YELLOW};

    buf_add_str(p->out, "      ");
    ink(p, inks[i->op]);
    buf_addf(p->out, "%c ", signs[i->op]);
    add_foreign(p, i->path);
    if (i->op == ITEM_ADD && says_more_than_its_path(i, &i->after)) {
        buf_add_str(p->out, ": ");
        add_value(p, i, &i->after);
    } else if (i->op == ITEM_CHANGE) {
        buf_add_str(p->out, ": ");
        add_value(p, i, &i->before);
        buf_add_str(p->out, " -> ");
        add_value(p, i, &i->after);
    } else if (i->op == ITEM_MOVE) {
        buf_add_str(p->out, ": from place ");
        add_value(p, i, &i->before);
        buf_add_str(p->out, " to ");
        add_value(p, i, &i->after);
    }
    ink(p, INK_NONE);
    buf_add_char(p->out, '\n');
}

const char *render_cause(enum cause c)
{
    static const char *const words[CAUSE_MAX] = {
        [CAUSE_FIRST] = "never verified before",
        [CAUSE_DRIFT] = "drift",
        [CAUSE_DESIRED] = "desired state changed",
        [CAUSE_BOTH] = "drift, and desired state changed",
    };

    return words[c];
}

static void render_change(struct page *p, const struct change *c)
{
    static const char signs[ACTION_MAX] = {'+', '~', '-'};
    static const enum ink inks[ACTION_MAX] = {INK_GREEN, INK_YELLOW, INK_RED};
    const char *result = result_to_string(c->result);

    buf_add_str(p->out, "  ");
    ink(p, inks[c->action]);
    buf_addf(p->out, "%c %s %s ", signs[c->action], action_to_string(c->action), c->kind->name);
    add_foreign(p, c->object);
    ink(p, INK_NONE);
    if (c->cause != CAUSE_FIRST)
        buf_addf(p->out, " (%s)", render_cause(c->cause));
    if (c->accepted) {
        buf_addf(p->out, " (accepted until %s: ", c->accepted->until);
        add_foreign(p, c->accepted->reason);
        buf_add_char(p->out, ')');
    }
    if (c->foreign)
        buf_add_str(p->out, " (foreign: not created by Convergate)");
    if (c->kind->flags & KIND_ASSERTED)
        buf_add_str(p->out, " (only reported)");
    else if (result)
        buf_addf(p->out, ": %s", result);
    buf_add_char(p->out, '\n');
    if (c->held_by != GUARD_NONE) {
        ink(p, INK_BOLD);
        buf_addf(p->out, "      ! held by %s: ", guard_to_string(c->held_by));
        add_foreign(p, c->held_why ? c->held_why : "");
        ink(p, INK_NONE);
        buf_add_char(p->out, '\n');
    }
    for (size_t i = 0; i < c->n_items; i++)
        render_item(p, &c->items[i]);
}

static void render_unmanaged(struct page *p, const struct target_plan *t)
{
    if (t->n_unmanaged == 0)
        return;
    buf_add_str(p->out, "  unmanaged:");
    for (size_t i = 0; i < t->n_unmanaged; i++) {
        buf_addf(p->out, "%s %s ", i ? "," : "", t->unmanaged[i].kind->name);
        add_foreign(p, t->unmanaged[i].object);
    }
    buf_add_char(p->out, '\n');
}

static void render_target(struct page *p, const struct target_plan *t)
{
    static const enum ink inks[TARGET_STATUS_MAX] = {INK_GREEN, INK_YELLOW, INK_RED, INK_BOLD};

    ink(p, INK_BOLD);
    buf_add_str(p->out, t->target->name);
    ink(p, INK_NONE);
    buf_addf(p->out, " (%s): ", t->target->system->name);
    ink(p, inks[t->status]);
    buf_add_str(p->out, t->status == TARGET_IN_SYNC ? "in sync" : target_status_to_string(t->status));
    ink(p, INK_NONE);
    if (t->diags.n > 0)
        buf_addf(p->out, " [%s]", diag_code_to_string(t->diags.items[0].code));
    buf_add_char(p->out, '\n');
    for (size_t i = 0; i < t->n_changes && !p->out->error; i++)
        render_change(p, &t->changes[i]);
    if (t->backup) {
        buf_add_str(p->out, "  backup: ");
        add_foreign(p, t->backup);
        buf_add_char(p->out, '\n');
    }
    render_unmanaged(p, t);
}

void render_text(const struct plan *p, bool color, struct buf *out)
{
    struct page page = {.out = out, .color = color};
    struct plan_summary s = plan_summarise(p);

    for (size_t i = 0; i < p->n_targets && !out->error; i++)
        render_target(&page, p->targets[i]);
    buf_addf(
        out, "\n%zu to create, %zu to update, %zu to delete. Targets: %zu in sync, %zu differ, %zu failed, %zu held.\n",
        s.by_action[ACTION_CREATE], s.by_action[ACTION_UPDATE], s.by_action[ACTION_DELETE], s.by_status[TARGET_IN_SYNC],
        s.by_status[TARGET_DIFFERS], s.by_status[TARGET_FAILED], s.by_status[TARGET_HELD]);
}
