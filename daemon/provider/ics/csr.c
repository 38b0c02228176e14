/* SPDX-License-Identifier: Apache-2.0 */
/* `csr create`, `csr upload` (guide: "Creating a CSR for a Device Certificate"). */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "provider/ics/commands.h"

#define CSRS "/api/v1/system/certificates/device-certificate-csrs"

static const char kind[] = "device-certificate-csrs";

static const char *check_create(const struct given *g)
{
    const char *name = given_text(g, COMMAND_COMMON_NAME);

    return name && name[0] ? NULL : "say --common-name NAME";
}

static int read_create(struct command_run *c)
{
    const char *name = given_text(c->given, COMMAND_COMMON_NAME);

    return command_add_step(c, (struct step){.kind = kind, .object = name}, "create a CSR for %s", name);
}

/* What stands between the two in the words, where it is a name. */
static const char *name_between(struct session *s, const char *words, const char *before, const char *after)
{
    const char *from = strstr(words, before);
    size_t n = 0;

    if (!from)
        return NULL;
    from += strlen(before);
    while (isalnum((unsigned char)from[n]) || from[n] == '_' || from[n] == '-')
        n++;
    return n > 0 && strncmp(from + n, after, strlen(after)) == 0 ? arena_strndup(s->arena, from, n) : NULL;
}

/* Guide: the name stands in the messages' text, twice, and nowhere else. */
static const char *find_name(struct session *s, const struct answer *a)
{
    const struct value *list = value_get(value_get(&a->body, "result"), "info");
    const char *name = NULL;

    for (uint32_t i = 0; value_is(list, VALUE_LIST) && i < list->count && !name; i++) {
        const char *words = ics_text(&list->items[i], "message");

        name = name_between(s, words, CSRS "/", "/certificate");
        if (!name)
            name = name_between(s, words, "CSR '", "'");
    }
    return name;
}

static int take_name(struct command_run *c, struct step *s, const struct answer *a)
{
    const char *words = session_words(c->session, a);

    s->id = find_name(c->session, a);
    if (s->id)
        return command_remark(c, "the CSR is called %s; with its certificate: convergate csr upload %s %s FILE", s->id,
                              c->session->target, s->id);
    session_tell(c->session, DIAG_WRONG_SHAPE, "POST", CSRS,
                 "the answer does not name the CSR%s%s%s; look at the appliance for it", words ? ": '" : "",
                 words ? words : "", words ? "'" : "");
    return 0;
}

static int send_create(struct command_run *c, struct step *steps, size_t n, enum outcome *ret)
{
    static const struct {
        const char *name;
        enum command_option option;
    } members[] = {
        {"subject-common-name", COMMAND_COMMON_NAME}, {"key-type", COMMAND_KEY_TYPE}, {"ecc-curve", COMMAND_ECC_CURVE}};
    struct pair pairs[ARRAY_SIZE(members)];
    struct value body = {.type = VALUE_MAP, .pairs = pairs};
    struct answer a;
    int r;

    for (size_t i = 0; i < ARRAY_SIZE(members); i++)
        if (given_text(c->given, members[i].option))
            value_set_pair(&body, body.count++, members[i].name, value_text(given_text(c->given, members[i].option)));
    r = ics_send(c->session, "POST", CSRS, &body, &a, ret);
    return r == 0 && *ret == OUTCOME_ACCEPTED ? take_name(c, &steps[0], &a) : r;
}

/* The API shows no CSR; that the appliance names it is all there is to know. */
static int verify_create(struct command_run *c)
{
    if (c->steps[0].id)
        c->steps[0].result = STEP_ACCEPTED;
    return 0;
}

const struct command ics_csr_create_command = {
    .verb = "csr",
    .word = "create",
    .usage = "TARGET --common-name NAME [--key-type TYPE] [--ecc-curve CURVE] [--again]",
    .help = "makes a key and a signing request for a device certificate, once",
    .effect = EFFECT_WRITE,
    .takes = TAKES(COMMON_NAME) | TAKES(KEY_TYPE) | TAKES(ECC_CURVE) | TAKES(AGAIN),
    .remembers = REMEMBERS_MADE,
    .guide = "Creating a CSR for a Device Certificate",
    .check = check_create,
    .read = read_create,
    .send = send_create,
    .verify = verify_create,
};

static int tell_file(struct command_run *c, const char *why)
{
    return diag_add_target(c->session->diags, DIAG_FILE_UNREADABLE, c->session->target,
                           "%s cannot be uploaded: %s; nothing was sent", c->given->arguments[1], why);
}

static int read_certificate(struct command_run *c, char **ret)
{
    _cleanup_free_ char *text = NULL;
    size_t len;
    int r = file_read(c->given->arguments[1], LIMIT_CREDENTIAL_BYTES, &text, &len);

    if (r == -ENOMEM)
        return diag_oom(c->session->diags);
    if (r < 0)
        return tell_file(c, strerror(-r));
    if (strlen(text) != len || !strstr(text, "-----BEGIN CERTIFICATE-----") ||
        !strstr(text, "-----END CERTIFICATE-----"))
        return tell_file(c, "it holds no certificate in PEM");
    if (strstr(text, "PRIVATE KEY-----"))
        return tell_file(c, "it holds a private key; the key of a CSR is on the appliance and stays there");
    *ret = TAKE_PTR(text);
    return 0;
}

static int read_upload(struct command_run *c)
{
    _cleanup_free_ char *text = NULL;
    int r = read_certificate(c, &text);
    const char *name = c->given->arguments[0];
    struct value *certificate;
    char *copy;

    if (r < 0)
        return r;
    certificate = arena_alloc(c->session->arena, sizeof(*certificate));
    copy = arena_strdup(c->session->arena, text);
    if (!certificate || !copy)
        return diag_oom(c->session->diags);
    *certificate = value_text(copy);
    return command_add_step(c, (struct step){.kind = kind, .object = name, .record = certificate},
                            "upload %s as the certificate of the CSR %s", c->given->arguments[1], name);
}

static int send_upload(struct command_run *c, struct step *steps, size_t n, enum outcome *ret)
{
    struct pair pair;
    struct value body = {.type = VALUE_MAP, .count = 1, .pairs = &pair};
    struct session_request e = {.method = "POST", .body = &body};
    int r = session_path(c->session, CSRS "/%s/certificate", steps[0].object, &e.path);

    value_set_pair(&body, 0, "cert", *steps[0].record);
    return r < 0 ? r : ics_send_blindly(c, &e, ret);
}

const struct command ics_csr_upload_command = {
    .verb = "csr",
    .word = "upload",
    .usage = "TARGET NAME FILE",
    .help = "gives a CSR the certificate that was signed for it",
    .effect = EFFECT_WRITE,
    .n_arguments = 2,
    .remembers = REMEMBERS_USED,
    .guide = "Creating a CSR for a Device Certificate",
    .read = read_upload,
    .send = send_upload,
    .verify = ics_verify_blindly,
};
