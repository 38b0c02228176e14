/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong, in words: a stable code, the place or the target, one sentence. Layers below serve/ and cli/
 * never print; they add here and return a negative errno. A list owns its diagnostics and is safe to share
 * between threads only while one of them adds.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"

/* X(name, "code"): what scripts may rely on. */
#define DIAG_CODES(X)                           \
    X(OUT_OF_MEMORY, "out-of-memory")           \
    X(INTERNAL, "internal")                     \
    /* files and their text */                  \
    X(FILE_UNREADABLE, "file-unreadable")       \
    X(FILE_TOO_LARGE, "file-too-large")         \
    X(FILE_SUFFIX, "file-suffix")               \
    X(NO_FILES, "no-files")                     \
    X(YAML_SYNTAX, "yaml-syntax")               \
    X(YAML_ENCODING, "yaml-encoding")           \
    X(YAML_EMPTY, "yaml-empty")                 \
    X(YAML_DOCUMENTS, "yaml-documents")         \
    X(YAML_DIRECTIVE, "yaml-directive")         \
    X(YAML_ALIAS, "yaml-alias")                 \
    X(YAML_TAG, "yaml-tag")                     \
    X(YAML_MERGE_KEY, "yaml-merge-key")         \
    X(YAML_COMPLEX_KEY, "yaml-complex-key")     \
    X(YAML_CONTROL, "yaml-control-character")   \
    X(DUPLICATE_KEY, "duplicate-key")           \
    X(TOO_DEEP, "too-deep")                     \
    X(TOO_MANY_NODES, "too-many-values")        \
    /* meaning */                               \
    X(VERSION, "version")                       \
    X(UNKNOWN_KEY, "unknown-key")               \
    X(MISSING_KEY, "missing-key")               \
    X(NULL_VALUE, "null-value")                 \
    X(WRONG_TYPE, "wrong-type")                 \
    X(BAD_VALUE, "bad-value")                   \
    X(DUPLICATE_ITEM, "duplicate-item")         \
    X(DECLARED_TWICE, "declared-twice")         \
    X(NO_TARGET, "no-target")                   \
    X(WRONG_SECTION, "section-without-target")  \
    X(SECRET_IN_FILE, "secret-in-file")         \
    X(CREDENTIAL_MISSING, "credential-missing") \
    X(CREDENTIAL_MODE, "credential-mode")       \
    X(CREDENTIAL_BAD, "credential-bad")         \
    X(USAGE, "usage")                           \
    /* talking to an appliance */               \
    X(UNREACHABLE, "unreachable")               \
    X(TIMEOUT, "timeout")                       \
    X(TLS, "tls")                               \
    X(TLS_PIN, "tls-pin")                       \
    X(CONNECTION_LOST, "connection-lost")       \
    X(TRUNCATED, "truncated")                   \
    X(BODY_TOO_LARGE, "body-too-large")         \
    X(REDIRECT, "redirect")                     \
    X(NOT_JSON, "not-json")                     \
    X(WRONG_SHAPE, "wrong-shape")               \
    X(HTTP_STATUS, "http-status")               \
    X(LOGIN_REFUSED, "login-refused")           \
    X(SECOND_FACTOR, "second-factor")           \
    X(FORBIDDEN, "forbidden")                   \
    X(IDENTITY, "identity")                     \
    X(READ_ONLY, "read-only-session")           \
    X(BUSY, "busy")                             \
    X(REFUSED, "refused")                       \
    X(UNKNOWN_OBJECT, "unknown-object")         \
    X(AMBIGUOUS, "ambiguous-name")              \
    X(INCOMPLETE, "incomplete-object")          \
    X(FOREIGN_CHANGES, "foreign-changes")       \
    X(OUTCOME_UNKNOWN, "outcome-unknown")       \
    X(NOT_CONVERGED, "not-converged")           \
    X(RECOVERED, "recovered")                   \
    X(RENAMED, "renamed")                       \
    X(CERTIFICATE_DATES, "certificate-dates")   \
    X(CERTIFICATE_NO_CA, "certificate-no-ca")   \
    X(SHORT_SESSION, "short-session")           \
    X(LOCKED_OUT, "locked-out")                 \
    X(ROLLED_BACK, "rolled-back")               \
    X(NO_BACKUP, "no-backup")                   \
    X(INTERRUPTED, "interrupted")               \
    X(DEADLINE, "deadline")                     \
    X(LOCKED, "locked")                         \
    X(ON_HOLD, "on-hold")                       \
    X(NOTHING_DECLARED, "nothing-declared")     \
    X(SAME_CLUSTER, "same-cluster")             \
    X(CLUSTER_UNKNOWN, "cluster-unknown")       \
    X(STATE, "state-directory")                 \
    X(PLAN_FILE, "plan-file")                   \
    X(PLAN_MOVED, "plan-moved")                 \
    X(OUTPUT, "output")

enum diag_code {
#define X(name, text) DIAG_##name,
    DIAG_CODES(X)
#undef X
        DIAG_CODE_MAX,
};

const char *diag_code_to_string(enum diag_code code);

/* Where in a file; lines and columns count from 1, 0 means none. */
struct place {
    const char *file;
    uint32_t line;
    uint32_t column;
};

struct diag {
    enum diag_code code;
    char *subject; /* "file:line:column" or a target's name; NULL for neither */
    char *sentence;
};

struct diag_list {
    struct diag *items;
    size_t n;
    size_t allocated;
    size_t more; /* faults beyond the ceiling, counted only */
};

void diag_list_done(struct diag_list *l);
/* Adds and returns -EBADMSG, for `return diag_add(...)`. Outside text in arguments is escaped as a whole. */
int diag_add_place(struct diag_list *l, enum diag_code code, struct place place, const char *format, ...)
    _printf_(4, 5);
int diag_vadd_place(struct diag_list *l, enum diag_code code, struct place place, const char *format, va_list ap)
    _printf_(4, 0);
int diag_add_target(struct diag_list *l, enum diag_code code, const char *target, const char *format, ...)
    _printf_(4, 5);
/* Without any subject. */
int diag_add(struct diag_list *l, enum diag_code code, const char *format, ...) _printf_(3, 4);
/* Out of memory, said without needing any. Returns -ENOMEM. */
int diag_oom(struct diag_list *l);
/* Moves all of FROM to the end of TO. */
void diag_move(struct diag_list *to, struct diag_list *from);
bool diag_any(const struct diag_list *l);
