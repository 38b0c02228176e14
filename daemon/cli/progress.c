/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "base/time-util.h"
#include "cli/cli.h"

static void draw(struct progress *p)
{
    fprintf(stderr, "\r\033[K%s: %zu of %zu targets", p->doing, p->done, p->total);
    if (p->failed > 0)
        fprintf(stderr, ", %zu failed", p->failed);
    fflush(stderr);
    p->last_usec = now_usec();
}

void progress_begin(struct progress *p, const char *doing, size_t total, bool quiet)
{
    *p = (struct progress){.doing = doing, .total = total, .shown = !quiet && total > 1 && isatty(STDERR_FILENO)};
    if (p->shown)
        draw(p);
}

void progress_step(const struct target_plan *t, void *user)
{
    struct progress *p = user;

    p->done++;
    p->failed += t->status == TARGET_FAILED;
    if (p->shown && now_usec() - p->last_usec >= 100 * USEC_PER_MSEC)
        draw(p);
}

void progress_end(struct progress *p)
{
    if (p->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}
