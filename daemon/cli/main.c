/* SPDX-License-Identifier: Apache-2.0 */
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "cli/cli.h"
#include "http/http.h"
#include "value/json.h"

/* One connection a target, and as many targets at once as settings say. */
static void raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
            return; /* fewer targets at once will do */
    }
}

int main(int argc, char **argv)
{
    struct options o = {0};
    const struct verb *verb = NULL;
    enum exit_status status;
    bool go = false;

    /* No core and no ptrace of a process that holds administrators' passwords. */
    prctl(PR_SET_DUMPABLE, 0);
    signal(SIGPIPE, SIG_IGN);
    /* Else glibc moves this limit, and what was a large block once stays with the process. */
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    json_init();
    status = options_parse(argc, argv, &o, &verb, &go);
    if (go) {
        raise_file_limit();
        if (http_init() < 0) {
            say_error("libcurl cannot be started");
            status = STATUS_FAILED;
        } else {
            status = verb->run(&o);
        }
    }
    options_done(&o);
    return (int)status;
}
