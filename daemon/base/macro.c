/* SPDX-License-Identifier: Apache-2.0 */
#include "base/macro.h"

#include <errno.h>
#include <string.h>

int array_grow(void *array, size_t *allocated, size_t n, size_t item_size)
{
    void *old, *larger;
    size_t want;

    if (n < *allocated)
        return 0;
    want = *allocated ? *allocated * 2 : 8;
    memcpy(&old, array, sizeof(old));
    larger = reallocarray(old, want, item_size);
    if (!larger)
        return -ENOMEM;
    memcpy(array, &larger, sizeof(larger));
    *allocated = want;
    return 0;
}
