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

/* Guide: a success may hold an empty list of errors. */
static bool holds_errors(const struct answer *a)
{
    return !value_is_empty(value_get(value_get(&a->body, "result"), "errors"));
}

int ics_send_blindly(struct command_run *c, const struct session_request *e, enum outcome *ret)
{
    const char *words;
    struct answer a;
    int r = ics_exchange(c->session, e, &a, ret);

    if (r < 0 || *ret != OUTCOME_ACCEPTED)
        return r;
    if (holds_errors(&a)) {
        *ret = OUTCOME_REFUSED;
        session_tell_status(c->session, DIAG_REFUSED, e->method, e->path, &a);
        return 0;
    }
    words = session_words(c->session, &a);
    return words ? command_remark(c, "the appliance says: '%s'", words) : 0;
}

int ics_verify_blindly(struct command_run *c)
{
    for (size_t i = 0; i < c->n_steps; i++)
        if (c->steps[i].sent && c->steps[i].outcome == OUTCOME_ACCEPTED)
            c->steps[i].result = STEP_ACCEPTED;
    return 0;
}

int ics_tell_failed(struct command_run *c, const struct step *s, const char *words)
{
    if (s->outcome == OUTCOME_ACCEPTED)
        diag_add_target(c->session->diags, DIAG_NOT_CONVERGED, c->session->target,
                        "it was to %s, and reads back as if it had not%s%s%s", s->sentence,
                        words ? "; the appliance says: '" : "", words ? words : "", words ? "'" : "");
    return 0;
}

const char *ics_text(const struct value *map, const char *member)
{
    const char *text = value_get_text(map, member);

    return text ? text : "";
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

/* Guide: "Getting System Information", "Retrieving Serial Number and Machine ID". */
static int read_facts(struct command_run *c)
{
    int r = ics_read_system(c->session, &c->report.lines);

    return r < 0 ? r : command_put_member(c, "facts", c->report.lines);
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
    &facts,
    &ics_sessions_list_command,
    &ics_sessions_end_command,
    &ics_named_users_list_command,
    &ics_named_users_remove_command,
    &ics_licenses_show_command,
    &ics_licenses_pull_command,
    &ics_csr_create_command,
    &ics_csr_upload_command,
    &ics_cluster_status_command,
    &ics_cluster_create_command,
    &ics_cluster_join_command,
    &ics_cluster_add_command,
    &ics_cluster_remove_command,
    &ics_cluster_failover_command,
    &ics_backup_command,
    &ics_restore_command,
    NULL,
};
