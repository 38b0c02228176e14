/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The HTTPS side: a listening socket for each appliance, a few threads for all of them. */

#include "appliance.h"

/* Binds every appliance; their ports and URLs are known afterwards. */
void server_start(struct fleet *fleet, const struct tls *tls);
void server_stop(struct fleet *fleet);
