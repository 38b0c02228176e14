/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a file base64 of a ZIP that is whole? Read in pieces, never held: a real one has 50 MB. Its first entry and the
 * record at its end (PKWARE APPNOTE 4.3.16), which a file that was cut does not have, are looked at.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "provider/ics/commands.h"

enum {
    PIECE_BYTES = 48 * 1024,
    END_BYTES = 22,                 /* of the record without its comment */
    TAIL_BYTES = END_BYTES + 65535, /* where the record must begin */
    ROOM_BYTES = TAIL_BYTES + BASE64_DECODED(PIECE_BYTES),
};

struct zip {
    unsigned char first[4];
    unsigned char *tail; /* the last bytes so far, ROOM_BYTES of room */
    size_t n;
    uint64_t total;
};

static uint32_t number_at(const unsigned char *p, size_t n)
{
    uint32_t number = 0;

    while (n-- > 0)
        number = number << 8 | p[n];
    return number;
}

/* The first bytes are remembered, and the last ones. */
static void add(struct zip *z, size_t len)
{
    for (size_t i = 0; i < len && z->total + i < sizeof(z->first); i++)
        z->first[z->total + i] = z->tail[z->n + i];
    z->total += len;
    z->n += len;
    if (z->n > TAIL_BYTES) {
        memmove(z->tail, z->tail + z->n - TAIL_BYTES, TAIL_BYTES);
        z->n = TAIL_BYTES;
    }
}

static bool has_end(const struct zip *z)
{
    for (size_t at = z->n >= END_BYTES ? z->n - END_BYTES + 1 : 0; at-- > 0;) {
        const unsigned char *p = z->tail + at;
        uint64_t place = z->total - (z->n - at);

        if (memcmp(p, "PK\5\6", 4) != 0 || number_at(p + 20, 2) != z->n - at - END_BYTES)
            continue;
        /* It has entries, and their directory stands before it. */
        return number_at(p + 10, 2) > 0 && (uint64_t)number_at(p + 16, 4) + number_at(p + 12, 4) <= place;
    }
    return false;
}

static int read_piece(int fd, uint64_t at, char *piece, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = pread(fd, piece + done, len - done, (off_t)(at + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -ENODATA;
        done += (size_t)n;
    }
    return 0;
}

static int decode(int fd, uint64_t size, struct zip *z, char *piece)
{
    struct base64_reader reader = {0};

    for (uint64_t at = 0; at < size; at += PIECE_BYTES) {
        size_t len = (size_t)MIN((uint64_t)PIECE_BYTES, size - at), got;
        int r = read_piece(fd, at, piece, len);

        if (r == 0)
            r = base64_read(&reader, piece, len, z->tail + z->n, &got);
        if (r < 0)
            return r;
        add(z, got);
    }
    return base64_end(&reader);
}

int ics_check_binary(int fd, uint64_t size, const char **ret_why)
{
    _cleanup_free_ unsigned char *tail = malloc(ROOM_BYTES);
    _cleanup_free_ char *piece = malloc(PIECE_BYTES);
    struct zip z = {.tail = tail};
    int r;

    if (!tail || !piece)
        return -ENOMEM;
    r = decode(fd, size, &z, piece);
    *ret_why = "it is not base64 throughout";
    if (r < 0)
        return r;
    *ret_why = z.total == 0 ? "it is empty" : "it is base64, but not of a ZIP";
    if (z.total < sizeof(z.first) || memcmp(z.first, "PK\3\4", 4) != 0)
        return -EBADMSG;
    *ret_why = "the ZIP in it has no end; it is not whole";
    return has_end(&z) ? 0 : -EBADMSG;
}
