/* SPDX-License-Identifier: Apache-2.0 */
/* Which commit of a Git work tree a path belongs to, read from Git's own files. */
#pragma once

#include "base/macro.h"

enum { REVISION_SIZE = 65 }; /* SHA-256 object names have 64 digits */

/* Writes the commit's name, or "" where the path is in no work tree or its commit cannot be told. */
void revision_of(const char *path, char ret[static REVISION_SIZE]);
