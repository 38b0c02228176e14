/* SPDX-License-Identifier: Apache-2.0 */
/* One target's status in its long form: how it stands, its last plan, its last runs. */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "value/json.h"

static const char *text_or(const struct value *map, const char *name, const char *otherwise)
{
    const char *text = value_get_text(map, name);

    return text ? text : otherwise;
}

static void add_foreign(struct buf *out, const char *text)
{
    buf_add_escaped(out, text, strlen(text));
}

static void add_line(struct buf *out, const char *label, const struct value *map, const char *name)
{
    const char *text = value_get_text(map, name);

    if (!text)
        return;
    buf_addf(out, "  %-14s", label);
    add_foreign(out, text);
    buf_add_char(out, '\n');
}

static void write_target(const struct value *t, struct buf *out)
{
    const struct value *hold = value_get(t, "hold"), *error = value_get(t, "error"), *pull = value_get(t, "pull");

    buf_addf(out, "%s (%s, %s): %s\n", text_or(t, "target", "?"), text_or(t, "type", "?"), text_or(t, "mode", "?"),
             text_or(t, "status", "?"));
    add_line(out, "since", t, "since");
    add_line(out, "last run", t, "last-run");
    add_line(out, "last success", t, "last-success");
    add_line(out, "next run", t, "next-run");
    add_line(out, "error", error, "message");
    add_line(out, "error code", error, "code");
    add_line(out, "on hold by", hold, "by");
    add_line(out, "  since", hold, "since");
    add_line(out, "  until", hold, "until");
    add_line(out, "  reason", hold, "reason");
    add_line(out, "last pull", pull, "last-success");
    if (value_is(value_get(pull, "error"), VALUE_MAP))
        add_line(out, "pull failed", pull, "last-attempt");
    add_line(out, "  error", value_get(pull, "error"), "message");
}

static void add_value(struct buf *out, const struct value *v)
{
    struct buf json = BUF_INIT(LIMIT_OUTPUT_BYTES);

    if (v)
        json_write(v, JSON_SORTED, &json);
    buf_add_escaped(out, buf_text(&json), json.len);
    buf_done(&json);
}

static void write_item(const struct value *i, struct buf *out)
{
    buf_addf(out, "      %s ", text_or(i, "op", "?"));
    add_foreign(out, text_or(i, "path", "?"));
    if (strcmp(text_or(i, "op", ""), "change") == 0) {
        buf_add_str(out, ": ");
        add_value(out, value_get(i, "before"));
        buf_add_str(out, " -> ");
        add_value(out, value_get(i, "after"));
    }
    buf_add_char(out, '\n');
}

static void write_change(const struct value *c, struct buf *out)
{
    const char *held = value_get_text(c, "held-by"), *result = value_get_text(c, "result");
    const struct value *items = value_get(c, "items"), *accepted = value_get(c, "accepted");

    buf_addf(out, "  %s %s ", text_or(c, "action", "?"), text_or(c, "kind", "?"));
    add_foreign(out, text_or(c, "object", "?"));
    buf_addf(out, " (cause: %s)", text_or(c, "cause", "?"));
    if (value_is(accepted, VALUE_MAP)) {
        buf_addf(out, ", accepted until %s: ", text_or(accepted, "until", "?"));
        add_foreign(out, text_or(accepted, "reason", "?"));
    }
    buf_addf(out, "%s%s", held ? ", held by " : "", held ? held : "");
    if (value_get_text(c, "held-why")) {
        buf_add_str(out, ": ");
        add_foreign(out, value_get_text(c, "held-why"));
    }
    buf_addf(out, "%s%s\n", result ? ": " : "", result ? result : "");
    for (uint32_t i = 0; items && i < items->count; i++)
        write_item(&items->items[i], out);
}

static void write_last(const struct value *last, struct buf *out)
{
    const struct value *plan = value_get(last, "plan"), *changes = value_get(plan, "changes");

    if (!value_is(last, VALUE_MAP)) {
        buf_add_str(out, "\nNo run is on record.\n");
        return;
    }
    buf_addf(out, "\nThe last plan on record (%s, because of: %s):\n", text_or(last, "run", "?"),
             text_or(last, "reason", "?"));
    add_line(out, "cluster with", plan, "same-cluster-as");
    for (uint32_t i = 0; changes && i < changes->count; i++)
        write_change(&changes->items[i], out);
    if (value_get_text(last, "backup"))
        add_line(out, "backup", last, "backup");
    if (!changes || changes->count == 0)
        buf_add_str(out, "  no differences\n");
}

static void write_runs(const struct value *runs, struct buf *out)
{
    if (!value_is(runs, VALUE_LIST) || runs->count == 0)
        return;
    buf_add_str(out, "\nThe last runs that found or did something:\n");
    for (uint32_t i = 0; i < runs->count; i++) {
        const struct value *r = &runs->items[i], *changes = value_get(r, "changes");

        buf_addf(out, "  %-26s %-10s %-8s %" PRId64 " changes\n", text_or(r, "run", "?"), text_or(r, "reason", "?"),
                 text_or(r, "status", "?"), value_is(changes, VALUE_INT) ? changes->integer : 0);
    }
}

void render_target_status(const struct value *document, struct buf *out)
{
    write_target(value_get(document, "target"), out);
    write_last(value_get(document, "last"), out);
    write_runs(value_get(document, "runs"), out);
}
