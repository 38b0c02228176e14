/* SPDX-License-Identifier: Apache-2.0 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "value/json.h"

enum { FORGET_ITEMS = 16 * 1024 };

/*
 * cJSON's nodes are needed only until they are copied, its texts stay: the nodes stand in one block in the order of
 * the text, the texts go straight into the arena of the result.
 */
struct parsing {
    struct arena *arena;
    char *nodes;
    size_t used, size;
};

static _Thread_local struct parsing *parsing;

static void *parse_malloc(size_t size)
{
    struct parsing *p = parsing;

    if (!p)
        return malloc(size);
    if (size != sizeof(cJSON) || p->size - p->used < size)
        return arena_alloc(p->arena, size);
    p->used += size;
    return p->nodes + p->used - size;
}

static void parse_free(void *p)
{
    if (!parsing)
        free(p);
}

void json_init(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = parse_malloc, .free_fn = parse_free});
}

static int convert(struct parsing *p, const cJSON *from, struct value *ret);

static bool is_node(const struct parsing *p, const void *where)
{
    return (const char *)where >= p->nodes && (const char *)where < p->nodes + p->size;
}

static int convert_text(struct parsing *p, const char *text, struct value *ret)
{
    size_t len = strlen(text);

    /* A text that took as many bytes as a node does. */
    if (is_node(p, text))
        text = arena_strndup(p->arena, text, len);
    if (!text)
        return -ENOMEM;
    *ret = value_text_n(text, len);
    return 0;
}

/* Gives back the pages between two nodes, so that the block shrinks while the values grow. */
static void forget(const struct parsing *p, const cJSON *first, const cJSON *end)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = ((uintptr_t)first + page - 1) & ~(page - 1), to = (uintptr_t)end & ~(page - 1);

    if (from < to && is_node(p, first) && is_node(p, end))
        (void)!madvise((void *)from, to - from, MADV_DONTNEED);
}

static size_t count_children(const cJSON *from)
{
    size_t n = 0;

    for (const cJSON *child = from->child; child; child = child->next)
        n++;
    return n;
}

static int convert_list(struct parsing *p, const cJSON *from, struct value *ret)
{
    const cJSON *kept = from->child;
    size_t i = 0;
    int r = value_new_list(p->arena, count_children(from), ret);

    for (const cJSON *child = from->child; child && r == 0; child = child->next) {
        if (i % FORGET_ITEMS == FORGET_ITEMS - 1) {
            forget(p, kept, child);
            kept = child;
        }
        r = convert(p, child, &ret->items[i++]);
    }
    return r;
}

static int convert_map(struct parsing *p, const cJSON *from, struct value *ret)
{
    size_t i = 0;
    int r = value_new_map(p->arena, count_children(from), ret);

    for (const cJSON *child = from->child; child && r == 0; child = child->next, i++) {
        r = convert_text(p, child->string, &ret->pairs[i].key);
        if (r == 0)
            r = convert(p, child, &ret->pairs[i].value);
    }
    return r;
}

static int convert(struct parsing *p, const cJSON *from, struct value *ret)
{
    if (cJSON_IsString(from))
        return convert_text(p, from->valuestring, ret);
    if (cJSON_IsArray(from))
        return convert_list(p, from, ret);
    if (cJSON_IsObject(from))
        return convert_map(p, from, ret);
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

/* No fewer than there are values: each but the first stands behind one of these. */
static size_t count_values(const char *text, size_t len)
{
    size_t n = 1;

    for (size_t i = 0; i < len; i++)
        n += text[i] == ',' || text[i] == '[' || text[i] == '{';
    return MIN(n, LIMIT_NODES);
}

int json_read(struct arena *arena, const char *text, size_t len, struct value *ret, struct json_fault *ret_fault)
{
    struct parsing p = {.arena = arena};
    cJSON *tree;
    int r = json_check(text, len, ret_fault);

    if (r < 0)
        return r;
    p.size = count_values(text, len) * sizeof(cJSON);
    p.nodes = malloc(p.size);
    if (!p.nodes)
        return -ENOMEM;
    parsing = &p;
    tree = cJSON_ParseWithLengthOpts(text, len, NULL, false);
    parsing = NULL;
    /* The check has passed, so only memory can be missing here. */
    r = tree ? convert(&p, tree, ret) : -ENOMEM;
    free(p.nodes);
    if (r == 0 && ret_fault->escaped_names)
        r = check_doubles(ret, ret_fault);
    return r;
}
