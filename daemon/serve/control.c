/* SPDX-License-Identifier: Apache-2.0 */
/* What may be told on the control socket: run now, hold, release, reload. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time-util.h"
#include "serve/log.h"
#include "serve/serve.h"
#include "value/json.h"

/* A command that was read: the members that its row names are there and of the right type. */
struct command {
    struct daemon *daemon;
    struct value root;
    const struct value *targets; /* list of patterns */
};

static bool is_chosen(const struct value *patterns, const char *name)
{
    for (uint32_t i = 0; i < patterns->count; i++)
        if (pattern_match(patterns->items[i].text, name))
            return true;
    return patterns->count == 0;
}

static const char *find_useless(const struct daemon *d, const struct value *patterns)
{
    for (uint32_t i = 0; i < patterns->count; i++) {
        bool useful = false;

        for (const struct entry *e = d->entries; e; e = e->next)
            useful = useful || (!e->gone && pattern_match(patterns->items[i].text, e->name));
        if (!useful)
            return patterns->items[i].text;
    }
    return NULL;
}

static int run_targets(struct command *c, struct buf *out)
{
    struct daemon *d = c->daemon;
    const char *before = "";

    if (!d->state->desired)
        return api_error(out, 409, "configuration-faulty", "the desired documents are faulty; mend them first");
    buf_add_str(out, "{\"version\": 1, \"targets\": [");
    for (struct entry *e = d->entries; e; e = e->next) {
        if (e->gone || !is_chosen(c->targets, e->name))
            continue;
        /* A run that is under way may have read too early: what is asked for is the one after it. */
        buf_addf(out, "%s{\"target\": \"%s\", \"run\": %" PRIu64 "}", before, e->name, e->started + 1);
        before = ", ";
        schedule_run(d, e, "sync");
    }
    buf_add_str(out, "]}\n");
    schedule_arm(d);
    return 202;
}

static int tell_diags(struct diag_list *diags, struct buf *out)
{
    const struct diag *first = diags->n > 0 ? &diags->items[0] : NULL;
    int status = api_error(out, 500, first ? diag_code_to_string(first->code) : "out-of-memory", "%s",
                           first && first->sentence ? first->sentence : "out of memory");

    diag_list_done(diags);
    return status;
}

static void log_hold(const struct entry *e, const struct hold *h)
{
    const struct log_field fields[] = {{"TARGET", e->name}, {0}};
    struct buf words = BUF_INIT(LIMIT_SENTENCE_BYTES);

    hold_describe(h, &words);
    log_write(LOG_NOTICE, LOG_EVENT_HOLD, fields, "%s: %s", e->name, buf_text(&words));
    buf_done(&words);
}

static int hold_targets(struct command *c, struct buf *out)
{
    struct daemon *d = c->daemon;
    const char *reason = value_get_text(&c->root, "reason"), *by = value_get_text(&c->root, "by");
    const char *until = value_get_text(&c->root, "until");
    struct hold h = {.reason = (char *)reason, .by = (char *)by, .since_usec = now_real_usec()};
    struct diag_list diags = {0};

    if (!reason || !reason[0] || !by)
        return api_error(out, 400, "bad-request", "a hold needs \"reason\" and \"by\"");
    if (until && (parse_time(until, &h.until_usec) < 0 || h.until_usec <= h.since_usec))
        return api_error(out, 400, "bad-request", "\"until\" must be a time to come, such as 2027-01-31T00:00:00Z");
    for (struct entry *e = d->entries; e; e = e->next) {
        if (e->gone || !is_chosen(c->targets, e->name))
            continue;
        if (hold_save(d->state->settings->state_directory, e->name, &h, &diags) < 0)
            return tell_diags(&diags, out);
        log_hold(e, &h);
        schedule_run(d, e, "hold");
    }
    schedule_arm(d);
    buf_add_str(out, "{\"version\": 1}\n");
    return 200;
}

static int release_targets(struct command *c, struct buf *out)
{
    struct daemon *d = c->daemon;
    struct diag_list diags = {0};

    for (struct entry *e = d->entries; e; e = e->next) {
        const struct log_field fields[] = {{"TARGET", e->name}, {0}};
        int r;

        if (e->gone || !is_chosen(c->targets, e->name))
            continue;
        r = hold_release(d->state->settings->state_directory, e->name, &diags);
        if (r == -ENOENT)
            continue;
        if (r < 0)
            return tell_diags(&diags, out);
        log_write(LOG_NOTICE, LOG_EVENT_RELEASED, fields, "%s: released", e->name);
        schedule_run(d, e, "release");
    }
    schedule_arm(d);
    buf_add_str(out, "{\"version\": 1}\n");
    return 200;
}

static int reload_now(struct command *c, struct buf *out)
{
    reload(c->daemon, "reload");
    if (c->daemon->faulty)
        return api_error(out, 409, "configuration-faulty",
                         "the new configuration is faulty; the journal holds the places, the last good one stays");
    buf_add_str(out, "{\"version\": 1}\n");
    return 200;
}

static const struct {
    const char *path;
    bool needs_targets; /* a list, which may be empty only where that is no mistake */
    int (*run)(struct command *c, struct buf *out);
} routes[] = {
    {"/v1/sync", false, run_targets},
    {"/v1/hold", true, hold_targets},
    {"/v1/release", true, release_targets},
    {"/v1/reload", false, reload_now},
};

static bool is_list_of_texts(const struct value *v)
{
    for (uint32_t i = 0; value_is(v, VALUE_LIST) && i < v->count; i++)
        if (v->items[i].type != VALUE_TEXT)
            return false;
    return value_is(v, VALUE_LIST);
}

static int run_route(struct daemon *d, size_t i, const struct api_request *q, struct buf *out)
{
    static const struct value none = {.type = VALUE_LIST};
    _cleanup_(arena_done) struct arena arena = {0};
    struct command c = {.daemon = d};
    struct json_fault fault = {0};
    const char *useless;

    if (q->body_len > 0 && json_read(&arena, q->body, q->body_len, &c.root, &fault) < 0)
        return api_error(out, 400, "bad-request", "the body is not JSON: %s",
                         fault.what ? fault.what : "out of memory");
    c.targets = value_get(&c.root, "targets");
    if (c.targets ? !is_list_of_texts(c.targets) : routes[i].needs_targets)
        return api_error(out, 400, "bad-request", "\"targets\" must be a list of names and patterns");
    c.targets = c.targets ? c.targets : &none;
    if (routes[i].needs_targets && c.targets->count == 0)
        return api_error(out, 400, "bad-request", "\"targets\" must name at least one");
    useless = find_useless(d, c.targets);
    if (useless)
        return api_error(out, 404, "unknown-target", "no target is called '%s'", useless);
    return routes[i].run(&c, out);
}

int control_answer(struct daemon *d, struct api_request *q, struct buf *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
        if (strcmp(routes[i].path, q->path) != 0)
            continue;
        if (strcmp(q->method, "POST") != 0)
            break;
        if (!q->may_control)
            return api_error(out, 403, "read-only", "this socket only reads; ask on control.sock");
        if (d->stopping)
            return api_error(out, 503, "stopping", "convergated is stopping");
        return run_route(d, i, q, out);
    }
    return api_error(out, strcmp(q->method, "POST") == 0 ? 404 : 405, "not-found",
                     "there is nothing of this name for %s; see convergated(8)", q->method);
}
