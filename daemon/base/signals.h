/* SPDX-License-Identifier: Apache-2.0 */
/* SIGINT, SIGTERM and SIGHUP, taken by a thread of their own, so that nothing is done in a handler. */
#pragma once

#include <stdatomic.h>

#include "base/macro.h"

struct signals {
    atomic_bool stop;   /* SIGINT or SIGTERM came: what is open is taken back, nothing new begins */
    atomic_bool reload; /* SIGHUP came; whoever acts on it clears it */
};

extern struct signals signals;

/* Blocks the signals in the calling thread and all that it starts; WAKE is called after each. 0 or -errno. */
int signals_catch(void (*wake)(void *user), void *user) _must_check_;
/* Ends the thread; WAKE is not called any more. */
void signals_release(void);
