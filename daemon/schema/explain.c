/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as text: a document's own shape, with words where its values stand. */
#include "schema/explain.h"

#include <string.h>

#include "base/limits.h"

enum {
    STEP = 2,   /* from one level of a document to the next */
    INDENT = 4, /* of the help below a name, and again of what follows of a line that is too long */
};

struct page {
    const struct catalogue *catalogue;
    size_t width;
    struct buf *out;
};

/* Adds the text word by word: its first line behind INDENT blanks, the others behind HANG. */
static void fold(struct page *p, size_t indent, size_t hang, const char *text)
{
    size_t column = indent;

    buf_addf(p->out, "%*s", (int)indent, "");
    while (*text) {
        size_t word = strcspn(text, " "), gap = column > indent ? 1 : 0;

        if (gap && column + gap + word > p->width) {
            buf_addf(p->out, "\n%*s", (int)hang, "");
            column = indent = hang;
            gap = 0;
        }
        buf_addf(p->out, "%s%.*s", gap ? " " : "", (int)word, text);
        column += gap + word;
        text += word + strspn(text + word, " ");
    }
    buf_add_char(p->out, '\n');
}

static void put_field(struct page *p, size_t indent, const char *name, const struct field *f, const char *member);

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* True where two rows differ in nothing but their names, such as the days of a week. */
static bool are_twins(const struct field *a, const struct field *b)
{
    return a->type == b->type && a->order == b->order && a->flags == b->flags && a->members == b->members &&
           a->choices == b->choices && a->min == b->min && a->max == b->max && a->check == b->check &&
           same_text(a->same_as, b->same_as) && same_text(a->fallback, b->fallback) &&
           same_text(a->absent, b->absent) && same_text(a->help, b->help);
}

/* BEFORE is the dash of an item; its other members stand below the first. */
static void put_members(struct page *p, size_t indent, const char *before, const struct field *record)
{
    const struct field *m = record->members;

    while (m->name) {
        const struct field *last = m;
        struct buf names = BUF_INIT(LIMIT_SENTENCE_BYTES);

        buf_addf(&names, "%s%s", before, m->name);
        /* What a system says of a member, it says by its name. */
        while (last[1].name && are_twins(last, &last[1]) && !(record->flags & FIELD_BY_SYSTEM))
            buf_addf(&names, ", %s", (++last)->name);
        put_field(p, indent, buf_text(&names), last, record->flags & FIELD_BY_SYSTEM ? m->name : NULL);
        p->out->error = p->out->error ? p->out->error : names.error;
        buf_done(&names);
        indent += strlen(before);
        before = "";
        m = last + 1;
    }
}

static bool has_members(const struct field *f)
{
    while (f->type == FIELD_LIST || f->type == FIELD_MAP)
        f = f->members;
    return f->type == FIELD_RECORD;
}

/* What stands below a field: members, or what its items or values are made of. */
static void put_below(struct page *p, size_t indent, const struct field *f)
{
    if (f->type == FIELD_RECORD)
        put_members(p, indent + STEP, "", f);
    else if (!has_members(f))
        return;
    else if (f->type == FIELD_MAP)
        put_field(p, indent + STEP, "NAME", f->members, NULL);
    else if (f->members->type == FIELD_RECORD)
        put_members(p, indent + STEP, "- ", f->members);
    else
        put_below(p, indent, f->members);
}

/* MEMBER: its name where what is said of it depends on the system. */
static void put_field(struct page *p, size_t indent, const char *name, const struct field *f, const char *member)
{
    struct buf line = BUF_INIT(LIMIT_SENTENCE_BYTES);

    buf_addf(&line, "%s: ", name);
    explain_field(p->catalogue, f, &line);
    if (member)
        explain_by_system(p->catalogue, member, &line);
    fold(p, indent, indent + 2 * INDENT, buf_text(&line));
    p->out->error = p->out->error ? p->out->error : line.error;
    buf_done(&line);
    indent += strncmp(name, "- ", 2) == 0 ? STEP : 0;
    if (f->help)
        fold(p, indent + INDENT, indent + INDENT, f->help);
    put_below(p, indent, f);
}

static void put_remark(struct page *p, const char *before, const char *text)
{
    struct buf line = BUF_INIT(LIMIT_SENTENCE_BYTES);

    buf_addf(&line, "%s%s", before, text);
    fold(p, 0, 0, buf_text(&line));
    p->out->error = p->out->error ? p->out->error : line.error;
    buf_done(&line);
}

void explain_settings(const struct catalogue *c, size_t width, struct buf *out)
{
    struct page p = {.catalogue = c, .width = width, .out = out};

    put_members(&p, 0, "", c->settings);
}

void explain_document(const struct catalogue *c, size_t width, struct buf *out)
{
    struct page p = {.catalogue = c, .width = width, .out = out};
    struct buf choosing = BUF_INIT(LIMIT_SENTENCE_BYTES);

    put_members(&p, 0, "", c->document);
    for (size_t i = 0; i < c->n_systems; i++) {
        buf_addf(out, "%s: record\n", c->systems[i]->name);
        buf_addf(out, "%*sfor targets of %s\n", INDENT, "", c->systems[i]->title);
    }
    for (const struct field *m = c->document->members; m->name; m++)
        if (!(m->flags & FIELD_REQUIRED))
            buf_addf(&choosing, "%s%s", choosing.len ? ", " : "", m->name);
    buf_add_char(out, '\n');
    put_remark(&p, "At least one of these is required: ", buf_text(&choosing));
    buf_done(&choosing);
}

/* The keys above the kind's body, and the body behind the last of them. */
static void put_place(struct page *p, const struct system *s, const struct kind *k)
{
    const char *steps[KIND_PLACE_MAX];
    size_t n = kind_place(s, k, steps);
    struct field value = kind_value(k);

    for (size_t i = 0; i + 1 < n; i++)
        buf_addf(p->out, "%*s%s:\n", (int)(i * STEP), "", steps[i] ? steps[i] : "NAME");
    put_field(p, (n - 1) * STEP, steps[n - 1] ? steps[n - 1] : "NAME", &value, NULL);
}

void explain_kind(const struct catalogue *c, const struct system *s, const struct kind *k, size_t width,
                  struct buf *out)
{
    struct page p = {.catalogue = c, .width = width, .out = out};

    buf_addf(out, "%s (%s)\n", k->name, s->title);
    fold(&p, 0, 0, k->help);
    buf_add_char(out, '\n');
    put_place(&p, s, k);
    buf_add_char(out, '\n');
    put_remark(&p, "", explain_keeping(k));
    if (k->strategy != STRATEGY_ABSENCE && !(k->flags & KIND_ASSERTED))
        put_remark(&p, "", "A list that is given is the whole list; what is not given keeps its live value.");
    if (k->flags & KIND_KEPT)
        put_remark(&p, "", "Objects that no document names are never deleted, only reported.");
    if (k->flags & KIND_UNLISTED)
        put_remark(&p, "",
                   "Objects that no document names are only reported, unless Convergate made them and remove-unlisted "
                   "covers them.");
    if (k->flags & KIND_SENT)
        put_remark(&p, "",
                   "Where the appliance does not show them, what was sent and accepted counts, as the ledger has it.");
    if (k->flags & KIND_ACCESS)
        put_remark(&p, "",
                   "It decides who may log in: after a change a new login must work, or the change is taken back.");
    for (size_t i = 0; k->refers_to && k->refers_to[i]; i++)
        put_remark(&p, "It names what stands in: ", k->refers_to[i]);
    put_remark(&p, "Guide: ", k->guide);
}

void explain_everything(const struct catalogue *c, size_t width, struct buf *out)
{
    struct page p = {.catalogue = c, .width = width, .out = out};

    for (size_t i = 0; i < c->n_systems; i++) {
        const struct system *s = c->systems[i];

        buf_addf(out, "%s%s\n", i > 0 ? "\n" : "", s->title);
        for (size_t k = 0; k < s->n_kinds; k++) {
            buf_addf(out, "%*s", STEP, "");
            kind_add_place(s, s->kinds[k], out);
            buf_add_char(out, '\n');
            fold(&p, STEP + INDENT, STEP + INDENT, s->kinds[k]->help);
        }
    }
}
