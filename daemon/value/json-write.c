/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "value/json.h"

void json_write_text(const char *text, size_t len, struct buf *out)
{
    size_t from = 0;

    buf_add_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            continue;
        buf_add(out, text + from, i - from);
        from = i + 1;
        if (c == '"' || c == '\\')
            buf_addf(out, "\\%c", c);
        else if (c == '\n')
            buf_add_str(out, "\\n");
        else
            buf_addf(out, "\\u%04x", c);
    }
    buf_add(out, text + from, len - from);
    buf_add_char(out, '"');
}

static void write_indent(enum json_style style, int depth, struct buf *out)
{
    if (style == JSON_PRETTY)
        buf_addf(out, "\n%*s", depth * 2, "");
}

static void write_value(const struct value *v, enum json_style style, int depth, struct buf *out);

static int compare_pairs(const void *a, const void *b)
{
    const struct value *x = &((const struct pair *)a)->key, *y = &((const struct pair *)b)->key;

    return compare_bytes(x->text, x->count, y->text, y->count);
}

static void write_children(const struct value *v, enum json_style style, int depth, struct buf *out)
{
    bool map = v->type == VALUE_MAP;

    buf_add_char(out, map ? '{' : '[');
    for (uint32_t i = 0; i < v->count && !out->error; i++) {
        if (i > 0)
            buf_add_char(out, ',');
        write_indent(style, depth + 1, out);
        if (map) {
            json_write_text(v->pairs[i].key.text, v->pairs[i].key.count, out);
            buf_add_str(out, style == JSON_PRETTY ? ": " : ":");
        }
        write_value(map ? &v->pairs[i].value : &v->items[i], style, depth + 1, out);
    }
    if (v->count > 0)
        write_indent(style, depth, out);
    buf_add_char(out, map ? '}' : ']');
}

static void write_sorted(const struct value *v, int depth, struct buf *out)
{
    struct value sorted = *v;

    sorted.pairs = malloc(((size_t)v->count + 1) * sizeof(*sorted.pairs));
    if (!sorted.pairs) {
        out->error = out->error ? out->error : -ENOMEM;
        return;
    }
    memcpy(sorted.pairs, v->pairs, v->count * sizeof(*sorted.pairs));
    qsort(sorted.pairs, v->count, sizeof(*sorted.pairs), compare_pairs);
    write_children(&sorted, JSON_SORTED, depth, out);
    free(sorted.pairs);
}

static void write_value(const struct value *v, enum json_style style, int depth, struct buf *out)
{
    char number[64];

    switch ((enum value_type)v->type) {
    case VALUE_NULL:
    case VALUE_TYPE_MAX:
        buf_add_str(out, "null");
        break;
    case VALUE_BOOL:
        buf_add_str(out, v->boolean ? "true" : "false");
        break;
    case VALUE_INT:
        buf_addf(out, "%" PRId64, v->integer);
        break;
    case VALUE_REAL:
        value_format_real(v->real, number, sizeof(number));
        buf_add_str(out, number);
        break;
    case VALUE_TEXT:
        json_write_text(v->text, v->count, out);
        break;
    case VALUE_MAP:
        if (style == JSON_SORTED && v->count > 1) {
            write_sorted(v, depth, out);
            break;
        }
        write_children(v, style, depth, out);
        break;
    case VALUE_LIST:
        write_children(v, style, depth, out);
        break;
    }
}

void json_write(const struct value *v, enum json_style style, struct buf *out)
{
    write_value(v, style, 0, out);
}
