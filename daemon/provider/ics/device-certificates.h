/* SPDX-License-Identifier: Apache-2.0 */
/* The kind `device-certificates`: `list` and `write` of struct provider. */
#pragma once

#include "provider/ics/commands.h"

int ics_certificates_list(struct session *s, const struct kind *k, struct observed_list *ret) _must_check_;
int ics_certificates_write(struct session *s, const struct write *w, enum outcome *ret) _must_check_;
