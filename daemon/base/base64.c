/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <errno.h>

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static int take(struct base64_reader *r, char c)
{
    int value = value_of(c);

    if (c == '=' && r->n >= 2) {
        r->padded++;
        value = 0;
    } else if (value < 0 || r->padded > 0) {
        return -EBADMSG;
    }
    r->bits = r->bits << 6 | (uint32_t)value;
    r->n++;
    return 0;
}

/* The bytes of a full group; bits that padding cuts off must be zero. */
static int give(struct base64_reader *r, unsigned char *ret, size_t *ret_len)
{
    if ((r->padded == 1 && r->bits & 0xff) || (r->padded == 2 && r->bits & 0xffff))
        return -EBADMSG;
    for (unsigned i = 0; i + r->padded < 3; i++)
        ret[(*ret_len)++] = (unsigned char)(r->bits >> (16 - 8 * i));
    r->bits = 0;
    r->n = 0;
    return 0;
}

int base64_read(struct base64_reader *r, const char *text, size_t len, unsigned char *ret, size_t *ret_len)
{
    *ret_len = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n' || text[i] == '\r')
            continue;
        /* Nothing follows a group with padding. */
        if ((r->n == 0 && r->padded > 0) || take(r, text[i]) < 0)
            return -EBADMSG;
        if (r->n == 4 && give(r, ret, ret_len) < 0)
            return -EBADMSG;
    }
    return 0;
}

int base64_end(const struct base64_reader *r)
{
    return r->n == 0 ? 0 : -EBADMSG;
}
