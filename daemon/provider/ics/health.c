/* SPDX-License-Identifier: Apache-2.0 */
/* How loaded an appliance is (guide: "Getting Health Check Status"). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider/ics/ics.h"

static const char path[] = "/api/v1/system/healthcheck?status=all";

static const struct {
    const char *name;
    const char *member;
} gauges[] = {
    {"cpu-utilization", "CPU-UTILIZATION"},
    {"disk-utilization", "DISK-UTILIZATION"},
    {"swap-utilization", "SWAP-UTILIZATION"},
};

/* The guide prints the mark of a footnote behind a name: "CPU-UTILIZATION4". */
static bool is_called(const char *member, const char *name)
{
    size_t n = strlen(name);

    if (strncmp(member, name, n) != 0)
        return false;
    return member[n] == '\0' || (member[n] >= '0' && member[n] <= '9' && member[n + 1] == '\0');
}

static const struct value *find_gauge(const struct value *answer, const char *name)
{
    for (uint32_t i = 0; i < answer->count; i++)
        if (is_called(answer->pairs[i].key.text, name))
            return &answer->pairs[i].value;
    return NULL;
}

/* A number, or a number as a text; what is neither is as good as not told. */
static bool take_percent(const struct value *v, int64_t *ret)
{
    char *end = NULL;
    long n;

    if (value_is(v, VALUE_INT)) {
        *ret = v->integer;
        return v->integer >= -1;
    }
    if (!value_is(v, VALUE_TEXT) || v->count == 0 || v->count > 3)
        return false;
    n = strtol(v->text, &end, 10);
    *ret = n;
    return *end == '\0' && n >= -1;
}

int ics_read_health(struct session *s, struct value *ret)
{
    struct value answer;
    uint32_t n = 0;
    int64_t percent;
    int r = session_get(s, path, &answer);

    if (r == -ENOENT)
        return session_tell(s, DIAG_HTTP_STATUS, "GET", path, "status 404: it does not tell its health");
    if (r < 0)
        return r;
    if (value_new_map(s->arena, ARRAY_SIZE(gauges), ret) < 0)
        return diag_oom(s->diags);
    for (size_t i = 0; i < ARRAY_SIZE(gauges); i++)
        if (take_percent(find_gauge(&answer, gauges[i].member), &percent))
            value_set_pair(ret, n++, gauges[i].name, value_int(percent));
    ret->count = n;
    return 0;
}
