/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time zones of the tz database, read from its compiled files (RFC 9636, version 2 and later). Unlike libc's there can
 * be several at once, and threads may share them: a zone is not changed after it was read.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"

struct zone;

/* A time through which clocks of the zone differ from UTC by the same amount. */
struct zone_span {
    int64_t until;            /* seconds since 1970: where the next one begins; INT64_MAX where there is none */
    int32_t offset;           /* seconds east of Greenwich */
    const char *abbreviation; /* of the zone */
};

struct zone *zone_free(struct zone *z);
DEFINE_CLEANUP(struct zone *, zone_free);
/*
 * Reads NAME, such as Europe/Berlin, below FOLDER; UTC is known without a file. 0; -EINVAL for what is no name of a
 * zone; -EBADMSG for a file that is none, or that counts leap seconds; -ENOMEM; or why it cannot be read, as -ENOENT.
 */
int zone_load(const char *folder, const char *name, struct zone **ret) _must_check_;
/* The same of what such a file holds. */
int zone_parse(const char *data, size_t len, struct zone **ret) _must_check_;
/* What holds at SEC, seconds since 1970. */
void zone_span_at(const struct zone *z, int64_t sec, struct zone_span *ret);
