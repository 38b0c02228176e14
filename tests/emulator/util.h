/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Memory, text, encodings and files. Running out of memory ends the emulator: it is a test tool. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _cleanup_free_ _cleanup_(util_freep)
#define _printf_(a, b) __attribute__((format(printf, a, b)))
#define ELEMENTSOF(array) (sizeof(array) / sizeof((array)[0]))
#define TAKE_PTR(pointer)                                                                                    \
    ({                                                                                                       \
        __typeof__(pointer) *_p = &(pointer);                                                                \
        __typeof__(pointer) _taken = *_p;                                                                    \
        *_p = NULL;                                                                                          \
        _taken;                                                                                              \
    })

struct buffer {
    char *data;
    size_t size, allocated;
};

static inline void util_freep(void *pointer) {
    free(*(void **) pointer);
}

_Noreturn void util_die(const char *format, ...) _printf_(1, 2);

void *util_allocate(size_t size);
void *util_resize(void *pointer, size_t size);
char *util_duplicate_text(const char *text);
char *util_format_text(const char *format, ...) _printf_(1, 2);

/* Keeps a NUL after the data, so that text can be read as a string. */
void buffer_append(struct buffer *buffer, const void *data, size_t size);
void buffer_done(struct buffer *buffer);

/* `ret` has room for `digits` lower-case hex digits and the final NUL. */
void util_random_hex(char *ret, size_t digits);
char *util_random_uuid(void);
void util_digest_hex(const char *text, char *ret, size_t digits);
char *util_encode_base64(const void *data, size_t size);
/* With a NUL behind the data; NULL if `text` is not base64. */
char *util_decode_base64(const char *text);
char *util_decode_base64_size(const char *text, size_t *ret_size);
char *util_decode_percent(const char *text, size_t size);

uint64_t util_now_msec(void);
char *util_read_file(const char *path);
void util_write_file(const char *folder, const char *name, const char *text);
