/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Reading what Convergate's users have: settings and documents in YAML, facts in JSON. */

#include "json.h"

/* The file's one document; ends the emulator if it cannot be read. Plain words are texts, but for null, true,
 * false and whole numbers. */
cJSON *yaml_read_file(const char *path);
