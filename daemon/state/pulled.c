/* SPDX-License-Identifier: Apache-2.0 */
#include "state/pulled.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/time-util.h"
#include "value/json.h"

void pulled_done(struct pulled *p)
{
    free(p->code);
    free(p->sentence);
    *p = (struct pulled){0};
}

static char *path_of(const char *state_directory, const char *target)
{
    char *path;

    return asprintf(&path, "%s/pulls/%s.json", state_directory, target) < 0 ? NULL : path;
}

/* A time, or null for never. */
static int take_time(const struct value *root, const char *name, uint64_t *ret)
{
    const struct value *v = value_get(root, name);

    if (value_is(v, VALUE_NULL))
        return 0;
    return value_is(v, VALUE_TEXT) && parse_time(v->text, ret) == 0 ? 0 : -EBADMSG;
}

static int take(const struct value *root, struct pulled *ret)
{
    const struct value *error = value_get(root, "error");
    const char *code = value_get_text(error, "code"), *sentence = value_get_text(error, "message");

    if (take_time(root, "last-attempt", &ret->attempted_usec) < 0 ||
        take_time(root, "last-success", &ret->succeeded_usec) < 0 || (!value_is(error, VALUE_NULL) && !code))
        return -EBADMSG;
    ret->code = code ? strdup(code) : NULL;
    ret->sentence = sentence ? strdup(sentence) : NULL;
    return (code && !ret->code) || (sentence && !ret->sentence) ? -ENOMEM : 0;
}

static int read_text(const char *text, size_t len, struct pulled *ret)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct json_fault fault;
    struct value root;
    int r = json_read(&arena, text, len, &root, &fault);

    return r < 0 ? r : take(&root, ret);
}

int pulled_load(const char *state_directory, const char *target, struct pulled *ret, struct diag_list *diags)
{
    _cleanup_free_ char *path = path_of(state_directory, target), *text = NULL;
    _cleanup_(pulled_done) struct pulled p = {0};
    size_t len;
    int r = path ? file_read(path, LIMIT_HOLD_BYTES, &text, &len) : -ENOMEM;

    if (r == 0)
        r = read_text(text, len, &p);
    if (r == -ENOMEM)
        return diag_oom(diags);
    if (r < 0 && r != -ENOENT)
        return diag_add_target(diags, DIAG_STATE, target, "%s cannot be read (%s); remove it, and the next run pulls",
                               path, r == -EBADMSG ? "it is not what was written there" : strerror(-r));
    *ret = p;
    p = (struct pulled){0};
    return 0;
}

static void write_time(const char *name, uint64_t usec, struct buf *out)
{
    char text[32];

    format_utc(usec, text, sizeof(text));
    buf_addf(out, "\"%s\": %s%s%s, ", name, usec ? "\"" : "", usec ? text : "null", usec ? "\"" : "");
}

void pulled_write_json(const struct pulled *p, struct buf *out)
{
    const char *sentence = p->sentence ? p->sentence : "";

    buf_add_char(out, '{');
    write_time("last-attempt", p->attempted_usec, out);
    write_time("last-success", p->succeeded_usec, out);
    if (p->code) {
        buf_addf(out, "\"error\": {\"code\": \"%s\", \"message\": ", p->code);
        json_write_text(sentence, strlen(sentence), out);
        buf_add_str(out, "}}");
    } else {
        buf_add_str(out, "\"error\": null}");
    }
}

int pulled_save(const char *state_directory, const char *target, const struct pulled *p, struct diag_list *diags)
{
    _cleanup_free_ char *path = path_of(state_directory, target);
    struct buf text = BUF_INIT(LIMIT_HOLD_BYTES);
    int r;

    if (!path)
        return diag_oom(diags);
    pulled_write_json(p, &text);
    buf_add_char(&text, '\n');
    r = file_store(path, &text);
    buf_done(&text);
    return r < 0 ? diag_add_target(diags, DIAG_STATE, target, "cannot write %s: %s", path, strerror(-r)) : 0;
}
