/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The unix socket on which tests look into the appliances and tamper with them. */

#include "appliance.h"

void control_start(struct fleet *fleet, const char *folder);
void control_stop(void);
