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
#include "state/permit.h"
#include "value/json.h"

/* A command that was read: the members that its row names are there and of the right type. */
struct command {
    struct daemon *daemon;
    struct value root;
    const struct value *targets; /* list of patterns */
    const struct value *objects; /* list of GUARD:TARGET/KIND/OBJECT */
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
        schedule_run_anew(d, e, "hold");
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

/* The target of GUARD:TARGET/KIND/OBJECT; 0, or the status of the answer that says what is wrong. */
static int find_permitted(struct daemon *d, const char *what, struct buf *out, struct entry **ret)
{
    struct allowance a;
    const char *wrong = allowance_parse(what, &a);

    if (wrong)
        return api_error(out, 400, "bad-request", "%s: it %s", what, wrong);
    for (struct entry *e = d->entries; e; e = e->next) {
        size_t n = strlen(e->name);

        if (!e->gone && strncmp(a.object, e->name, n) == 0 && a.object[n] == '/') {
            *ret = e;
            return 0;
        }
    }
    return api_error(out, 404, "unknown-target", "%s: the settings in force name no such target", what);
}

static int allow_objects(struct command *c, struct buf *out)
{
    struct daemon *d = c->daemon;
    const char *until = value_get_text(&c->root, "until");
    struct permit like = {.reason = (char *)value_get_text(&c->root, "reason"),
                          .by = (char *)value_get_text(&c->root, "by"),
                          .since_usec = now_real_usec()};
    _cleanup_free_ const char **what = calloc((size_t)c->objects->count + 1, sizeof(*what));
    struct diag_list diags = {0};
    struct entry *e = NULL;

    if (!like.reason || !like.reason[0] || !like.by || !until || parse_time(until, &like.until_usec) < 0 ||
        like.until_usec <= like.since_usec)
        return api_error(out, 400, "bad-request",
                         "it needs \"reason\", \"by\", and \"until\", a time to come such as 2027-01-31T00:00:00Z");
    for (uint32_t i = 0; what && i < c->objects->count; i++) {
        int status = find_permitted(d, c->objects->items[i].text, out, &e);

        if (status)
            return status;
        what[i] = c->objects->items[i].text;
    }
    if (!what || permits_add(d->state->settings->state_directory, what, c->objects->count, &like, &diags) < 0)
        return tell_diags(&diags, out);
    for (uint32_t i = 0; i < c->objects->count && find_permitted(d, what[i], out, &e) == 0; i++) {
        const struct log_field fields[] = {{"TARGET", e->name}, {0}};

        log_write(LOG_NOTICE, LOG_EVENT_ALLOWED, fields, "%s: %s lets %s through until %s: %s", e->name, like.by,
                  what[i], until, like.reason);
        schedule_run(d, e, "allow");
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

enum needs {
    NEEDS_NOTHING, /* no targets means all */
    NEEDS_TARGETS,
    NEEDS_OBJECTS,
};

enum { MOST_MEMBERS = 4 };

static const struct {
    const char *path;
    enum needs needs;
    const char *members[MOST_MEMBERS];
    int (*run)(struct command *c, struct buf *out);
} routes[] = {
    {"/v1/sync", NEEDS_NOTHING, {"targets", "by"}, run_targets},
    {"/v1/hold", NEEDS_TARGETS, {"targets", "reason", "by", "until"}, hold_targets},
    {"/v1/release", NEEDS_TARGETS, {"targets", "by"}, release_targets},
    {"/v1/allow", NEEDS_OBJECTS, {"objects", "reason", "by", "until"}, allow_objects},
    {"/v1/reload", NEEDS_NOTHING, {"by"}, reload_now},
};

static bool is_member(size_t route, const char *name)
{
    for (size_t i = 0; i < MOST_MEMBERS && routes[route].members[i]; i++)
        if (strcmp(routes[route].members[i], name) == 0)
            return true;
    return false;
}

static bool is_list(const char *name)
{
    return strcmp(name, "targets") == 0 || strcmp(name, "objects") == 0;
}

/* What is not understood is not done in part: a misspelt member would be as if it were not there. */
static int check_members(size_t route, const struct value *root, struct buf *out)
{
    if (root->type != VALUE_MAP)
        return api_error(out, 400, "bad-request", "the body must be a JSON object");
    for (uint32_t i = 0; i < root->count; i++) {
        const char *name = root->pairs[i].key.text;

        if (!is_member(route, name))
            return api_error(out, 400, "bad-request", "\"%s\" is no member of this request", name);
        if (!is_list(name) && root->pairs[i].value.type != VALUE_TEXT)
            return api_error(out, 400, "bad-request", "\"%s\" must be a text", name);
    }
    return 0;
}

/* A list of texts, or what is missing there; none is an empty list. */
static const struct value *list_of(const struct value *root, const char *name, bool needed, const char **ret_wrong)
{
    static const struct value none = {.type = VALUE_LIST};
    const struct value *v = value_get(root, name);

    v = v ? v : &none;
    for (uint32_t i = 0; v->type == VALUE_LIST && i < v->count; i++)
        if (v->items[i].type != VALUE_TEXT)
            *ret_wrong = name;
    if (v->type != VALUE_LIST || (needed && v->count == 0))
        *ret_wrong = name;
    return v;
}

static int run_route(struct daemon *d, size_t i, const struct api_request *q, struct buf *out)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct command c = {.daemon = d};
    struct json_fault fault = {0};
    const char *wrong = NULL, *useless;
    int status = 0;

    if (q->body_len > 0 && json_read(&arena, q->body, q->body_len, &c.root, &fault) < 0)
        return api_error(out, 400, "bad-request", "the body is not JSON: %s",
                         fault.what ? fault.what : "out of memory");
    if (q->body_len > 0)
        status = check_members(i, &c.root, out);
    if (status)
        return status;
    c.targets = list_of(&c.root, "targets", routes[i].needs == NEEDS_TARGETS, &wrong);
    c.objects = list_of(&c.root, "objects", routes[i].needs == NEEDS_OBJECTS, &wrong);
    if (wrong)
        return api_error(out, 400, "bad-request", "\"%s\" must be a list of texts%s", wrong,
                         routes[i].needs == NEEDS_NOTHING ? "" : ", with at least one");
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
