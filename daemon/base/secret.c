/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <errno.h>
#include <string.h>

void secret_done(struct secret *s)
{
    if (s->bytes)
        explicit_bzero(s->bytes, s->len);
    free(s->bytes);
    *s = (struct secret){0};
}

int secret_set(struct secret *s, const char *bytes, size_t len)
{
    char *copy = malloc(len + 1);

    if (!copy)
        return -ENOMEM;
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    secret_done(s);
    s->bytes = copy;
    s->len = len;
    return 0;
}

bool secret_is_set(const struct secret *s)
{
    return s->bytes != NULL;
}

const char *secret_reveal(const struct secret *s)
{
    return s->bytes ? s->bytes : "";
}
