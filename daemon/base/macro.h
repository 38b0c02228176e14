/* SPDX-License-Identifier: Apache-2.0 */
/* Small macros of the house: ownership that ends with the scope, transfer that shows, array sizes. */
#pragma once

#include <stddef.h>
#include <stdlib.h>

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _printf_(string, first) __attribute__((__format__(__printf__, string, first)))
#define _must_check_ __attribute__((warn_unused_result))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* Hands the pointer over and forgets it here. */
#define TAKE_PTR(p)            \
    ({                         \
        typeof(p) *pp_ = &(p); \
        typeof(p) v_ = *pp_;   \
        *pp_ = NULL;           \
        v_;                    \
    })

/* Generates the cleanup helper `<func>p` for use with _cleanup_(). */
#define DEFINE_CLEANUP(type, func)      \
    static inline void func##p(type *p) \
    {                                   \
        if (*p)                         \
            func(*p);                   \
    }                                   \
    static inline void func##p(type *p)

static inline void freep(void *p)
{
    free(*(void **)p);
}

#define _cleanup_free_ _cleanup_(freep)

/* Makes room for one more item in a growing array that has N items; 0, or -ENOMEM with the array as it was. */
int array_grow(void *array, size_t *allocated, size_t n, size_t item_size) _must_check_;
