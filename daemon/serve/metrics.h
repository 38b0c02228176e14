/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that write metrics share. */
#pragma once

#include "serve/serve.h"

void metrics_begin_family(const char *name, const char *type, const char *help, struct buf *out);
/* A text of a document or an appliance as the value of a label. */
void metrics_write_label(const char *text, struct buf *out);
/* metrics-figures.c: what the appliances say of their load and licences. */
void metrics_write_figures(const struct daemon *d, struct buf *out);
