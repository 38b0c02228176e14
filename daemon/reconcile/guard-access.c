/* SPDX-License-Identifier: Apache-2.0 */
/* Who is let in: nobody may be locked out, and nothing opened that was closed. */
#include <string.h>

#include "base/limits.h"
#include "reconcile/judge.h"
#include "reconcile/unseal.h"

/* A list of one text, for an address that no settings name. */
static struct value list_of(struct value *item, const char *text)
{
    *item = value_text(text);
    return (struct value){.type = VALUE_LIST, .count = 1, .items = item};
}

static struct access access_of(const struct judging *j, const struct run *r, const struct change *c,
                               const struct value *own)
{
    return (struct access){
        .url = r->target->url,
        .ca_file = r->target->ca_file,
        .pinned_public_key = r->target->pinned_public_key,
        .secrets = unseal_secrets(r, c->kind, c->object),
        .login_realm = r->target->realm,
        .login_user = r->target->username,
        .timeout_usec = r->target->timeout_usec,
        .realms = j->settings->guards.management_realms,
        .own = r->target->source_address ? r->target->source_address : own,
        .management = j->settings->guards.management_addresses,
    };
}

int guard_judge_lock_out(const struct judging *j, const struct run *r, struct change *c, const char *name)
{
    struct buf why = BUF_INIT(LIMIT_SENTENCE_BYTES);
    struct value item, own = list_of(&item, http_peer_local_address(r->session.peer));
    struct access access = access_of(j, r, c, &own);
    int k = 0;

    if (c->kind->locks_out && !guard_allows(j, GUARD_LOCK_OUT, name) &&
        c->kind->locks_out(&access, c->object, &c->live, &c->after, &why))
        k = guard_hold(c, GUARD_LOCK_OUT, "%s", buf_text(&why));
    buf_done(&why);
    return k;
}

/* True where the change goes back to how the object was when it was last verified. */
static bool goes_back(const struct run *r, const struct change *c)
{
    const struct ledger_entry *e = ledger_find(&r->ledger, c->kind->name, c->object);
    char digest[DIGEST_SIZE];

    return e && e->digest[0] && value_digest(&c->after, digest) == 0 && strcmp(digest, e->digest) == 0;
}

int guard_judge_open_up(const struct judging *j, const struct run *r, struct change *c, const char *name)
{
    struct buf why = BUF_INIT(LIMIT_SENTENCE_BYTES);
    int k = 0;

    if (c->action == ACTION_UPDATE && c->kind->opens_up && !guard_allows(j, GUARD_OPEN_UP, name) &&
        c->kind->opens_up(&c->live, &c->after, &why) && !goes_back(r, c))
        k = guard_hold(c, GUARD_OPEN_UP, "%s", buf_text(&why));
    buf_done(&why);
    return k;
}
