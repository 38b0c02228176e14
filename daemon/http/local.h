/* SPDX-License-Identifier: Apache-2.0 */
/* One request to the daemon on this host, over a unix socket, by plain HTTP/1.1. For the command line only. */
#pragma once

#include <stdatomic.h>

#include "base/buf.h"

/*
 * BODY may be NULL. 0 with status and body of the answer; -ECONNREFUSED where nobody listens there, -EACCES where the
 * socket may not be opened, -ETIME, -ECANCELED, -EIO for what is no whole answer, -ENOMEM.
 */
int http_local_call(const char *socket_path, const char *method, const char *path, const char *body,
                    const atomic_bool *cancelled, int *ret_status, struct buf *ret) _must_check_;
