/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/told.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/limits.h"
#include "value/json.h"

void told_done(struct told *t)
{
    free(t->marks);
    *t = (struct told){0};
}

/* The first 64 bits of the digest. */
static uint64_t mark_of(struct buf *text)
{
    char digest[DIGEST_SIZE];
    uint64_t mark = 0;

    if (!text->error && digest_bytes(buf_text(text), text->len, digest) == 0) {
        digest[16] = '\0';
        mark = strtoull(digest, NULL, 16);
    }
    buf_done(text);
    return mark;
}

uint64_t told_mark(const struct change *c, const char *words)
{
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);

    buf_addf(&text, "%s\n%s\n%s\n%d %s\n", c->kind->name, c->object, words, c->action,
             guard_to_string(c->held_by) ?: "");
    for (size_t i = 0; i < c->n_items; i++) {
        const struct item *item = &c->items[i];

        buf_addf(&text, "%d %s ", item->op, item->path);
        if (!item->secret) {
            json_write(&item->before, JSON_COMPACT, &text);
            json_write(&item->after, JSON_COMPACT, &text);
        }
        buf_add_char(&text, '\n');
    }
    return mark_of(&text);
}

uint64_t told_mark_diags(const struct diag_list *l)
{
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);

    /* How long another process has had the lock is something else each time. */
    for (size_t i = 0; i < l->n; i++)
        buf_addf(&text, "%d %s\n", l->items[i].code,
                 l->items[i].code == DIAG_LOCKED || !l->items[i].sentence ? "" : l->items[i].sentence);
    return mark_of(&text);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

bool told_knows(const struct told *t, uint64_t mark)
{
    return mark != 0 && t->n > 0 && bsearch(&mark, t->marks, t->n, sizeof(mark), compare);
}

void told_renew(struct told *t, uint64_t *marks, size_t n)
{
    told_done(t);
    if (n > 0)
        qsort(marks, n, sizeof(*marks), compare);
    *t = (struct told){.marks = marks, .n = n};
}
