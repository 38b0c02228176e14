/* SPDX-License-Identifier: Apache-2.0 */
#include "base/signals.h"
#include "cli/cli.h"
#include "http/http.h"

static void wake(void *user)
{
    http_client_wake(user);
}

/* A SIGHUP means to a command what it always meant: its terminal is gone. */
static void wake_command(void *user)
{
    if (atomic_load(&signals.reload))
        atomic_store(&signals.stop, true);
    wake(user);
}

enum exit_status network_start(struct http_client **ret)
{
    if (http_client_new(ret) < 0) {
        say_error("the network thread cannot be started");
        return STATUS_FAILED;
    }
    if (signals_catch(wake_command, *ret) < 0) {
        *ret = http_client_free(*ret);
        say_error("signals cannot be caught");
        return STATUS_FAILED;
    }
    return STATUS_OK;
}

void network_stop(struct http_client *http)
{
    signals_release();
    http_client_free(http);
}
