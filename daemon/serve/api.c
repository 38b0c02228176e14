/* SPDX-License-Identifier: Apache-2.0 */
/* What may be asked on both sockets: how everything stands, one target's history, metrics. */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/time-util.h"
#include "reconcile/status.h"
#include "serve/serve.h"
#include "state/permit.h"
#include "value/json.h"

int api_error(struct buf *out, int status, const char *code, const char *format, ...)
{
    struct buf sentence = BUF_INIT(LIMIT_SENTENCE_BYTES);
    va_list ap;

    va_start(ap, format);
    buf_vaddf(&sentence, format, ap);
    va_end(ap);
    buf_clear(out);
    buf_addf(out, "{\"version\": 1, \"error\": {\"code\": \"%s\", \"message\": ", code);
    json_write_text(buf_text(&sentence), sentence.len, out);
    buf_add_str(out, "}}\n");
    buf_done(&sentence);
    return status;
}

/* Permits that cannot be read let nothing through; each run tells it. */
static void write_permits(const struct daemon *d, struct buf *out)
{
    _cleanup_(permits_done) struct permits permits = {0};
    struct diag_list diags = {0};

    if (permits_load(d->state->settings->state_directory, &permits, &diags) < 0)
        diag_list_done(&diags);
    permits_write_json(&permits, out);
}

static void write_daemon(const struct daemon *d, struct buf *out)
{
    const struct state *s = d->state;
    char started[32], loaded[32], faulty[32];

    format_utc(d->started_usec, started, sizeof(started));
    format_utc(d->loaded_usec, loaded, sizeof(loaded));
    format_utc(d->faulty_since_usec, faulty, sizeof(faulty));
    buf_addf(out, "{\"running\": true, \"version\": \"%s\", \"started\": \"%s\", \"runs\": %zu,\n", CONVERGATE_VERSION,
             started, d->running);
    buf_addf(out, "  \"configuration\": {\"faulty\": %s, \"faulty-since\": %s%s%s, \"loaded\": %s%s%s, ",
             d->faulty ? "true" : "false", d->faulty ? "\"" : "", d->faulty ? faulty : "null", d->faulty ? "\"" : "",
             d->loaded_usec ? "\"" : "", d->loaded_usec ? loaded : "null", d->loaded_usec ? "\"" : "");
    buf_addf(out, "\"revision\": {\"commit\": \"%s\", \"digest\": \"%s\"}},\n  \"permits\": ", s->commit,
             s->desired ? s->desired->digest : "");
    write_permits(d, out);
    buf_add_char(out, '}');
}

/* The next run in wall time: what the monotonic clock says, seen from now. */
static uint64_t next_run_of(const struct daemon *d, const struct entry *e)
{
    uint64_t now = now_usec();

    if (!d->state->desired || e->gone)
        return 0;
    return now_real_usec() + (e->due_usec > now ? e->due_usec - now : 0);
}

static void write_entry(const struct daemon *d, const struct entry *e, const struct target *t, struct buf *out)
{
    struct diag_list diags = {0};
    struct hold hold = {0};
    int r = hold_load(d->state->settings->state_directory, e->name, &hold, &diags);
    struct target_state s = {
        .target = t,
        .known = e->known,
        .running = e->worker != NULL,
        .status = e->status,
        .since_usec = e->since_usec,
        .last_run_usec = e->last_run_usec,
        .last_success_usec = e->last_success_usec,
        .next_run_usec = next_run_of(d, e),
        .differences = e->differences,
        .alarms = e->alarms,
        .completed = e->completed,
        .error_code = e->trouble_code,
        .error = e->trouble,
        .hold = r == 0 ? &hold : NULL,
        .pulled = t->pull_interval_usec > 0 ? &e->pulled : NULL,
    };

    if (diags.n > 0 && diags.items[0].sentence) {
        s.error_code = diag_code_to_string(diags.items[0].code);
        s.error = diags.items[0].sentence;
    }
    target_state_write_json(&s, out);
    hold_done(&hold);
    diag_list_done(&diags);
}

static int answer_status(const struct daemon *d, struct buf *out)
{
    const char *before = "\n  ";

    buf_add_str(out, "{\"version\": 1,\n \"daemon\": ");
    write_daemon(d, out);
    buf_add_str(out, ",\n \"targets\": [");
    for (const struct entry *e = d->entries; e; e = e->next) {
        const struct target *t = settings_find_target(d->state->settings, e->name);

        if (!t)
            continue;
        buf_add_str(out, before);
        write_entry(d, e, t, out);
        before = ",\n  ";
    }
    buf_add_str(out, "]}\n");
    return 200;
}

static int answer_target(const struct daemon *d, const char *name, struct buf *out)
{
    const struct target *t = settings_find_target(d->state->settings, name);

    for (const struct entry *e = d->entries; t && e; e = e->next) {
        if (strcmp(e->name, name) != 0)
            continue;
        buf_add_str(out, "{\"version\": 1,\n \"daemon\": ");
        write_daemon(d, out);
        buf_add_str(out, ",\n \"target\": ");
        write_entry(d, e, t, out);
        buf_add_str(out, ",\n ");
        target_history_write_json(d->state->settings->state_directory, name, out);
        buf_add_str(out, "}\n");
        return 200;
    }
    return api_error(out, 404, "unknown-target", "the settings in force name no such target");
}

int api_answer(struct daemon *d, struct api_request *q, struct buf *out)
{
    static const char target[] = "/v1/targets/";

    if (strcmp(q->method, "GET") != 0)
        return control_answer(d, q, out);
    if (strcmp(q->path, "/v1/status") == 0)
        return answer_status(d, out);
    if (strncmp(q->path, target, sizeof(target) - 1) == 0)
        return answer_target(d, q->path + sizeof(target) - 1, out);
    if (strcmp(q->path, "/metrics") == 0) {
        q->content_type = "text/plain; version=0.0.4; charset=utf-8";
        metrics_write(d, out);
        return 200;
    }
    return api_error(out, 404, "not-found", "there is nothing of this name; see convergated(8)");
}
