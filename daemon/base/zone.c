/* SPDX-License-Identifier: Apache-2.0 */
#include "base/zone.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/zone-rule.h"

enum {
    HEAD_BYTES = 44,
    TYPE_BYTES = 6,
    MOST_OFFSET_SEC = 26 * 3600,
    NAME_BYTES_MAX = 255,
};

struct zone_type {
    int32_t offset;
    char name[ZONE_NAME_SIZE];
};

struct zone {
    int64_t *times; /* of changes, ascending */
    uint8_t *types; /* what holds from each of them on */
    size_t n;
    struct zone_type *known;
    size_t n_known;
    bool has_rule; /* which holds from the last change on */
    struct zone_rule rule;
};

struct zone *zone_free(struct zone *z)
{
    if (!z)
        return NULL;
    free(z->times);
    free(z->types);
    free(z->known);
    free(z);
    return NULL;
}

static uint32_t take_32(const char *p)
{
    uint32_t n;

    memcpy(&n, p, sizeof(n));
    return be32toh(n);
}

static uint64_t take_64(const char *p)
{
    uint64_t n;

    memcpy(&n, p, sizeof(n));
    return be64toh(n);
}

/* A header and the block of data behind it, whose times have so many bytes. */
struct block {
    uint32_t utc_marks, standard_marks, leaps, times, types, chars;
    const char *data;
    size_t len;
};

static bool take_block(const char *p, size_t len, size_t time_bytes, struct block *ret)
{
    uint64_t bytes;

    if (len < HEAD_BYTES || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
        return false;
    *ret = (struct block){.utc_marks = take_32(p + 20),
                          .standard_marks = take_32(p + 24),
                          .leaps = take_32(p + 28),
                          .times = take_32(p + 32),
                          .types = take_32(p + 36),
                          .chars = take_32(p + 40),
                          .data = p + HEAD_BYTES};
    bytes = (uint64_t)ret->times * (time_bytes + 1) + (uint64_t)ret->types * TYPE_BYTES + ret->chars +
            (uint64_t)ret->leaps * (time_bytes + 4) + ret->standard_marks + ret->utc_marks;
    if (bytes > len - HEAD_BYTES)
        return false;
    ret->len = (size_t)bytes;
    return true;
}

static bool take_type(const char *p, const char *chars, size_t n_chars, struct zone_type *ret)
{
    int32_t offset = (int32_t)take_32(p);
    size_t at = (unsigned char)p[5], len = at < n_chars ? strnlen(chars + at, n_chars - at) : n_chars;

    if (offset < -MOST_OFFSET_SEC || offset > MOST_OFFSET_SEC || at + len >= n_chars || len >= ZONE_NAME_SIZE)
        return false;
    ret->offset = offset;
    memcpy(ret->name, chars + at, len + 1);
    return true;
}

static bool take_changes(struct zone *z, const struct block *b)
{
    for (size_t i = 0; i < z->n; i++) {
        z->times[i] = (int64_t)take_64(b->data + i * 8);
        z->types[i] = (uint8_t)b->data[z->n * 8 + i];
        if (z->types[i] >= z->n_known || (i > 0 && z->times[i] <= z->times[i - 1]))
            return false;
    }
    return true;
}

static int take_data(struct zone *z, const struct block *b)
{
    const char *types = b->data + (size_t)b->times * 9, *chars = types + (size_t)b->types * TYPE_BYTES;

    if (b->types == 0 || b->types > 256 || b->leaps > 0)
        return -EBADMSG;
    z->n = b->times;
    z->n_known = b->types;
    z->times = calloc(z->n + 1, sizeof(*z->times));
    z->types = calloc(z->n + 1, sizeof(*z->types));
    z->known = calloc(z->n_known, sizeof(*z->known));
    if (!z->times || !z->types || !z->known)
        return -ENOMEM;
    for (size_t i = 0; i < z->n_known; i++)
        if (!take_type(types + i * TYPE_BYTES, chars, b->chars, &z->known[i]))
            return -EBADMSG;
    return take_changes(z, b) ? 0 : -EBADMSG;
}

/* "\nCET-1CEST,M3.5.0,M10.5.0/3\n"; an empty one leaves the last change in force. */
static int take_footer(struct zone *z, const char *p, size_t len)
{
    char text[128];
    const char *end = len > 1 && p[0] == '\n' ? memchr(p + 1, '\n', len - 1) : NULL;
    size_t n = end ? (size_t)(end - p - 1) : sizeof(text);

    if (n >= sizeof(text))
        return -EBADMSG;
    memcpy(text, p + 1, n);
    text[n] = '\0';
    z->has_rule = n > 0;
    return z->has_rule ? zone_rule_parse(text, &z->rule) : 0;
}

int zone_parse(const char *data, size_t len, struct zone **ret)
{
    _cleanup_(zone_freep) struct zone *z = calloc(1, sizeof(*z));
    const char *second, *end = data + len;
    struct block b;
    int r;

    if (!z)
        return -ENOMEM;
    /* The first block is for readers of 32 bits. */
    if (!take_block(data, len, 4, &b))
        return -EBADMSG;
    second = b.data + b.len;
    if (!take_block(second, (size_t)(end - second), 8, &b))
        return -EBADMSG;
    r = take_data(z, &b);
    if (r == 0)
        r = take_footer(z, b.data + b.len, (size_t)(end - b.data) - b.len);
    if (r == 0)
        *ret = TAKE_PTR(z);
    return r;
}

/* What stays below the folder, and has no dot: that is no zone's name. */
static bool is_zone_name(const char *name)
{
    size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");

    return n > 0 && n <= NAME_BYTES_MAX && name[n] == '\0' && name[0] != '/';
}

static int make_utc(struct zone **ret)
{
    struct zone *z = calloc(1, sizeof(*z));

    if (!z)
        return -ENOMEM;
    z->has_rule = true;
    memcpy(z->rule.standard.name, "UTC", sizeof("UTC"));
    *ret = z;
    return 0;
}

int zone_load(const char *folder, const char *name, struct zone **ret)
{
    _cleanup_free_ char *path = NULL, *data = NULL;
    size_t len;
    int r;

    if (!is_zone_name(name))
        return -EINVAL;
    if (strcmp(name, "UTC") == 0)
        return make_utc(ret);
    path = path_join(folder, name);
    if (!path)
        return -ENOMEM;
    r = file_read(path, LIMIT_ZONE_BYTES, &data, &len);
    return r < 0 ? r : zone_parse(data, len, ret);
}

/* How many of the changes are at SEC or before. */
static size_t count_until(const struct zone *z, int64_t sec)
{
    size_t low = 0, high = z->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (z->times[middle] <= sec)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void zone_span_at(const struct zone *z, int64_t sec, struct zone_span *ret)
{
    size_t n = count_until(z, sec);
    const struct zone_type *t;

    if (n == z->n && z->has_rule) {
        zone_rule_span_at(&z->rule, sec, ret);
        return;
    }
    t = &z->known[n > 0 ? z->types[n - 1] : 0];
    *ret = (struct zone_span){
        .until = n < z->n ? z->times[n] : INT64_MAX, .offset = t->offset, .abbreviation = t->name};
}
