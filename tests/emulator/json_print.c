/* SPDX-License-Identifier: Apache-2.0 */

/* The bodies in the Connect Secure guide have exactly the length that this style gives. */

#include "json.h"

#include <stdio.h>
#include <string.h>

static void print_value(struct buffer *out, const cJSON *json, unsigned depth);

static void print_line(struct buffer *out, unsigned depth) {
    buffer_append(out, "\n", 1);
    while (depth-- > 0)
        buffer_append(out, "  ", 2);
}

static size_t decode_character(const unsigned char *text, uint32_t *ret) {
    size_t size = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;

    *ret = size == 1 ? text[0] : text[0] & (0xffU >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            *ret = 0xfffd;
            return i;
        }
        *ret = *ret << 6 | (text[i] & 0x3f);
    }
    return size;
}

static void print_escape(struct buffer *out, uint32_t unit) {
    char escape[16];
    buffer_append(out, escape, (size_t) snprintf(escape, sizeof(escape), "\\u%04x", unit & 0xffff));
}

static void print_character(struct buffer *out, uint32_t c) {
    static const char plain[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *special = c != 0 && c < 0x80 ? strchr(plain, (int) c) : NULL;

    if (special) {
        buffer_append(out, "\\", 1);
        buffer_append(out, &names[special - plain], 1);
    } else if (c >= 0x10000) {
        print_escape(out, 0xd800 + ((c - 0x10000) >> 10));
        print_escape(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
    } else if (c < 0x20 || c >= 0x7f)
        print_escape(out, c);
    else
        buffer_append(out, &(char){(char) c}, 1);
}

static void print_text(struct buffer *out, const char *text) {
    const unsigned char *rest = (const unsigned char *) text;

    buffer_append(out, "\"", 1);
    while (*rest != '\0') {
        uint32_t c;
        rest += decode_character(rest, &c);
        print_character(out, c);
    }
    buffer_append(out, "\"", 1);
}

static int compare_names(const void *left, const void *right) {
    return strcmp((*(const cJSON *const *) left)->string, (*(const cJSON *const *) right)->string);
}

static void print_children(struct buffer *out, const cJSON *json, unsigned depth) {
    bool is_object = cJSON_IsObject(json);
    size_t n = (size_t) cJSON_GetArraySize(json), i = 0;
    _cleanup_free_ const cJSON **children = util_allocate(sizeof(cJSON *) * (n + 1));
    const cJSON *child;

    cJSON_ArrayForEach(child, json)
        children[i++] = child;
    if (is_object)
        qsort(children, n, sizeof(cJSON *), compare_names);

    buffer_append(out, is_object ? "{" : "[", 1);
    for (i = 0; i < n; i++) {
        buffer_append(out, ",", i > 0);
        print_line(out, depth + 1);
        if (is_object) {
            print_text(out, children[i]->string);
            buffer_append(out, ": ", 2);
        }
        print_value(out, children[i], depth + 1);
    }
    if (n > 0)
        print_line(out, depth);
    buffer_append(out, is_object ? "}" : "]", 1);
}

static void print_value(struct buffer *out, const cJSON *json, unsigned depth) {
    if (cJSON_IsString(json))
        print_text(out, json->valuestring);
    else if (cJSON_IsObject(json) || cJSON_IsArray(json))
        print_children(out, json, depth);
    else {
        char *scalar = cJSON_PrintUnformatted(json);
        buffer_append(out, scalar, strlen(scalar));
        cJSON_free(scalar);
    }
}

char *json_print_sorted(const cJSON *json) {
    struct buffer out = {0};

    print_value(&out, json, 0);
    return out.data;
}
