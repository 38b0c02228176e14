/* SPDX-License-Identifier: Apache-2.0 */
/* status: how the targets stand, asked of the daemon, or read from the state directory where there is none. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time-util.h"
#include "cli/cli.h"
#include "http/local.h"
#include "reconcile/status.h"
#include "value/json.h"

/* What there is to show: the document as it came, and as a tree. */
struct view {
    struct buf text;
    struct arena arena;
    struct value root;
};

static void view_done(struct view *v)
{
    buf_done(&v->text);
    arena_done(&v->arena);
}

static void write_no_daemon(struct buf *out)
{
    buf_add_str(out, "{\"version\": 1,\n \"daemon\": {\"running\": false}");
}

static int write_target_here(const struct settings *s, const struct target *t, struct buf *out)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct diag_list diags = {0};
    struct target_state state;
    struct hold hold = {0};
    struct pulled pulled = {0};
    int r = target_state_load(s->state_directory, t, &arena, &state, &diags);

    if (r == 0)
        r = hold_load(s->state_directory, t->name, &hold, &diags);
    state.hold = r == 0 ? &hold : NULL;
    if ((r == 0 || r == -ENOENT) && t->pull_interval_usec > 0 &&
        pulled_load(s->state_directory, t->name, &pulled, &diags) == 0)
        state.pulled = &pulled;
    if (r == 0 || r == -ENOENT)
        target_state_write_json(&state, out);
    hold_done(&hold);
    pulled_done(&pulled);
    say_diags(&diags);
    return r == -ENOENT ? 0 : r;
}

static int write_here(const struct settings *s, const char *one, struct buf *out)
{
    const char *before = one ? ",\n \"target\": " : "\n  ";
    int r = 0;

    write_no_daemon(out);
    if (!one)
        buf_add_str(out, ",\n \"targets\": [");
    for (size_t i = 0; i < s->n_targets && r == 0; i++) {
        if (one && strcmp(one, s->targets[i].name) != 0)
            continue;
        buf_add_str(out, before);
        r = write_target_here(s, &s->targets[i], out);
        before = ",\n  ";
    }
    if (one) {
        buf_add_str(out, ",\n ");
        target_history_write_json(s->state_directory, one, out);
    }
    buf_add_str(out, one ? "}\n" : "]}\n");
    return r;
}

static enum exit_status take_document(struct view *v)
{
    struct json_fault fault;

    if (v->text.error == 0 && json_read(&v->arena, buf_text(&v->text), v->text.len, &v->root, &fault) == 0)
        return STATUS_OK;
    say_error("out of memory");
    return STATUS_FAILED;
}

/* Asks the daemon for PATH; where none is at work, reads what it left. */
static enum exit_status look(const struct settings *s, const char *one, struct view *ret)
{
    struct daemon_answer a;
    char path[128];
    enum exit_status status;
    int r;

    snprintf(path, sizeof(path), one ? "/v1/targets/%s" : "/v1/status", one);
    r = daemon_ask(s, SOCKET_STATUS, "GET", path, NULL, &a);
    if (r == -ECONNREFUSED) {
        ret->text = BUF_INIT(LIMIT_OUTPUT_BYTES);
        return write_here(s, one, &ret->text) < 0 ? STATUS_FAILED : take_document(ret);
    }
    if (r < 0)
        return STATUS_FAILED;
    if (a.status == 200) {
        *ret = (struct view){.text = a.text, .arena = a.arena, .root = a.root};
        return STATUS_OK;
    }
    status = daemon_say_refusal(&a);
    daemon_answer_done(&a);
    return status;
}

/* Drops what was not asked for. */
static void choose(const struct options *o, struct value *document)
{
    struct value *targets = value_get(document, "targets");
    uint32_t n = 0;

    for (uint32_t t = 0; targets && t < targets->count; t++) {
        const char *name = value_get_text(&targets->items[t], "target");

        if (o->n_arguments == 0 || (name && any_pattern_matches(o->arguments, o->n_arguments, name)))
            targets->items[n++] = targets->items[t];
    }
    if (targets)
        targets->count = n;
}

static enum exit_status show(const struct options *o, const char *one, struct view *v)
{
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    enum exit_status s;

    if (!one)
        choose(o, &v->root);
    if (o->format == FORMAT_JSON) {
        json_write(&v->root, JSON_PRETTY, &text);
        buf_add_char(&text, '\n');
    } else if (one) {
        render_target_status(&v->root, &text);
    } else {
        render_status(&v->root, o->format, color_wanted(o->color), &text);
    }
    s = say_results(&text, NULL);
    buf_done(&text);
    return worse(s, status_of_document(&v->root));
}

/* Markdown is for a report over targets, so one target is a row there too. */
static bool is_one_name(const struct options *o)
{
    return o->format != FORMAT_MARKDOWN && o->n_arguments == 1 && is_plain_name(o->arguments[0]);
}

static enum exit_status run_status(const struct options *o)
{
    _cleanup_(loaded_done) struct loaded l = {0};
    _cleanup_(view_done) struct view v = {0};
    const char *one = is_one_name(o) ? o->arguments[0] : NULL;
    enum exit_status s = load_all(o, false, &l);
    const char *useless;

    if (s != STATUS_OK)
        return s;
    useless = settings_find_useless(l.settings, o->arguments, o->n_arguments);
    if (useless) {
        say_error("no target is called '%s'", useless);
        return STATUS_USAGE;
    }
    s = look(l.settings, one, &v);
    return s == STATUS_OK ? show(o, one, &v) : s;
}

const struct verb verb_status = {
    .name = "status",
    .arguments = "[TARGET...]",
    .help = "how they stand; of one, its last plan and runs too",
    .takes = TAKES_FORMAT | TAKES_MARKDOWN,
    .max_arguments = SIZE_MAX,
    .run = run_status,
};
