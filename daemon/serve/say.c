/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <syslog.h>

#include "serve/serve.h"

void say(int priority, const char *format, ...)
{
    va_list ap;

    flockfile(stderr);
    fprintf(stderr, "<%d>", priority);
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
    funlockfile(stderr);
}

void say_diags(struct diag_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct diag *d = &l->items[i];

        say(LOG_ERR, "%s%serror: %s [%s]", d->subject ? d->subject : "", d->subject ? ": " : "",
            d->sentence ? d->sentence : "out of memory", diag_code_to_string(d->code));
    }
    if (l->more > 0)
        say(LOG_ERR, "%zu more faults are not shown", l->more);
    diag_list_done(l);
}
