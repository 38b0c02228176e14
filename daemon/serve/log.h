/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal, with fields and message ids; or lines "<N>..." on standard error where no journal listens there.
 * Once a line is handed over it is not waited for.
 */
#pragma once

#include <syslog.h>

#include "base/macro.h"

/* The events that matter; each has a message id and an entry in the catalogue. */
enum log_event {
    LOG_EVENT_NONE,
    LOG_EVENT_STARTED,
    LOG_EVENT_STOPPING,
    LOG_EVENT_CONFIG_LOADED,
    LOG_EVENT_CONFIG_FAULTY,
    LOG_EVENT_TARGET_FAILED,
    LOG_EVENT_TARGET_RECOVERED,
    LOG_EVENT_CHANGE_APPLIED,
    LOG_EVENT_CHANGE_FAILED,
    LOG_EVENT_CHANGE_HELD,
    LOG_EVENT_DRIFT_OBSERVED,
    LOG_EVENT_RUN_RESOLVED,
    LOG_EVENT_RECORD_FAILED,
    LOG_EVENT_HOLD,
    LOG_EVENT_RELEASED,
    LOG_EVENT_ALLOWED,
    LOG_EVENT_MAX,
};

/* A field beside the message: CONVERGATE_<name>. */
struct log_field {
    const char *name;
    const char *value; /* NULL leaves it out */
};

void log_begin(void);
/* Fields end with one without a name; may be NULL. */
void log_write(int priority, enum log_event event, const struct log_field *fields, const char *format, ...)
    _printf_(4, 5);
/* As the catalogue names it: 32 hex digits; NULL for LOG_EVENT_NONE. */
const char *log_event_id(enum log_event event);
