/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics in Prometheus' text format, for the read socket and, where wanted, a file for node_exporter. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/time-util.h"
#include "reconcile/unseal.h"
#include "serve/log.h"
#include "serve/metrics.h"

/* A collector looks every quarter of a minute or less often. */
enum { FILE_PAUSE_SEC = 15 };

void metrics_begin_family(const char *name, const char *type, const char *help, struct buf *out)
{
    buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_seconds(uint64_t usec, struct buf *out)
{
    buf_addf(out, "%" PRIu64 ".%06" PRIu64 "\n", usec / USEC_PER_SEC, usec % USEC_PER_SEC);
}

static void write_daemon(const struct daemon *d, struct buf *out)
{
    metrics_begin_family("convergate_build_info", "gauge", "Always 1; the version is a label.", out);
    buf_addf(out, "convergate_build_info{version=\"%s\"} 1\n", CONVERGATE_VERSION);
    metrics_begin_family("convergate_start_time_seconds", "gauge", "When the daemon was started.", out);
    buf_add_str(out, "convergate_start_time_seconds ");
    write_seconds(d->started_usec, out);
    metrics_begin_family("convergate_config_faulty", "gauge",
                         "1 while a newer configuration is not in force for its faults.", out);
    buf_addf(out, "convergate_config_faulty %d\n", d->faulty);
    metrics_begin_family("convergate_config_faulty_since_seconds", "gauge",
                         "Since when it is faulty; 0 where it is not.", out);
    buf_add_str(out, "convergate_config_faulty_since_seconds ");
    write_seconds(d->faulty ? d->faulty_since_usec : 0, out);
    metrics_begin_family("convergate_config_loaded_seconds", "gauge", "When the configuration in force was loaded.",
                         out);
    buf_add_str(out, "convergate_config_loaded_seconds ");
    write_seconds(d->loaded_usec, out);
    metrics_begin_family("convergate_runs_in_progress", "gauge", "Runs under way.", out);
    buf_addf(out, "convergate_runs_in_progress %zu\n", d->running);
}

/* One number of every target. */
struct gauge {
    const char *name, *type, *help;
    bool seconds;
    bool of_clients; /* only of targets that have a pull-interval */
    uint64_t (*value)(const struct daemon *d, const struct entry *e);
};

static uint64_t value_up(const struct daemon *d, const struct entry *e)
{
    return e->known && e->read;
}

static uint64_t value_in_sync(const struct daemon *d, const struct entry *e)
{
    return e->known && e->status == TARGET_IN_SYNC;
}

static uint64_t value_last_run(const struct daemon *d, const struct entry *e)
{
    return e->last_run_usec;
}

static uint64_t value_last_success(const struct daemon *d, const struct entry *e)
{
    return e->last_success_usec;
}

static uint64_t value_hold(const struct daemon *d, const struct entry *e)
{
    struct diag_list diags = {0};
    struct hold h = {0};
    int r = hold_load(d->state->settings->state_directory, e->name, &h, &diags);

    hold_done(&h);
    diag_list_done(&diags);
    /* One that cannot be read holds too. */
    return r != -ENOENT;
}

static uint64_t value_last_pull(const struct daemon *d, const struct entry *e)
{
    return e->pulled.succeeded_usec;
}

static const struct gauge gauges[] = {
    {"convergate_target_up", "gauge", "1 where the last run could read the target.", false, false, value_up},
    {"convergate_target_in_sync", "gauge", "1 where the last run found or left the target as declared.", false, false,
     value_in_sync},
    {"convergate_target_hold", "gauge", "1 while an operator has the target on hold.", false, false, value_hold},
    {"convergate_target_last_run_seconds", "gauge", "When the last run ended; 0 for never.", true, false,
     value_last_run},
    {"convergate_target_last_success_seconds", "gauge", "When a run that did not fail ended last; 0 for never.", true,
     false, value_last_success},
    {"convergate_target_last_pull_seconds", "gauge", "When a license client last asked its server; 0 for never.", true,
     true, value_last_pull},
};

static void write_gauge(const struct daemon *d, const struct gauge *g, struct buf *out)
{
    metrics_begin_family(g->name, g->type, g->help, out);
    for (const struct entry *e = d->entries; e; e = e->next) {
        const struct target *t = settings_find_target(d->state->settings, e->name);

        if (!t || (g->of_clients && t->pull_interval_usec == 0))
            continue;
        buf_addf(out, "%s{target=\"%s\",type=\"%s\"} ", g->name, e->name, t->system->name);
        if (g->seconds)
            write_seconds(g->value(d, e), out);
        else
            buf_addf(out, "%" PRIu64 "\n", g->value(d, e));
    }
}

/* Counts of every target by labels. */
struct family {
    const char *name, *type, *help;
    const char *labels[2]; /* the second may be NULL */
    size_t offset;         /* of the tallies in an entry */
};

#define TALLIES(member) offsetof(struct entry, metrics.member)

static const struct family families[] = {
    {"convergate_target_drift",
     "gauge",
     "Differences that the last run left, by kind and cause.",
     {"kind", "cause"},
     TALLIES(drift)},
    {"convergate_target_accepted_drift",
     "gauge",
     "Differences that the last run left and the settings accept, by kind and cause; not counted as drift.",
     {"kind", "cause"},
     TALLIES(accepted)},
    {"convergate_target_held_changes",
     "gauge",
     "Changes that a guard held in the last run.",
     {"guard", NULL},
     TALLIES(held)},
    {"convergate_changes_applied_total",
     "counter",
     "Changes applied and read back.",
     {"kind", "action"},
     TALLIES(applied)},
    {"convergate_run_failures_total",
     "counter",
     "Runs that failed, by the code of the first error.",
     {"code", NULL},
     TALLIES(failures)},
    {"convergate_runs_total",
     "counter",
     "Runs that came to their end, by how the target stood then.",
     {"status", NULL},
     TALLIES(runs)},
    {"convergate_pulls_total",
     "counter",
     "Times that a license client was made to ask its server.",
     {"result", NULL},
     TALLIES(pulls)},
};

static void write_family(const struct daemon *d, const struct family *f, struct buf *out)
{
    metrics_begin_family(f->name, f->type, f->help, out);
    for (const struct entry *e = d->entries; e; e = e->next) {
        const struct tallies *t = (const struct tallies *)((const char *)e + f->offset);

        for (size_t i = 0; i < t->n; i++) {
            buf_addf(out, "%s{target=\"%s\",%s=\"%s\"", f->name, e->name, f->labels[0], t->items[i].labels[0]);
            if (f->labels[1])
                buf_addf(out, ",%s=\"%s\"", f->labels[1], t->items[i].labels[1]);
            buf_addf(out, "} %" PRIu64 "\n", t->items[i].n);
        }
    }
}

static void write_durations(const struct daemon *d, struct buf *out)
{
    static const char name[] = "convergate_run_duration_seconds";

    metrics_begin_family(name, "histogram", "How long runs took, by type of target.", out);
    for (size_t s = 0; s < n_systems; s++) {
        const struct histogram *h = &d->durations[s];
        const char *type = systems[s]->name;
        uint64_t below = 0;

        for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
            below += h->buckets[i];
            buf_addf(out, "%s_bucket{type=\"%s\",le=\"%g\"} %" PRIu64 "\n", name, type, histogram_bounds[i], below);
        }
        buf_addf(out, "%s_bucket{type=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", name, type, h->n);
        buf_addf(out, "%s_sum{type=\"%s\"} ", name, type);
        write_seconds(h->usec, out);
        buf_addf(out, "%s_count{type=\"%s\"} %" PRIu64 "\n", name, type, h->n);
    }
}

static void write_requests(const struct daemon *d, struct buf *out)
{
    static const char name[] = "convergate_request_duration_seconds";

    metrics_begin_family(name, "summary", "Requests to the target, and how long they took together.", out);
    for (const struct entry *e = d->entries; e; e = e->next) {
        buf_addf(out, "%s_sum{target=\"%s\"} ", name, e->name);
        write_seconds(e->metrics.request_usec, out);
        buf_addf(out, "%s_count{target=\"%s\"} %" PRIu64 "\n", name, e->name, e->metrics.requests);
    }
}

void metrics_write_label(const char *text, struct buf *out)
{
    for (; *text; text++) {
        if (*text == '\\' || *text == '"')
            buf_add_char(out, '\\');
        if (*text == '\n')
            buf_add_str(out, "\\n");
        else
            buf_add_char(out, *text);
    }
}

static void write_expiries(const struct daemon *d, struct buf *out)
{
    static const char name[] = "convergate_device_certificate_expiry_timestamp_seconds";

    metrics_begin_family(name, "gauge", "When a declared certificate expires.", out);
    for (const struct entry *e = d->entries; e; e = e->next)
        for (size_t i = 0; i < e->metrics.expiries.n; i++) {
            buf_addf(out, "%s{target=\"%s\",subject=\"", name, e->name);
            metrics_write_label(e->metrics.expiries.items[i].subject, out);
            buf_addf(out, "\"} %" PRId64 "\n", e->metrics.expiries.items[i].at);
        }
}

void metrics_write(const struct daemon *d, struct buf *out)
{
    write_daemon(d, out);
    for (size_t i = 0; i < ARRAY_SIZE(gauges); i++)
        write_gauge(d, &gauges[i], out);
    for (size_t i = 0; i < ARRAY_SIZE(families); i++)
        write_family(d, &families[i], out);
    write_expiries(d, out);
    metrics_write_figures(d, out);
    write_durations(d, out);
    write_requests(d, out);
}

static int count_changes(struct metrics *m, const struct target_plan *p)
{
    int r = 0;

    for (size_t i = 0; i < p->n_changes && r == 0; i++) {
        const struct change *c = &p->changes[i];

        if (c->result == RESULT_APPLIED)
            r = tallies_add(&m->applied, c->kind->name, action_to_string(c->action));
        else
            r = tallies_add(c->accepted ? &m->accepted : &m->drift, c->kind->name, cause_to_string(c->cause));
        if (r == 0 && c->held_by != GUARD_NONE)
            r = tallies_add(&m->held, guard_to_string(c->held_by), NULL);
    }
    return r;
}

/* A run that failed before it read any credential knows nothing new. */
static int note_expiries(struct metrics *m, const struct worker *w)
{
    int r = 0;

    if (w->run.plan->status == TARGET_FAILED && !w->run.unsealed)
        return 0;
    expiries_done(&m->expiries);
    for (const struct unsealed_object *o = w->run.unsealed; o && r == 0; o = o->next)
        if (o->told.expires > 0)
            r = expiries_add(&m->expiries, o->declared->name, o->told.expires);
    return r;
}

static int count_run(struct metrics *m, const struct worker *w)
{
    const struct target_plan *p = w->run.plan;
    struct http_totals t = w->run.session.peer ? http_peer_totals(w->run.session.peer) : (struct http_totals){0};
    int r;

    /* What could not be read differs as it did when it was last read. */
    if (target_plan_was_read(p)) {
        tallies_zero(&m->drift);
        tallies_zero(&m->accepted);
        tallies_zero(&m->held);
    }
    m->requests += t.requests;
    m->request_usec += t.usec;
    r = count_changes(m, p);
    if (r == 0)
        r = note_expiries(m, w);
    if (r == 0)
        r = tallies_add(&m->runs, target_status_to_string(p->status), NULL);
    if (r == 0 && p->status == TARGET_FAILED)
        r = tallies_add(&m->failures, diag_code_to_string(p->diags.n ? p->diags.items[0].code : DIAG_OUT_OF_MEMORY),
                        NULL);
    if (r == 0 && w->pull != PULL_NONE)
        r = tallies_add(&m->pulls, w->pull == PULL_DONE ? "done" : "failed", NULL);
    return r;
}

static int on_file_timer(sd_event_source *s, uint64_t usec, void *data)
{
    struct daemon *d = data;
    struct buf text = BUF_INIT(LIMIT_OUTPUT_BYTES);
    int r;

    metrics_write(d, &text);
    r = text.error ? text.error : file_write_atomic(d->metrics_file, buf_text(&text), text.len, 0644);
    buf_done(&text);
    if (r < 0 && !d->metrics_unwritten)
        log_write(LOG_WARNING, LOG_EVENT_NONE, NULL, "the metrics cannot be written to %s: %s", d->metrics_file,
                  strerror(-r));
    if (r == 0 && d->metrics_unwritten)
        log_write(LOG_NOTICE, LOG_EVENT_NONE, NULL, "the metrics are written to %s again", d->metrics_file);
    d->metrics_unwritten = r < 0;
    return 0;
}

void metrics_note_run(struct daemon *d, struct entry *e, struct worker *w)
{
    metrics_take_figures(e, w);
    for (size_t s = 0; s < n_systems; s++)
        if (systems[s] == w->run.target->system)
            histogram_add(&d->durations[s], now_usec() - w->started_usec);
    if (count_run(&e->metrics, w) < 0)
        log_write(LOG_ERR, LOG_EVENT_NONE, NULL, "%s: out of memory: a metric counts too little", e->name);
    /* Many runs that end at once are written once. */
    if (d->metrics_timer && sd_event_source_get_enabled(d->metrics_timer, NULL) == SD_EVENT_OFF) {
        sd_event_source_set_time_relative(d->metrics_timer, FILE_PAUSE_SEC * USEC_PER_SEC);
        sd_event_source_set_enabled(d->metrics_timer, SD_EVENT_ONESHOT);
    }
}

int metrics_begin(struct daemon *d)
{
    d->durations = calloc(n_systems, sizeof(*d->durations));
    if (!d->durations)
        return -ENOMEM;
    /* Written once at the start, so that a file that cannot be written is known at once. */
    return d->metrics_file ? sd_event_add_time(d->event, &d->metrics_timer, CLOCK_MONOTONIC, now_usec(),
                                               100 * USEC_PER_MSEC, on_file_timer, d)
                           : 0;
}

void metrics_end(struct daemon *d)
{
    sd_event_source_disable_unref(d->metrics_timer);
    free(d->durations);
}
