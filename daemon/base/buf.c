/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void buf_done(struct buf *b)
{
    free(b->data);
    *b = BUF_INIT(b->ceiling);
}

void buf_wipe(struct buf *b)
{
    if (b->data)
        explicit_bzero(b->data, b->allocated);
    buf_done(b);
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->error = 0;
    if (b->data)
        b->data[0] = '\0';
}

int buf_reserve(struct buf *b, size_t more)
{
    size_t want;
    char *larger;

    if (b->error)
        return b->error;
    if (more > b->ceiling || b->len > b->ceiling - more)
        return b->error = -E2BIG;
    if (b->len + more < b->allocated)
        return 0;
    want = MAX(b->allocated * 2, b->len + more + 1);
    want = MAX(want, (size_t)64);
    larger = realloc(b->data, want);
    if (!larger)
        return b->error = -ENOMEM;
    b->data = larger;
    b->allocated = want;
    return 0;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
    if (buf_reserve(b, len) < 0)
        return;
    if (len > 0)
        memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void buf_add_str(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_add_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_vaddf(struct buf *b, const char *format, va_list ap)
{
    va_list again;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (n < 0) {
        b->error = b->error ? b->error : -EINVAL;
        return;
    }
    if (buf_reserve(b, (size_t)n) < 0)
        return;
    vsnprintf(b->data + b->len, (size_t)n + 1, format, ap);
    b->len += (size_t)n;
}

void buf_addf(struct buf *b, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    buf_vaddf(b, format, ap);
    va_end(ap);
}

/* U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. */
static bool turns_direction(const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text;

    if (len < 3 || s[0] != 0xe2)
        return false;
    if (s[1] == 0x80)
        return s[2] == 0x8e || s[2] == 0x8f || (s[2] >= 0xaa && s[2] <= 0xae);
    return s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9;
}

void buf_add_escaped(struct buf *b, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        /* C1 controls are encoded as C2 80..9F; some terminals obey them too. */
        if (c == 0xc2 && i + 1 < len && (unsigned char)text[i + 1] < 0xa0) {
            buf_addf(b, "\\u%04x", (unsigned char)text[++i]);
            continue;
        }
        /* Marks that turn the direction of what follows would show a name as another one. */
        if (turns_direction(text + i, len - i)) {
            buf_addf(b, "\\u%04x",
                     0x2000 + ((unsigned char)text[i + 1] & 1) * 64 + ((unsigned char)text[i + 2] & 0x3f));
            i += 2;
            continue;
        }
        if (c < 0x20 || c == 0x7f)
            buf_addf(b, "\\x%02x", c);
        else
            buf_add_char(b, (char)c);
    }
}

const char *buf_text(const struct buf *b)
{
    return b->data ? b->data : "";
}

int buf_take(struct buf *b, char **ret_text)
{
    if (buf_reserve(b, 0) < 0)
        return b->error;
    b->data[b->len] = '\0';
    *ret_text = TAKE_PTR(b->data);
    *b = BUF_INIT(b->ceiling);
    return 0;
}
