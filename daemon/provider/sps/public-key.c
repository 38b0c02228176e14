/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys: the guide calls the value "the public key" and no more, so each of the usual notations is known. */
#include <errno.h>
#include <string.h>

#include "base/digest.h"
#include "base/limits.h"
#include "provider/sps/sps.h"

#define BLANKS " \t\r\n"

int sps_normalise_public_key(struct arena *a, struct value *text, const char **ret_wrong)
{
    const char *from = text->text + strspn(text->text, BLANKS);
    size_t len = strlen(from);
    char *copy;

    while (len > 0 && strchr(BLANKS, from[len - 1]))
        len--;
    if (len == 0 || strstr(from, "PRIVATE KEY")) {
        *ret_wrong = len == 0 ? "is blank" : "is a private key";
        return -EBADMSG;
    }
    copy = arena_strndup(a, from, len);
    if (!copy)
        return -ENOMEM;
    text->text = copy;
    text->count = (uint32_t)len;
    return 0;
}

/* What stands between BEGIN and END of a PEM; false where there is none. */
static bool find_pem(const char *text, const char **ret_from, const char **ret_to)
{
    static const char begin[] = "-----BEGIN ", dashes[] = "-----", end[] = "-----END ";
    const char *from = strstr(text, begin), *to;

    from = from ? strstr(from + strlen(begin), dashes) : NULL;
    to = from ? strstr(from + strlen(dashes), end) : NULL;
    if (!to)
        return false;
    *ret_from = from + strlen(dashes);
    *ret_to = to;
    return true;
}

/* The next word from *P on, which is moved behind it; false at the end. */
static bool next_word(const char **p, const char **ret_word, size_t *ret_len)
{
    *ret_word = *p + strspn(*p, BLANKS);
    *ret_len = strcspn(*ret_word, BLANKS);
    *p = *ret_word + *ret_len;
    return *ret_len > 0;
}

/*
 * OpenSSH writes TYPE BLOB COMMENT, and may write options before the type: the blob is the key, the comment says
 * nothing of it. Of PEM the base64 counts, of anything else all words. WHOLE adds what stands before the blob.
 */
static int add_key(const char *text, bool whole, struct buf *out)
{
    const char *to, *word;
    size_t len;

    if (find_pem(text, &text, &to)) {
        for (; text < to; text++)
            if (!strchr(BLANKS, *text))
                buf_add_char(out, *text);
        return out->error;
    }
    while (next_word(&text, &word, &len)) {
        bool blob = strncmp(word, "AAAA", 4) == 0;

        if (blob && !whole)
            buf_clear(out);
        buf_add(out, word, len);
        if (blob)
            break;
        buf_add_char(out, ' ');
    }
    return out->error;
}

int sps_canon_public_key(const struct value *v, struct buf *out)
{
    return v->type == VALUE_TEXT ? add_key(v->text, true, out) : -EINVAL;
}

int sps_public_key_key(const struct value *item, struct buf *out)
{
    const char *text = value_get_text(item, "value");
    struct buf key = BUF_INIT(LIMIT_CERTIFICATE_BYTES);
    char digest[DIGEST_SIZE];
    int r = text ? add_key(text, false, &key) : -EINVAL;

    if (r == 0)
        r = digest_bytes(buf_text(&key), key.len, digest);
    buf_done(&key);
    if (r < 0)
        return r;
    buf_addf(out, "public key sha256:%s", digest);
    return out->error;
}
