/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/time-util.h"
#include "reconcile/records.h"
#include "value/json.h"

static const char *const phase_names[PHASE_MAX] = {
    [PHASE_OPEN] = "open",
    [PHASE_OBSERVE] = "observe",
    [PHASE_APPLY] = "apply",
    [PHASE_VERIFY] = "verify",
};

/* Sorts by time, and two runs of one second by their microseconds. */
void record_format_time(uint64_t usec, char ret[static RECORD_ID_SIZE])
{
    char utc[32];
    size_t n = 0;

    format_utc(usec, utc, sizeof(utc));
    for (const char *p = utc; *p && *p != 'Z'; p++)
        if (*p != '-' && *p != ':')
            utc[n++] = *p;
    utc[n] = '\0';
    snprintf(ret, RECORD_ID_SIZE, "%s.%06" PRIu64 "Z", utc, usec % USEC_PER_SEC);
}

void record_format_id(const struct run *r, char ret[static RECORD_ID_SIZE])
{
    record_format_time(r->started_usec, ret);
}

static void write_head(const struct run *r, const char *id, const char *commit, struct buf *out)
{
    struct http_totals totals = r->session.peer ? http_peer_totals(r->session.peer) : (struct http_totals){0};
    bool same = r->previous.known && r->previous.status == r->plan->status;
    uint64_t now = now_real_usec(), succeeded = r->plan->status == TARGET_FAILED ? r->previous.succeeded_usec : now;
    char started[32], finished[32], since[32], success[32];

    format_utc(r->started_usec, started, sizeof(started));
    format_utc(now, finished, sizeof(finished));
    format_utc(succeeded, success, sizeof(success));
    format_utc(same ? r->previous.since_usec : now, since, sizeof(since));
    buf_addf(out, "{\"version\": 1, \"run\": \"%s\", \"target\": \"%s\", \"reason\": \"%s\", \"mode\": \"%s\",\n", id,
             r->target->name, r->reason ? r->reason : "command", mode_to_string(r->target->mode));
    buf_addf(out, " \"started\": \"%s\", \"finished\": \"%s\", \"since\": \"%s\",\n", started, finished, since);
    if (succeeded > 0)
        buf_addf(out, " \"last-success\": \"%s\",\n", success);
    buf_addf(out, " \"revision\": {\"commit\": \"%s\", \"digest\": \"%s\"},\n", commit, r->context->desired->digest);
    buf_add_str(out, " \"milliseconds\": {");
    for (int i = 0; i < PHASE_MAX; i++)
        buf_addf(out, "%s\"%s\": %" PRIu64, i ? ", " : "", phase_names[i], r->phases[i] / USEC_PER_MSEC);
    buf_add_str(out, "},\n \"backup\": ");
    if (r->plan->backup)
        json_write_text(r->plan->backup, strlen(r->plan->backup), out);
    else
        buf_add_str(out, "null");
    buf_addf(out, ",\n \"requests\": %" PRIu64 ", \"bytes-in\": %" PRIu64 ", \"bytes-out\": %" PRIu64 ",\n \"plan\": ",
             totals.requests, totals.bytes_in, totals.bytes_out);
}

static int write_file(const struct run *r, const char *folder, const char *name, const struct buf *text)
{
    _cleanup_free_ char *path = NULL;

    if (asprintf(&path, "%s/%s/%s.json", r->context->settings->state_directory, folder, name) < 0) {
        path = NULL;
        return -ENOMEM;
    }
    return file_store(path, text);
}

/* FOLDER/TARGET/ID.json, and old ones go. */
static int keep(const struct run *r, const char *folder, const struct buf *text)
{
    _cleanup_free_ char *own = NULL, *path = NULL;
    char id[RECORD_ID_SIZE];
    int e;

    record_format_id(r, id);
    if (asprintf(&own, "%s/%s", folder, r->target->name) < 0) {
        own = NULL;
        return -ENOMEM;
    }
    e = text->error ? text->error : write_file(r, own, id, text);
    if (e < 0)
        return e;
    path = path_join(r->context->settings->state_directory, own);
    if (!path)
        return -ENOMEM;
    records_prune(path);
    return 0;
}

static int tell(const struct run *r, int e, struct diag_list *diags)
{
    if (e == 0)
        return 0;
    return diag_add_target(diags, DIAG_STATE, r->target->name, "the record of the run cannot be written below %s: %s",
                           r->context->settings->state_directory, strerror(-e));
}

int record_keep(const struct run *r, const char *folder, const struct buf *text, struct diag_list *diags)
{
    return tell(r, keep(r, folder, text), diags);
}

static int write_both(const struct run *r, const struct buf *text)
{
    int e = r->plan->n_changes > 0 || diag_any(&r->plan->diags) ? keep(r, "runs", text) : 0;

    return e < 0 ? e : write_file(r, "last", r->target->name, text);
}

int record_write(const struct run *r, const char *commit, struct diag_list *diags)
{
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    char id[RECORD_ID_SIZE];
    int e;

    record_format_id(r, id);
    write_head(r, id, commit, &text);
    target_plan_write_json(r->plan, &text);
    buf_add_str(&text, "}\n");
    e = text.error ? text.error : write_both(r, &text);
    buf_done(&text);
    return tell(r, e, diags);
}
