/* SPDX-License-Identifier: Apache-2.0 */
/* What a command read or did as members of a JSON object, for whoever asked and for the record. */
#include <string.h>

#include "base/limits.h"
#include "base/time-util.h"
#include "reconcile/act.h"
#include "reconcile/record.h"
#include "value/json.h"

static void add_text(struct buf *out, const char *text)
{
    if (text)
        json_write_text(text, strlen(text), out);
    else
        buf_add_str(out, "null");
}

static void add_steps(const struct act *a, struct buf *out)
{
    const struct diag_list *l = &a->run.plan->diags;

    buf_add_str(out, ",\n \"steps\": [");
    for (size_t i = 0; i < a->command.n_steps; i++) {
        const struct step *s = &a->command.steps[i];

        buf_addf(out, "%s\n  {\"kind\": ", i ? "," : "");
        add_text(out, s->kind);
        buf_add_str(out, ", \"object\": ");
        add_text(out, s->object);
        buf_add_str(out, ", \"id\": ");
        add_text(out, s->id);
        buf_add_str(out, ", \"step\": ");
        add_text(out, s->sentence);
        buf_add_str(out, ", \"result\": ");
        add_text(out, step_result_to_string(s->result));
        buf_add_char(out, '}');
    }
    buf_add_str(out, "],\n \"error\": ");
    if (l->n > 0) {
        buf_addf(out, "{\"code\": \"%s\", \"message\": ", diag_code_to_string(l->items[0].code));
        add_text(out, l->items[0].sentence ? l->items[0].sentence : "out of memory");
        buf_add_char(out, '}');
    } else {
        buf_add_str(out, "null");
    }
}

void act_write_json(const struct act *a, struct buf *out)
{
    const struct report *r = &a->command.report;

    buf_addf(out, "\"target\": \"%s\", \"type\": \"%s\"", a->run.target->name, a->run.target->system->name);
    for (uint32_t i = 0; r->json.type == VALUE_MAP && i < r->json.count; i++) {
        buf_add_str(out, ",\n ");
        add_text(out, r->json.pairs[i].key.text);
        buf_add_str(out, ": ");
        json_write(&r->json.pairs[i].value, JSON_COMPACT, out);
    }
    if (a->command.command->effect == EFFECT_WRITE)
        add_steps(a, out);
    buf_add_str(out, ",\n \"remarks\": [");
    for (size_t i = 0; i < r->n_remarks; i++) {
        buf_add_str(out, i ? ", " : "");
        add_text(out, r->remarks[i]);
    }
    buf_add_char(out, ']');
}

int act_record(const struct act *a)
{
    const struct command *c = a->command.command;
    const struct run *r = &a->run;
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    char id[RECORD_ID_SIZE], started[32], finished[32];
    int e;

    record_format_id(r, id);
    format_utc(r->started_usec, started, sizeof(started));
    format_utc(now_real_usec(), finished, sizeof(finished));
    buf_addf(&text, "{\"version\": 1, \"run\": \"%s\", \"command\": \"%s%s%s\",\n", id, c->verb, c->word ? " " : "",
             c->word ? c->word : "");
    buf_addf(&text, " \"started\": \"%s\", \"finished\": \"%s\",\n ", started, finished);
    act_write_json(a, &text);
    buf_add_str(&text, "}\n");
    e = record_keep(r, "commands/runs", &text, &r->plan->diags);
    buf_done(&text);
    return e;
}
