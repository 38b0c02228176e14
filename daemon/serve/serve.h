/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon. The main thread runs the event loop and never waits for an appliance; each run has a thread of its
 * own while it lasts; the configuration in force is shared by reference and never changed.
 */
#pragma once

#include <pthread.h>
#include <systemd/sd-event.h>

#include "provider/provider.h"
#include "reconcile/cluster.h"
#include "reconcile/figures.h"
#include "reconcile/guard.h"
#include "reconcile/pull.h"
#include "reconcile/record.h"
#include "reconcile/run.h"
#include "state/desired.h"
#include "serve/tally.h"
#include "serve/told.h"
#include "state/revision.h"

/* A configuration: whole, checked, immutable. A run keeps the one it began with. */
struct state {
    atomic_uint references;
    struct settings *settings;
    struct desired *desired; /* NULL where the documents are faulty */
    char commit[REVISION_SIZE];
    char (*digests)[DIGEST_SIZE]; /* of all that settings and documents say of each target */
};

struct daemon;

struct state *state_ref(struct state *s);
struct state *state_unref(struct state *s);
/*
 * Watches and loads what the daemon's settings file says. 0 with a state, whose `desired` is NULL where only the
 * documents are faulty; -EBADMSG where the settings are; -ENOMEM. All faults are told.
 */
int state_load(struct daemon *d, struct diag_list *diags, struct state **ret) _must_check_;
/* True where settings and documents are the same. */
bool state_is_same(const struct state *a, const struct state *b);

/* A target keeps to one of them and finds its connection there. libcurl walks over all that it keeps at the end of each
   request: a quarter of them is a quarter of the way. */
enum { HTTP_CLIENTS = 4 };

/* One target in the schedule; lives as long as the settings name it and a run of it lasts. */
struct entry {
    struct entry *next;
    char *name;
    const struct target *target; /* in the settings in force; not where it is gone */
    bool gone;                   /* the settings name it no more */
    struct worker *worker;       /* NULL while no run is under way */
    size_t http;                 /* which client takes its requests */
    const char *reason;          /* why it is due */
    uint64_t due_usec;           /* monotonic */
    size_t queued;               /* its place in the queue, counted from 1; 0 while it is not there */
    unsigned failures;           /* runs in a row that failed */
    uint64_t started;            /* number of the run begun last, counted from 1 */
    uint64_t completed;          /* number of the last run that came to its end */
    char digest[DIGEST_SIZE];
    /* How the last run went. */
    bool known;
    bool read; /* it came to the objects, whatever became of them */
    enum target_status status;
    uint64_t last_run_usec, last_success_usec, since_usec; /* wall time */
    size_t differences, alarms;                            /* that no acceptance covers */
    char *trouble, *trouble_code;                          /* why the last run failed, NULL where it did not */
    uint64_t told_trouble;                                 /* of all its faults as they were last told; 0 for none */
    unsigned failed_runs;                                  /* in a row, since the start */
    struct told told;                                      /* what differed */
    bool unrecorded;                                       /* the record of the last run could not be written */
    bool unpermitted;                                      /* what operators let through could not be read */
    char remarks[DIGEST_SIZE];                             /* of what was last told though it is no fault */
    struct pulled pulled;                                  /* the last pull, where there are such */
    struct figures figures;                                /* that were read last */
    uint64_t health_read_usec, licenses_read_usec;         /* monotonic; 0 for never */
    struct metrics metrics;
};

/* A run and its thread. */
struct worker {
    struct daemon *daemon;
    struct entry *entry;
    struct state *state;
    char commit[REVISION_SIZE]; /* as the run began */
    struct run_context context;
    struct run_watch watch;
    struct run run;
    char id[RECORD_ID_SIZE]; /* for the journal, as on record; once it is over */
    struct diag_list record_diags, permit_diags;
    struct pulled pulled;
    enum pull_result pull;
    struct figures figures;
    unsigned figures_wanted;
    atomic_bool cancelled;
    uint64_t number;       /* among the runs of its target */
    uint64_t started_usec; /* monotonic */
    uint64_t give_up_usec; /* past this it hangs */
    pthread_t thread;
    struct worker *next_finished;
};

/* A heap of the targets that may start: no run is under way and the settings name them. */
struct due_queue {
    struct entry **items;
    size_t n, allocated, reserved;
};

struct daemon {
    const char *config;
    const char *credentials; /* --credentials, or NULL */
    sd_event *event;
    struct http_client *http[HTTP_CLIENTS];
    struct state *state; /* in force */
    bool faulty;         /* a newer one is not in force because of its faults */
    uint64_t faulty_since_usec;
    struct diag_list faults; /* as they were told */
    struct entry *entries;   /* in order of their names */
    struct due_queue queue;
    size_t running;
    bool short_of_threads;    /* the last run could not be started */
    uint64_t given_back_usec; /* monotonic; when freed memory last went back to the system */
    struct guard_budget budget;
    struct clusters clusters;
    uint64_t budget_until_usec;
    sd_event_source *timer, *settle;
    struct watch *watch;
    struct sockets *sockets;
    const char *metrics_file; /* --metrics-file, or NULL */
    bool metrics_unwritten;   /* when it was last tried */
    sd_event_source *metrics_timer;
    struct histogram *durations; /* of runs, by the order of systems */
    uint64_t started_usec;       /* wall time */
    uint64_t loaded_usec;        /* wall time at which the configuration in force was loaded */
    bool stopping;
    uint64_t watchdog_usec, turns_seen[HTTP_CLIENTS];
    bool status_told, told_faulty; /* what systemd has heard: it is not told the same again */
    size_t told_by_status[TARGET_STATUS_MAX], told_unknown;
    pthread_mutex_t lock; /* over `finished` */
    struct worker *finished;
    int finished_fd;
};

/* queue.c: room is reserved for each target when it comes, so that nothing fails later. */
int due_queue_reserve(struct due_queue *q) _must_check_;
void due_queue_forget(struct due_queue *q, struct entry *e);
/* Puts E where its due_usec belongs, also where it is there already; takes it out, where it is there. */
void due_queue_put(struct due_queue *q, struct entry *e);
void due_queue_drop(struct due_queue *q, struct entry *e);
struct entry *due_queue_first(const struct due_queue *q); /* NULL for none */
/* The first where it is due by NOW. Never early: what is due after its run began has to run once more. */
struct entry *due_queue_due(const struct due_queue *q, uint64_t now);

/* schedule.c */
/* Copies; NULL where it is in order. */
void entry_note_trouble(struct entry *e, const char *code, const char *sentence);
void schedule_adopt(struct daemon *d, struct state *fresh, const char *reason); /* takes over the reference */
void schedule_arm(struct daemon *d);
void schedule_run_all(struct daemon *d, const char *reason);
/* Makes one target due at once, or as soon as a run of it that is under way has ended. */
void schedule_run(struct daemon *d, struct entry *e, const char *reason);
/* The same; a run of it that has not begun to write gives way. */
void schedule_run_anew(struct daemon *d, struct entry *e, const char *reason);
int schedule_on_timer(sd_event_source *s, uint64_t usec, void *data);
void schedule_finished(struct daemon *d, struct worker *w);
void schedule_done(struct daemon *d);

/* worker.c */
int worker_start(struct daemon *d, struct entry *e) _must_check_;
struct worker *worker_free(struct worker *w);
void worker_wake_clients(struct daemon *d); /* a run may have been cancelled */
/* Superseded, or stopped before it wrote: nothing is told or kept of it. */
bool worker_is_void(const struct worker *w);
int worker_on_finished(sd_event_source *s, int fd, uint32_t events, void *data);

/* reload.c */
int reload_first(struct daemon *d); /* 0, or the status to end with */
void reload(struct daemon *d, const char *reason);
void reload_changed(struct daemon *d); /* nothing is told where nothing has changed */

/* watch.c: tells changes of the settings and documents, once they have settled. */
int watch_begin(struct daemon *d) _must_check_;
/* Each before it is read, so that a change meanwhile is seen. The second ends what is watched and no longer of use. */
void watch_settings(struct daemon *d);
void watch_all(struct daemon *d, const struct settings *s);
void watch_end(struct daemon *d);

/* notify.c: what systemd hears. */
void notify_ready(struct daemon *d);
void notify_status(struct daemon *d);
void notify_reloading(void);
void notify_stopping(void);
int notify_begin_watchdog(struct daemon *d) _must_check_;

/* sockets.c: the read and the control socket. */
int sockets_begin(struct daemon *d) _must_check_;
void sockets_end(struct daemon *d);

/* api.c: what is answered there. The body goes to OUT; returns the status. */
struct api_request {
    const char *method, *path;
    const char *body;
    size_t body_len;
    bool may_control;
    const char *content_type; /* of the answer, set by api_answer() */
};
int api_answer(struct daemon *d, struct api_request *q, struct buf *out);
/* control.c: the requests that change something. */
int control_answer(struct daemon *d, struct api_request *q, struct buf *out);
/* Writes {"error": {"code", "message"}} and returns the status. */
int api_error(struct buf *out, int status, const char *code, const char *format, ...) _printf_(4, 5);

/* metrics.c: the Prometheus text format. */
int metrics_begin(struct daemon *d) _must_check_;
void metrics_note_run(struct daemon *d, struct entry *e, struct worker *w); /* takes over its figures */
void metrics_write(const struct daemon *d, struct buf *out);
void metrics_end(struct daemon *d);
/* metrics-figures.c: what a run that begins now is to read for metrics, FIGURES_ bits; and what came of it. */
unsigned metrics_wanted_figures(const struct settings *s, const struct entry *e, uint64_t now);
void metrics_take_figures(struct entry *e, struct worker *w);

/* report.c: what a run means for the journal. */
void report_run(struct entry *e, struct worker *w); /* takes over what it pulled */
void report_recovered(struct worker *w);            /* all that there is to say of a run that is void */
void report_diags(struct diag_list *l);
