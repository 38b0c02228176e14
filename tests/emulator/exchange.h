/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "request.h"

/* Takes a whole request through log, faults and appliance to its answer; again after each suspension. */
enum MHD_Result exchange_run(struct request *q);
