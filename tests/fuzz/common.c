/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include <stdio.h>

void promise(bool holds, const char *what, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, what);
    abort();
}

static const char *take(struct arena *a, struct buf *text)
{
    const char *copy = arena_strndup(a, buf_text(text), text->len);

    PROMISE(text->error == 0 && copy);
    buf_done(text);
    return copy;
}

const char *text_of_json(struct arena *a, const struct value *v)
{
    struct buf text = BUF_INIT(64 << 20);

    json_write(v, JSON_COMPACT, &text);
    return take(a, &text);
}

const char *text_of_yaml(struct arena *a, const struct value *v)
{
    struct buf text = BUF_INIT(64 << 20);

    MUST(yaml_write(v, &text));
    return take(a, &text);
}

bool has_controls(const struct value *v)
{
    if (v->type == VALUE_TEXT)
        for (uint32_t i = 0; i < v->count; i++) {
            unsigned char c = (unsigned char)v->text[i], next = (unsigned char)v->text[i + 1];

            if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || (c == 0xc2 && next >= 0x80 && next < 0xa0))
                return true;
        }
    for (uint32_t i = 0; (v->type == VALUE_LIST || v->type == VALUE_MAP) && i < v->count; i++) {
        if (v->type == VALUE_MAP && has_controls(&v->pairs[i].key))
            return true;
        if (has_controls(v->type == VALUE_LIST ? &v->items[i] : &v->pairs[i].value))
            return true;
    }
    return false;
}
