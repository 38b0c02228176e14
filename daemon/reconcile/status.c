/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/status.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/time-util.h"
#include "reconcile/records.h"
#include "value/json.h"

enum { RUNS_SHOWN = 10 };

static void write_time(const char *name, uint64_t usec, struct buf *out)
{
    char text[32];

    format_utc(usec, text, sizeof(text));
    buf_addf(out, ", \"%s\": %s%s%s", name, usec ? "\"" : "", usec ? text : "null", usec ? "\"" : "");
}

static void write_error(const struct target_state *s, struct buf *out)
{
    buf_add_str(out, ", \"error\": ");
    if (!s->error) {
        buf_add_str(out, "null");
        return;
    }
    buf_addf(out, "{\"code\": \"%s\", \"message\": ", s->error_code);
    json_write_text(s->error, strlen(s->error), out);
    buf_add_char(out, '}');
}

void target_state_write_json(const struct target_state *s, struct buf *out)
{
    buf_addf(out, "{\"target\": \"%s\", \"type\": \"%s\", \"mode\": \"%s\", \"status\": \"%s\", \"running\": %s",
             s->target->name, s->target->system->name, mode_to_string(s->target->mode),
             s->known ? target_status_to_string(s->status) : "unknown", s->running ? "true" : "false");
    write_time("since", s->since_usec, out);
    write_time("last-run", s->last_run_usec, out);
    write_time("last-success", s->last_success_usec, out);
    write_time("next-run", s->next_run_usec, out);
    buf_addf(out, ", \"run\": %" PRIu64 ", \"differences\": %zu, \"accepted\": %zu", s->completed, s->differences,
             s->differences - MIN(s->alarms, s->differences));
    write_error(s, out);
    buf_add_str(out, ", \"hold\": ");
    if (s->hold)
        hold_write_json(s->hold, out);
    else
        buf_add_str(out, "null");
    buf_add_str(out, ", \"pull\": ");
    if (s->pulled)
        pulled_write_json(s->pulled, out);
    else
        buf_add_str(out, "null");
    buf_add_char(out, '}');
}

static int read_json(const char *path, size_t ceiling, struct arena *arena, struct value *ret)
{
    _cleanup_free_ char *text = NULL;
    struct json_fault fault;
    size_t len;
    int r = file_read(path, ceiling, &text, &len);

    return r < 0 ? r : json_read(arena, text, len, ret, &fault);
}

static enum target_status status_from_string(const char *text)
{
    for (int s = 0; s < TARGET_STATUS_MAX; s++)
        if (strcmp(target_status_to_string((enum target_status)s), text) == 0)
            return (enum target_status)s;
    return TARGET_STATUS_MAX;
}

static int take_time(const struct value *record, const char *name, uint64_t *ret)
{
    const char *text = value_get_text(record, name);

    return text ? parse_time(text, ret) : -EBADMSG;
}

static size_t count_accepted(const struct value *changes)
{
    size_t n = 0;

    for (uint32_t i = 0; i < changes->count; i++)
        n += value_is(value_get(&changes->items[i], "accepted"), VALUE_MAP);
    return n;
}

static int take_record(const struct value *record, struct target_state *s)
{
    const struct value *plan = value_get(record, "plan"), *changes = value_get(plan, "changes");
    const struct value *error = value_get(plan, "error");
    const char *status = value_get_text(plan, "status");

    if (!status || (s->status = status_from_string(status)) == TARGET_STATUS_MAX || !value_is(changes, VALUE_LIST) ||
        take_time(record, "finished", &s->last_run_usec) < 0)
        return -EBADMSG;
    s->since_usec = s->last_run_usec;
    if (value_get(record, "since") && take_time(record, "since", &s->since_usec) < 0)
        return -EBADMSG;
    s->known = true;
    s->differences = s->status == TARGET_IN_SYNC ? 0 : changes->count;
    s->alarms = s->differences - MIN(count_accepted(changes), s->differences);
    s->last_success_usec = s->status == TARGET_FAILED ? 0 : s->last_run_usec;
    if (value_get_text(record, "last-success") && take_time(record, "last-success", &s->last_success_usec) < 0)
        return -EBADMSG;
    s->error_code = value_get_text(error, "code");
    s->error = value_get_text(error, "message");
    if (!s->error_code)
        s->error = NULL;
    return 0;
}

int target_state_load(const char *state_directory, const struct target *t, struct arena *arena,
                      struct target_state *ret, struct diag_list *diags)
{
    _cleanup_free_ char *path = NULL;
    struct target_state s = {.target = t};
    struct value record;
    int r;

    if (asprintf(&path, "%s/last/%s.json", state_directory, t->name) < 0) {
        path = NULL;
        return diag_oom(diags);
    }
    r = read_json(path, LIMIT_STATE_BYTES, arena, &record);
    if (r == 0)
        r = take_record(&record, &s);
    *ret = r == 0 ? s : (struct target_state){.target = t};
    if (r == 0 || r == -ENOENT)
        return 0;
    return r == -ENOMEM ? diag_oom(diags)
                        : diag_add_target(diags, DIAG_STATE, t->name, "the record %s cannot be read: %s", path,
                                          r == -EBADMSG ? "it is not what was written there" : strerror(-r));
}

static void write_text_member(const struct value *map, const char *name, struct buf *out)
{
    const char *text = value_get_text(map, name);

    buf_addf(out, "\"%s\": ", name);
    json_write_text(text ? text : "", text ? strlen(text) : 0, out);
    buf_add_str(out, ", ");
}

/* One record without its plan, but with what the plan came to. */
static bool write_head(const char *path, const char *before, struct buf *out)
{
    static const char *const members[] = {"run", "reason", "mode", "started", "finished"};
    _cleanup_(arena_done) struct arena arena = {0};
    const struct value *plan, *changes;
    struct value record;

    if (read_json(path, LIMIT_BODY_BYTES, &arena, &record) < 0)
        return false;
    plan = value_get(&record, "plan");
    changes = value_get(plan, "changes");
    buf_addf(out, "%s{", before);
    for (size_t i = 0; i < ARRAY_SIZE(members); i++)
        write_text_member(&record, members[i], out);
    write_text_member(plan, "status", out);
    buf_addf(out, "\"changes\": %u}", changes ? changes->count : 0);
    return true;
}

static void write_runs(const char *folder, struct buf *out)
{
    struct dirent **entries = NULL;
    int n = records_list(folder, &entries), shown = 0;

    for (int i = n - 1; i >= 0; i--) {
        _cleanup_free_ char *path = shown < RUNS_SHOWN ? path_join(folder, entries[i]->d_name) : NULL;

        if (path && write_head(path, shown > 0 ? ",\n  " : "", out))
            shown++;
        free(entries[i]);
    }
    free(entries);
}

void target_history_write_json(const char *state_directory, const char *target, struct buf *out)
{
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_free_ char *last = NULL, *folder = NULL;
    struct value record = {.type = VALUE_NULL};

    if (asprintf(&last, "%s/last/%s.json", state_directory, target) < 0 ||
        asprintf(&folder, "%s/runs/%s", state_directory, target) < 0) {
        out->error = -ENOMEM;
        return;
    }
    buf_add_str(out, "\"last\": ");
    /* A record that cannot be read is as good as none here: the run that wrote it has told. */
    if (read_json(last, LIMIT_BODY_BYTES, &arena, &record) < 0)
        record.type = VALUE_NULL;
    json_write(&record, JSON_COMPACT, out);
    buf_add_str(out, ",\n \"runs\": [");
    write_runs(folder, out);
    buf_add_char(out, ']');
}
