/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "value/yaml.h"

/* Words that some YAML reader takes for something else than the text they are. */
static bool is_plain_safe(const char *text, size_t len)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    static const char *const words[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"};

    if (len == 0 || !strchr(first, text[0]) || strspn(text, rest) != len)
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (strcasecmp(text, words[i]) == 0)
            return false;
    return true;
}

/* Several whole lines of plain characters, none of them blank, blank at an end, or cut off: as a certificate is. */
static bool is_block_safe(const char *text, size_t len)
{
    size_t lines = 0, from = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n') {
            if (i == from || text[from] == ' ' || text[i - 1] == ' ')
                return false;
            from = i + 1;
            lines++;
        } else if (text[i] < ' ' || text[i] > '~') {
            return false;
        }
    }
    return lines > 1 && from == len;
}

static bool emit(yaml_emitter_t *e, yaml_event_t *event, int initialised)
{
    return initialised && yaml_emitter_emit(e, event);
}

static bool emit_scalar(yaml_emitter_t *e, const char *text, size_t len, yaml_scalar_style_t style)
{
    yaml_event_t event;

    return emit(e, &event,
                yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)len, 1, 1, style));
}

static bool emit_plain(yaml_emitter_t *e, const char *text)
{
    return emit_scalar(e, text, strlen(text), YAML_PLAIN_SCALAR_STYLE);
}

static yaml_scalar_style_t style_of(const char *text, size_t len)
{
    return is_plain_safe(text, len) ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE;
}

static bool emit_text(yaml_emitter_t *e, const struct value *v)
{
    bool block = is_block_safe(v->text, v->count);

    return emit_scalar(e, v->text, v->count, block ? YAML_LITERAL_SCALAR_STYLE : style_of(v->text, v->count));
}

static bool emit_value(yaml_emitter_t *e, const struct value *v);

static bool emit_list(yaml_emitter_t *e, const struct value *v)
{
    yaml_sequence_style_t style = v->flags & VALUE_FLOW ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE;
    yaml_event_t event;

    if (!emit(e, &event, yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, style)))
        return false;
    for (uint32_t i = 0; i < v->count; i++)
        if (!emit_value(e, &v->items[i]))
            return false;
    return emit(e, &event, yaml_sequence_end_event_initialize(&event));
}

static bool emit_map(yaml_emitter_t *e, const struct value *v)
{
    yaml_mapping_style_t style = v->flags & VALUE_FLOW ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE;
    yaml_event_t event;

    if (!emit(e, &event, yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, style)))
        return false;
    for (uint32_t i = 0; i < v->count; i++) {
        const struct value *key = &v->pairs[i].key;

        if (!emit_scalar(e, key->text, key->count, style_of(key->text, key->count)) ||
            !emit_value(e, &v->pairs[i].value))
            return false;
    }
    return emit(e, &event, yaml_mapping_end_event_initialize(&event));
}

static bool emit_value(yaml_emitter_t *e, const struct value *v)
{
    char number[64];

    switch ((enum value_type)v->type) {
    case VALUE_BOOL:
        return emit_plain(e, v->boolean ? "true" : "false");
    case VALUE_INT:
        snprintf(number, sizeof(number), "%" PRId64, v->integer);
        return emit_plain(e, number);
    case VALUE_REAL:
        value_format_real(v->real, number, sizeof(number));
        return emit_plain(e, number);
    case VALUE_TEXT:
        return emit_text(e, v);
    case VALUE_LIST:
        return emit_list(e, v);
    case VALUE_MAP:
        return emit_map(e, v);
    case VALUE_NULL:
    case VALUE_TYPE_MAX:
        break;
    }
    return emit_plain(e, "null");
}

static int write_to_buf(void *data, unsigned char *bytes, size_t n)
{
    struct buf *out = data;

    buf_add(out, bytes, n);
    return out->error == 0;
}

static bool emit_document(yaml_emitter_t *e, const struct value *v)
{
    yaml_event_t event;

    return emit(e, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING)) &&
           emit(e, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1)) && emit_value(e, v) &&
           emit(e, &event, yaml_document_end_event_initialize(&event, 1)) &&
           emit(e, &event, yaml_stream_end_event_initialize(&event));
}

int yaml_write(const struct value *v, struct buf *out)
{
    yaml_emitter_t e;
    bool ok;

    if (!yaml_emitter_initialize(&e))
        return -ENOMEM;
    yaml_emitter_set_output(&e, write_to_buf, out);
    yaml_emitter_set_unicode(&e, 1);
    yaml_emitter_set_width(&e, -1);
    ok = emit_document(&e, v);
    yaml_emitter_delete(&e);
    if (out->error)
        return out->error;
    return ok ? 0 : -EINVAL;
}
