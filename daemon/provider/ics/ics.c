/* SPDX-License-Identifier: Apache-2.0 */
/* Login, reading and writing on Ivanti Connect Secure. */
#include "provider/ics/ics.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "provider/ics/cluster.h"
#include "provider/ics/device-certificates.h"

static const struct request_rule rules[] = {
    {"POST", "/api/v1/realm_auth", EFFECT_READ},
    {"GET", "/api/v1/*", EFFECT_READ},
    {"PUT", "/api/v1/configuration/*", EFFECT_WRITE},
    /* One by one: `?all` in its place would end Convergate's own, too. */
    {"DELETE", "/api/v1/system/active-users/session/*", EFFECT_WRITE, .hides_name = true},
    {"PUT", "/api/v1/system/binary-configuration[?]import=*", EFFECT_WRITE},
    {"POST", "/api/v1/system/certificates/device-certificate-csrs", EFFECT_WRITE},
    {"POST", "/api/v1/system/certificates/device-certificate-csrs/*/certificate", EFFECT_WRITE},
    {"POST", "/api/v1/system/certificates/device-certificates", EFFECT_WRITE},
    {"DELETE", "/api/v1/system/certificates/device-certificates/*", EFFECT_WRITE},
    {"PUT", "/api/v1/cluster", EFFECT_WRITE},
    {"POST", "/api/v1/cluster/members", EFFECT_WRITE},
    {"DELETE", "/api/v1/cluster/members/*", EFFECT_WRITE},
    {"PUT", "/api/v1/license/named-users", EFFECT_WRITE},
    {"PUT", "/api/v1/license/named-users/*", EFFECT_WRITE},
    {"PUT", "/api/v1/license/license-client-lease-state", EFFECT_WRITE},
    {0},
};

static const struct status_meaning meanings[] = {
    {400, "the appliance calls the request or its JSON invalid"},
    {401,
     "the login is not accepted; check realm, username and the credential, and that the account may use the REST API"},
    {403, "no permission; check the admin role's delegation, that the account may use the REST API, and the realm's "
          "source-ip rules"},
    {404, "there is no such thing on this appliance"},
    {422,
     "the appliance refuses the content: a value it does not accept, or something else still refers to what would go"},
    {500, "the appliance's REST server does not respond"},
    {0},
};

static void authorize(const struct session *s, struct http_request *req)
{
    static const struct secret empty;

    req->username = &s->key;
    req->password = &empty;
}

static const char *message(struct session *s, const struct value *body)
{
    static const char *const members[] = {"errors", "warnings", "info"};
    const struct value *result = value_get(body, "result");

    for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
        const struct value *list = value_get(result, members[i]);
        const char *text = value_is(list, VALUE_LIST) && list->count ? value_get_text(&list->items[0], "message")
                                                                     : NULL;

        if (text)
            return text;
    }
    return NULL;
}

static bool is_refusal(int status)
{
    return status == 401 || status == 403;
}

/* Guide: "Realm-based Administrator User Using ... Authentication Server". */
static int take_key(struct session *s, const struct answer *a)
{
    static const char path[] = "/api/v1/realm_auth";
    const struct value *key = value_get(&a->body, "api_key");

    if (value_get(&a->body, "resume_id"))
        return session_tell(s, DIAG_SECOND_FACTOR, "POST", path,
                            "the realm asks for a second factor, which nobody can give here; use a realm without "
                            "secondary authentication for this account");
    if (is_refusal(a->status))
        return session_tell_status(s, DIAG_LOGIN_REFUSED, "POST", path, a);
    if (a->status != 200)
        return session_tell_status(s, DIAG_HTTP_STATUS, "POST", path, a);
    if (!value_is(key, VALUE_TEXT) || key->count == 0)
        return session_tell(s, DIAG_WRONG_SHAPE, "POST", path, "the answer holds no api_key");
    return secret_set(&s->key, key->text, key->count) < 0 ? diag_oom(s->diags) : 0;
}

/* The key is kept nowhere but in its own type: what the answer was read into is wiped. */
static int login(struct session *s)
{
    struct pair pair;
    struct value body = {.type = VALUE_MAP, .count = 1, .pairs = &pair};
    struct arena answers = {0}, *before = s->arena;
    struct answer a;
    int r;

    value_set_pair(&body, 0, "realm", value_text(s->login->realm));
    secret_done(&s->key);
    s->arena = &answers;
    r = session_send(s, "POST", "/api/v1/realm_auth", &body, SEND_LOGIN, &a, NULL, NULL);
    if (r == 0)
        r = take_key(s, &a);
    s->arena = before;
    arena_wipe(&answers);
    return r;
}

int ics_read_system(struct session *s, struct value *ret)
{
    static const char path[] = "/api/v1/system/system-information";
    struct value answer;
    int r = session_get(s, path, &answer);

    if (r == -ENOENT)
        return session_tell(s, DIAG_IDENTITY, "GET", path, "status 404: the appliance shows no system information");
    if (r < 0)
        return r;
    if (!value_is(value_get(&answer, "system-information"), VALUE_MAP))
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", path, "the answer holds no system-information");
    *ret = answer;
    return 0;
}

static int facts(struct session *s, struct value *ret)
{
    struct value answer;
    int r = ics_read_system(s, &answer);

    if (r == 0)
        *ret = *value_get(&answer, "system-information");
    return r;
}

/* An empty list may be left out; an object that holds other things instead is not an empty list. */
static int open_envelope(struct session *s, const struct kind *k, const char *path, struct value *v)
{
    struct value *inner;

    if (!k->envelope)
        return 0;
    inner = value_get(v, k->envelope);
    if (!inner && v->count > 0)
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", path, "the answer holds no '%s'", k->envelope);
    *v = inner ? *inner : (struct value){.type = VALUE_NULL};
    return 0;
}

/* Of an object that holds nothing of what is documented, nobody can say that its lists are empty, nor what it is. */
static int check_members(struct session *s, const struct kind *k, const char *path, const struct value *v)
{
    bool owed = false;

    if (k->body->type != FIELD_RECORD || v->type != VALUE_MAP)
        return 0;
    for (const struct field *m = k->body->members; m->name; m++) {
        if (value_get(v, m->name))
            return 0;
        owed = owed || (m->flags & (FIELD_ABSENT_EMPTY | FIELD_REQUIRED));
    }
    return owed ? session_tell(s, DIAG_WRONG_SHAPE, "GET", path, "the answer holds nothing of %s", k->name) : 0;
}

static int read_object(struct session *s, const struct kind *k, const char *name, struct observed *ret)
{
    struct buf why = BUF_INIT(LIMIT_SENTENCE_BYTES);
    struct observed o = {.name = name};
    const char *path;
    int r = 0;

    if (k->flags & KIND_SINGLE)
        path = k->path;
    else
        r = session_path(s, k->path, name, &path);
    if (r == 0)
        r = session_get(s, path, &o.body);
    if (r == 0)
        r = open_envelope(s, k, path, &o.body);
    if (r == 0)
        r = check_members(s, k, path, &o.body);
    if (r < 0)
        return r;
    r = field_adopt(k->body, &o.body, s->arena, &why);
    if (r == -EBADMSG)
        session_tell(s, DIAG_WRONG_SHAPE, "GET", path, "%s; Convergate does not write what it cannot read",
                     buf_text(&why));
    else if (r < 0)
        diag_oom(s->diags);
    else
        *ret = o;
    buf_done(&why);
    return r;
}

/* Notes A2: a collection answers with stubs, [{"name", "href"}]. */
static int names(struct session *s, const struct kind *k, struct observed_list *ret)
{
    struct value answer;
    const struct value *items;
    int r = session_get(s, k->names_path, &answer);

    if (r == -ENOENT)
        return session_tell(s, DIAG_HTTP_STATUS, "GET", k->names_path,
                            "status 404: this appliance has no such collection");
    if (r < 0)
        return r;
    items = value_get(&answer, k->names_envelope);
    if (!value_is(items, VALUE_LIST))
        return session_tell(s, DIAG_WRONG_SHAPE, "GET", k->names_path, "the answer holds no list '%s'",
                            k->names_envelope);
    for (uint32_t i = 0; i < items->count; i++) {
        const char *name = value_get_text(&items->items[i], "name");

        if (!name)
            return session_tell(s, DIAG_WRONG_SHAPE, "GET", k->names_path, "item %u has no name", i + 1);
        if (observed_list_add(ret, (struct observed){.name = name}) < 0)
            return diag_oom(s->diags);
    }
    return 0;
}

/* The kinds of which the appliance has many. */
static int list(struct session *s, const struct kind *k, struct observed_list *ret)
{
    return k == &ics_device_certificates ? ics_certificates_list(s, k, ret) : ics_cluster_list(s, k, ret);
}

static int begin(struct session *s)
{
    return 0;
}

static int wrap_body(struct session *s, const struct write *w, struct value *ret)
{
    struct value wire, wrapped;
    int r = field_wire(w->kind->body, w->body, w->kind->flags & KIND_TEXT_LEAVES, s->arena, &wire);

    if (r == 0 && w->kind->envelope) {
        r = value_new_map(s->arena, 1, &wrapped);
        if (r == 0)
            value_set_pair(&wrapped, 0, w->kind->envelope, wire);
        wire = wrapped;
    }
    if (r < 0)
        return diag_oom(s->diags);
    *ret = wire;
    return 0;
}

/* Guide: PUT of the container replaces the arrays in it. */
static int write_object(struct session *s, struct write *w, enum outcome *ret)
{
    struct value body;
    struct answer a;
    const char *path;
    int r;

    if (w->kind == &ics_cluster_members)
        return ics_cluster_add_member(s, w, ret);
    if (w->kind == &ics_device_certificates)
        return ics_certificates_write(s, w, ret);
    r = session_path(s, w->kind->path, w->name, &path);

    if (r == 0)
        r = wrap_body(s, w, &body);
    if (r < 0)
        return r;
    return ics_send(s, "PUT", path, &body, &a, ret);
}

/* Every write takes effect by itself; there is nothing to commit. */
static int commit(struct session *s, const struct write *writes, size_t n, enum outcome *ret)
{
    *ret = OUTCOME_ACCEPTED;
    return 0;
}

static int recover(struct session *s)
{
    return 0;
}

static void abort_nothing(struct session *s)
{
}

const struct provider ics_provider = {
    .system = &ics_system,
    .commands = ics_commands,
    .pull = &ics_licenses_pull_command,
    .rules = rules,
    .meanings = meanings,
    .authorize = authorize,
    .login = login,
    .is_refusal = is_refusal,
    .message = message,
    .facts = facts,
    .read = read_object,
    .names = names,
    .find = ics_find,
    .end = ics_end,
    .health = ics_read_health,
    .licenses = ics_licenses_count,
    .cluster = ics_cluster_identity,
    .back_up = ics_back_up,
    .list = list,
    .begin = begin,
    .write = write_object,
    .commit = commit,
    .recover = recover,
    .abort = abort_nothing,
};
