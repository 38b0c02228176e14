/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which function answers which method and path. */

#include "request.h"

enum route_flags {
    ROUTE_OPEN = 1 << 0, /* without a login */
    ROUTE_BODY = 1 << 1, /* needs a JSON object */
    ROUTE_OPTIONAL_LOGIN = 1 << 2,
};

struct route {
    const char *method;
    const char *pattern; /* `*` stands for one segment, whatever it is */
    void (*handle)(struct request *q, struct reply *a);
    unsigned flags;
};

/* The route, or NULL: then `ret_known` says whether the path exists for another method. */
const struct route *route_find(const struct route *table, size_t n, struct request *q, bool *ret_known);
