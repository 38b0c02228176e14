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
    return (struct voice){LOG_ERR, LOG_EVENT_CHANGE_FAILED, result_to_string(c->result) ?: "not tried"};
}

/* What every line about a run carries. */
enum { RUN_FIELDS = 5 };

static void fill_fields(const struct worker *w, const char *code, struct log_field ret[static RUN_FIELDS + 1])
{
    const struct log_field fields[RUN_FIELDS + 1] = {
        {"TARGET", w->run.target->name},
        {"TYPE", w->run.target->system->name},
        {"RUN", w->id},
        {"REVISION", w->commit[0] ? w->commit : w->state->desired->digest},
        {"CODE", code},
    };

    memcpy(ret, fields, sizeof(fields));
}

static void report_change(const struct worker *w, const struct change *c, const struct voice *v)
{
    struct buf items = BUF_INIT(LIMIT_OUTPUT_BYTES);
    struct log_field fields[RUN_FIELDS + 7];
    const struct log_field own[] = {
        {"KIND", c->kind->name},
        {"OBJECT", c->object},
        {"ACTION", action_to_string(c->action)},
        {"CAUSE", cause_to_string(c->cause)},
        {"RESULT", result_to_string(c->result)},
        {"GUARD", guard_to_string(c->held_by)},
        {0},
    };

    fill_fields(w, NULL, fields);
    memcpy(&fields[RUN_FIELDS], own, sizeof(own));
    describe_items(c, &items);
    log_write(v->priority, v->event, fields, "%s: %s %s %s %s%s%s: %s", w->run.target->name,
              action_to_string(c->action), c->kind->name, c->object, v->words, c->held_why ? ": " : "",
              c->held_why ? c->held_why : "", buf_text(&items));
    buf_done(&items);
}

/* What is held, fails or is only observed stays so for many runs: each change is told when it is not as it was. */
static void report_changes(struct entry *e, const struct worker *w)
{
    const struct target_plan *p = w->run.plan;
    uint64_t *marks;

    if (!target_plan_was_read(p))
        return;
    marks = calloc(p->n_changes + 1, sizeof(*marks));
    for (size_t i = 0; i < p->n_changes; i++) {
        const struct change *c = &p->changes[i];
        struct voice v = voice_of(c, w->run.target);
        uint64_t mark = told_mark(c, v.words);

        if (c->result == RESULT_APPLIED || !told_knows(&e->told, mark))
            report_change(w, c, &v);
        if (marks)
            marks[i] = mark;
    }
    told_renew(&e->told, marks, marks ? p->n_changes : 0);
}

/* Each fault carries its own code. */
static void report_diag(const struct worker *w, int priority, enum log_event event, const struct diag *d)
{
    struct log_field fields[RUN_FIELDS + 1];
    const char *code = diag_code_to_string(d->code);

    fill_fields(w, code, fields);
    log_write(priority, event, fields, "%s: %s [%s]", w->run.target->name, d->sentence ? d->sentence : "out of memory",
              code);
}

static void report_trouble(struct entry *e, const struct worker *w)
{
    const struct diag_list *l = &w->run.plan->diags;
    uint64_t mark = told_mark_diags(l);

    e->failed_runs++;
    if (e->told_trouble != 0 && e->told_trouble == mark)
        return;
    e->told_trouble = mark;
    entry_note_trouble(e, diag_code_to_string(l->n > 0 ? l->items[0].code : DIAG_OUT_OF_MEMORY),
                       l->n > 0 && l->items[0].sentence ? l->items[0].sentence : "out of memory");
    for (size_t i = 0; i < l->n; i++)
        report_diag(w, LOG_ERR, LOG_EVENT_TARGET_FAILED, &l->items[i]);
}

static void report_backup(const struct worker *w)
{
    struct log_field fields[RUN_FIELDS + 1];

    fill_fields(w, NULL, fields);
    if (w->run.plan->backup)
        log_write(LOG_INFO, LOG_EVENT_NONE, fields, "%s: the binary configuration was saved first: %s",
                  w->run.target->name, w->run.plan->backup);
}

static void report_recovery(struct entry *e, const struct worker *w)
{
    struct log_field fields[RUN_FIELDS + 1];

    if (e->trouble && e->failed_runs > 0) {
        fill_fields(w, NULL, fields);
        log_write(LOG_NOTICE, LOG_EVENT_TARGET_RECOVERED, fields, "%s: in order again after %u failed run%s", e->name,
                  e->failed_runs, e->failed_runs == 1 ? "" : "s");
    }
    entry_note_trouble(e, NULL, NULL);
    e->told_trouble = 0;
    e->failed_runs = 0;
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

/* A run that failed has not come to all objects, and says nothing new of them. */
static void report_notes(struct entry *e, const struct worker *w)
{
    const struct diag_list *notes = &w->run.plan->notes;
    bool news = w->run.plan->status != TARGET_FAILED && remarks_are_news(e, notes);

    for (size_t i = 0; i < notes->n; i++)
        if (notes->items[i].code == DIAG_RECOVERED || (is_remark(&notes->items[i]) && news))
            report_diag(w, is_remark(&notes->items[i]) ? LOG_WARNING : LOG_NOTICE,
                        is_remark(&notes->items[i]) ? LOG_EVENT_NONE : LOG_EVENT_RUN_RESOLVED, &notes->items[i]);
}

/* A disk that is full stays so for many runs: it is told when it begins and when it is over. */
static void report_state(const struct worker *w, const struct diag_list *faults, enum log_event event,
                         const char *mended, bool *known)
{
    struct log_field fields[RUN_FIELDS + 1];
    bool failed = diag_any(faults);

    for (size_t i = 0; i < faults->n && !*known; i++)
        report_diag(w, LOG_ERR, event, &faults->items[i]);
    if (*known && !failed) {
        fill_fields(w, NULL, fields);
        log_write(LOG_NOTICE, LOG_EVENT_NONE, fields, "%s: %s", w->run.target->name, mended);
    }
    *known = failed;
}

/* A failure is told when it begins or changes, and when it is over. */
static void report_pull(struct entry *e, struct worker *w)
{
    const struct pulled *p = &w->pulled;
    struct log_field fields[RUN_FIELDS + 1];
    bool news = p->code && (!e->pulled.code || strcmp(e->pulled.code, p->code) != 0);

    fill_fields(w, p->code, fields);
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

void report_recovered(struct worker *w)
{
    const struct diag_list *notes = &w->run.plan->notes;

    record_format_id(&w->run, w->id);
    for (size_t i = 0; i < notes->n; i++)
        if (notes->items[i].code == DIAG_RECOVERED)
            report_diag(w, LOG_NOTICE, LOG_EVENT_RUN_RESOLVED, &notes->items[i]);
}

void report_run(struct entry *e, struct worker *w)
{
    const struct target_plan *p = w->run.plan;
    uint64_t now = now_real_usec();

    record_format_id(&w->run, w->id);
    report_backup(w);
    report_changes(e, w);
    report_notes(e, w);
    report_state(w, &w->permit_diags, LOG_EVENT_NONE, "what operators let through can be read again", &e->unpermitted);
    report_state(w, &w->record_diags, LOG_EVENT_RECORD_FAILED, "runs are on record again", &e->unrecorded);
    report_pull(e, w);
    if (p->status == TARGET_FAILED)
        report_trouble(e, w);
    else
        report_recovery(e, w);
    if (!e->known || e->status != p->status)
        e->since_usec = now;
    e->known = true;
    e->status = p->status;
    e->read = target_plan_was_read(p);
    e->last_run_usec = now;
    e->differences = p->status == TARGET_IN_SYNC ? 0 : p->n_changes;
    e->alarms = target_plan_alarms(p);
    if (p->status != TARGET_FAILED)
        e->last_success_usec = now;
}
