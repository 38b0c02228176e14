/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to the Identity Awareness Web API, and what its answers mean. */
#include "provider/checkpoint/checkpoint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define API "/_IA_API/v1.0/"

static const struct request_rule rules[] = {
    {"POST", API "show-identity", EFFECT_READ},
    {"POST", API "delete-identity", EFFECT_WRITE},
    {0},
};

/* There is no 401 here: the API is silent about why it does not answer. */
static const struct status_meaning meanings[] = {
    {404, "the shared secret is wrong, or the gateway does not take this host for a client, or its Identity Web API is "
          "off; check all three on the gateway object"},
    {500, "the gateway does not accept the request, or failed; look at its own log"},
    {0},
};

static void authorize(const struct session *s, struct http_request *req)
{
}

static int login(struct session *s)
{
    return 0;
}

static bool is_refusal(int status)
{
    return false;
}

/* Some clients of the API know CODE_ERR_... and CODE_ERROR_...; both are just shown. */
const char *checkpoint_failure(struct session *s, const struct value *reply)
{
    const char *code = value_get_text(reply, "code"), *message = value_get_text(reply, "message");
    const char *text;

    if (!value_get(reply, "code"))
        return NULL;
    text = arena_printf(s->arena, "%s%s%s", code ? code : "an error", message ? ": " : "", message ? message : "");
    return text ? text : "an error";
}

static const char *message(struct session *s, const struct value *body)
{
    return checkpoint_failure(s, body);
}

/* The API tells nothing of the machine behind it. */
static int facts(struct session *s, struct value *ret)
{
    *ret = (struct value){.type = VALUE_MAP};
    return 0;
}

static int begin(struct session *s)
{
    return 0;
}

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

/* Answers of a bulk come in the order of its requests; one too many or too few and nobody knows whose is whose. */
static int take_bulk(struct session *s, const char *path, const struct answer *a, size_t n, struct value *replies)
{
    const struct value *list = value_get(&a->body, "responses");

    if (!value_is(list, VALUE_LIST) || list->count != n)
        return session_tell(s, DIAG_WRONG_SHAPE, "POST", path, "%zu requests were sent, and %u were answered", n,
                            value_is(list, VALUE_LIST) ? list->count : 0);
    memcpy(replies, list->items, n * sizeof(*replies));
    return 0;
}

static int take_answer(struct session *s, const char *path, const struct answer *a, size_t n, struct value *replies)
{
    if (a->status == 404)
        return -ENOENT;
    /* 500 with a code is the plain answer to one request that is refused: its own failure. */
    if (n == 1 && a->json && value_get(&a->body, "code")) {
        replies[0] = a->body;
        return 0;
    }
    if (a->status != 200)
        return session_tell_status(s, DIAG_HTTP_STATUS, "POST", path, a);
    if (!value_is(&a->body, VALUE_MAP))
        return session_tell(s, DIAG_WRONG_SHAPE, "POST", path, "the answer is no JSON object");
    if (n > 1)
        return take_bulk(s, path, a, n, replies);
    replies[0] = a->body;
    return 0;
}

int checkpoint_send(struct session *s, const char *command, const struct value *requests, size_t n,
                    struct value *replies, bool *ret_maybe)
{
    struct value list = {.type = VALUE_LIST, .count = (uint32_t)n, .items = (struct value *)requests};
    struct value bulk;
    struct answer a;
    char path[64];
    int r;

    snprintf(path, sizeof(path), API "%s", command);
    if (value_new_map(s->arena, 1, &bulk) < 0)
        return diag_oom(s->diags);
    value_set_pair(&bulk, 0, "requests", list);
    r = session_send(s, "POST", path, n > 1 ? &bulk : requests, 0, &a, NULL, ret_maybe);
    return r < 0 ? r : take_answer(s, path, &a, n, replies);
}

const struct provider checkpoint_provider = {
    .system = &checkpoint_system,
    .commands = checkpoint_commands,
    .rules = rules,
    .meanings = meanings,
    .secret_member = "shared-secret",
    .authorize = authorize,
    .login = login,
    .is_refusal = is_refusal,
    .message = message,
    .facts = facts,
    .find = checkpoint_find,
    .end = checkpoint_end,
    .begin = begin,
    .commit = commit,
    .recover = recover,
    .abort = abort_nothing,
};
