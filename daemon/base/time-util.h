/* SPDX-License-Identifier: Apache-2.0 */
/* Durations and clocks, all in microseconds. Intervals use the monotonic clock; only records use wall time. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"

#define USEC_PER_MSEC ((uint64_t)1000)
#define USEC_PER_SEC ((uint64_t)1000000)
#define USEC_INFINITY UINT64_MAX

uint64_t now_usec(void);      /* CLOCK_MONOTONIC */
uint64_t now_real_usec(void); /* CLOCK_REALTIME */
/* "500ms", "90s", "5m", "1h": a whole number and one unit, at most a year; 0 or -EINVAL. */
int parse_duration(const char *text, uint64_t *ret_usec) _must_check_;
/* "2027-01-31T00:00:00Z", also with +01:00 in place of Z or without seconds: microseconds since 1970; or -EINVAL. */
int parse_time(const char *text, uint64_t *ret_real_usec) _must_check_;
/* Writes "2026-11-22T12:45:00Z"; the buffer needs 32 bytes. */
void format_utc(uint64_t real_usec, char *ret, size_t size);
