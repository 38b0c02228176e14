/* SPDX-License-Identifier: Apache-2.0 */
/* What a run means for the journal: one line a change, trouble when it begins, changes or ends, not every time. */
#include <string.h>

#include "base/limits.h"
#include "base/time-util.h"
#include "serve/log.h"
#include "serve/serve.h"
#include "value/json.h"

static void add_value(struct buf *out, const struct item *i, const struct value *v)
{
    _cleanup_(arena_done) struct arena a = {0};

    if (i->secret)
        buf_add_str(out, "(secret)");
    else
        json_write(field_show(i->field, v, &a), JSON_SORTED, out);
}

/* "+a, -b, c: 1 -> 2", cut where a list is long: the record of the run holds all of it. */
static void describe_items(const struct change *c, struct buf *out)
{
    static const char signs[ITEM_OP_MAX] = {'+', '-', '~', '>'};

    for (size_t i = 0; i < c->n_items; i++) {
        const struct item *item = &c->items[i];

        if (out->len > LIMIT_SENTENCE_BYTES) {
            buf_addf(out, ", and %zu more", c->n_items - i);
            return;
        }
        buf_addf(out, "%s%c", i ? ", " : "", signs[item->op]);
        buf_add_str(out, item->path);
        if (item->op != ITEM_CHANGE)
            continue;
        buf_add_str(out, ": ");
        add_value(out, item, &item->before);
        buf_add_str(out, " -> ");
        add_value(out, item, &item->after);
    }
}

struct voice {
    int priority;
    enum log_event event;
    const char *words;
};

static struct voice voice_of(const struct change *c, const struct target *t)
{
    if (c->accepted && (c->held_by != GUARD_NONE || change_is_reported(c) || t->mode == MODE_OBSERVE))
        return (struct voice){LOG_INFO, LOG_EVENT_NONE, "differs, as the settings accept"};
    if (c->held_by != GUARD_NONE)
        return (struct voice){LOG_WARNING, LOG_EVENT_CHANGE_HELD, "held"};
    if (c->result == RESULT_APPLIED)
        return (struct voice){LOG_NOTICE, LOG_EVENT_CHANGE_APPLIED, "applied"};
    if (change_is_reported(c))
        return (struct voice){LOG_WARNING, LOG_EVENT_DRIFT_OBSERVED, "differs; it is only reported"};
    if (t->mode == MODE_OBSERVE)
        return (struct voice){LOG_NOTICE, LOG_EVENT_DRIFT_OBSERVED, "would be done; the target is only observed"};
    return (struct voice){LOG_ERR, LOG_EVENT_CHANGE_FAILED, result_to_string(c->result)};
}

static void report_change(const struct worker *w, const struct change *c)
{
    const struct target *t = w->run.target;
    struct voice v = voice_of(c, t);
    struct buf items = BUF_INIT(LIMIT_OUTPUT_BYTES);
    const struct log_field fields[] = {
        {"TARGET", t->name},
        {"TYPE", t->system->name},
        {"KIND", c->kind->name},
        {"OBJECT", c->object},
        {"ACTION", action_to_string(c->action)},
        {"CAUSE", cause_to_string(c->cause)},
        {"RESULT", result_to_string(c->result)},
        {"GUARD", guard_to_string(c->held_by)},
        {"REVISION", w->commit[0] ? w->commit : w->state->desired->digest},
        {0},
    };

    describe_items(c, &items);
    log_write(v.priority, v.event, fields, "%s: %s %s %s %s%s%s: %s", t->name, action_to_string(c->action),
              c->kind->name, c->object, v.words ? v.words : "not tried", c->held_why ? ": " : "",
              c->held_why ? c->held_why : "", buf_text(&items));
    buf_done(&items);
}

/* What is held or only observed stays so for many runs: it is told when it is not what was told last. */
static bool is_news(const struct entry *e, const struct target_plan *p)
{
    return !e->known || e->status != p->status || e->alarms != target_plan_alarms(p) ||
           e->differences != (p->status == TARGET_IN_SYNC ? 0 : p->n_changes);
}

static void report_trouble(struct entry *e, const struct worker *w)
{
    const struct diag *d = w->run.plan->diags.n ? &w->run.plan->diags.items[0] : NULL;
    const char *sentence = d && d->sentence ? d->sentence : "out of memory";
    const struct log_field fields[] = {{"TARGET", e->name},
                                       {"TYPE", w->run.target->system->name},
                                       {"CODE", d ? diag_code_to_string(d->code) : "out-of-memory"},
                                       {0}};

    if (e->trouble && strcmp(e->trouble, sentence) == 0) {
        e->repeated++;
        return;
    }
    free(e->trouble);
    e->trouble = strdup(sentence);
    e->trouble_code = d ? d->code : DIAG_OUT_OF_MEMORY;
    e->repeated = 0;
    for (size_t i = 0; i < w->run.plan->diags.n; i++)
        log_write(LOG_ERR, LOG_EVENT_TARGET_FAILED, fields, "%s: %s [%s]", e->name,
                  w->run.plan->diags.items[i].sentence ? w->run.plan->diags.items[i].sentence : "out of memory",
                  diag_code_to_string(w->run.plan->diags.items[i].code));
}

static void report_backup(const struct worker *w)
{
    const struct log_field fields[] = {{"TARGET", w->run.target->name}, {0}};

    if (w->run.plan->backup)
        log_write(LOG_INFO, LOG_EVENT_NONE, fields, "%s: the binary configuration was saved first: %s",
                  w->run.target->name, w->run.plan->backup);
}

static void report_recovery(struct entry *e)
{
    const struct log_field fields[] = {{"TARGET", e->name}, {0}};

    if (!e->trouble)
        return;
    log_write(LOG_NOTICE, LOG_EVENT_TARGET_RECOVERED, fields, "%s: in order again after %u failed runs", e->name,
              e->repeated + 1);
    free(e->trouble);
    e->trouble = NULL;
}

/* A hold was told when it was set; what a run resolved is told of that run. The rest stays so for many runs. */
static bool is_remark(const struct diag *note)
{
    return note->code != DIAG_ON_HOLD && note->code != DIAG_RECOVERED;
}

static bool remarks_are_news(struct entry *e, const struct diag_list *notes)
{
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    char digest[DIGEST_SIZE] = "";
    bool news;

    for (size_t i = 0; i < notes->n; i++)
        if (is_remark(&notes->items[i]))
            buf_addf(&text, "%s\n", notes->items[i].sentence ? notes->items[i].sentence : "");
    news = text.error || digest_bytes(buf_text(&text), text.len, digest) < 0 || strcmp(digest, e->remarks) != 0;
    memcpy(e->remarks, digest, sizeof(digest));
    buf_done(&text);
    return news;
}

static void report_note(const struct worker *w, const struct diag *note)
{
    const struct log_field fields[] = {{"TARGET", w->run.target->name}, {"CODE", diag_code_to_string(note->code)}, {0}};

    log_write(is_remark(note) ? LOG_WARNING : LOG_NOTICE, is_remark(note) ? LOG_EVENT_NONE : LOG_EVENT_RUN_RESOLVED,
              fields, "%s: %s [%s]", w->run.target->name, note->sentence ? note->sentence : "",
              diag_code_to_string(note->code));
}

/* A run that failed has not come to all objects, and says nothing new of them. */
static void report_notes(struct entry *e, const struct worker *w)
{
    const struct diag_list *notes = &w->run.plan->notes;
    bool news = w->run.plan->status != TARGET_FAILED && remarks_are_news(e, notes);

    for (size_t i = 0; i < notes->n; i++)
        if (notes->items[i].code == DIAG_RECOVERED || (is_remark(&notes->items[i]) && news))
            report_note(w, &notes->items[i]);
}

/* A disk that is full stays so for many runs: it is told when it begins and when it is over. */
static void report_record(struct entry *e, const struct worker *w)
{
    bool failed = diag_any(&w->record_diags);

    for (size_t i = 0; i < w->record_diags.n && !e->unrecorded; i++)
        log_write(LOG_ERR, LOG_EVENT_RECORD_FAILED, NULL, "%s: %s", w->run.target->name,
                  w->record_diags.items[i].sentence ? w->record_diags.items[i].sentence : "out of memory");
    if (e->unrecorded && !failed)
        log_write(LOG_NOTICE, LOG_EVENT_NONE, NULL, "%s: runs are on record again", w->run.target->name);
    e->unrecorded = failed;
}

/* A failure is told when it begins or changes, and when it is over. */
static void report_pull(struct entry *e, struct worker *w)
{
    const struct pulled *p = &w->pulled;
    const struct log_field fields[] = {{"TARGET", e->name}, {"CODE", p->code}, {0}};
    bool news = p->code && (!e->pulled.code || strcmp(e->pulled.code, p->code) != 0);

    if (w->pull == PULL_FAILED && news)
        log_write(LOG_ERR, LOG_EVENT_NONE, fields, "%s: licences could not be pulled: %s [%s]", e->name,
                  p->sentence ? p->sentence : "", p->code);
    else if (w->pull == PULL_DONE)
        log_write(e->pulled.code ? LOG_NOTICE : LOG_INFO, LOG_EVENT_NONE, fields, "%s: licences were pulled%s", e->name,
                  e->pulled.code ? " again" : "");
    pulled_done(&e->pulled);
    e->pulled = w->pulled;
    w->pulled = (struct pulled){0};
}

void report_run(struct entry *e, struct worker *w)
{
    const struct target_plan *p = w->run.plan;
    uint64_t now = now_real_usec();

    report_backup(w);
    for (size_t i = 0; i < p->n_changes; i++)
        if (p->changes[i].result == RESULT_APPLIED || is_news(e, p))
            report_change(w, &p->changes[i]);
    report_notes(e, w);
    report_record(e, w);
    report_pull(e, w);
    if (p->status == TARGET_FAILED)
        report_trouble(e, w);
    else
        report_recovery(e);
    if (!e->known || e->status != p->status)
        e->since_usec = now;
    e->known = true;
    e->status = p->status;
    e->last_run_usec = now;
    e->differences = p->status == TARGET_IN_SYNC ? 0 : p->n_changes;
    e->alarms = target_plan_alarms(p);
    if (p->status != TARGET_FAILED)
        e->last_success_usec = now;
}
