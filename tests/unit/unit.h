/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the unit tests share: a bench with an arena, diagnostics and a temporary folder for one test, values from
 * literals, and assertions that show what was told instead.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cmocka.h>

#include "schema/field.h"
#include "value/value.h"

struct bench {
    struct arena arena;
    struct diag_list diags;
    struct document document; /* what bench_yaml() read last */
    char folder[64];          /* "" until bench_folder() makes it */
};

int bench_setup(void **state);
int bench_teardown(void **state);

#define BENCH_TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

/* Values live until the test ends; text that cannot be read fails the test. */
struct value *bench_json(struct bench *b, const char *json);
struct value *bench_yaml(struct bench *b, const char *yaml);
/* Compact JSON of a value. */
const char *bench_print(struct bench *b, const struct value *v);
/* A document's value read by a row; faults fail the test. */
struct value *bench_desired(struct bench *b, const struct field *f, const char *yaml);
/* An appliance's value adopted by a row; faults fail the test. */
struct value *bench_live(struct bench *b, const struct field *f, const char *json);

/* The diagnostics as "subject: sentence [code]" lines, and forgetting them. */
const char *bench_told(struct bench *b);
void bench_forget(struct bench *b);

/* A temporary folder of the test, removed with all in it; and a file in it. */
const char *bench_folder(struct bench *b);
const char *bench_file(struct bench *b, const char *name, const char *text, mode_t mode);

#define assert_contains(text, part) assert_contains_(text, part, __FILE__, __LINE__)
void assert_contains_(const char *text, const char *part, const char *file, int line);
/* Exactly one diagnostic: its code, its subject (NULL for none), and words of its sentence. Forgets it. */
#define assert_told_one(b, code, subject, words) assert_told_one_(b, code, subject, words, __FILE__, __LINE__)
void assert_told_one_(struct bench *b, const char *code, const char *subject, const char *words, const char *file,
                      int line);
