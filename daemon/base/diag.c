/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

static const char *const diag_code_table[] = {
#define X(name, text) [DIAG_##name] = text,
    DIAG_CODES(X)
#undef X
};

const char *diag_code_to_string(enum diag_code code)
{
    return (size_t)code < ARRAY_SIZE(diag_code_table) ? diag_code_table[code] : "internal";
}

static void diag_free(struct diag *d)
{
    free(d->subject);
    free(d->sentence);
}

void diag_list_done(struct diag_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        diag_free(&l->items[i]);
    free(l->items);
    *l = (struct diag_list){0};
}

/* Takes over the subject. */
static int diag_add_va(struct diag_list *l, enum diag_code code, char *subject, const char *format, va_list ap)
    _printf_(4, 0);

static int diag_add_va(struct diag_list *l, enum diag_code code, char *subject, const char *format, va_list ap)
{
    struct buf raw = BUF_INIT(LIMIT_SENTENCE_BYTES), clean = BUF_INIT(LIMIT_SENTENCE_BYTES * 4);
    char *sentence;

    if (l->n >= LIMIT_FAULTS || array_grow(&l->items, &l->allocated, l->n, sizeof(*l->items)) < 0) {
        l->more++;
        free(subject);
        return -EBADMSG;
    }
    buf_vaddf(&raw, format, ap);
    if (raw.error == -E2BIG) {
        raw.error = 0;
        buf_add_str(&raw, "(a sentence too long to show)");
    }
    buf_add_escaped(&clean, buf_text(&raw), raw.len);
    buf_done(&raw);
    if (buf_take(&clean, &sentence) < 0) {
        buf_done(&clean);
        sentence = NULL;
    }
    l->items[l->n++] = (struct diag){.code = code, .subject = subject, .sentence = sentence};
    return -EBADMSG;
}

int diag_vadd_place(struct diag_list *l, enum diag_code code, struct place place, const char *format, va_list ap)
{
    struct buf text = BUF_INIT(LIMIT_SENTENCE_BYTES * 4);
    char *subject = NULL;

    if (place.file)
        buf_add_escaped(&text, place.file, strlen(place.file));
    if (place.file && place.line > 0)
        buf_addf(&text, ":%u:%u", place.line, MAX(place.column, 1u));
    if (place.file && buf_take(&text, &subject) < 0)
        subject = NULL;
    buf_done(&text);
    return diag_add_va(l, code, subject, format, ap);
}

int diag_add_place(struct diag_list *l, enum diag_code code, struct place place, const char *format, ...)
{
    va_list ap;
    int r;

    va_start(ap, format);
    r = diag_vadd_place(l, code, place, format, ap);
    va_end(ap);
    return r;
}

int diag_add_target(struct diag_list *l, enum diag_code code, const char *target, const char *format, ...)
{
    char *subject = target ? strdup(target) : NULL;
    va_list ap;
    int r;

    va_start(ap, format);
    r = diag_add_va(l, code, subject, format, ap);
    va_end(ap);
    return r;
}

int diag_add(struct diag_list *l, enum diag_code code, const char *format, ...)
{
    va_list ap;
    int r;

    va_start(ap, format);
    r = diag_add_va(l, code, NULL, format, ap);
    va_end(ap);
    return r;
}

int diag_oom(struct diag_list *l)
{
    if (l->n < LIMIT_FAULTS && array_grow(&l->items, &l->allocated, l->n, sizeof(*l->items)) == 0)
        l->items[l->n++] = (struct diag){.code = DIAG_OUT_OF_MEMORY};
    else
        l->more++;
    return -ENOMEM;
}

void diag_move(struct diag_list *to, struct diag_list *from)
{
    for (size_t i = 0; i < from->n; i++) {
        if (to->n >= LIMIT_FAULTS || array_grow(&to->items, &to->allocated, to->n, sizeof(*to->items)) < 0) {
            to->more++;
            diag_free(&from->items[i]);
            continue;
        }
        to->items[to->n++] = from->items[i];
    }
    to->more += from->more;
    from->n = from->more = 0;
    diag_list_done(from);
}

bool diag_any(const struct diag_list *l)
{
    return l->n > 0 || l->more > 0;
}
