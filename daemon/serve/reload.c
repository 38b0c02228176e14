/* SPDX-License-Identifier: Apache-2.0 */
/* All or nothing: a faulty new configuration is told with its places, and the last good one stays in force. */
#include <errno.h>
#include <string.h>

#include "base/time-util.h"
#include "serve/log.h"
#include "serve/serve.h"

static void log_diags(const struct diag_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct diag *d = &l->items[i];
        const struct log_field fields[] = {{"CODE", diag_code_to_string(d->code)}, {0}};

        log_write(LOG_ERR, LOG_EVENT_NONE, fields, "%s%serror: %s [%s]", d->subject ? d->subject : "",
                  d->subject ? ": " : "", d->sentence ? d->sentence : "out of memory", diag_code_to_string(d->code));
    }
    if (l->more > 0)
        log_write(LOG_ERR, LOG_EVENT_NONE, NULL, "%zu more faults are not shown", l->more);
}

void report_diags(struct diag_list *l)
{
    log_diags(l);
    diag_list_done(l);
}

static bool is_same(const struct diag *a, const struct diag *b)
{
    return a->code == b->code && strcmp(a->subject ?: "", b->subject ?: "") == 0 &&
           strcmp(a->sentence ?: "", b->sentence ?: "") == 0;
}

static bool are_same(const struct diag_list *a, const struct diag_list *b)
{
    size_t i = 0;

    while (i < a->n && i < b->n && is_same(&a->items[i], &b->items[i]))
        i++;
    return i == a->n && i == b->n && a->more == b->more;
}

/* Takes over the faults. Something else may change as often as it likes: the same faults are told once. */
static void tell_faulty(struct daemon *d, struct diag_list *faults, bool asked)
{
    bool known = d->faulty && !asked && are_same(&d->faults, faults);

    diag_list_done(&d->faults);
    d->faults = *faults;
    *faults = (struct diag_list){0};
    if (!d->faulty)
        d->faulty_since_usec = now_real_usec();
    d->faulty = true;
    if (known)
        return;
    log_write(LOG_ERR, LOG_EVENT_CONFIG_FAULTY, NULL, "the new configuration is faulty; %s",
              d->state && d->state->desired ? "the last good one stays in force"
                                            : "nothing is written until it is mended");
    log_diags(&d->faults);
}

/* Takes over what there was to say of it all the same. */
static void tell_loaded(struct daemon *d, struct diag_list *diags)
{
    const struct state *s = d->state;
    const struct log_field fields[] = {{"REVISION", s->commit[0] ? s->commit : s->desired->digest}, {0}};

    d->faulty = false;
    d->faulty_since_usec = 0;
    d->loaded_usec = now_real_usec();
    log_write(LOG_INFO, LOG_EVENT_CONFIG_LOADED, fields, "the configuration is in force: %zu targets, %zu documents",
              s->settings->n_targets, s->desired->n_documents);
    report_diags(diags);
    diag_list_done(&d->faults);
}

/* Faulty settings stop a start; faulty documents do not. */
int reload_first(struct daemon *d)
{
    struct diag_list diags = {0};
    struct state *fresh = NULL;
    int r = state_load(d, &diags, &fresh);

    if (r < 0) {
        report_diags(&diags);
        return r == -ENOMEM ? 1 : 78;
    }
    schedule_adopt(d, fresh, "start");
    if (fresh->desired)
        tell_loaded(d, &diags);
    else
        tell_faulty(d, &diags, true);
    return 0;
}

/* Takes over what was loaded, and its faults. R is state_load()'s. */
static void take(struct daemon *d, int r, struct state *fresh, struct diag_list *diags, const char *reason)
{
    if (r < 0 || !fresh->desired) {
        tell_faulty(d, diags, strcmp(reason, "change") != 0);
        state_unref(fresh);
    } else {
        schedule_adopt(d, fresh, reason);
        tell_loaded(d, diags);
    }
}

void reload(struct daemon *d, const char *reason)
{
    struct diag_list diags = {0};
    struct state *fresh = NULL;
    int r;

    notify_reloading();
    r = state_load(d, &diags, &fresh);
    take(d, r, fresh, &diags, reason);
    notify_ready(d);
}

void reload_changed(struct daemon *d)
{
    struct diag_list diags = {0};
    struct state *fresh = NULL;
    int r = state_load(d, &diags, &fresh);

    if (r == 0 && !d->faulty && state_is_same(fresh, d->state)) {
        diag_list_done(&diags);
        state_unref(fresh);
        return;
    }
    notify_reloading();
    take(d, r, fresh, &diags, "change");
    notify_ready(d);
}
