/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/json-schema.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"
#include "provider/provider.h"

/* As wide as the terminal, but never so wide that lines are hard to read. */
static size_t page_width(const char *out)
{
    struct winsize size;

    if (out || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
        return 80;
    return size.ws_col < 80 ? 80 : MIN(size.ws_col, 100);
}

static void print_json(const struct catalogue *c, const char *name, struct buf *out)
{
    struct json_writer w = {.out = out};

    explain_json(c, name, &w);
    buf_add_char(out, '\n');
}

static void print_schema(const struct catalogue *c, const char *name, struct buf *out)
{
    struct json_writer w = {.out = out};

    if (strcmp(name, "settings") == 0)
        json_schema_settings(c, &w);
    else
        json_schema_document(c, &w);
    buf_add_char(out, '\n');
}

static void print_overview(const struct catalogue *c, size_t width, struct buf *out)
{
    explain_everything(c, width, out);
    buf_add_str(out, "\n`convergate explain KIND` tells all of one, such as userlists.\n"
                     "`convergate explain settings` tells the settings, `convergate explain desired` what every\n"
                     "document has besides kinds.\n");
}

/* Kinds of that name, of whatever system. */
static void print_kinds(const struct catalogue *c, const char *name, size_t width, struct buf *out)
{
    for (size_t i = 0; i < c->n_systems; i++) {
        const struct kind *k = system_kind_by_name(c->systems[i], name);

        if (!k)
            continue;
        buf_add_str(out, out->len > 0 ? "\n" : "");
        explain_kind(c, c->systems[i], k, width, out);
    }
}

static void print_text(const struct catalogue *c, const char *name, size_t width, struct buf *out)
{
    if (!name)
        print_overview(c, width, out);
    else if (strcmp(name, "settings") == 0)
        explain_settings(c, width, out);
    else if (strcmp(name, "desired") == 0)
        explain_document(c, width, out);
    else
        print_kinds(c, name, width, out);
}

static bool is_file(const char *name)
{
    return strcmp(name, "settings") == 0 || strcmp(name, "desired") == 0;
}

/* True for what can be explained; else it is said what was perhaps meant. */
static bool is_known(const struct catalogue *c, const char *name)
{
    const char *words[256] = {"settings", "desired"};
    char hint[128];
    size_t n = 2;

    for (size_t i = 0; i < c->n_systems; i++)
        for (size_t k = 0; k < c->systems[i]->n_kinds && n < ARRAY_SIZE(words); k++)
            words[n++] = c->systems[i]->kinds[k]->name;
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    say_error("'%s' is no kind%s; `convergate explain` lists all", name,
              did_you_mean(name, words, n, hint, sizeof(hint)));
    return false;
}

static enum exit_status run_explain(const struct options *o)
{
    const struct catalogue c = {
        .settings = &settings_rows, .document = &desired_rows, .systems = systems, .n_systems = n_systems};
    const char *name = o->n_arguments > 0 ? o->arguments[0] : NULL;
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    enum exit_status s;

    if (name && !is_known(&c, name))
        return STATUS_USAGE;
    if (o->format == FORMAT_SCHEMA && (!name || !is_file(name))) {
        say_error("a schema is of `settings` or of `desired`");
        return STATUS_USAGE;
    }
    if (o->format == FORMAT_SCHEMA)
        print_schema(&c, name, &text);
    else if (o->format == FORMAT_JSON)
        print_json(&c, name, &text);
    else
        print_text(&c, name, page_width(o->out), &text);
    s = say_results(&text, o->out);
    buf_done(&text);
    return s;
}

const struct verb verb_explain = {
    .name = "explain",
    .arguments = "[KIND|settings|desired]",
    .help = "what may be written where",
    .takes = TAKES_FORMAT | TAKES_SCHEMA | TAKES_OUT,
    .max_arguments = 1,
    .run = run_explain,
};
