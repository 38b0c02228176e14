/* SPDX-License-Identifier: Apache-2.0 */

#include "route.h"

#include <string.h>

static bool pattern_matches(const char *pattern, struct request *q) {
    size_t n_names = 0;

    for (size_t i = 0; i < q->n_segments; i++) {
        size_t size;

        if (*pattern++ != '/')
            return false;
        size = strcspn(pattern, "/");
        if (size == 1 && *pattern == '*' && n_names < NAMES_MAX)
            q->names[n_names++] = q->segments[i];
        else if (strncmp(pattern, q->segments[i], size) != 0 || q->segments[i][size] != '\0')
            return false;
        pattern += size;
    }
    return *pattern == '\0' && q->n_segments > 0;
}

const struct route *route_find(const struct route *table, size_t n, struct request *q, bool *ret_known) {
    *ret_known = false;
    for (size_t i = 0; i < n; i++)
        if (pattern_matches(table[i].pattern, q)) {
            if (request_is(q, table[i].method))
                return &table[i];
            *ret_known = true;
        }
    return NULL;
}
