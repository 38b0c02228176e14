/* SPDX-License-Identifier: Apache-2.0 */
/* The status document as a table: for a terminal, or for Markdown. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/time-util.h"
#include "cli/cli.h"

enum status_column { TARGET, MODE, STATE, SINCE, LAST_RUN, NEXT_RUN, DRIFT, LAST_ERROR, COLUMNS };

enum { CELL_BYTES = 1024, LONGEST_ERROR = 100 };

static const char *const headings[COLUMNS] = {"TARGET",   "MODE",     "STATE", "SINCE",
                                              "LAST RUN", "NEXT RUN", "DRIFT", "LAST ERROR"};

struct row {
    struct buf cells[COLUMNS];
};

static const char *text_or(const struct value *map, const char *name, const char *otherwise)
{
    const char *text = value_get_text(map, name);

    return text ? text : otherwise;
}

/* "45s", "12m", "3h", "5d". */
static void add_span(uint64_t usec, struct buf *out)
{
    static const struct {
        uint64_t below, unit;
        char letter;
    } steps[] = {{120, 1, 's'}, {7200, 60, 'm'}, {172800, 3600, 'h'}, {UINT64_MAX, 86400, 'd'}};
    uint64_t seconds = usec / USEC_PER_SEC;
    size_t i = 0;

    while (seconds >= steps[i].below)
        i++;
    buf_addf(out, "%" PRIu64 "%c", seconds / steps[i].unit, steps[i].letter);
}

/* How long ago, or how far ahead, a time of the document is. */
static void add_relative(const struct value *map, const char *name, uint64_t now, struct buf *out)
{
    const char *text = value_get_text(map, name);
    uint64_t usec;

    if (!text || parse_time(text, &usec) < 0)
        buf_add_char(out, '-');
    else
        add_span(usec > now ? usec - now : now - usec, out);
}

static void add_clean(const char *text, size_t longest, struct buf *out)
{
    size_t n = strlen(text), end = MIN(n, longest);

    while (end < n && end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
        end--;
    buf_add_escaped(out, text, end);
    if (end < n)
        buf_add_str(out, "...");
}

static void fill_row(const struct value *t, uint64_t now, struct row *ret)
{
    const struct value *differences = value_get(t, "differences"), *accepted = value_get(t, "accepted");
    const struct value *error = value_get(t, "error");

    for (size_t i = 0; i < COLUMNS; i++)
        ret->cells[i] = BUF_INIT(CELL_BYTES);
    add_clean(text_or(t, "target", "?"), CELL_BYTES / 8, &ret->cells[TARGET]);
    add_clean(text_or(t, "mode", "?"), CELL_BYTES / 8, &ret->cells[MODE]);
    add_clean(text_or(t, "status", "?"), CELL_BYTES / 8, &ret->cells[STATE]);
    if (value_is(value_get(t, "hold"), VALUE_MAP))
        buf_add_str(&ret->cells[STATE], ", on hold");
    add_relative(t, "since", now, &ret->cells[SINCE]);
    add_relative(t, "last-run", now, &ret->cells[LAST_RUN]);
    if (value_get_text(t, "last-run"))
        buf_add_str(&ret->cells[LAST_RUN], " ago");
    add_relative(t, "next-run", now, &ret->cells[NEXT_RUN]);
    buf_addf(&ret->cells[DRIFT], "%" PRId64, value_is(differences, VALUE_INT) ? differences->integer : 0);
    if (value_is(accepted, VALUE_INT) && accepted->integer > 0)
        buf_addf(&ret->cells[DRIFT], " (%" PRId64 " accepted)", accepted->integer);
    if (value_get_text(error, "message"))
        add_clean(value_get_text(error, "message"), LONGEST_ERROR, &ret->cells[LAST_ERROR]);
}

static const char *color_of(const char *state)
{
    if (strncmp(state, "in-sync", 7) == 0)
        return "\033[32m";
    return strncmp(state, "failed", 6) == 0 ? "\033[31m" : "\033[33m";
}

static void add_padded(struct buf *out, const char *text, size_t width)
{
    buf_add_str(out, text);
    for (size_t n = strlen(text); n < width + 2; n++)
        buf_add_char(out, ' ');
}

static void write_line(const struct row *r, const size_t *widths, bool color, struct buf *out)
{
    size_t last = COLUMNS - 1;

    while (last > 0 && r->cells[last].len == 0)
        last--;
    for (size_t i = 0; i <= last; i++) {
        if (i == STATE && color)
            buf_add_str(out, color_of(buf_text(&r->cells[i])));
        if (i == last)
            buf_add_str(out, buf_text(&r->cells[i]));
        else
            add_padded(out, buf_text(&r->cells[i]), widths[i]);
        if (i == STATE && color)
            buf_add_str(out, "\033[0m");
    }
    buf_add_char(out, '\n');
}

static void write_headings(const size_t *widths, struct buf *out)
{
    for (size_t i = 0; i + 1 < COLUMNS; i++)
        add_padded(out, headings[i], widths[i]);
    buf_addf(out, "%s\n", headings[COLUMNS - 1]);
}

static void write_table(const struct row *rows, size_t n, bool color, struct buf *out)
{
    size_t widths[COLUMNS];

    for (size_t c = 0; c < COLUMNS; c++) {
        widths[c] = strlen(headings[c]);
        for (size_t i = 0; i < n; i++)
            widths[c] = MAX(widths[c], rows[i].cells[c].len);
    }
    write_headings(widths, out);
    for (size_t i = 0; i < n; i++)
        write_line(&rows[i], widths, color, out);
}

/* A cell's text must not end the cell. */
static void add_cell(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("|\\`*_<>[]&", *text))
            buf_add_char(out, '\\');
        buf_add_char(out, *text);
    }
}

static void write_markdown(const struct row *rows, size_t n, struct buf *out)
{
    for (size_t c = 0; c < COLUMNS; c++)
        buf_addf(out, "| %s ", headings[c]);
    buf_add_str(out, "|\n|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < COLUMNS; c++) {
            buf_add_str(out, "| ");
            add_cell(out, buf_text(&rows[i].cells[c]));
            buf_add_char(out, ' ');
        }
        buf_add_str(out, "|\n");
    }
}

static void write_daemon(const struct value *document, struct buf *out)
{
    const struct value *daemon = value_get(document, "daemon"), *c = value_get(daemon, "configuration");
    const struct value *running = value_get(daemon, "running"), *faulty = value_get(c, "faulty");

    if (!value_is(running, VALUE_BOOL) || !running->boolean)
        buf_add_str(out, "No daemon is at work here; this is what the last runs left.\n\n");
    else if (value_is(faulty, VALUE_BOOL) && faulty->boolean)
        buf_addf(out, "The configuration is faulty since %s; the journal of convergated.service says where.\n\n",
                 text_or(c, "faulty-since", "?"));
}

void render_status(const struct value *document, enum format format, bool color, struct buf *out)
{
    const struct value *targets = value_get(document, "targets");
    size_t n = value_is(targets, VALUE_LIST) ? targets->count : 0;
    _cleanup_free_ struct row *rows = calloc(n + 1, sizeof(*rows));
    uint64_t now = now_real_usec();

    if (!rows) {
        out->error = -ENOMEM;
        return;
    }
    write_daemon(document, out);
    for (size_t i = 0; i < n; i++)
        fill_row(&targets->items[i], now, &rows[i]);
    if (format == FORMAT_MARKDOWN)
        write_markdown(rows, n, out);
    else
        write_table(rows, n, color, out);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < COLUMNS; c++)
            buf_done(&rows[i].cells[c]);
}

static enum exit_status status_of_target(const struct value *t)
{
    static const struct {
        const char *word;
        enum exit_status status;
    } meanings[] = {{"in-sync", STATUS_OK}, {"differs", STATUS_DIFFERS}, {"held", STATUS_HELD}};
    const char *word = text_or(t, "status", "");

    for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
        if (strcmp(meanings[i].word, word) == 0)
            return meanings[i].status;
    return STATUS_FAILED;
}

enum exit_status status_of_document(const struct value *document)
{
    const struct value *targets = value_get(document, "targets"), *one = value_get(document, "target");
    enum exit_status s = one ? status_of_target(one) : STATUS_OK;

    for (uint32_t i = 0; targets && i < targets->count; i++)
        s = worse(s, status_of_target(&targets->items[i]));
    return s;
}
