/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long an administrator's session lasts. The options are those of a role, and which roles Convergate has is not
 * shown by the API, so every admin role is taken for one that may be its own.
 */
#include <inttypes.h>
#include <string.h>

#include "base/time-util.h"
#include "provider/ics/ics.h"

#define MINUTE (60 * USEC_PER_SEC)

/* -1 where it is not given, or is no number of minutes. */
static int64_t minutes_of(const struct value *v, const char *name)
{
    const struct value *minutes = value_get(v, name);

    return value_is(minutes, VALUE_INT) && minutes->integer >= 0 ? minutes->integer : -1;
}

/* A session that ends while an answer is waited for is one in which nothing can be finished. */
bool ics_session_locks_out(const struct access *a, const char *role, const struct value *live,
                           const struct value *after, struct buf *why)
{
    static const char *const names[] = {"idle-timeout", "max-timeout"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        int64_t minutes = minutes_of(after, names[i]);

        if (minutes < 0 || minutes == minutes_of(live, names[i]) || (uint64_t)minutes > a->timeout_usec / MINUTE)
            continue;
        buf_addf(why,
                 "with an %s of %" PRId64 " min a session may end while Convergate waits for an answer, for which it "
                 "has %" PRIu64 " s (timeout); role '%s' may be its own",
                 names[i], minutes, a->timeout_usec / USEC_PER_SEC, role);
        return true;
    }
    return false;
}

void ics_session_remark(const struct remark *about, const struct value *body)
{
    int64_t minutes = minutes_of(about->after, "idle-timeout");

    if (minutes < 0 || (uint64_t)minutes >= (about->interval_usec + MINUTE - 1) / MINUTE)
        return;
    diag_add_target(about->notes, DIAG_SHORT_SESSION, about->target,
                    "session-options '%s': sessions without a request end after %" PRId64 " min, before the next run "
                    "(interval: %" PRIu64 " s)",
                    about->object, minutes, about->interval_usec / USEC_PER_SEC);
}
