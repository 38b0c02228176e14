/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of Ivanti Connect Secure, in the order in which they are told; and what they share. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider/ics/commands.h"

int ics_exchange(struct session *s, const struct session_request *e, struct answer *ret, enum outcome *ret_outcome)
{
    bool maybe;
    int r = session_exchange(s, e, ret, NULL, &maybe);

    *ret_outcome = OUTCOME_ACCEPTED;
    if (r == -EBADMSG) {
        *ret = (struct answer){0};
        *ret_outcome = maybe ? OUTCOME_UNKNOWN : OUTCOME_REFUSED;
        return 0;
    }
    if (r < 0)
        return r;
    if (ret->status >= 500) {
        session_tell_status(s, DIAG_OUTCOME_UNKNOWN, e->method, e->path, ret);
        *ret_outcome = OUTCOME_UNKNOWN;
    } else if (ret->status >= 300) {
        session_tell_status(s, DIAG_REFUSED, e->method, e->path, ret);
        *ret_outcome = OUTCOME_REFUSED;
    }
    return 0;
}

int ics_send(struct session *s, const char *method, const char *path, const struct value *body, struct answer *ret,
             enum outcome *ret_outcome)
{
    const struct session_request e = {.method = method, .path = path, .body = body};

    return ics_exchange(s, &e, ret, ret_outcome);
}

bool ics_take_count(const struct value *v, int64_t *ret)
{
    char *end;

    if (value_is(v, VALUE_INT) && v->integer >= 0) {
        *ret = v->integer;
        return true;
    }
    if (!value_is(v, VALUE_TEXT) || v->count == 0 || v->count > 9 || strspn(v->text, "0123456789") != v->count)
        return false;
    *ret = strtoll(v->text, &end, 10);
    return true;
}

int ics_put_member(struct command_run *c, const char *name, struct value v)
{
    struct value *json = &c->report.json, larger;
    uint32_t n = json->type == VALUE_MAP ? json->count : 0;

    if (value_new_map(c->session->arena, n + 1, &larger) < 0)
        return diag_oom(c->session->diags);
    if (n > 0)
        memcpy(larger.pairs, json->pairs, n * sizeof(*larger.pairs));
    value_set_pair(&larger, n, name, v);
    *json = larger;
    return 0;
}

/* Guide: "Getting System Information", "Retrieving Serial Number and Machine ID". */
static int read_facts(struct command_run *c)
{
    return ics_read_system(c->session, &c->report.json);
}

static const struct command facts = {
    .verb = "facts",
    .usage = "TARGET",
    .help = "what the appliance says of itself: version, serial number, ...",
    .effect = EFFECT_READ,
    .guide = "Getting System Information; Retrieving Serial Number and Machine ID",
    .read = read_facts,
};

const struct command *const ics_commands[] = {
    &facts, &ics_sessions_list_command, &ics_sessions_end_command, &ics_backup_command, &ics_restore_command, NULL};
