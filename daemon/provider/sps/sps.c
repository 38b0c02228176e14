/* SPDX-License-Identifier: Apache-2.0 */
/* Login, reading and writing on Safeguard for Privileged Sessions. */
#include "provider/sps/sps.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "value/json.h"
#include "provider/command.h"

static const struct request_rule rules[] = {
    {"GET", "/api/*", EFFECT_READ},
    {"POST", "/api/transaction", EFFECT_WRITE},
    {"PUT", "/api/transaction", EFFECT_WRITE},
    {"DELETE", "/api/transaction", EFFECT_WRITE},
    {"POST", "/api/configuration/*", EFFECT_WRITE},
    {"PUT", "/api/configuration/*", EFFECT_WRITE},
    {"DELETE", "/api/configuration/*", EFFECT_WRITE},
    {0},
};

/*
 * Guide: the tables of status and error codes. The types' names differ by version, so the status decides; where a type
 * is known, it says more.
 */
static const struct status_meaning meanings[] = {
    {400, "the appliance does not know a filter that it was asked with; is this version too old or too new?",
     "InvalidQuery"},
    {400, "the appliance refuses the request or its content"},
    {401, "the login is not accepted; check username, login-method and the credential", "AuthenticationFailure"},
    {401, "the login has ended, or was never made", "Unauthenticated"},
    {401, "the login is not accepted or has ended; check username, login-method and the credential"},
    {403, "no permission; the account needs the rights of the web interface for this and the REST server privilege"},
    {404, "there is no such object on this appliance"},
    {409, "someone else holds the configuration: busy, held elsewhere"},
    {411, "the appliance missed a Content-Length; does a proxy stand between?"},
    {423, "someone else holds the configuration: busy, held elsewhere"},
    {429, "too many requests"},
    {0},
};

static void authorize(const struct session *s, struct http_request *req)
{
    req->cookie_name = "session_id";
    req->cookie = &s->key;
}

static bool is_refusal(int status)
{
    return status == 401;
}

static const char *error_type(const struct value *body)
{
    return value_get_text(value_get(body, "error"), "type");
}

/* Guide: "details" is a path for some errors; what else it may be is shown as it came. */
static const char *details_of(struct session *s, const struct value *error)
{
    const struct value *details = value_get(error, "details");
    struct buf json = BUF_INIT(LIMIT_SENTENCE_BYTES);
    const char *text;

    if (value_is_empty(details) || details->type == VALUE_TEXT)
        return value_get_text(error, "details");
    json_write(details, JSON_COMPACT, &json);
    text = arena_strdup(s->arena, buf_text(&json));
    buf_done(&json);
    return text;
}

static const char *message(struct session *s, const struct value *body)
{
    const struct value *error = value_get(body, "error");
    const char *type = error_type(body), *text = value_get_text(error, "message"), *details = details_of(s, error);

    if (!type && !text)
        return NULL;
    return arena_printf(s->arena, "%s%s%s%s%s", type ? type : "", type && text ? ": " : "", text ? text : "",
                        details ? " - " : "", details ? details : "");
}

/* Guide: "Authenticate to the SPS REST API": a GET with Basic, answered by the cookie session_id. */
int sps_login(struct session *s)
{
    const char *path;
    struct answer a;
    int r = session_path(s, "/api/authentication?login_method=%s", s->login->method, &path);

    if (r < 0)
        return r;
    secret_done(&s->key);
    r = session_send(s, "GET", path, NULL, SEND_LOGIN, &a, &s->key, NULL);
    if (r < 0)
        return r;
    if (a.status == 401 || a.status == 403)
        return session_tell_status(s, DIAG_LOGIN_REFUSED, "GET", path, &a);
    if (a.status != 200)
        return session_tell_status(s, DIAG_HTTP_STATUS, "GET", path, &a);
    if (!secret_is_set(&s->key))
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", path, "the answer sets no cookie session_id");
    return 0;
}

/* /api/info: hostname, nickname, firmware_version ... */
static int facts(struct session *s, struct value *ret)
{
    struct value answer, *body;
    int r = session_get(s, "/api/info", &answer);

    if (r == -ENOENT)
        return session_tell(s, DIAG_IDENTITY, "GET", "/api/info",
                            "status 404: the appliance shows no information on itself");
    if (r < 0)
        return r;
    body = value_get(&answer, "body");
    *ret = value_is(body, VALUE_MAP) ? *body : answer;
    return 0;
}

static bool is_reference(const struct value *v)
{
    return v->type == VALUE_MAP && v->count == 2 && value_get_text(v, "key") && value_get(v, "meta");
}

void sps_flatten_references(struct value *v)
{
    if (is_reference(v)) {
        *v = *value_get(v, "key");
        return;
    }
    for (uint32_t i = 0; i < v->count && (v->type == VALUE_LIST || v->type == VALUE_MAP); i++)
        sps_flatten_references(v->type == VALUE_LIST ? &v->items[i] : &v->pairs[i].value);
}

static void drop_member(struct value *map, const char *name)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < map->count; i++)
        if (strcmp(map->pairs[i].key.text, name) != 0)
            map->pairs[n++] = map->pairs[i];
    map->count = n;
}

/* A version that shapes the object otherwise shows by what is missing; nothing of it is written then. */
static const char *missing_member(const struct field *body, const struct value *v)
{
    for (const struct field *m = body->members; m->name; m++)
        if ((m->flags & FIELD_ON_CREATE) && !value_get(v, m->name))
            return m->name;
    return NULL;
}

static int adopt_body(struct session *s, const struct kind *k, const char *path, struct observed *o)
{
    struct buf why = BUF_INIT(LIMIT_SENTENCE_BYTES);
    const char *missing;
    int r;

    sps_flatten_references(&o->body);
    o->name = value_get_text(&o->body, "name");
    if (!o->name)
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", path, "the object with key %s has no name", o->key);
    drop_member(&o->body, "name");
    missing = missing_member(k->body, &o->body);
    if (missing)
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", path,
                            "%s '%s' has no '%s'; Convergate does not write what it cannot read", k->noun, o->name,
                            missing);
    r = field_adopt(k->body, &o->body, s->arena, &why);
    if (r == -EBADMSG)
        session_tell(s, DIAG_WRONG_SHAPE, "GET", path, "%s '%s': %s; Convergate does not write what it cannot read",
                     k->noun, o->name, buf_text(&why));
    else if (r < 0)
        diag_oom(s->diags);
    buf_done(&why);
    return r;
}

/* Items of older versions hold only key and href, those of newer ones the body as well. */
static int read_item(struct session *s, const struct kind *k, struct value *item, struct observed *ret)
{
    struct observed o = {.key = value_get_text(item, "key")};
    struct value *body = value_get(item, "body"), answer;
    const char *path = k->path;
    int r = 0;

    if (!o.key)
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", path, "an item has no key");
    o.built_in = k->builtin_prefix && strncmp(o.key, k->builtin_prefix, strlen(k->builtin_prefix)) == 0;
    if (!body) {
        const char *format = arena_printf(s->arena, "%s/%%s", k->path);

        r = format ? session_path(s, format, o.key, &path) : diag_oom(s->diags);
        if (r == 0)
            r = session_get(s, path, &answer);
        if (r == -ENOENT)
            return session_tell(s, DIAG_HTTP_STATUS, "GET", path,
                                "status 404 for an object that was just listed; "
                                "someone changes the configuration, try again");
        if (r == 0 && value_get(&answer, "key") && strcmp(o.key, value_get_text(&answer, "key") ?: "") != 0)
            return session_tell(s, DIAG_WRONG_SHAPE, "GET", path, "the answer is of another object");
        body = r == 0 ? value_get(&answer, "body") : NULL;
    }
    if (r < 0)
        return r;
    if (!value_is(body, VALUE_MAP))
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", path, "the answer holds no body");
    o.body = *body;
    r = adopt_body(s, k, path, &o);
    if (r == 0)
        *ret = o;
    return r;
}

static int list_objects(struct session *s, const struct kind *k, struct observed_list *ret)
{
    struct value answer;
    const struct value *items;
    int r = session_get(s, k->path, &answer);

    if (r == -ENOENT)
        return session_tell(s, DIAG_HTTP_STATUS, "GET", k->path, "status 404: this appliance has no such collection");
    if (r < 0)
        return r;
    items = value_get(&answer, "items");
    if (!value_is(items, VALUE_LIST))
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", k->path, "the answer holds no list 'items'");
    for (uint32_t i = 0; i < items->count; i++) {
        struct observed o;

        r = read_item(s, k, &items->items[i], &o);
        if (r < 0)
            return r;
        if (observed_list_add(ret, o) < 0)
            return diag_oom(s->diags);
    }
    return 0;
}

/* "Send the inside of body": the name, then the whole object. */
static int wire_body(struct session *s, const struct write *w, struct value *ret)
{
    struct value wire, named;
    int r = field_wire(w->kind->body, w->body, false, s->arena, &wire);

    if (r == 0)
        r = value_new_map(s->arena, (size_t)wire.count + 1, &named);
    if (r < 0)
        return diag_oom(s->diags);
    value_set_pair(&named, 0, "name", value_text(w->name));
    if (wire.count > 0)
        memcpy(named.pairs + 1, wire.pairs, wire.count * sizeof(*wire.pairs));
    *ret = named;
    return 0;
}

static const char *const methods[] = {[WRITE_CREATE] = "POST", [WRITE_REPLACE] = "PUT", [WRITE_DELETE] = "DELETE"};

static int send_write(struct session *s, const struct write *w, struct answer *ret, const char **ret_path, bool *maybe)
{
    const char *format = arena_printf(s->arena, "%s/%%s", w->kind->path);
    struct value body;
    int r = format ? 0 : diag_oom(s->diags);

    *ret_path = w->kind->path;
    if (r == 0 && w->op != WRITE_CREATE)
        r = session_path(s, format, w->key, ret_path);
    if (r == 0 && w->body)
        r = wire_body(s, w, &body);
    if (r < 0)
        return r;
    return session_send(s, methods[w->op], *ret_path, w->body ? &body : NULL, 0, ret, NULL, maybe);
}

/* What keeps an object from going is not always said; the guide knows these two reasons. */
void sps_tell_refused(struct session *s, enum diag_code code, const char *method, const char *path,
                      const struct answer *a, const struct write *w)
{
    const char *about = arena_printf(s->arena, "%s '%s'", w->kind->noun, w->name), *clause = NULL;

    if (w->op == WRITE_DELETE && sps_refuses_content(a->status))
        clause = "what is in use or built in is not deleted; take it out of what refers to it first";
    session_tell_refusal(s, code, method, path, a, about, clause);
}

static int write_object(struct session *s, struct write *w, enum outcome *ret)
{
    struct answer a = {0};
    const char *path;
    bool maybe = false;
    int r = send_write(s, w, &a, &path, &maybe);

    *ret = OUTCOME_ACCEPTED;
    if (r == -EBADMSG) {
        *ret = maybe ? OUTCOME_UNKNOWN : OUTCOME_REFUSED;
        return 0;
    }
    if (r < 0)
        return r;
    if (a.status >= 300) {
        /* 401 ends the login and with it the transaction; after 5xx nobody knows what is staged. */
        *ret = a.status >= 500 || a.status == 401 ? OUTCOME_UNKNOWN : OUTCOME_REFUSED;
        sps_tell_refused(s, *ret == OUTCOME_REFUSED ? DIAG_REFUSED : DIAG_OUTCOME_UNKNOWN, methods[w->op], path, &a, w);
        return 0;
    }
    if (w->op == WRITE_CREATE)
        w->key = value_get_text(&a.body, "key");
    return 0;
}

static const struct command facts_command = {
    .verb = "facts",
    .usage = "TARGET",
    .help = "what the appliance says of itself: version, serial number, ...",
    .effect = EFFECT_READ,
    .read = command_read_facts,
};
static const struct command *const commands[] = {&facts_command, NULL};

const struct provider sps_provider = {
    .system = &sps_system,
    .commands = commands,
    .rules = rules,
    .meanings = meanings,
    .authorize = authorize,
    .login = sps_login,
    .is_refusal = is_refusal,
    .message = message,
    .error_type = error_type,
    .facts = facts,
    .read = NULL,
    .names = NULL,
    .list = list_objects,
    .begin = sps_begin,
    .write = write_object,
    .commit = sps_commit,
    .recover = sps_recover,
    .abort = sps_abort,
};
