/* SPDX-License-Identifier: Apache-2.0 */
/* Counts by labels, for metrics. Labels are texts of static tables: they are compared as pointers and not owned. */
#pragma once

#include <stdint.h>

#include "base/macro.h"

struct tally {
    const char *labels[2];
    uint64_t n;
};

struct tallies {
    struct tally *items;
    size_t n, allocated;
};

/* 0 or -ENOMEM. */
int tallies_add(struct tallies *t, const char *first, const char *second) _must_check_;
/* Sets all counts to 0: a label that was once told goes on being told. */
void tallies_zero(struct tallies *t);
void tallies_done(struct tallies *t);

enum { HISTOGRAM_BUCKETS = 10 };

/* Upper bounds in seconds; what is longer counts in the sum and the number only. */
extern const double histogram_bounds[HISTOGRAM_BUCKETS];

struct histogram {
    uint64_t buckets[HISTOGRAM_BUCKETS]; /* not cumulated */
    uint64_t n, usec;
};
void histogram_add(struct histogram *h, uint64_t usec);

/* When a certificate expires. */
struct expiry {
    char *subject;
    int64_t at; /* seconds since 1970 */
};

struct expiries {
    struct expiry *items;
    size_t n, allocated;
};
/* 0 or -ENOMEM. */
int expiries_add(struct expiries *e, const char *subject, int64_t at) _must_check_;
void expiries_done(struct expiries *e);

/* What is counted of one target. */
struct metrics {
    struct tallies drift;     /* kind, cause: of the last run */
    struct tallies accepted;  /* the same, of what the settings accept */
    struct tallies held;      /* guard: of the last run */
    struct tallies applied;   /* kind, action */
    struct tallies failures;  /* code */
    struct tallies runs;      /* status */
    struct tallies pulls;     /* result */
    struct expiries expiries; /* of the certificates that were declared in the last run */
    uint64_t requests, request_usec;
};
void metrics_done(struct metrics *m);
