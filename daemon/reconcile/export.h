/* SPDX-License-Identifier: Apache-2.0 */
/* Live state as a desired document: what `convergate export` prints, and what `plan` then finds nothing against. */
#pragma once

#include "reconcile/run.h"

/* Reads every kind of an opened run into a document of its arena; faults are told in the run's plan. */
int export_read(struct run *r, struct value *ret) _must_check_;
