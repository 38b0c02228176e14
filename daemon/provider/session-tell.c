/* SPDX-License-Identifier: Apache-2.0 */
/* Failures of requests in sentences, without a secret in any. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "provider/provider.h"

enum { SHOWN_BYTES = 12 };

size_t session_shown(const char *id)
{
    return MIN(strlen(id) / 2, (size_t)SHOWN_BYTES);
}

int session_tell(struct session *s, enum diag_code code, const char *method, const char *path, const char *format, ...)
{
    const struct request_rule *rule = session_rule(s, method, path);
    const char *name = rule && rule->hides_name ? strrchr(path, '/') + 1 : path + strlen(path);
    struct buf sentence = BUF_INIT(LIMIT_SENTENCE_BYTES);
    va_list ap;

    va_start(ap, format);
    buf_vaddf(&sentence, format, ap);
    va_end(ap);
    diag_add_target(s->diags, code, s->target, "%s %.*s%s: %s", method,
                    (int)((size_t)(name - path) + session_shown(name)), path, *name ? "..." : "", buf_text(&sentence));
    buf_done(&sentence);
    return -EBADMSG;
}

const char *session_meaning(const struct session *s, int status, const char *type)
{
    for (const struct status_meaning *m = s->provider->meanings; m->status; m++)
        if (m->status == status && (!m->type || (type && strcmp(m->type, type) == 0)))
            return m->clause;
    return status >= 500 ? "the appliance failed; look at its own log" : "this is not an answer that the guide knows";
}

/* So much of a long secret tells it apart from anything else: what is cut off of it is one, too. */
enum { TELLING_BYTES = 16 };

/* How much of the secret the words begin with; 0 where that is none of it, or too little to tell. */
static size_t hidden_bytes(const char *words, const struct secret *secret)
{
    const char *bytes = secret_reveal(secret);
    size_t n = 0;

    while (n < secret->len && words[n] == bytes[n])
        n++;
    return secret->len >= 4 && (n == secret->len || n >= TELLING_BYTES) ? n : 0;
}

/* An appliance that repeats what it was sent must not bring a secret into our words. */
static void add_redacted(const struct session *s, const char *words, struct buf *out)
{
    static const struct secret none;
    const struct body_secrets *sent = s->sent;
    const struct secret *secrets[] = {&s->login->password, &s->key, s->secret ? s->secret : &none,
                                      sent ? sent->items[0].secret : &none, sent ? sent->items[1].secret : &none};
    size_t len = strlen(words), end = MIN(len, LIMIT_EXCERPT_BYTES);

    /* Not in the middle of a character. */
    while (end < len && end > 0 && ((unsigned char)words[end] & 0xc0) == 0x80)
        end--;
    for (size_t i = 0; i < end;) {
        size_t hidden = 0;

        for (size_t k = 0; k < ARRAY_SIZE(secrets); k++)
            hidden = MAX(hidden, hidden_bytes(words + i, secrets[k]));
        if (hidden > 0)
            buf_add_str(out, "(secret)");
        else
            buf_add_char(out, words[i]);
        i += MAX(hidden, (size_t)1);
    }
}

const char *session_words(struct session *s, const struct answer *a)
{
    const char *words = a->json ? s->provider->message(s, &a->body) : NULL, *copy = NULL;
    struct buf quoted = BUF_INIT(LIMIT_SENTENCE_BYTES);

    if (words) {
        add_redacted(s, words, &quoted);
        copy = arena_strdup(s->arena, buf_text(&quoted));
    }
    buf_done(&quoted);
    return copy;
}

int session_tell_status(struct session *s, enum diag_code code, const char *method, const char *path,
                        const struct answer *a)
{
    return session_tell_refusal(s, code, method, path, a, NULL, NULL);
}

int session_tell_refusal(struct session *s, enum diag_code code, const char *method, const char *path,
                         const struct answer *a, const char *about, const char *clause)
{
    const char *type = a->json && s->provider->error_type ? s->provider->error_type(&a->body) : NULL;
    const char *words = session_words(s, a);

    return session_tell(s, code, method, path, "%s%sstatus %d%s%s%s: %s", about ? about : "", about ? ": " : "",
                        a->status, words ? ", '" : "", words ? words : "", words ? "'" : "",
                        clause ? clause : session_meaning(s, a->status, type));
}

void session_note(struct session *s, enum diag_code code, const char *sentence)
{
    if (s->notes)
        diag_add_target(s->notes, code, s->target, "%s", sentence);
}

void session_untell(struct session *s, size_t told)
{
    while (s->diags->n > told) {
        s->diags->n--;
        free(s->diags->items[s->diags->n].subject);
        free(s->diags->items[s->diags->n].sentence);
    }
}
