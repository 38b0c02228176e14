/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"

void say_error(const char *format, ...)
{
    va_list ap;

    fputs("convergate: error: ", stderr);
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
}

static void say_diag(const struct diag *d, const char *weight)
{
    fprintf(stderr, "%s%s%s: %s [%s]\n", d->subject ? d->subject : "", d->subject ? ": " : "", weight,
            d->sentence ? d->sentence : "out of memory", diag_code_to_string(d->code));
}

void say_diags(struct diag_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        say_diag(&l->items[i], "error");
    if (l->more > 0)
        fprintf(stderr, "convergate: error: %zu more faults are not shown\n", l->more);
    diag_list_done(l);
}

void say_plan_diags(const struct plan *p)
{
    for (size_t i = 0; i < p->n_targets; i++) {
        const struct diag_list *l = &p->targets[i]->diags, *notes = &p->targets[i]->notes;

        for (size_t k = 0; k < l->n; k++) {
            /* What went wrong without a subject of its own belongs to the target. */
            if (!l->items[k].subject)
                fprintf(stderr, "%s: ", p->targets[i]->target->name);
            say_diag(&l->items[k], "error");
        }
        for (size_t k = 0; k < notes->n; k++)
            say_diag(&notes->items[k], "note");
        if (notes->more > 0)
            fprintf(stderr, "%s: note: %zu more notes are not shown\n", p->targets[i]->target->name, notes->more);
        if (l->more > 0)
            fprintf(stderr, "%s: error: %zu more faults are not shown\n", p->targets[i]->target->name, l->more);
    }
}

enum exit_status say_results(const struct buf *text, const char *out)
{
    int r = text->error;

    if (r == 0 && out)
        r = file_write_result(out, buf_text(text), text->len);
    else if (r == 0 && (fwrite(buf_text(text), 1, text->len, stdout) != text->len || fflush(stdout) != 0))
        r = -errno;
    if (r == 0)
        return STATUS_OK;
    say_error("cannot write %s: %s [%s]", out ? out : "the results", strerror(-r), diag_code_to_string(DIAG_OUTPUT));
    return STATUS_FAILED;
}

bool color_wanted(enum color c)
{
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

    if (c != COLOR_AUTO)
        return c == COLOR_ALWAYS;
    return isatty(STDOUT_FILENO) && (!no_color || !no_color[0]) && term && strcmp(term, "dumb") != 0;
}

static int rank(enum exit_status s)
{
    static const enum exit_status order[] = {STATUS_OK,     STATUS_DIFFERS, STATUS_HELD,
                                             STATUS_FAILED, STATUS_USAGE,   STATUS_INVALID};

    for (size_t i = 0; i < ARRAY_SIZE(order); i++)
        if (order[i] == s)
            return (int)i;
    return 0;
}

enum exit_status worse(enum exit_status a, enum exit_status b)
{
    return rank(a) > rank(b) ? a : b;
}

enum exit_status plan_status(const struct plan *p)
{
    static const enum exit_status meanings[TARGET_STATUS_MAX] = {
        [TARGET_IN_SYNC] = STATUS_OK,
        [TARGET_DIFFERS] = STATUS_DIFFERS,
        [TARGET_FAILED] = STATUS_FAILED,
        [TARGET_HELD] = STATUS_HELD,
    };
    enum exit_status s = STATUS_OK;

    for (size_t i = 0; i < p->n_targets; i++)
        s = worse(s, meanings[p->targets[i]->status]);
    return s;
}

enum exit_status say_plan(const struct plan *p, const struct options *o, const char *out)
{
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    enum exit_status s;

    if (o->format == FORMAT_JSON)
        plan_write_json(p, &text);
    else if (o->format == FORMAT_MARKDOWN)
        render_markdown(p, &text);
    else
        render_text(p, !out && color_wanted(o->color), &text);
    s = say_results(&text, out);
    buf_done(&text);
    return s;
}
