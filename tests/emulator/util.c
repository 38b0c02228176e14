/* SPDX-License-Identifier: Apache-2.0 */

#include "util.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void util_die(const char *format, ...) {
    va_list arguments;

    fputs("convergate-emulator: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(EXIT_FAILURE);
}

void *util_allocate(size_t size) {
    void *pointer = calloc(1, size > 0 ? size : 1);
    if (!pointer)
        util_die("out of memory");
    return pointer;
}

void *util_resize(void *pointer, size_t size) {
    pointer = realloc(pointer, size > 0 ? size : 1);
    if (!pointer)
        util_die("out of memory");
    return pointer;
}

char *util_duplicate_text(const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(util_allocate(size), text, size);
}

char *util_format_text(const char *format, ...) {
    va_list arguments;
    char *text = NULL;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        util_die("out of memory");
    va_end(arguments);
    return text;
}

void buffer_append(struct buffer *buffer, const void *data, size_t size) {
    if (buffer->allocated - buffer->size <= size) {
        buffer->allocated = 2 * buffer->allocated + size + 64;
        buffer->data = util_resize(buffer->data, buffer->allocated);
    }
    if (size > 0)
        memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
}

void buffer_done(struct buffer *buffer) {
    free(buffer->data);
    *buffer = (struct buffer){0};
}

static void hex_encode(const unsigned char *bytes, char *ret, size_t digits) {
    for (size_t i = 0; i < digits; i++)
        ret[i] = "0123456789abcdef"[i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15];
    ret[digits] = '\0';
}

void util_random_hex(char *ret, size_t digits) {
    unsigned char bytes[32];

    if (digits > 2 * sizeof(bytes) || RAND_bytes(bytes, sizeof(bytes)) != 1)
        util_die("no random bytes");
    hex_encode(bytes, ret, digits);
}

char *util_random_uuid(void) {
    char hex[33];

    util_random_hex(hex, 32);
    hex[12] = '4';
    hex[16] = "89ab"[hex[16] % 4];
    return util_format_text("%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

void util_digest_hex(const char *text, char *ret, size_t digits) {
    unsigned char digest[EVP_MAX_MD_SIZE];

    if (EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL) != 1)
        util_die("no SHA-256");
    hex_encode(digest, ret, digits);
}

char *util_encode_base64(const void *data, size_t size) {
    char *text = util_allocate(4 * ((size + 2) / 3) + 1);
    EVP_EncodeBlock((unsigned char *) text, data, (int) size);
    return text;
}

char *util_decode_base64(const char *text) {
    size_t ignored;
    return util_decode_base64_size(text, &ignored);
}

char *util_decode_base64_size(const char *text, size_t *ret_size) {
    _cleanup_free_ char *data = NULL;
    size_t size = strlen(text);
    int n;

    if (size == 0 || size % 4 != 0)
        return NULL;
    data = util_allocate(size + 1);
    n = EVP_DecodeBlock((unsigned char *) data, (const unsigned char *) text, (int) size);
    if (n < 0)
        return NULL;
    n -= (text[size - 1] == '=') + (text[size - 2] == '=');
    data[n] = '\0';
    *ret_size = (size_t) n;
    return TAKE_PTR(data);
}

static int hex_digit(char c) {
    const char *digits = "0123456789abcdef", *found;

    if (c >= 'A' && c <= 'F')
        c = (char) (c - 'A' + 'a');
    found = c != '\0' ? strchr(digits, c) : NULL;
    return found ? (int) (found - digits) : -1;
}

char *util_decode_percent(const char *text, size_t size) {
    _cleanup_free_ char *plain = util_allocate(size + 1);
    size_t n = 0;

    for (size_t i = 0; i < size; i++) {
        if (text[i] == '%') {
            int high = i + 2 < size ? hex_digit(text[i + 1]) : -1;
            int low = i + 2 < size ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0 || high + low == 0)
                return NULL;
            plain[n++] = (char) (16 * high + low);
            i += 2;
        } else
            plain[n++] = text[i];
    }
    return TAKE_PTR(plain);
}

uint64_t util_now_msec(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t) now.tv_sec * 1000 + (uint64_t) now.tv_nsec / 1000000;
}

char *util_read_file(const char *path) {
    struct buffer buffer = {0};
    char block[65536];
    size_t n;

    FILE *file = fopen(path, "re");
    if (!file)
        util_die("%s: %s", path, strerror(errno));
    buffer_append(&buffer, "", 0);
    while ((n = fread(block, 1, sizeof(block), file)) > 0)
        buffer_append(&buffer, block, n);
    if (ferror(file))
        util_die("%s: cannot be read", path);
    fclose(file);
    return buffer.data;
}

/* Whoever waits for the file sees all of it or none. */
void util_write_file(const char *folder, const char *name, const char *text) {
    _cleanup_free_ char *path = util_format_text("%s/%s", folder, name);
    _cleanup_free_ char *draft = util_format_text("%s/.%s.new", folder, name);

    FILE *file = fopen(draft, "we");
    if (!file)
        util_die("%s: %s", draft, strerror(errno));
    if (fputs(text, file) < 0 || fclose(file) != 0 || rename(draft, path) < 0)
        util_die("%s: %s", path, strerror(errno));
}
