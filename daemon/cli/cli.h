/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: verbs are rows that say what they need; each verb has a file. Results go to standard output,
 * diagnostics to standard error; the exit status is the same whatever the format.
 */
#pragma once

#include "base/diag.h"
#include "reconcile/act.h"
#include "reconcile/batch.h"
#include "reconcile/guard.h"

enum exit_status {
    STATUS_OK = 0,
    STATUS_FAILED = 1,
    STATUS_DIFFERS = 2,
    STATUS_HELD = 3,
    STATUS_USAGE = 64,
    STATUS_INVALID = 78,
};

enum format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_MARKDOWN,
    FORMAT_SCHEMA,
    FORMAT_MAX,
};

enum color {
    COLOR_AUTO,
    COLOR_ALWAYS,
    COLOR_NEVER,
    COLOR_MAX,
};

struct options {
    const char *config;
    const char *credentials;
    const char *out;
    const char *plan_file;
    enum format format;
    enum color color;
    const char *reason;
    uint64_t until_usec; /* wall time, 0 for none */
    bool quiet;
    bool wait;
    bool yes;
    uint64_t lock_timeout_usec;
    struct allowance *allowances;
    size_t n_allowances, allowances_allocated;
    struct given_option *given; /* options that only commands know */
    size_t n_given, given_allocated;
    uint64_t seen;          /* options that belong to some verbs only, as bits */
    const char *verb;       /* its name */
    const char **arguments; /* what is no option, behind the verb */
    size_t n_arguments;
};

/* Options that a verb knows, as bits. */
enum {
    TAKES_FORMAT = 1 << 0,
    TAKES_OUT = 1 << 1,
    TAKES_ALLOW = 1 << 2,
    TAKES_YES = 1 << 3,
    TAKES_PLAN = 1 << 4,
    TAKES_LOCK = 1 << 5,
    TAKES_REASON = 1 << 6,
    TAKES_UNTIL = 1 << 7,
    TAKES_WAIT = 1 << 8,
    TAKES_MARKDOWN = 1 << 9, /* as a format besides text and json */
    TAKES_SCHEMA = 1 << 10,
};

struct verb {
    const char *name;
    const char *arguments;
    const char *help;
    unsigned takes;
    size_t min_arguments, max_arguments;
    enum exit_status (*run)(const struct options *o);
};

extern const struct verb verb_check, verb_plan, verb_apply, verb_export, verb_status, verb_sync, verb_hold,
    verb_release, verb_allow, verb_explain;
/* Any verb of the providers' commands. */
extern const struct verb verb_command;
extern const struct verb *const verbs[];
extern const size_t n_verbs;

enum { VERBS_MAX = 64 };
/* Names of the verbs above, then each of the providers' commands once; returns how many. */
size_t verb_names(const char *ret[static VERBS_MAX]);
void print_help(void);
/* Starts the I/O thread and catches signals; what fails is said. */
enum exit_status network_start(struct http_client **ret) _must_check_;
void network_stop(struct http_client *http);

/* Parses the options behind the program's name. 0, or 64 with the fault said; FALSE in RET_GO where all is done. */
enum exit_status options_parse(int argc, char **argv, struct options *o, const struct verb **ret_verb, bool *ret_go);
void options_done(struct options *o);
/* False, with the fault said, where an option was given that NAME does not take. */
bool options_belong(const struct options *o, const char *name, unsigned takes, const struct command *c);

/* A terminal is there to ask on, and to answer on. */
bool can_ask(void);
/* Asks on the terminal; true where the answer is just that word. */
bool ask_for_word(const char *question, const char *word);

/* Prints and empties a list of diagnostics. */
void say_diags(struct diag_list *l);
void say_error(const char *format, ...) _printf_(1, 2);
/* Writes results to standard output, or atomically to a file; what fails is said. */
enum exit_status say_results(const struct buf *text, const char *out);
bool color_wanted(enum color c);

/* What the daemon answered. */
struct daemon_answer {
    int status;
    struct buf text;
    struct arena arena;
    struct value root;
};
void daemon_answer_done(struct daemon_answer *a);

enum daemon_socket {
    SOCKET_STATUS,
    SOCKET_CONTROL,
};

/* Asks the daemon; BODY may be NULL. 0 with an answer of any status, -ECONNREFUSED (not said) where no daemon listens,
   else a negative errno and the fault said. */
int daemon_ask(const struct settings *s, enum daemon_socket socket, const char *method, const char *path,
               const char *body, struct daemon_answer *ret) _must_check_;
/* Says the error of an answer that is none of the 200s. */
enum exit_status daemon_say_refusal(const struct daemon_answer *a);

/* Who asks, as it is recorded: the person behind sudo where there is one. */
const char *caller_name(void);
/* {MEMBER: [the arguments], "by": ..., "reason", "until" where given}, for the control socket. */
void write_request(const struct options *o, const char *member, struct buf *out);
/* The status document as a table, and in its long form where it is one target's. */
void render_status(const struct value *document, enum format format, bool color, struct buf *out);
void render_target_status(const struct value *document, struct buf *out);
/* What `convergate status` ends with, by the states of all targets. */
enum exit_status status_of_document(const struct value *document);

struct loaded {
    struct settings *settings;
    struct desired *desired;
};

void loaded_done(struct loaded *l);
/* Settings and, where wanted, documents; every fault is said. 0 or 78 (1 when memory is out). */
enum exit_status load_all(const struct options *o, bool with_documents, struct loaded *ret);

/* The worse of two by the manual's order: 78 and 64, 1, 3, 2, 0. */
enum exit_status worse(enum exit_status a, enum exit_status b);
/* What a plan, or what became of it, means. */
enum exit_status plan_status(const struct plan *p);

/* Renderers: one plan, three forms, before and after it was applied. */
void render_text(const struct plan *p, bool color, struct buf *out);
void render_markdown(const struct plan *p, struct buf *out);
/* What a command read, or what it did. */
void render_report(const struct act *a, struct buf *out);
/* The steps, as whoever is asked sees them. */
void render_steps(const struct act *a, struct buf *out);
/* "drift", "desired state changed", ... */
const char *render_cause(enum cause c);
/* Renders in the wanted form and says it. */
enum exit_status say_plan(const struct plan *p, const struct options *o, const char *out);

/* Progress on standard error, only on a terminal and for more than one target. */
struct progress {
    bool shown;
    const char *doing;
    size_t done, failed, total;
    uint64_t last_usec;
};
void progress_begin(struct progress *p, const char *doing, size_t total, bool quiet);
void progress_step(const struct target_plan *t, void *user);
void progress_end(struct progress *p);

/* Plans all chosen targets and lets the guards judge; the batch is the caller's to end. */
enum exit_status plan_batch(const struct options *o, const struct loaded *l, struct http_client *http, bool may_write,
                            struct batch *b);
/* Says every target's diagnostics. */
void say_plan_diags(const struct plan *p);

/* Saved plans: bound to what was read and what is desired. */
int plan_file_write(const struct plan *p, const char *path) _must_check_;
/* Reads a saved plan, once: what is compared is what names the targets. 0 or -EBADMSG with the fault told. */
int plan_file_read(const char *path, struct arena *a, struct value *ret, struct diag_list *diags) _must_check_;
/* The targets that a saved plan speaks of; 0 or -ENOMEM. */
int plan_file_targets(const struct value *saved, struct arena *a, const char ***ret, size_t *ret_n) _must_check_;
