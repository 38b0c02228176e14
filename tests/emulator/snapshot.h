/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What one request could change, kept so that it can be undone behind the client's back. */

struct request;
struct snapshot;

struct snapshot *snapshot_take(const struct request *q);
void snapshot_restore(struct snapshot *snapshot, struct request *q);
void snapshot_free(struct snapshot *snapshot);
