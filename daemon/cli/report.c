/* SPDX-License-Identifier: Apache-2.0 */
/* What a command read as lines or a table, and what it did step by step. */
#include <string.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "value/json.h"

enum { INDENT = 2, GAP = 2 };

/* Words of an appliance: no control character of theirs reaches the terminal. */
static void add_foreign(struct buf *out, const char *text)
{
    buf_add_escaped(out, text, strlen(text));
}

static void add_value(struct buf *out, const struct value *v)
{
    struct buf json = BUF_INIT(LIMIT_OUTPUT_BYTES);

    if (!v || v->type == VALUE_NULL || (v->type == VALUE_TEXT && v->count == 0)) {
        buf_add_char(out, '-');
    } else if (v->type == VALUE_TEXT) {
        add_foreign(out, v->text);
    } else if (v->type == VALUE_LIST && v->count > 0) {
        for (uint32_t i = 0; i < v->count; i++) {
            buf_add_str(out, i ? ", " : "");
            add_value(out, &v->items[i]);
        }
    } else {
        json_write(v, JSON_SORTED, &json);
        buf_add_escaped(out, buf_text(&json), json.len);
        buf_done(&json);
    }
}

static void add_blanks(struct buf *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_add_char(out, ' ');
}

/* A map as lines, the maps in it indented below their names. */
static void render_lines(const struct value *map, size_t indent, struct buf *out)
{
    for (uint32_t i = 0; i < map->count; i++) {
        const struct pair *p = &map->pairs[i];

        add_blanks(out, indent);
        add_foreign(out, p->key.text);
        if (p->value.type == VALUE_MAP && p->value.count > 0) {
            buf_add_str(out, ":\n");
            render_lines(&p->value, indent + INDENT, out);
            continue;
        }
        buf_add_str(out, ": ");
        add_value(out, &p->value);
        buf_add_char(out, '\n');
    }
}

static size_t width_of(const struct buf *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->len; i++)
        n += ((unsigned char)b->data[i] & 0xc0) != 0x80;
    return n;
}

static const struct value *cell_of(const struct value *row, const struct column *c)
{
    const struct value *v = value_get(row, c->member);

    return !v && c->other ? value_get(row, c->other) : v;
}

/* The cell of a row, or the column's title where ROW is NULL. */
static void write_cell(const struct value *row, const struct column *c, struct buf *ret)
{
    buf_clear(ret);
    if (row)
        add_value(ret, cell_of(row, c));
    else
        buf_add_str(ret, c->title);
}

static void measure(const struct value *rows, const struct column *columns, size_t *widths)
{
    struct buf cell = BUF_INIT(LIMIT_OUTPUT_BYTES);

    for (size_t c = 0; columns[c].title; c++) {
        widths[c] = strlen(columns[c].title);
        for (uint32_t i = 0; i < rows->count; i++) {
            write_cell(&rows->items[i], &columns[c], &cell);
            widths[c] = MAX(widths[c], width_of(&cell));
        }
    }
    buf_done(&cell);
}

static void render_row(const struct value *row, const struct column *columns, const size_t *widths, struct buf *out)
{
    struct buf cell = BUF_INIT(LIMIT_OUTPUT_BYTES);

    for (size_t c = 0; columns[c].title; c++) {
        write_cell(row, &columns[c], &cell);
        buf_add(out, buf_text(&cell), cell.len);
        if (columns[c + 1].title)
            add_blanks(out, widths[c] - width_of(&cell) + GAP);
    }
    buf_add_char(out, '\n');
    buf_done(&cell);
}

static void render_table(const struct value *rows, const struct column *columns, struct buf *out)
{
    size_t widths[16] = {0};

    if (rows->count == 0)
        return;
    measure(rows, columns, widths);
    render_row(NULL, columns, widths, out);
    for (uint32_t i = 0; i < rows->count && !out->error; i++)
        render_row(&rows->items[i], columns, widths, out);
}

void render_steps(const struct act *a, struct buf *out)
{
    const struct report *r = &a->command.report;

    for (size_t i = 0; i < a->command.n_steps; i++) {
        const struct step *s = &a->command.steps[i];
        const char *result = step_result_to_string(s->result);

        buf_addf(out, "%s: ", a->run.target->name);
        add_foreign(out, s->sentence);
        buf_addf(out, "%s%s\n", result ? ": " : "", result ? result : "");
    }
    for (size_t i = 0; i < r->n_remarks; i++) {
        buf_addf(out, "%s: ", a->run.target->name);
        add_foreign(out, r->remarks[i]);
        buf_add_char(out, '\n');
    }
}

void render_report(const struct act *a, struct buf *out)
{
    const struct report *r = &a->command.report;

    if (r->rows.type == VALUE_LIST)
        render_table(&r->rows, a->command.command->columns, out);
    if (r->lines.type == VALUE_MAP)
        render_lines(&r->lines, 0, out);
    render_steps(a, out);
    if (out->len == 0)
        buf_addf(out, "%s: there is nothing to do\n", a->run.target->name);
}
