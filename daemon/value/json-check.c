/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "value/json.h"

/* A member's name as it stands in the text, between the quotes. */
struct name {
    const char *text;
    size_t len;
};

struct checker {
    const char *start, *p, *end;
    const char *what;
    size_t nodes;
    int depth;
    struct name *names; /* of the objects that are open, innermost last */
    size_t n_names, allocated;
    bool escaped_names;
    bool out_of_memory;
};

static bool fail(struct checker *c, const char *what)
{
    c->what = what;
    return false;
}

static void skip_space(struct checker *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\n' || *c->p == '\r' || *c->p == '\t'))
        c->p++;
}

static bool check_value(struct checker *c);

static int hex_digit(char ch)
{
    if (ch >= '0' && ch <= '9')
        return ch - '0';
    if (ch >= 'a' && ch <= 'f')
        return ch - 'a' + 10;
    return ch >= 'A' && ch <= 'F' ? ch - 'A' + 10 : -1;
}

static bool check_hex4(struct checker *c, unsigned *ret)
{
    unsigned u = 0;

    if (c->end - c->p < 4)
        return fail(c, "a \\u escape is cut short");
    for (int i = 0; i < 4; i++) {
        int d = hex_digit(c->p[i]);

        if (d < 0)
            return fail(c, "a \\u escape is not four hex digits");
        u = u * 16 + (unsigned)d;
    }
    c->p += 4;
    *ret = u;
    return true;
}

static bool check_escape(struct checker *c)
{
    unsigned u, low;

    if (c->p == c->end)
        return fail(c, "a text is cut short");
    if (*c->p != 'u') {
        if (!memchr("\"\\/bfnrt", *c->p, 8))
            return fail(c, "an unknown escape");
        c->p++;
        return true;
    }
    c->p++;
    if (!check_hex4(c, &u))
        return false;
    if (u == 0)
        return fail(c, "a NUL inside a text");
    if (u >= 0xdc00 && u <= 0xdfff)
        return fail(c, "half a surrogate pair");
    if (u < 0xd800 || u > 0xdbff)
        return true;
    if (c->end - c->p < 6 || c->p[0] != '\\' || c->p[1] != 'u')
        return fail(c, "half a surrogate pair");
    c->p += 2;
    if (!check_hex4(c, &low))
        return false;
    return low >= 0xdc00 && low <= 0xdfff ? true : fail(c, "half a surrogate pair");
}

/* Length of a well-formed UTF-8 sequence of two to four bytes, or 0. */
static size_t utf8_length(const unsigned char *s, size_t left)
{
    unsigned char a = s[0];

    if (a >= 0xc2 && a <= 0xdf)
        return left >= 2 && (s[1] & 0xc0) == 0x80 ? 2 : 0;
    if (left >= 3 && a >= 0xe0 && a <= 0xef && (s[1] & 0xc0) == 0x80 && (s[2] & 0xc0) == 0x80) {
        if ((a == 0xe0 && s[1] < 0xa0) || (a == 0xed && s[1] > 0x9f))
            return 0;
        return 3;
    }
    if (left >= 4 && a >= 0xf0 && a <= 0xf4 && (s[1] & 0xc0) == 0x80 && (s[2] & 0xc0) == 0x80 &&
        (s[3] & 0xc0) == 0x80) {
        if ((a == 0xf0 && s[1] < 0x90) || (a == 0xf4 && s[1] > 0x8f))
            return 0;
        return 4;
    }
    return 0;
}

static bool check_text(struct checker *c)
{
    c->p++;
    while (c->p < c->end) {
        unsigned char ch = (unsigned char)*c->p;

        if (ch == '"') {
            c->p++;
            return true;
        }
        if (ch < 0x20)
            return fail(c, "a raw control character inside a text");
        if (ch == '\\') {
            c->p++;
            if (!check_escape(c))
                return false;
        } else if (ch < 0x80) {
            c->p++;
        } else {
            size_t n = utf8_length((const unsigned char *)c->p, (size_t)(c->end - c->p));

            if (n == 0)
                return fail(c, "bytes that are no UTF-8");
            c->p += n;
        }
    }
    return fail(c, "a text is cut short");
}

static size_t skip_digits(struct checker *c)
{
    const char *from = c->p;

    while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
        c->p++;
    return (size_t)(c->p - from);
}

static bool check_number(struct checker *c)
{
    size_t digits;

    if (*c->p == '-')
        c->p++;
    if (c->p < c->end && *c->p == '0') {
        c->p++;
        digits = 1;
    } else {
        digits = skip_digits(c);
    }
    if (digits == 0)
        return fail(c, "not a JSON value");
    if (c->p < c->end && *c->p == '.') {
        size_t fraction;

        c->p++;
        fraction = skip_digits(c);
        if (fraction == 0)
            return fail(c, "a number without digits after the point");
        digits += fraction;
    }
    if (c->p < c->end && (*c->p == 'e' || *c->p == 'E'))
        return fail(c, "a number with an exponent");
    /* A double keeps 15 digits; what it cannot keep would be sent back changed. */
    return digits <= 15 ? true : fail(c, "a number of more than 15 digits");
}

static int compare_names(const void *a, const void *b)
{
    const struct name *x = a, *y = b;

    return compare_bytes(x->text, x->len, y->text, y->len);
}

/* Names are compared as written here; where one is written with escapes, json_read() compares what they mean. */
static bool check_names(struct checker *c, size_t first)
{
    struct name *names = c->names + first;
    size_t n = c->n_names - first;

    if (n > 8)
        qsort(names, n, sizeof(*names), compare_names);
    for (size_t i = 1; i < n; i++)
        for (size_t j = n > 8 ? i - 1 : 0; j < i; j++)
            if (compare_names(&names[i], &names[j]) == 0)
                return fail(c, "an object names one member twice");
    c->n_names = first;
    return true;
}

static bool check_member(struct checker *c)
{
    const char *from;

    skip_space(c);
    if (c->p == c->end || *c->p != '"')
        return fail(c, "a member without a name");
    from = c->p + 1;
    if (!check_text(c))
        return false;
    c->escaped_names = c->escaped_names || memchr(from, '\\', (size_t)(c->p - 1 - from));
    if (array_grow(&c->names, &c->allocated, c->n_names, sizeof(*c->names)) < 0) {
        c->out_of_memory = true;
        return false;
    }
    c->names[c->n_names++] = (struct name){from, (size_t)(c->p - 1 - from)};
    skip_space(c);
    if (c->p == c->end || *c->p != ':')
        return fail(c, "a member without a colon");
    c->p++;
    return check_value(c);
}

static bool check_container(struct checker *c, char closing)
{
    size_t first = c->n_names;

    if (++c->depth > LIMIT_DEPTH)
        return fail(c, "nested too deep");
    c->p++;
    skip_space(c);
    if (c->p < c->end && *c->p == closing) {
        c->p++;
        c->depth--;
        return true;
    }
    for (;;) {
        if (closing == '}' ? !check_member(c) : !check_value(c))
            return false;
        skip_space(c);
        if (c->p == c->end)
            return fail(c, "it ends before it is complete");
        if (*c->p == closing)
            break;
        if (*c->p != ',')
            return fail(c, "neither a comma nor an end where one must be");
        c->p++;
    }
    c->p++;
    c->depth--;
    return closing == '}' ? check_names(c, first) : true;
}

static bool check_word(struct checker *c, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
        return fail(c, "not a JSON value");
    c->p += n;
    return true;
}

static bool check_value(struct checker *c)
{
    skip_space(c);
    if (c->p == c->end)
        return fail(c, "it ends before it is complete");
    if (++c->nodes > LIMIT_NODES)
        return fail(c, "too many values");
    switch (*c->p) {
    case '{':
        return check_container(c, '}');
    case '[':
        return check_container(c, ']');
    case '"':
        return check_text(c);
    case 't':
        return check_word(c, "true");
    case 'f':
        return check_word(c, "false");
    case 'n':
        return check_word(c, "null");
    default:
        return check_number(c);
    }
}

int json_check(const char *text, size_t len, struct json_fault *ret_fault)
{
    struct checker c = {.start = text, .p = text, .end = text + len};
    bool good = check_value(&c);

    if (good) {
        skip_space(&c);
        good = c.p == c.end ? true : fail(&c, "text after the end");
    }
    free(c.names);
    *ret_fault = (struct json_fault){.escaped_names = c.escaped_names};
    if (good)
        return 0;
    if (c.out_of_memory)
        return -ENOMEM;
    ret_fault->offset = (size_t)(c.p - c.start);
    ret_fault->what = c.what;
    return -EBADMSG;
}
