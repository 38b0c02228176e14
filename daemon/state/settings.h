/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The management host's settings: where the appliances are, how to log in, what must never happen. Loaded whole or
 * refused whole; never changed afterwards, so threads may share it. Owns everything it points to.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/kind.h"
#include "state/accept.h"
#include "state/window.h"
#include "value/value.h"

enum mode {
    MODE_ENFORCE,
    MODE_OBSERVE,
    MODE_MAX,
    MODE_INVALID = -22,
};

const char *mode_to_string(enum mode mode);
enum mode mode_from_string(const char *text);

struct backup_settings {
    bool before_apply;
    uint32_t keep;
};

struct target {
    const char *name;
    const struct system *system;
    const char *url;
    const char *realm; /* ICS */
    const char *username;
    const char *login_method; /* SPS */
    const char *credential;   /* name of the password, or of the shared secret */
    char *ca_file;            /* NULL: the system's */
    const char *pinned_public_key;
    uint64_t timeout_usec;
    enum mode mode;
    struct backup_settings backup;
    uint64_t pull_interval_usec;        /* 0: never */
    const struct value *labels;         /* map of texts, or NULL */
    const struct value *source_address; /* list of texts, or NULL: as the connection shows it */
    const struct value *expect;         /* map of lists of texts, or NULL */
    struct place place;
};

struct guard_settings {
    uint32_t max_removals;
    uint32_t max_removals_percent;
    uint32_t max_removals_run;
    const struct value *management_addresses; /* lists of texts, or NULL */
    const struct value *management_realms;
    const struct value *protect;
    const struct value *health; /* map of percents by names such as max-cpu-utilization, or NULL */
};

struct settings {
    struct document document;
    const struct system *const *systems; /* that targets can be of */
    size_t n_systems;
    char *folder; /* of the file: what relative paths are relative to */
    char *desired;
    char *state_directory;
    char *credentials;
    char *runtime_directory; /* of the sockets */
    uint64_t interval_usec;
    uint64_t run_timeout_usec;
    uint32_t concurrency;
    const struct value *remove_unlisted; /* list of TARGET/KIND patterns, or NULL */
    struct guard_settings guards;
    struct window *windows;
    size_t n_windows;
    struct acceptance *accepted;
    size_t n_accepted;
    struct target *targets; /* in order of their names */
    size_t n_targets;
};

struct settings *settings_free(struct settings *s);
DEFINE_CLEANUP(struct settings *, settings_free);
/* All faults go to DIAGS; 0, -EBADMSG when there were any, or -ENOMEM. */
int settings_load(const char *path, const struct system *const *systems, size_t n_systems, struct diag_list *diags,
                  struct settings **ret) _must_check_;
const struct target *settings_find_target(const struct settings *s, const char *name);
/* The first of N patterns that matches no target, or NULL. */
const char *settings_find_useless(const struct settings *s, const char *const *patterns, size_t n);
/* True where one of the patterns of a list (may be NULL) matches the text. */
bool settings_matches(const struct value *patterns, const char *text);
/* True where some target's login uses this credential: a slip must not hand it to another use. */
bool settings_is_of_a_login(const struct settings *s, const char *credential);
/* The rows of the settings file, for the manual and its schema. */
extern const struct field settings_rows;
