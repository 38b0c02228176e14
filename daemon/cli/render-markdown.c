/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "value/json.h"

/* Room for the last lines, so that a plan that is cut still says so. */
enum { RESERVE = 512 };

static void add_code(struct buf *out, const char *text)
{
    /* A fence longer than any run of backticks inside; control characters are written out. */
    struct buf clean = BUF_INIT(LIMIT_OUTPUT_BYTES);
    size_t longest = 0, run = 0;

    buf_add_escaped(&clean, text, strlen(text));
    for (size_t i = 0; i < clean.len; i++) {
        run = clean.data[i] == '`' ? run + 1 : 0;
        longest = MAX(longest, run);
    }
    for (size_t i = 0; i <= longest; i++)
        buf_add_char(out, '`');
    buf_addf(out, "%s%s%s", longest ? " " : "", clean.len ? buf_text(&clean) : " ", longest ? " " : "");
    for (size_t i = 0; i <= longest; i++)
        buf_add_char(out, '`');
    out->error = out->error ? out->error : clean.error;
    buf_done(&clean);
}

static void add_value(struct buf *out, const struct item *i, const struct value *v)
{
    struct buf json = BUF_INIT(LIMIT_OUTPUT_BYTES);
    _cleanup_(arena_done) struct arena a = {0};

    v = field_show(i->field, v, &a);
    if (i->secret) {
        buf_add_str(out, "(secret)");
        return;
    }
    if (v->type == VALUE_TEXT)
        buf_add(&json, v->text, v->count);
    else
        json_write(v, JSON_SORTED, &json);
    add_code(out, buf_text(&json));
    out->error = out->error ? out->error : json.error;
    buf_done(&json);
}

static void render_item(struct buf *out, const struct item *i)
{
    buf_addf(out, "  - %s ", item_op_to_string(i->op));
    add_code(out, i->path);
    if (i->op == ITEM_ADD && (i->secret || i->after.type != VALUE_TEXT || strcmp(i->after.text, i->path) != 0)) {
        buf_add_str(out, ": ");
        add_value(out, i, &i->after);
    }
    if (i->op == ITEM_CHANGE || i->op == ITEM_MOVE) {
        buf_add_str(out, ": ");
        add_value(out, i, &i->before);
        buf_add_str(out, " → ");
        add_value(out, i, &i->after);
    }
    buf_add_char(out, '\n');
}

static void render_change(struct buf *out, const struct change *c)
{
    const char *result = result_to_string(c->result);

    buf_addf(out, "- **%s** %s ", action_to_string(c->action), c->kind->name);
    add_code(out, c->object);
    if (c->cause != CAUSE_FIRST)
        buf_addf(out, " (%s)", render_cause(c->cause));
    if (c->accepted) {
        buf_addf(out, " (accepted until %s: ", c->accepted->until);
        add_code(out, c->accepted->reason);
        buf_add_char(out, ')');
    }
    if (c->foreign)
        buf_add_str(out, " (foreign)");
    if (c->kind->flags & KIND_ASSERTED) {
        buf_add_str(out, " (only reported)");
        result = NULL;
    }
    if (c->held_by != GUARD_NONE) {
        buf_addf(out, " — held by **%s**: ", guard_to_string(c->held_by));
        add_code(out, c->held_why ? c->held_why : "");
    }
    buf_addf(out, "%s%s\n", result ? ": " : "", result ? result : "");
}

static void render_heading(struct buf *out, const struct target_plan *t)
{
    buf_addf(out, "\n### %s (%s): %s\n\n", t->target->name, t->target->system->name,
             t->status == TARGET_IN_SYNC ? "in sync" : target_status_to_string(t->status));
    if (t->diags.n > 0) {
        add_code(out, t->diags.items[0].sentence ? t->diags.items[0].sentence : "out of memory");
        buf_addf(out, " [%s]\n\n", diag_code_to_string(t->diags.items[0].code));
    }
}

static void render_unmanaged(struct buf *out, const struct target_plan *t)
{
    for (size_t i = 0; i < t->n_unmanaged; i++) {
        buf_addf(out, "- unmanaged: %s ", t->unmanaged[i].kind->name);
        add_code(out, t->unmanaged[i].object);
        buf_add_char(out, '\n');
    }
}

/* Adds PIECE to the page unless the page would grow past what a code forge accepts. */
static bool add_piece(struct buf *out, struct buf *piece)
{
    bool fits = out->len + piece->len + RESERVE <= LIMIT_MARKDOWN_BYTES && !piece->error;

    if (fits)
        buf_add(out, buf_text(piece), piece->len);
    out->error = out->error ? out->error : piece->error;
    buf_clear(piece);
    return fits;
}

static bool render_target(struct buf *out, const struct target_plan *t, struct buf *piece)
{
    render_heading(piece, t);
    if (!add_piece(out, piece))
        return false;
    for (size_t i = 0; i < t->n_changes; i++) {
        render_change(piece, &t->changes[i]);
        if (!add_piece(out, piece))
            return false;
        for (size_t k = 0; k < t->changes[i].n_items; k++) {
            render_item(piece, &t->changes[i].items[k]);
            if (!add_piece(out, piece))
                return false;
        }
    }
    if (t->backup) {
        buf_add_str(piece, "- backup: ");
        add_code(piece, t->backup);
        buf_add_char(piece, '\n');
    }
    render_unmanaged(piece, t);
    return add_piece(out, piece);
}

void render_markdown(const struct plan *p, struct buf *out)
{
    struct plan_summary s = plan_summarise(p);
    struct buf piece = BUF_INIT(LIMIT_OUTPUT_BYTES);
    bool whole = true;

    buf_addf(out, "## Convergate: %zu to create, %zu to update, %zu to delete\n\n", s.by_action[ACTION_CREATE],
             s.by_action[ACTION_UPDATE], s.by_action[ACTION_DELETE]);
    buf_addf(out, "Targets: %zu in sync, %zu differ, %zu failed, %zu held.\n", s.by_status[TARGET_IN_SYNC],
             s.by_status[TARGET_DIFFERS], s.by_status[TARGET_FAILED], s.by_status[TARGET_HELD]);
    for (size_t i = 0; i < p->n_targets && whole; i++)
        if (p->targets[i]->status != TARGET_IN_SYNC || p->targets[i]->n_changes > 0)
            whole = render_target(out, p->targets[i], &piece);
    if (!whole)
        buf_add_str(out, "\nThe plan is longer than one comment may be; `convergate plan` shows all of it.\n");
    buf_done(&piece);
}
