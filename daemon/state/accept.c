/* SPDX-License-Identifier: Apache-2.0 */
#include "state/accept.h"

#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "base/time-util.h"
#include "state/settings-parts.h"

static const char *check_digest(const struct value *v)
{
    return strlen(v->text) == DIGEST_SIZE - 1 && strspn(v->text, "0123456789abcdef") == DIGEST_SIZE - 1
               ? NULL
               : "must be the live-digest of a plan's JSON: 64 of the digits 0 to 9 and a to f";
}

static const struct field rows[] = {
    {.name = "object",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .min = 1,
     .max = 1024,
     .pattern = "^[^/]*/[^/]*/",
     .check = settings_check_object_pattern,
     .help = "pattern TARGET/KIND/OBJECT: what differs"},
    {.name = "digest",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .pattern = "^[0-9a-f]{64}$",
     .check = check_digest,
     .help = "of the value that is accepted: the change's live-digest in the plan's JSON"},
    {.name = "reason", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .min = 1, .max = 1024, .help = "why; it is shown"},
    {.name = "until",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .check = field_check_time,
     .help = "when it is an alarm again: 2027-01-31T00:00:00Z"},
    {0},
};

const struct field acceptance_row = {.type = FIELD_RECORD, .members = rows};

struct acceptance acceptance_load(const struct value *v)
{
    struct acceptance a = {.object = value_get_text(v, "object"),
                           .digest = value_get_text(v, "digest"),
                           .reason = value_get_text(v, "reason"),
                           .until = value_get_text(v, "until")};

    if (!a.until || parse_time(a.until, &a.until_usec) < 0)
        a.until_usec = 0;
    return a;
}

const struct acceptance *acceptance_find(const struct acceptance *list, size_t n, const char *object,
                                         const char *digest, uint64_t now_real_usec)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].until_usec > now_real_usec && strcmp(list[i].digest, digest) == 0 &&
            pattern_match(list[i].object, object))
            return &list[i];
    return NULL;
}
