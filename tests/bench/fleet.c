/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the last healthy target was planned: bench-fleet SETTINGS HEALTHY [TARGET...]
 *
 * Plans as `convergate plan` does and prints `WALL CPU` in microseconds, from the start of planning until HEALTHY
 * targets were planned without a fault; what takes longer is waited for, but not counted.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/time-util.h"
#include "http/http.h"
#include "provider/provider.h"
#include "reconcile/batch.h"
#include "value/json.h"

struct healthy {
    size_t n, wanted;
    uint64_t wall_usec, cpu_usec;
};

static uint64_t cpu_usec(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * USEC_PER_SEC +
           (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void on_planned(const struct target_plan *p, void *user)
{
    struct healthy *h = user;

    if (p->status != TARGET_IN_SYNC || ++h->n != h->wanted)
        return;
    h->wall_usec = now_usec() - h->wall_usec;
    h->cpu_usec = cpu_usec() - h->cpu_usec;
}

static int plan(const struct settings *s, const struct desired *d, const char *const *targets, size_t n,
                struct healthy *h)
{
    static const atomic_bool never = false;
    struct http_client *http;
    struct run_context c = {.settings = s, .desired = d, .cancelled = &never};
    struct batch b;
    const char *bad;
    int r = http_client_new(&http);

    if (r < 0)
        return r;
    c.http = http;
    r = batch_init(&b, &c, targets, n, &bad);
    h->wall_usec = now_usec();
    h->cpu_usec = cpu_usec();
    if (r == 0)
        r = batch_plan(&b, on_planned, h);
    batch_done(&b);
    http_client_free(http);
    return r;
}

static void raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        perror("bench-fleet: setrlimit");
}

int main(int argc, char **argv)
{
    struct diag_list diags = {0};
    struct settings *s;
    struct desired *d;
    struct healthy h = {0};

    if (argc < 3)
        return 64;
    h.wanted = strtoul(argv[2], NULL, 10);
    signal(SIGPIPE, SIG_IGN);
    raise_file_limit();
    json_init();
    if (http_init() < 0 || settings_load(argv[1], systems, n_systems, &diags, &s) < 0 ||
        desired_load(s, &diags, &d) < 0)
        return 1;
    if (plan(s, d, (const char *const *)argv + 3, (size_t)argc - 3, &h) < 0 || h.n != h.wanted) {
        fprintf(stderr, "bench-fleet: %zu targets were planned without a fault, not %zu\n", h.n, h.wanted);
        return 1;
    }
    printf("%llu %llu\n", (unsigned long long)h.wall_usec, (unsigned long long)h.cpu_usec);
    desired_free(d);
    settings_free(s);
    return 0;
}
