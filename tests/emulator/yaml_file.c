/* SPDX-License-Identifier: Apache-2.0 */

#include "yaml_file.h"

#include <string.h>
#include <yaml.h>

enum { DEPTH_MAX = 64 };

struct reader {
    yaml_parser_t parser;
    const char *path;
};

static _Noreturn void refuse(const struct reader *r, size_t line, const char *what) {
    util_die("%s:%zu: %s", r->path, line + 1, what);
}

static void next(struct reader *r, yaml_event_t *ret) {
    if (!yaml_parser_parse(&r->parser, ret))
        refuse(r, r->parser.problem_mark.line, r->parser.problem ?: "not YAML");
}

static bool is_whole_number(const char *text) {
    const char *digits = text + (*text == '-');
    size_t n = strspn(digits, "0123456789");

    return n > 0 && n < 16 && digits[n] == '\0' && (digits[0] != '0' || n == 1);
}

static cJSON *make_scalar(const yaml_event_t *event) {
    const char *text = (const char *) event->data.scalar.value;

    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
        if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
            return cJSON_CreateBool(text[0] == 't');
        if (strcmp(text, "null") == 0 || strcmp(text, "~") == 0 || *text == '\0')
            return cJSON_CreateNull();
        if (is_whole_number(text))
            return cJSON_CreateNumber(strtod(text, NULL));
    }
    return cJSON_CreateString(text);
}

static cJSON *read_node(struct reader *r, const yaml_event_t *event, unsigned depth);

static cJSON *read_list(struct reader *r, unsigned depth) {
    cJSON *list = cJSON_CreateArray();
    yaml_event_t event;

    for (;;) {
        bool ends;

        next(r, &event);
        ends = event.type == YAML_SEQUENCE_END_EVENT;
        if (!ends)
            cJSON_AddItemToArray(list, read_node(r, &event, depth));
        yaml_event_delete(&event);
        if (ends)
            return list;
    }
}

static void read_member(struct reader *r, const yaml_event_t *key, cJSON *map, unsigned depth) {
    const char *name = (const char *) key->data.scalar.value;
    yaml_event_t event;

    if (key->type != YAML_SCALAR_EVENT)
        refuse(r, key->start_mark.line, "a key must be a word");
    if (json_get(map, name))
        refuse(r, key->start_mark.line, "a key is there twice");
    next(r, &event);
    cJSON_AddItemToObject(map, name, read_node(r, &event, depth));
    yaml_event_delete(&event);
}

static cJSON *read_map(struct reader *r, unsigned depth) {
    cJSON *map = cJSON_CreateObject();
    yaml_event_t key;

    for (;;) {
        bool ends;

        next(r, &key);
        ends = key.type == YAML_MAPPING_END_EVENT;
        if (!ends)
            read_member(r, &key, map, depth);
        yaml_event_delete(&key);
        if (ends)
            return map;
    }
}

static cJSON *read_node(struct reader *r, const yaml_event_t *event, unsigned depth) {
    if (depth >= DEPTH_MAX)
        refuse(r, event->start_mark.line, "too deep");
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return make_scalar(event);
    case YAML_SEQUENCE_START_EVENT:
        return read_list(r, depth + 1);
    case YAML_MAPPING_START_EVENT:
        return read_map(r, depth + 1);
    default:
        refuse(r, event->start_mark.line, "only values, lists and maps are read here");
    }
}

static cJSON *read_document(struct reader *r) {
    yaml_event_t event;
    cJSON *json = NULL;

    while (!json) {
        next(r, &event);
        if (event.type == YAML_STREAM_END_EVENT)
            refuse(r, event.start_mark.line, "there is nothing in it");
        if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT)
            json = read_node(r, &event, 0);
        yaml_event_delete(&event);
    }
    return json;
}

/* A document in JSON is read as such: its escapes go further than those of YAML. */
cJSON *yaml_read_file(const char *path) {
    _cleanup_free_ char *text = util_read_file(path);
    struct reader r = {.path = path};
    cJSON *json = text[strspn(text, " \t\r\n")] == '{' ? json_parse(text, strlen(text)) : NULL;

    if (json)
        return json;
    if (!yaml_parser_initialize(&r.parser))
        util_die("%s: out of memory", path);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *) text, strlen(text));
    json = read_document(&r);
    yaml_parser_delete(&r.parser);
    return json;
}
