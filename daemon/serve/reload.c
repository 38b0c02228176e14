/* SPDX-License-Identifier: Apache-2.0 */
/* All or nothing: a faulty new configuration is told with its places, and the last good one stays in force. */
#include <errno.h>

#include "base/time-util.h"
#include "serve/log.h"
#include "serve/serve.h"

void report_diags(struct diag_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct diag *d = &l->items[i];
        const struct log_field fields[] = {{"CODE", diag_code_to_string(d->code)}, {0}};

        log_write(LOG_ERR, LOG_EVENT_NONE, fields, "%s%serror: %s [%s]", d->subject ? d->subject : "",
                  d->subject ? ": " : "", d->sentence ? d->sentence : "out of memory", diag_code_to_string(d->code));
    }
    if (l->more > 0)
        log_write(LOG_ERR, LOG_EVENT_NONE, NULL, "%zu more faults are not shown", l->more);
    diag_list_done(l);
}

static void tell_faulty(struct daemon *d)
{
    if (!d->faulty)
        d->faulty_since_usec = now_real_usec();
    d->faulty = true;
    log_write(LOG_ERR, LOG_EVENT_CONFIG_FAULTY, NULL, "the new configuration is faulty; %s",
              d->state && d->state->desired ? "the last good one stays in force"
                                            : "nothing is written until it is mended");
}

static void tell_loaded(struct daemon *d)
{
    const struct state *s = d->state;
    const struct log_field fields[] = {{"REVISION", s->commit[0] ? s->commit : s->desired->digest}, {0}};

    d->faulty = false;
    d->faulty_since_usec = 0;
    d->loaded_usec = now_real_usec();
    log_write(LOG_INFO, LOG_EVENT_CONFIG_LOADED, fields, "the configuration is in force: %zu targets, %zu documents",
              s->settings->n_targets, s->desired->n_documents);
}

/* Faulty settings stop a start; faulty documents do not. */
int reload_first(struct daemon *d)
{
    struct diag_list diags = {0};
    struct state *fresh = NULL;
    int r = state_load(d->config, &diags, &fresh);

    report_diags(&diags);
    if (r < 0)
        return r == -ENOMEM ? 1 : 78;
    schedule_adopt(d, fresh, "start");
    if (fresh->desired)
        tell_loaded(d);
    else
        tell_faulty(d);
    return 0;
}

void reload(struct daemon *d, const char *reason)
{
    struct diag_list diags = {0};
    struct state *fresh = NULL;
    int r;

    notify_reloading();
    r = state_load(d->config, &diags, &fresh);
    if (r < 0 || !fresh->desired) {
        tell_faulty(d);
        state_unref(fresh);
    } else {
        schedule_adopt(d, fresh, reason);
        tell_loaded(d);
    }
    report_diags(&diags);
    watch_renew(d);
    notify_ready(d);
}
