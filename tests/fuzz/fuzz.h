/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets share. Each target is one file with LLVMFuzzerTestOneInput(); linked with replay.c it runs
 * over a folder of files with any compiler. A broken promise ends the process with the place of the assertion.
 */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schema/field.h"
#include "value/json.h"
#include "value/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(condition) promise(condition, #condition, __FILE__, __LINE__)
void promise(bool holds, const char *what, const char *file, int line);

/* A call that can only fail for want of memory, which ends the input quietly. */
#define MUST(call)      \
    do {                \
        if ((call) < 0) \
            abort();    \
    } while (0)

/* Compact JSON and YAML in the arena. */
const char *text_of_json(struct arena *a, const struct value *v);
const char *text_of_yaml(struct arena *a, const struct value *v);
/* True where a text or key of the tree holds a control character, which a YAML document may not hold. */
bool has_controls(const struct value *v);
