/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way back: after a change of who may log in, a new login over a new connection must work; where it does not,
 * the previous state is written back over the connection that still lives.
 */
#pragma once

#include "reconcile/run.h"

/*
 * 0 where nothing of the kind was written or a new login works. Else it is told: -EBADMSG when the previous state is in
 * force again, -ENOTCONN when a person must act.
 */
int way_back_confirm(struct run *r) _must_check_;
