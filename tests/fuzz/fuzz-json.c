/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a reply: the check and the reader agree, and what was read is written and read without a change. */
#include <errno.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct json_fault fault = {0};
    struct value v, again;
    const char *text, *twice;
    int checked, r;

    json_init();
    checked = json_check((const char *)data, size, &fault);
    if (checked < 0)
        PROMISE(fault.what && fault.offset <= size);
    r = json_read(&a, (const char *)data, size, &v, &fault);
    /* Names that are the same once their escapes are read are found only by reading. */
    PROMISE(r == checked || (r == -EBADMSG && checked == 0 && fault.escaped_names));
    if (r == 0) {
        text = text_of_json(&a, &v);
        PROMISE(json_read(&a, text, strlen(text), &again, &fault) == 0);
        PROMISE(value_equal(&v, &again));
        twice = text_of_json(&a, &again);
        PROMISE(strcmp(text, twice) == 0);
        PROMISE(value_copy(&a, &v, &again) == 0 && value_equal(&again, &v));
    }
    arena_done(&a);
    return 0;
}
