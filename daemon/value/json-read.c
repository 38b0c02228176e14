/* SPDX-License-Identifier: Apache-2.0 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "value/json.h"

/* cJSON's tree is needed only until it is copied: taking it from an arena makes that one free, not millions. */
static _Thread_local struct arena *parse_arena;

static void *parse_malloc(size_t size)
{
    return parse_arena ? arena_alloc(parse_arena, size) : malloc(size);
}

static void parse_free(void *p)
{
    if (!parse_arena)
        free(p);
}

void json_init(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = parse_malloc, .free_fn = parse_free});
}

static int convert_text(struct arena *a, const char *text, struct value *ret)
{
    size_t len = strlen(text);
    const char *copy = arena_strndup(a, text, len);

    if (!copy)
        return -ENOMEM;
    *ret = value_text_n(copy, len);
    return 0;
}

static int convert(struct arena *a, const cJSON *from, struct value *ret);

static size_t count_children(const cJSON *from)
{
    size_t n = 0;

    for (const cJSON *child = from->child; child; child = child->next)
        n++;
    return n;
}

static int convert_list(struct arena *a, const cJSON *from, struct value *ret)
{
    size_t i = 0;
    int r = value_new_list(a, count_children(from), ret);

    for (const cJSON *child = from->child; child && r == 0; child = child->next)
        r = convert(a, child, &ret->items[i++]);
    return r;
}

static int convert_map(struct arena *a, const cJSON *from, struct value *ret)
{
    size_t i = 0;
    int r = value_new_map(a, count_children(from), ret);

    for (const cJSON *child = from->child; child && r == 0; child = child->next, i++) {
        r = convert_text(a, child->string, &ret->pairs[i].key);
        if (r == 0)
            r = convert(a, child, &ret->pairs[i].value);
    }
    return r;
}

static int convert(struct arena *a, const cJSON *from, struct value *ret)
{
    if (cJSON_IsString(from))
        return convert_text(a, from->valuestring, ret);
    if (cJSON_IsArray(from))
        return convert_list(a, from, ret);
    if (cJSON_IsObject(from))
        return convert_map(a, from, ret);
    if (cJSON_IsBool(from)) {
        *ret = value_bool(cJSON_IsTrue(from));
    } else if (cJSON_IsNumber(from)) {
        if (floor(from->valuedouble) == from->valuedouble)
            *ret = value_int((int64_t)from->valuedouble);
        else
            *ret = (struct value){.type = VALUE_REAL, .real = from->valuedouble};
    } else {
        *ret = (struct value){.type = VALUE_NULL};
    }
    return 0;
}

/* Two spellings of one name meet only where escapes are used, so this is hardly ever walked. */
static int check_doubles(const struct value *v, struct json_fault *fault)
{
    size_t first, second = SIZE_MAX;
    int r = v->type == VALUE_MAP ? value_find_duplicate(v, &first, &second) : 0;

    if (r == 0 && second != SIZE_MAX) {
        fault->what = "an object names one member twice";
        return -EBADMSG;
    }
    for (uint32_t i = 0; r == 0 && (v->type == VALUE_LIST || v->type == VALUE_MAP) && i < v->count; i++)
        r = check_doubles(v->type == VALUE_LIST ? &v->items[i] : &v->pairs[i].value, fault);
    return r;
}

int json_read(struct arena *arena, const char *text, size_t len, struct value *ret, struct json_fault *ret_fault)
{
    struct arena scratch = {0};
    cJSON *tree;
    int r = json_check(text, len, ret_fault);

    if (r < 0)
        return r;
    parse_arena = &scratch;
    tree = cJSON_ParseWithLengthOpts(text, len, NULL, false);
    parse_arena = NULL;
    /* The check has passed, so only memory can be missing here. */
    r = tree ? convert(arena, tree, ret) : -ENOMEM;
    arena_done(&scratch);
    if (r == 0 && ret_fault->escaped_names)
        r = check_doubles(ret, ret_fault);
    return r;
}
