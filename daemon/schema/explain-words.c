/* SPDX-License-Identifier: Apache-2.0 */
/* A row in words. */
#include <inttypes.h>
#include <string.h>

#include "schema/explain.h"

const char *explain_keeping(const struct kind *k)
{
    static const char *const sentences[STRATEGY_MAX] = {
        [STRATEGY_CONTAINER] = "It is changed where it is; it is neither created nor deleted.",
        [STRATEGY_COLLECTION] = "Objects are created, replaced and deleted one by one.",
        [STRATEGY_ABSENCE] = "What is named here must not be there; whatever else is there is left alone.",
    };

    if (k->flags & KIND_FIXED)
        return "Objects are created; what differs of one that is there is only reported.";
    return k->flags & KIND_ASSERTED ? "It is compared and reported, never written." : sentences[k->strategy];
}

/* "a", "a or b", "a, b or c". */
static void add_choice(const char *word, size_t i, size_t n, struct buf *out)
{
    buf_addf(out, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", word);
}

static void add_choices(const char *const *choices, struct buf *out)
{
    size_t n = 0;

    while (choices[n])
        n++;
    for (size_t i = 0; i < n; i++)
        add_choice(choices[i], i, n, out);
}

static void add_text(const struct catalogue *c, const struct field *f, bool many, struct buf *out)
{
    if (f->choices) {
        add_choices(f->choices, out);
    } else if (f->flags & FIELD_SYSTEM) {
        for (size_t i = 0; i < c->n_systems; i++)
            add_choice(c->systems[i]->name, i, c->n_systems, out);
    } else {
        buf_add_str(out, many ? "texts" : "text");
    }
}

static void add_int(const struct field *f, bool many, struct buf *out)
{
    if (f->min == f->max)
        buf_addf(out, "%" PRId64, f->min);
    else
        buf_addf(out, "%s from %" PRId64 " to %" PRId64, many ? "numbers" : "number", f->min, f->max);
}

static void add_record(const struct field *f, bool many, struct buf *out)
{
    const struct field *key = f->flags & FIELD_FROM_TEXT ? field_key_member(f) : NULL;

    buf_add_str(out, many ? "records" : "record");
    if (key)
        buf_addf(out, " (or just %s %s)", many ? "their" : "its", key->name);
}

static void add_type(const struct catalogue *c, const struct field *f, bool many, struct buf *out);

static void add_list(const struct catalogue *c, const struct field *f, bool many, struct buf *out)
{
    static const char *const orders[] = {
        [ORDER_SET] = " in any order", [ORDER_LIST] = " in their order", [ORDER_WHOLE] = ""};

    buf_add_str(out, many ? "lists of " : "list of ");
    add_type(c, f->members, true, out);
    buf_add_str(out, many ? "" : orders[f->order]);
    if (f->flags & FIELD_ONE_OR_MANY)
        buf_add_str(out, ", or one alone");
}

/* The type; in the plural inside a list or map. */
static void add_type(const struct catalogue *c, const struct field *f, bool many, struct buf *out)
{
    switch (f->type) {
    case FIELD_TEXT:
        add_text(c, f, many, out);
        break;
    case FIELD_BOOL:
        buf_add_str(out, "true or false");
        break;
    case FIELD_INT:
        add_int(f, many, out);
        break;
    case FIELD_RECORD:
        add_record(f, many, out);
        break;
    case FIELD_LIST:
        add_list(c, f, many, out);
        break;
    case FIELD_MAP:
        buf_add_str(out, many ? "maps of " : "map of ");
        add_type(c, f->members, true, out);
        break;
    case FIELD_TYPE_MAX:
        break;
    }
}

static void add_count(const struct field *f, struct buf *out)
{
    if (f->min > 0 && f->min == f->max)
        buf_addf(out, ", exactly %" PRId64, f->min);
    else if (f->min > 0)
        buf_addf(out, ", at least %" PRId64, f->min);
    if (f->max > f->min)
        buf_addf(out, ", at most %" PRId64, f->max);
}

/* How many of them, and bounds of the texts that are in it, however deep. */
static void add_bounds(const struct field *f, struct buf *out)
{
    bool inside = false;

    if (f->type == FIELD_LIST || f->type == FIELD_MAP)
        add_count(f, out);
    for (; f->type == FIELD_LIST || f->type == FIELD_MAP; f = f->members)
        inside = true;
    if (f->type != FIELD_TEXT || f->max == 0)
        return;
    buf_addf(out, ", %s", inside ? "each " : "");
    if (f->min > 0)
        buf_addf(out, "%" PRId64 " to %" PRId64 " bytes", f->min, f->max);
    else
        buf_addf(out, "up to %" PRId64 " bytes", f->max);
}

static void add_absence(const struct field *f, struct buf *out)
{
    if (f->flags & FIELD_LIVE_ONLY)
        buf_add_str(out, "; kept as it is, cannot be given");
    else if (f->flags & FIELD_KEY)
        buf_add_str(out, "; the key; required");
    else if (f->flags & FIELD_REQUIRED)
        buf_add_str(out, "; required");
    else if (f->same_as)
        buf_addf(out, "; default in a new one: the %s", f->same_as);
    else if (f->flags & FIELD_EMPTY_ON_CREATE)
        buf_add_str(out, "; default in a new one: empty");
    else if (f->flags & FIELD_ALTERNATIVE)
        buf_add_str(out, "; takes the place of its likes, of which a new one needs one");
    else if (f->flags & FIELD_ON_CREATE)
        buf_add_str(out, "; required in a new one");
    else if (f->flags & FIELD_SERVER_FILLED)
        buf_add_str(out, "; filled in by the appliance");
    else if (f->fallback || f->absent)
        buf_addf(out, "; default: %s", f->fallback ? f->fallback : f->absent);
}

void explain_field(const struct catalogue *c, const struct field *f, struct buf *out)
{
    add_type(c, f, false, out);
    add_bounds(f, out);
    add_absence(f, out);
    if (f->flags & FIELD_CREDENTIAL)
        buf_addf(out, "; names a credential%s", f->flags & FIELD_BYTES ? ", which is a file" : "");
    if (f->flags & FIELD_UNSEEN)
        buf_add_str(out, "; the appliance does not show it, so it is not compared");
}

static const struct auth_member *find_auth(const struct system *s, const char *member)
{
    for (const struct auth_member *m = s->auth; m->name; m++)
        if (strcmp(m->name, member) == 0)
            return m;
    return NULL;
}

/* Adds INTRO and the systems that require the member, or that take it without requiring it. */
static void add_systems(const struct catalogue *c, const char *member, bool required, const char *intro,
                        struct buf *out)
{
    bool any = false;

    for (size_t i = 0; i < c->n_systems; i++) {
        const struct auth_member *m = find_auth(c->systems[i], member);

        if (!m || m->required != required)
            continue;
        buf_addf(out, "%s%s", any ? ", " : intro, c->systems[i]->name);
        any = true;
    }
}

void explain_by_system(const struct catalogue *c, const char *member, struct buf *out)
{
    add_systems(c, member, true, "; required for ", out);
    add_systems(c, member, false, "; allowed for ", out);
}
