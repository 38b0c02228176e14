/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Targets that turn out to be one cluster. What is written to one member is written to all, so that two targets that
 * are members of one would be two writers of the same state: the first in the settings is written, the others are held.
 * What is known of memberships is shared by the runs of one batch, or of one daemon, from any thread.
 */
#pragma once

#include <pthread.h>

#include "base/buf.h"
#include "state/settings.h"
#include "value/value.h"

struct membership;

struct clusters {
    pthread_mutex_t lock;
    bool lasting; /* it outlives a run: then a target that was never asked is asked once, though it is in sync */
    struct membership *items;
    size_t n, allocated;
};

void clusters_init(struct clusters *c, bool lasting);
void clusters_done(struct clusters *c);
/* Keeps what a target said: the texts that name its members, NULL or none where it is in no cluster. 0 or -ENOMEM. */
int clusters_note(struct clusters *c, const char *target, const struct value *members) _must_check_;
/* A target that is another machine now, or cannot be reached, says nothing any more. */
void clusters_forget(struct clusters *c, const char *target);
bool clusters_know(struct clusters *c, const char *target);
/* True where any target is in a cluster. */
bool clusters_any(struct clusters *c);
/*
 * The target that is written in place of T, NULL where that is T: one that is being written now, else the first in the
 * settings that may be. SHARED names a member that both have. With WRITE, T is being written from now on where nobody
 * else is to be.
 */
const struct target *clusters_writer(struct clusters *c, const struct settings *s, const struct target *t, bool write,
                                     struct buf *shared);
/* T is not being written any more. */
void clusters_written(struct clusters *c, const char *target);
