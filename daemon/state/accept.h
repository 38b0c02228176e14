/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accepted drift: what somebody knows of and lives with until a time. It silences the alarm, nothing else: the object
 * is planned and written as ever. Owned by the settings.
 */
#pragma once

#include <stdint.h>

#include "schema/field.h"
#include "value/value.h"

struct acceptance {
    const char *object; /* pattern TARGET/KIND/OBJECT */
    const char *digest; /* of the value on the appliance that is accepted */
    const char *reason, *until;
    uint64_t until_usec; /* wall time */
};

/* The rows of one entry of `accept`. */
extern const struct field acceptance_row;
/* Takes an entry that was read by its rows; its texts are borrowed. */
struct acceptance acceptance_load(const struct value *v);
/* The first of N entries that accepts such a value of TARGET/KIND/OBJECT at that time, or NULL. */
const struct acceptance *acceptance_find(const struct acceptance *list, size_t n, const char *object,
                                         const char *digest, uint64_t now_real_usec);
