/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind `device-certificates` (guide: "Configuring Certificates based on CSR Workflow"). The guide prints how one is
 * imported and how one is deleted by the name of its subject, and no way to read: what an appliance shows beyond that
 * is taken where it has the guide's own shape, and nothing is concluded from what it does not show.
 */
#include "provider/ics/device-certificates.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "provider/ics/pkcs12.h"

#define FOLDER "/api/v1/system/certificates/device-certificates"

enum { PKCS12, PASSWORD }; /* the order of the rows below */
enum { SOON_DAYS = 30, DAY_SEC = 24 * 3600 };

static const struct field an_interface = {.name = "an interface", .type = FIELD_TEXT, .min = 1, .max = 256};

static const struct field members[] = {
    {.name = "pkcs12",
     .type = FIELD_TEXT,
     .flags = FIELD_CREDENTIAL | FIELD_BYTES | FIELD_UNSEEN | FIELD_ON_CREATE,
     .pattern = PLAIN_NAME_PATTERN,
     .help = "the NAME of the credential that holds the PKCS#12 file, or its base64"},
    {.name = "password",
     .type = FIELD_TEXT,
     .flags = FIELD_CREDENTIAL | FIELD_UNSEEN | FIELD_ON_CREATE,
     .pattern = PLAIN_NAME_PATTERN,
     .help = "the NAME of the credential that holds the password of that file"},
    {.name = "certificate",
     .type = FIELD_TEXT,
     .flags = FIELD_LIVE_ONLY,
     .help = "it is read from what pkcs12 names: SHA-256 of the certificate"},
    {.name = "internal-interfaces",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .members = &an_interface,
     .wrap = "internal-interface",
     .help = "internal ports that it serves, such as <Internal Port>"},
    {.name = "external-interfaces",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .members = &an_interface,
     .wrap = "external-interface",
     .help = "external ports that it serves, such as <External Port>"},
    {.name = "management-interface", .type = FIELD_BOOL, .help = "whether it serves the management port"},
    {0},
};

/* One without the other opens nothing. */
static int prepare(struct arena *a, struct value *record, const char **ret_why)
{
    if (!value_get(record, "pkcs12") == !value_get(record, "password"))
        return 0;
    *ret_why = "pkcs12 and password are given together";
    return -EBADMSG;
}

static const struct field body = {
    .name = "device-certificates", .type = FIELD_RECORD, .members = members, .prepare = prepare};

static bool serves_management(const struct value *v)
{
    const struct value *management = value_get(v, "management-interface");

    return value_is(management, VALUE_BOOL) && management->boolean;
}

static int check_subject(const struct pkcs12 *p, const struct unsealed *u, struct buf *why)
{
    struct buf name = BUF_INIT(LIMIT_NAME_BYTES);
    int r = pkcs12_add_subject(p, &name);

    if (r == -EINVAL)
        buf_add_str(why, "the subject of its certificate has no common name, or more than one");
    else if (r == 0 && strcmp(buf_text(&name), u->object) != 0)
        buf_addf(why, "it is declared as '%s', but the subject of its certificate is '%s'", u->object, buf_text(&name));
    r = r == -ENOMEM ? r : why->len > 0 ? -EBADMSG : 0;
    buf_done(&name);
    return r;
}

/* "2017-04-22", or words for what is no date. */
static const char *say_date(struct arena *a, const char *before, int64_t when)
{
    char date[32] = "an unknown date";
    time_t t = (time_t)when;
    struct tm tm;

    if (gmtime_r(&t, &tm) && strftime(date, sizeof(date), "%Y-%m-%d", &tm) == 0)
        snprintf(date, sizeof(date), "an unknown date");
    return arena_printf(a, "%s %s", before, date);
}

static int judge_dates(const struct pkcs12 *p, struct unsealed *u)
{
    int64_t from, until;

    pkcs12_dates(p, &from, &until);
    u->expires = until;
    if (u->now >= until)
        u->unfit = say_date(u->arena, "its certificate has expired on", until);
    else if (u->now < from)
        u->unfit = say_date(u->arena, "its certificate is not valid before", from);
    else if (until - u->now < (int64_t)SOON_DAYS * DAY_SEC)
        u->remark = say_date(u->arena, "its certificate expires on", until);
    else
        return 0;
    return u->unfit || u->remark ? 0 : -ENOMEM;
}

static int add_digest(const struct pkcs12 *p, struct unsealed *u)
{
    char digest[DIGEST_SIZE], *copy;
    int r = pkcs12_digest(p, digest);

    copy = r == 0 ? arena_strdup(u->arena, digest) : NULL;
    if (!copy || value_new_map(u->arena, (size_t)u->body->count + 1, &u->whole) < 0)
        return -ENOMEM;
    memcpy(u->whole.pairs, u->body->pairs, u->body->count * sizeof(*u->whole.pairs));
    value_set_pair(&u->whole, u->body->count, "certificate", value_text(copy));
    return 0;
}

static int unseal(struct unsealed *u, struct buf *why)
{
    _cleanup_(pkcs12_done) struct pkcs12 p = {0};
    int r = pkcs12_open(&u->secrets[PKCS12], &u->secrets[PASSWORD], &p, why);

    if (r == 0)
        r = check_subject(&p, u, why);
    if (r == 0)
        r = judge_dates(&p, u);
    return r < 0 ? r : add_digest(&p, u);
}

/* Who comes in through the management port meets it there; through which port Convergate comes cannot be told. */
static bool locks_out(const struct access *a, const char *object, const struct value *live, const struct value *after,
                      struct buf *why)
{
    struct buf reason = BUF_INIT(LIMIT_SENTENCE_BYTES / 2);
    struct pkcs12 p = {0};
    bool trusted;

    if (!serves_management(after)) {
        buf_add_str(why, "it is the certificate of the management port");
        return serves_management(live);
    }
    trusted = a->secrets && pkcs12_open(&a->secrets[PKCS12], &a->secrets[PASSWORD], &p, &reason) == 0 &&
              pkcs12_is_trusted(&p, a, &reason);
    if (!trusted)
        buf_addf(why,
                 "Convergate would not trust it at the management port, as tls: of this target has it (%s); a way back "
                 "there is not",
                 buf_text(&reason));
    pkcs12_done(&p);
    buf_done(&reason);
    return !trusted;
}

const struct kind ics_device_certificates = {
    .name = "device-certificates",
    .noun = "device certificate",
    .strategy = STRATEGY_COLLECTION,
    .flags = KIND_SENT | KIND_UNLISTED,
    .rank = 55,
    .body = &body,
    .path = FOLDER,
    .unseal = unseal,
    .locks_out = locks_out,
    .guide = "Configuring Certificates based on CSR Workflow; Deleting Device Certificate by Its Subject Name",
    .help = "certificates that the appliance serves, by the common name of the subject",
};

/* 64 digits of hexadecimal, whatever stands between: the SHA-256 of a certificate. */
static const char *read_fingerprint(struct arena *a, const struct value *item)
{
    static const char *const names[] = {"fingerprint", "sha256-fingerprint", "fingerprint-sha256"};
    char digest[DIGEST_SIZE];

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *text = ics_text(item, names[i]);
        size_t n = 0;

        for (; *text && n < sizeof(digest) - 1; text++)
            if (strchr("0123456789abcdefABCDEF", *text))
                digest[n++] = (char)(*text | 0x20);
        if (n == sizeof(digest) - 1 && *text == '\0')
            return arena_strndup(a, digest, n);
    }
    return NULL;
}

/* True for a member that has the guide's own shape; another says nothing. */
static bool take_member(struct session *s, const char *name, struct value *v)
{
    struct buf why = BUF_INIT(LIMIT_SENTENCE_BYTES);
    const struct field *row = field_member(&body, name);
    bool good = v->type != VALUE_NULL && field_adopt(row, v, s->arena, &why) == 0;

    buf_done(&why);
    return good && v->type == (row->type == FIELD_BOOL ? VALUE_BOOL : VALUE_LIST);
}

static int take_item(struct session *s, const struct value *item, struct observed *ret)
{
    static const char *const names[] = {"internal-interfaces", "external-interfaces", "management-interface"};
    const char *fingerprint = read_fingerprint(s->arena, item);
    size_t n = 0;

    if (value_new_map(s->arena, ARRAY_SIZE(names) + 1, &ret->body) < 0)
        return diag_oom(s->diags);
    if (fingerprint)
        value_set_pair(&ret->body, n++, "certificate", value_text(fingerprint));
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const struct value *v = value_get(item, names[i]);
        struct value copy;

        if (v && value_copy(s->arena, v, &copy) < 0)
            return diag_oom(s->diags);
        if (v && take_member(s, names[i], &copy))
            value_set_pair(&ret->body, n++, names[i], copy);
    }
    ret->body.count = (uint32_t)n;
    return 0;
}

/* Notes A2: a collection may answer with stubs, and each of them with the whole. */
static int observe(struct session *s, const struct value *item, struct observed *ret)
{
    struct value whole;
    const char *path;
    int r = take_item(s, item, ret);

    if (r < 0 || ret->body.count > 0)
        return r;
    r = session_path(s, FOLDER "/%s", ret->name, &path);
    if (r == 0)
        r = session_get_if_shown(s, path, &whole);
    return r == -EOPNOTSUPP ? 0 : r < 0 ? r : take_item(s, &whole, ret);
}

int ics_certificates_list(struct session *s, const struct kind *k, struct observed_list *ret)
{
    struct value answer;
    const struct value *list;
    int r = session_get_if_shown(s, FOLDER, &answer);

    list = r == 0 ? value_get(&answer, "device-certificate") : NULL;
    /* Nothing is known of another shape, least of all that there is none. */
    if (r == 0 && !value_is(list, VALUE_LIST))
        return -EOPNOTSUPP;
    for (uint32_t i = 0; r == 0 && i < list->count; i++) {
        struct observed o = {.name = ics_text(&list->items[i], "name")};

        if (!o.name[0])
            o.name = ics_text(&list->items[i], "subject");
        if (!o.name[0])
            return -EOPNOTSUPP;
        r = observe(s, &list->items[i], &o);
        if (r == 0 && observed_list_add(ret, o) < 0)
            r = diag_oom(s->diags);
    }
    return r;
}

/* Guide: a success may hold an empty list of errors; with others in it nobody knows what was done. */
static int judge_answer(struct session *s, const struct session_request *e, const struct answer *a, enum outcome *ret)
{
    const struct value *result = value_get(&a->body, "result");
    const char *words;

    if (*ret != OUTCOME_ACCEPTED)
        return 0;
    words = session_words(s, a);
    if (!value_is_empty(value_get(result, "errors"))) {
        session_tell_status(s, DIAG_OUTCOME_UNKNOWN, e->method, e->path, a);
        *ret = OUTCOME_UNKNOWN;
    } else if (words && !value_is_empty(value_get(result, "warnings")) && s->notes) {
        diag_add_target(s->notes, DIAG_HTTP_STATUS, s->target, "%s %s: the appliance says: '%s'", e->method, e->path,
                        words);
    }
    return 0;
}

/* What goes into the body besides the secrets. */
static int wire_interfaces(struct session *s, const struct write *w, struct value *ret)
{
    struct value shown;
    uint32_t n = 0;
    int r = value_new_map(s->arena, w->body->count, &shown);

    for (uint32_t i = 0; r == 0 && i < w->body->count; i++) {
        const struct field *row = field_member(&body, w->body->pairs[i].key.text);

        if (row && !(row->flags & (FIELD_CREDENTIAL | FIELD_LIVE_ONLY)))
            shown.pairs[n++] = w->body->pairs[i];
    }
    shown.count = n;
    if (r == 0)
        r = field_wire(&body, &shown, false, s->arena, ret);
    return r < 0 ? diag_oom(s->diags) : 0;
}

static int import(struct session *s, const struct write *w, enum outcome *ret)
{
    _cleanup_(secret_done) struct secret cert = {0};
    struct body_secrets secrets = {.items = {{"cert", &cert}, {"password", &w->secrets[PASSWORD]}}};
    struct value interfaces;
    struct session_request e = {.method = "POST", .path = FOLDER, .body = &interfaces, .secrets = &secrets};
    struct answer a;
    int r = wire_interfaces(s, w, &interfaces);

    if (r == 0 && pkcs12_encode(&w->secrets[PKCS12], &cert) < 0)
        r = diag_oom(s->diags);
    if (r < 0)
        return r;
    s->sent = &secrets;
    r = ics_exchange(s, &e, &a, ret);
    if (r == 0)
        r = judge_answer(s, &e, &a, ret);
    s->sent = NULL;
    return r;
}

/* Guide: "Deleting Device Certificate by Its Subject Name". What is not there is gone. */
static int delete (struct session *s, const struct write *w, enum outcome *ret)
{
    struct session_request e = {.method = "DELETE"};
    size_t told = s->diags->n;
    struct answer a;
    int r = session_path(s, FOLDER "/%s", w->name, &e.path);

    if (r == 0)
        r = ics_exchange(s, &e, &a, ret);
    if (r < 0)
        return r;
    if (a.status == 404) {
        session_untell(s, told);
        *ret = OUTCOME_ACCEPTED;
        return 0;
    }
    return judge_answer(s, &e, &a, ret);
}

int ics_certificates_write(struct session *s, const struct write *w, enum outcome *ret)
{
    return w->op == WRITE_DELETE ? delete (s, w, ret) : import(s, w, ret);
}
