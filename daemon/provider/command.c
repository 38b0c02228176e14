/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"

static const char *const step_result_table[STEP_RESULT_MAX] = {
    [STEP_APPLIED] = "applied", [STEP_ACCEPTED] = "accepted", [STEP_UNVERIFIED] = "unverified",
    [STEP_FAILED] = "failed",   [STEP_SKIPPED] = "skipped",   [STEP_HELD] = "held",
};

const char *step_result_to_string(enum step_result result)
{
    return step_result_table[result];
}

const struct given_option *given_find(const struct given *g, enum command_option option,
                                      const struct given_option *after)
{
    for (size_t i = after ? (size_t)(after - g->options) + 1 : 0; i < g->n_options; i++)
        if (g->options[i].option == option)
            return &g->options[i];
    return NULL;
}

const char *given_text(const struct given *g, enum command_option option)
{
    const struct given_option *o = given_find(g, option, NULL);

    return o ? o->text : NULL;
}

void command_run_init(struct command_run *c, const struct command *command, const struct given *given,
                      struct session *s)
{
    *c = (struct command_run){.command = command, .given = given, .session = s, .file = {.fd = -1}};
}

void command_run_done(struct command_run *c)
{
    closep(&c->file.fd);
    secret_done(&c->secret);
    free(c->steps);
    free(c->report.remarks);
    *c = (struct command_run){.file = {.fd = -1}};
}

/* A sentence in the session's arena; NULL when memory is out. */
static const char *keep_sentence(struct session *s, const char *format, va_list ap) _printf_(2, 0);

static const char *keep_sentence(struct session *s, const char *format, va_list ap)
{
    struct buf sentence = BUF_INIT(LIMIT_SENTENCE_BYTES);
    const char *copy;

    buf_vaddf(&sentence, format, ap);
    copy = arena_strdup(s->arena, buf_text(&sentence));
    buf_done(&sentence);
    return copy;
}

int command_add_step(struct command_run *c, struct step s, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    s.sentence = keep_sentence(c->session, format, ap);
    va_end(ap);
    if (!s.sentence || array_grow(&c->steps, &c->steps_allocated, c->n_steps, sizeof(*c->steps)) < 0)
        return diag_oom(c->session->diags);
    c->steps[c->n_steps++] = s;
    return 0;
}

int command_refuse(struct command_run *c, const char *format, ...)
{
    struct buf sentence = BUF_INIT(LIMIT_SENTENCE_BYTES);
    va_list ap;

    va_start(ap, format);
    buf_vaddf(&sentence, format, ap);
    va_end(ap);
    diag_add_target(c->session->diags, DIAG_REFUSED, c->session->target, "%s", buf_text(&sentence));
    buf_done(&sentence);
    return -EBADMSG;
}

int command_remark(struct command_run *c, const char *format, ...)
{
    struct report *r = &c->report;
    const char *sentence;
    va_list ap;

    va_start(ap, format);
    sentence = keep_sentence(c->session, format, ap);
    va_end(ap);
    if (!sentence || array_grow(&r->remarks, &r->remarks_allocated, r->n_remarks, sizeof(*r->remarks)) < 0)
        return diag_oom(c->session->diags);
    r->remarks[r->n_remarks++] = sentence;
    return 0;
}

int command_put_member(struct command_run *c, const char *name, struct value v)
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

int command_read_facts(struct command_run *c)
{
    int r = c->session->provider->facts(c->session, &c->report.lines);

    return r < 0 ? r : command_put_member(c, "facts", c->report.lines);
}

const struct command *command_find(const struct system *s, const char *verb, const char *word)
{
    const struct command *const *rows = provider_of(s)->commands;

    for (; *rows; rows++)
        if (strcmp((*rows)->verb, verb) == 0 &&
            (word ? (*rows)->word && strcmp((*rows)->word, word) == 0 : !(*rows)->word))
            return *rows;
    return NULL;
}
