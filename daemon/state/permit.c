/* SPDX-License-Identifier: Apache-2.0 */
#include "state/permit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/time-util.h"
#include "value/json.h"

static void permit_done(struct permit *p)
{
    free(p->what);
    free(p->reason);
    free(p->by);
}

void permits_done(struct permits *p)
{
    for (size_t i = 0; i < p->n; i++)
        permit_done(&p->items[i]);
    free(p->items);
    *p = (struct permits){0};
}

/* Copies; in place of an older one of the same. */
static int put(struct permits *p, const char *what, const struct permit *like)
{
    struct permit fresh = {.what = strdup(what),
                           .reason = strdup(like->reason),
                           .by = strdup(like->by),
                           .since_usec = like->since_usec,
                           .until_usec = like->until_usec};
    size_t i = 0;

    if (!fresh.what || !fresh.reason || !fresh.by ||
        array_grow(&p->items, &p->allocated, p->n, sizeof(*p->items)) < 0) {
        permit_done(&fresh);
        return -ENOMEM;
    }
    while (i < p->n && strcmp(p->items[i].what, what) != 0)
        i++;
    if (i < p->n)
        permit_done(&p->items[i]);
    else
        p->n++;
    p->items[i] = fresh;
    return 0;
}

static int take(struct permits *p, const struct value *v)
{
    const char *what = value_get_text(v, "what"), *since = value_get_text(v, "since");
    const char *until = value_get_text(v, "until");
    struct permit like = {.reason = (char *)value_get_text(v, "reason"), .by = (char *)value_get_text(v, "by")};

    if (!what || !since || !until || !like.reason || !like.by || parse_time(since, &like.since_usec) < 0 ||
        parse_time(until, &like.until_usec) < 0)
        return -EBADMSG;
    return like.until_usec > now_real_usec() ? put(p, what, &like) : 0;
}

static int read_text(const char *text, size_t len, struct permits *p)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct json_fault fault;
    struct value root;
    const struct value *list;
    int r = json_read(&arena, text, len, &root, &fault);

    if (r < 0)
        return r;
    list = value_get(&root, "permits");
    if (!value_is(list, VALUE_LIST))
        return -EBADMSG;
    for (uint32_t i = 0; i < list->count && r == 0; i++)
        r = take(p, &list->items[i]);
    return r;
}

static char *path_of(const char *state_directory)
{
    return path_join(state_directory, "permits.json");
}

int permits_load(const char *state_directory, struct permits *ret, struct diag_list *diags)
{
    _cleanup_free_ char *path = path_of(state_directory), *text = NULL;
    struct permits p = {0};
    size_t len;
    int r = path ? file_read(path, LIMIT_STATE_BYTES, &text, &len) : -ENOMEM;

    if (r == 0)
        r = read_text(text, len, &p);
    if (r == 0 || r == -ENOENT) {
        *ret = p;
        return 0;
    }
    permits_done(&p);
    if (r == -ENOMEM)
        return diag_oom(diags);
    return diag_add(diags, DIAG_STATE,
                    "the permits in %s cannot be read (%s); remove the file, which lets nothing through", path,
                    r == -EBADMSG ? "it is not what was written there" : strerror(-r));
}

static int save(const char *state_directory, const struct permits *p, struct diag_list *diags)
{
    _cleanup_free_ char *path = path_of(state_directory);
    struct buf text = BUF_INIT(LIMIT_STATE_BYTES);
    int r;

    if (!path)
        return diag_oom(diags);
    buf_add_str(&text, "{\"version\": 1, \"permits\": ");
    permits_write_json(p, &text);
    buf_add_str(&text, "}\n");
    r = file_store(path, &text);
    buf_done(&text);
    return r < 0 ? diag_add(diags, DIAG_STATE, "cannot write the permits %s: %s", path, strerror(-r)) : 0;
}

int permits_add(const char *state_directory, const char *const *what, size_t n, const struct permit *like,
                struct diag_list *diags)
{
    _cleanup_(permits_done) struct permits p = {0};
    int r = permits_load(state_directory, &p, diags);

    for (size_t i = 0; i < n && r == 0; i++)
        if (put(&p, what[i], like) < 0)
            r = diag_oom(diags);
    return r < 0 ? r : save(state_directory, &p, diags);
}

static void write_text(const char *name, const char *text, struct buf *out)
{
    buf_addf(out, "\"%s\": ", name);
    json_write_text(text, strlen(text), out);
    buf_add_str(out, ", ");
}

void permits_write_json(const struct permits *p, struct buf *out)
{
    char since[32], until[32];

    buf_add_char(out, '[');
    for (size_t i = 0; i < p->n; i++) {
        format_utc(p->items[i].since_usec, since, sizeof(since));
        format_utc(p->items[i].until_usec, until, sizeof(until));
        buf_add_str(out, i ? ",\n  {" : "\n  {");
        write_text("what", p->items[i].what, out);
        write_text("reason", p->items[i].reason, out);
        write_text("by", p->items[i].by, out);
        buf_addf(out, "\"since\": \"%s\", \"until\": \"%s\"}", since, until);
    }
    buf_add_char(out, ']');
}
