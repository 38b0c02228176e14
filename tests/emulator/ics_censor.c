/* SPDX-License-Identifier: Apache-2.0 */

/* What the log keeps of a body. */

#include "ics.h"

#include <string.h>
#include <strings.h>

#define TEXT_MAX 1000 /* of a body that is no JSON: a whole configuration may be one */

static bool is_secret(const cJSON *member) {
    static const char *const names[] = {"password", "cluster-password"};

    for (size_t i = 0; i < ELEMENTSOF(names); i++)
        if (member->string && strcasecmp(member->string, names[i]) == 0)
            return true;
    return false;
}

/* That there was a secret can be seen, even twice in one object. */
static void censor(cJSON *json) {
    cJSON *child;

    cJSON_ArrayForEach(child, json) {
        if (!is_secret(child))
            censor(child);
        else if (!cJSON_IsString(child) || !cJSON_SetValuestring(child, "***")) {
            cJSON_Delete(TAKE_PTR(child->child));
            child->type = cJSON_NULL;
        }
    }
}

char *ics_censor_body(const char *body, size_t size) {
    _cleanup_json_ cJSON *json = json_parse(body, size);

    if (json) {
        censor(json);
        return cJSON_PrintUnformatted(json);
    }
    if (memmem(body, size, "password", 8))
        return util_duplicate_text("(not JSON)");
    return util_format_text("%.*s", TEXT_MAX, body);
}
