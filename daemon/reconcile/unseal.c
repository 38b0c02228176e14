/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/unseal.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "state/credentials.h"

void unseal_done(struct run *r)
{
    while (r->unsealed) {
        struct unsealed_object *o = r->unsealed;

        r->unsealed = o->next;
        for (size_t i = 0; i < SECRETS_MAX; i++)
            secret_done(&o->secrets[i]);
        free(o);
    }
}

static struct unsealed_object *find(const struct run *r, const struct kind *k, const char *object)
{
    for (struct unsealed_object *o = r->unsealed; o; o = o->next)
        if (o->declared->kind == k && strcmp(o->declared->name, object) == 0)
            return o;
    return NULL;
}

const struct secret *unseal_secrets(const struct run *r, const struct kind *k, const char *object)
{
    const struct unsealed_object *o = find(r, k, object);

    return o ? o->secrets : NULL;
}

static int tell(struct run *r, struct diag_list *to, const struct declared *d, enum diag_code code, const char *what)
{
    return diag_add_target(to, code, r->target->name, "%s '%s' (%s:%u:%u): %s", d->kind->noun, d->name, d->place.file,
                           d->place.line, d->place.column, what);
}

/* Which object wants the credential is said here; the words of the list are about any. */
static int tell_missing(struct run *r, struct target_plan *p, const struct declared *d, const char *member,
                        const struct diag_list *why)
{
    struct buf words = BUF_INIT(LIMIT_SENTENCE_BYTES);

    buf_addf(&words, "%s: %s", member, why->n > 0 ? why->items[0].sentence : "");
    tell(r, &p->diags, d, why->n > 0 ? why->items[0].code : DIAG_CREDENTIAL_BAD, buf_text(&words));
    buf_done(&words);
    return -EBADMSG;
}

static int load_one(struct run *r, struct target_plan *p, const struct declared *d, const struct field *row,
                    struct secret *ret)
{
    const char *name = value_get_text(d->body, row->name);
    enum credential_form form = row->flags & FIELD_BYTES ? CREDENTIAL_BYTES : CREDENTIAL_LINE;
    struct diag_list why = {0};
    int e = credential_load_as(form, name, r->context->credentials, r->context->settings->credentials, r->target->name,
                               &why, ret);

    if (e == -EBADMSG)
        tell_missing(r, p, d, row->name, &why);
    else if (e < 0)
        diag_oom(&p->diags);
    diag_list_done(&why);
    return e;
}

/* -ENOENT where the object names none. */
static int load_all(struct run *r, struct target_plan *p, const struct declared *d, struct secret *ret)
{
    size_t n = 0;
    int e = 0;

    for (const struct field *row = d->kind->body->members; row->name && e == 0; row++) {
        if (!(row->flags & FIELD_CREDENTIAL))
            continue;
        if (n == SECRETS_MAX)
            return -EINVAL;
        e = value_get(d->body, row->name) ? load_one(r, p, d, row, &ret[n]) : -ENOENT;
        n++;
    }
    return e;
}

static int open_one(struct run *r, struct target_plan *p, struct unsealed_object *o)
{
    const struct declared *d = o->declared;
    struct buf why = BUF_INIT(LIMIT_SENTENCE_BYTES);
    int e;

    o->told = (struct unsealed){
        .object = d->name,
        .body = d->body,
        .now = time(NULL),
        .arena = &r->plan->arena,
        .secrets = o->secrets,
    };
    e = d->kind->unseal(&o->told, &why);
    if (e == -EBADMSG)
        tell(r, &p->diags, d, DIAG_CREDENTIAL_BAD, buf_text(&why));
    else if (e < 0)
        diag_oom(&p->diags);
    buf_done(&why);
    o->whole = *d;
    o->whole.body = &o->told.whole;
    return e;
}

int unseal_declared(struct run *r, struct target_plan *p, const struct declared *d, const struct declared **ret)
{
    struct unsealed_object *o = d->kind->unseal ? find(r, d->kind, d->name) : NULL;
    int e = 0;

    *ret = o ? &o->whole : d;
    if (o || !d->kind->unseal)
        return 0;
    o = calloc(1, sizeof(*o));
    if (!o)
        return diag_oom(&p->diags);
    o->declared = d;
    o->next = r->unsealed;
    r->unsealed = o;
    e = load_all(r, p, d, o->secrets);
    if (e == 0)
        e = open_one(r, p, o);
    if (e == 0) {
        *ret = &o->whole;
        return 0;
    }
    r->unsealed = o->next;
    o->next = NULL;
    for (size_t i = 0; i < SECRETS_MAX; i++)
        secret_done(&o->secrets[i]);
    free(o);
    return e == -ENOENT ? 0 : e;
}

/* Once a run: the plans that are made of later reads are only compared. */
static void note(struct run *r, struct target_plan *p, const struct declared *d, const char *what)
{
    if (p != r->plan || !what)
        return;
    if (p->notes.n >= LIMIT_REMARKS)
        p->notes.more++;
    else
        tell(r, &p->notes, d, DIAG_CERTIFICATE_DATES, what);
}

int unseal_judge(struct run *r, struct target_plan *p, const struct declared *d, bool differs)
{
    const struct unsealed_object *o = d->kind->unseal ? find(r, d->kind, d->name) : NULL;

    if (!d->kind->unseal)
        return 0;
    if (differs && !o)
        return tell(r, &p->diags, d, DIAG_INCOMPLETE,
                    "it is to be written, but its document does not name the credentials that this needs");
    if (differs && o->told.unfit)
        return tell(r, &p->diags, d, DIAG_CERTIFICATE_DATES, o->told.unfit);
    if (o)
        note(r, p, d, o->told.unfit ? o->told.unfit : o->told.remark);
    return 0;
}
