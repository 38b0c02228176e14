/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "http/http.h"

static size_t pin_length(const char *text)
{
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char prefix[] = "sha256//";
    size_t n = sizeof(prefix) - 1;

    /* 32 bytes are 43 characters and one '='. */
    if (strncmp(text, prefix, n) != 0 || strspn(text + n, base64) != 43 || text[n + 43] != '=')
        return 0;
    return n + 44;
}

bool http_is_pin(const char *text)
{
    for (;;) {
        size_t n = pin_length(text);

        if (n == 0)
            return false;
        if (text[n] == '\0')
            return true;
        if (text[n] != ';')
            return false;
        text += n + 1;
    }
}

char *http_encode_segment(const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    char *encoded = malloc(strlen(text) * 3 + 1), *p = encoded;

    if (!encoded)
        return NULL;
    for (const char *s = text; *s; s++) {
        unsigned char c = (unsigned char)*s;
        bool dot = c == '.' && s != text;

        if ((c < 0x80 && isalnum(c)) || c == '-' || c == '_' || c == '~' || dot) {
            *p++ = (char)c;
            continue;
        }
        *p++ = '%';
        *p++ = hex[c >> 4];
        *p++ = hex[c & 15];
    }
    *p = '\0';
    return encoded;
}
