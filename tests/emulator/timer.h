/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Wakes suspended connections: after a while, or when the client has gone. No serving thread ever sleeps. */

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

void timer_start(void);
/* Wakes all of them at once and suspends none from now on. */
void timer_stop(void);

/* False while stopping: then the connection goes on. */
bool timer_suspend_for(struct MHD_Connection *connection, uint64_t msec);
bool timer_suspend_until_hangup(struct MHD_Connection *connection, int fd);
