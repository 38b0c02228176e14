/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "base/limits.h"
#include "value/yaml.h"

/* A list or map that is being read; its children wait on the stack of values until it ends. */
struct level {
    struct value start;
    size_t first;
};

struct reader {
    struct document *d;
    struct diag_list *diags;
    yaml_parser_t parser;
    struct value *stack;
    size_t n, allocated;
    struct level levels[LIMIT_DEPTH];
    size_t depth;
    size_t nodes;
    bool finished;
};

static struct place reader_place(struct reader *r, yaml_mark_t mark)
{
    return (struct place){r->d->file, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

/* libyaml gives no mark for bytes that are no UTF-8, only the offset. */
static struct place place_of_offset(struct reader *r, const char *text, size_t offset)
{
    struct place p = {r->d->file, 1, 1};

    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            p.line++;
            p.column = 1;
        } else if (((unsigned char)text[i] & 0xc0) != 0x80) {
            p.column++;
        }
    }
    return p;
}

static int reader_fail_parser(struct reader *r, const char *text, size_t len)
{
    yaml_parser_t *p = &r->parser;
    struct place place = reader_place(r, p->problem_mark);

    if (p->error == YAML_MEMORY_ERROR)
        return diag_oom(r->diags);
    if (p->error == YAML_READER_ERROR)
        return diag_add_place(r->diags, DIAG_YAML_ENCODING, place_of_offset(r, text, MIN(p->problem_offset, len)),
                              "%s: the file must be UTF-8 text without control characters", p->problem);
    if (p->context)
        return diag_add_place(r->diags, DIAG_YAML_SYNTAX, place, "%s (%s that began at line %zu)", p->problem,
                              p->context, p->context_mark.line + 1);
    return diag_add_place(r->diags, DIAG_YAML_SYNTAX, place, "%s", p->problem ? p->problem : "cannot be read");
}

static int reader_push(struct reader *r, struct value v, yaml_mark_t mark)
{
    if (++r->nodes > LIMIT_NODES)
        return diag_add_place(r->diags, DIAG_TOO_MANY_NODES, reader_place(r, mark),
                              "more than %zu values in one file; split it", LIMIT_NODES);
    if (array_grow(&r->stack, &r->allocated, r->n, sizeof(*r->stack)) < 0)
        return diag_oom(r->diags);
    v.line = (uint32_t)mark.line + 1;
    v.column = (uint32_t)mark.column + 1;
    r->stack[r->n++] = v;
    return 0;
}

static bool reader_expects_key(const struct reader *r)
{
    const struct level *l = r->depth > 0 ? &r->levels[r->depth - 1] : NULL;

    return l && l->start.type == VALUE_MAP && (r->n - l->first) % 2 == 0;
}

/* None of these is quoted: who forgot the quotes around a secret has written it there. */
static int reader_check_marks(struct reader *r, const yaml_event_t *e, const yaml_char_t *anchor,
                              const yaml_char_t *tag)
{
    if (anchor)
        return diag_add_place(r->diags, DIAG_YAML_ALIAS, reader_place(r, e->start_mark),
                              "anchors and aliases are not accepted, write the value out");
    if (tag)
        return diag_add_place(r->diags, DIAG_YAML_TAG, reader_place(r, e->start_mark),
                              "tags are not accepted, the key decides the type");
    return 0;
}

static bool is_null_word(const char *text, size_t len)
{
    return len == 0 || (len == 1 && text[0] == '~') ||
           (len == 4 && (memcmp(text, "null", 4) == 0 || memcmp(text, "Null", 4) == 0 || memcmp(text, "NULL", 4) == 0));
}

/* Line ends of either kind belong to certificates; C1 controls (C2 80 to C2 9F) steer terminals as ESC does. */
static bool is_control(const unsigned char *text, size_t len, size_t i)
{
    if (text[i] < 0x20)
        return text[i] != '\n' && text[i] != '\t' && text[i] != '\r';
    return text[i] == 0x7f || (text[i] == 0xc2 && i + 1 < len && text[i + 1] < 0xa0);
}

static int reader_check_text(struct reader *r, const yaml_event_t *e)
{
    const unsigned char *text = e->data.scalar.value;

    for (size_t i = 0; i < e->data.scalar.length; i++)
        if (is_control(text, e->data.scalar.length, i))
            return diag_add_place(r->diags, DIAG_YAML_CONTROL, reader_place(r, e->start_mark),
                                  "a control character (\\x%02x) inside a text", text[i]);
    return 0;
}

static int reader_scalar(struct reader *r, const yaml_event_t *e)
{
    const char *text = (const char *)e->data.scalar.value;
    size_t len = e->data.scalar.length;
    bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    struct value v = {.type = VALUE_TEXT, .flags = plain ? VALUE_PLAIN : 0, .count = (uint32_t)len};
    int k = reader_check_marks(r, e, e->data.scalar.anchor, e->data.scalar.tag);

    if (k < 0)
        return k;
    k = reader_check_text(r, e);
    if (k < 0)
        return k;
    if (reader_expects_key(r)) {
        if (plain && len == 2 && memcmp(text, "<<", 2) == 0)
            return diag_add_place(r->diags, DIAG_YAML_MERGE_KEY, reader_place(r, e->start_mark),
                                  "merge keys are not accepted, write the members out");
    } else if (plain && is_null_word(text, len)) {
        v.type = VALUE_NULL;
    }
    v.text = arena_strndup(&r->d->arena, text, len);
    if (!v.text)
        return diag_oom(r->diags);
    return reader_push(r, v, e->start_mark);
}

static int reader_open(struct reader *r, const yaml_event_t *e, enum value_type type)
{
    bool map = type == VALUE_MAP;
    int k = reader_check_marks(r, e, map ? e->data.mapping_start.anchor : e->data.sequence_start.anchor,
                               map ? e->data.mapping_start.tag : e->data.sequence_start.tag);

    if (k < 0)
        return k;
    if (reader_expects_key(r))
        return diag_add_place(r->diags, DIAG_YAML_COMPLEX_KEY, reader_place(r, e->start_mark),
                              "a key must be a plain word or a quoted text");
    /* At the start event, or libyaml's own work on deep nesting grows with the square. */
    if (r->depth == LIMIT_DEPTH)
        return diag_add_place(r->diags, DIAG_TOO_DEEP, reader_place(r, e->start_mark),
                              "nested more than %d levels deep", LIMIT_DEPTH);
    r->levels[r->depth].start = (struct value){
        .type = (uint8_t)type, .line = (uint32_t)e->start_mark.line + 1, .column = (uint32_t)e->start_mark.column + 1};
    r->levels[r->depth].first = r->n;
    r->depth++;
    return 0;
}

static int reader_check_duplicates(struct reader *r, const struct value *map)
{
    size_t first, second;
    int k = value_find_duplicate(map, &first, &second);

    if (k < 0)
        return diag_oom(r->diags);
    if (second == SIZE_MAX)
        return 0;
    return diag_add_place(r->diags, DIAG_DUPLICATE_KEY, value_place(r->d, &map->pairs[second].key),
                          "key '%s' stands here a second time; the first is at line %u", map->pairs[second].key.text,
                          map->pairs[first].key.line);
}

static int reader_close(struct reader *r, const yaml_event_t *e)
{
    struct level *l = &r->levels[--r->depth];
    size_t n = r->n - l->first;
    struct value v;
    int k;

    if (l->start.type == VALUE_LIST) {
        k = value_new_list(&r->d->arena, n, &v);
        if (k < 0)
            return diag_oom(r->diags);
        if (n > 0)
            memcpy(v.items, r->stack + l->first, n * sizeof(*v.items));
    } else {
        k = value_new_map(&r->d->arena, n / 2, &v);
        if (k < 0)
            return diag_oom(r->diags);
        if (n > 0)
            memcpy(v.pairs, r->stack + l->first, n * sizeof(struct value));
        k = reader_check_duplicates(r, &v);
        if (k < 0)
            return k;
    }
    r->n = l->first;
    return reader_push(r, v, (yaml_mark_t){.line = l->start.line - 1, .column = l->start.column - 1});
}

static int reader_document(struct reader *r, const yaml_event_t *e)
{
    const yaml_version_directive_t *v = e->data.document_start.version_directive;

    if (r->finished)
        return diag_add_place(r->diags, DIAG_YAML_DOCUMENTS, reader_place(r, e->start_mark),
                              "a second YAML document begins here; one file holds one document");
    if (e->data.document_start.tag_directives.start != e->data.document_start.tag_directives.end)
        return diag_add_place(r->diags, DIAG_YAML_DIRECTIVE, reader_place(r, e->start_mark),
                              "%%TAG directives are not accepted");
    if (v && (v->major != 1 || (v->minor != 1 && v->minor != 2)))
        return diag_add_place(r->diags, DIAG_YAML_DIRECTIVE, reader_place(r, e->start_mark),
                              "%%YAML %d.%d: only 1.1 and 1.2 are read", v->major, v->minor);
    return 0;
}

static int reader_event(struct reader *r, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        return reader_document(r, e);
    case YAML_DOCUMENT_END_EVENT:
        r->finished = true;
        return 0;
    case YAML_ALIAS_EVENT:
        return diag_add_place(r->diags, DIAG_YAML_ALIAS, reader_place(r, e->start_mark),
                              "anchors and aliases are not accepted, write the value out");
    case YAML_SCALAR_EVENT:
        return reader_scalar(r, e);
    case YAML_SEQUENCE_START_EVENT:
        return reader_open(r, e, VALUE_LIST);
    case YAML_MAPPING_START_EVENT:
        return reader_open(r, e, VALUE_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return reader_close(r, e);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
        return 0;
    }
    return 0;
}

static int reader_run(struct reader *r, const char *text, size_t len)
{
    for (;;) {
        yaml_event_t e;
        bool end;
        int k;

        if (!yaml_parser_parse(&r->parser, &e))
            return reader_fail_parser(r, text, len);
        end = e.type == YAML_STREAM_END_EVENT;
        k = reader_event(r, &e);
        yaml_event_delete(&e);
        if (k < 0 || end)
            return k;
    }
}

int yaml_read(struct document *d, const char *text, size_t len, struct diag_list *diags)
{
    struct reader r = {.d = d, .diags = diags};
    int k;

    if (!yaml_parser_initialize(&r.parser))
        return diag_oom(diags);
    /* Without this a UTF-16 file would be read as well, and its places would be wrong. */
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
    k = reader_run(&r, text, len);
    yaml_parser_delete(&r.parser);
    if (k == 0 && r.n == 0)
        k = diag_add_place(diags, DIAG_YAML_EMPTY, (struct place){.file = d->file},
                           "the file is empty; it must at least say `version: 1`");
    if (k == 0)
        d->root = r.stack[0];
    free(r.stack);
    return k;
}
