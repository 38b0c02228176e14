/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that make up the settings share: rows, and what is known while they are being loaded. */
#pragma once

#include "state/settings.h"

#define OCTET "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
#define ADDRESS_V4 OCTET "([.]" OCTET "){3}"
#define ADDRESS_V6 "[0-9A-Fa-f]*:[0-9A-Fa-f:.]*"
#define DURATION_PATTERN "^0*[1-9][0-9]*(ms|s|m|h)$"
#define PULL_PATTERN "^(never|0*[1-9][0-9]*(ms|s|m|h))$"

/* `check` of struct field. */
const char *settings_check_duration(const struct value *v);
const char *settings_check_address(const struct value *v);
const char *settings_check_pull_interval(const struct value *v);
const char *settings_check_object_pattern(const struct value *v);
extern const char *const settings_modes[];
extern const struct field settings_text, settings_target;

struct settings_loading {
    struct settings *s;
    const struct system *const *systems;
    size_t n_systems;
    struct diag_list *diags;
    bool faulty;
};

/* Tells a fault; all of them are told before the settings are refused. */
void settings_complain(struct settings_loading *l, const struct value *at, enum diag_code code, const char *format, ...)
    _printf_(4, 5);
/* What a record that was read by its row gives under KEY, else the default of that member's row. */
const char *settings_text_of(const struct field *record, const struct value *v, const char *key);
uint64_t settings_duration_of(const struct field *record, const struct value *v, const char *key);
uint32_t settings_number_of(const struct field *record, const struct value *v, const char *key);
/* Takes one target; its members were read by their rows. 0 or -ENOMEM, told. */
int settings_load_target(struct settings_loading *l, struct target *t, const struct pair *p) _must_check_;
