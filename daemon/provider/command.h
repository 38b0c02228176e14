/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person may ask of one appliance besides declaring its state. Commands are rows, as kinds are. One that
 * reads fills a report. One that writes first says its steps, so that they can be shown and asked for; then each is
 * sent, its intent on disk before, and what became of it is judged by reading back. A command speaks the vendor's
 * API on the session it is given and does nothing else: locks, journal, guards, questions and words on the terminal
 * belong to whoever runs it.
 */
#pragma once

#include "provider/provider.h"

/* Options of commands, beside those that every verb may know. */
enum command_option {
    COMMAND_USER,
    COMMAND_ID,
    COMMAND_ALL,
    COMMAND_IMPORT,
    COMMAND_CLIENT,
    COMMAND_END_SESSIONS,
    COMMAND_NAME,
    COMMAND_MEMBER,
    COMMAND_PASSWORD, /* names a credential, which is loaded into `secret` */
    COMMAND_ADDRESS,
    COMMAND_NETMASK,
    COMMAND_GATEWAY,
    COMMAND_EXTERNAL_ADDRESS,
    COMMAND_EXTERNAL_NETMASK,
    COMMAND_EXTERNAL_GATEWAY,
    COMMAND_COMMON_NAME,
    COMMAND_KEY_TYPE,
    COMMAND_ECC_CURVE,
    COMMAND_AGAIN,
    COMMAND_CLIENT_TYPE,
    COMMAND_OPTION_MAX,
};

#define TAKES(option) ((uint32_t)1 << COMMAND_##option)

struct given_option {
    enum command_option option;
    const char *text; /* "" for one without an argument */
};

/* What stands on the line, in its order; checked against the row's `takes` and number of arguments. */
struct given {
    const char *const *arguments; /* behind TARGET */
    size_t n_arguments;
    const struct given_option *options;
    size_t n_options;
    const char *out; /* --out, or NULL */
};

/* The first of that name, NULL for none; the one that follows AFTER where that is not NULL. */
const struct given_option *given_find(const struct given *g, enum command_option option,
                                      const struct given_option *after);
/* Its text, NULL where it was not given. */
const char *given_text(const struct given *g, enum command_option option);

enum step_result {
    STEP_OPEN,
    STEP_APPLIED,    /* read back as wanted */
    STEP_ACCEPTED,   /* the appliance agreed; its API has no way to read it back */
    STEP_UNVERIFIED, /* perhaps done, not read back */
    STEP_FAILED,
    STEP_SKIPPED, /* not tried */
    STEP_HELD,    /* by guards.protect, or the whole target by an operator */
    STEP_RESULT_MAX,
};

/* NULL for STEP_OPEN. */
const char *step_result_to_string(enum step_result result);

/* What the ledger remembers of a command's steps. */
enum remembers {
    REMEMBERS_NOTHING,
    REMEMBERS_MADE, /* each object is made once: noted before it is sent, and by the step's id afterwards */
    REMEMBERS_USED, /* what has the object's name as its id was made before, and is used up */
};

/* One thing that a command is about to do. Texts live in the session's arena. */
struct step {
    const char *kind, *object;  /* as in TARGET/KIND/OBJECT */
    const char *id;             /* the appliance's own name of it, set when it was made; NULL for none */
    const char *sentence;       /* what would be done: "end the session ..." */
    const struct value *record; /* what was read of it; the command's own use */
    bool sent;
    enum outcome outcome; /* of what was sent */
    enum step_result result;
};

/* A column of the table that a report shows: a member of each row, or OTHER where there is no such member. */
struct column {
    const char *title, *member, *other;
};

struct report {
    struct value json;    /* map; its members stand beside version, target and type */
    struct value rows;    /* list of maps for the table; null for none */
    struct value lines;   /* map that is shown line by line; null for none */
    const char **remarks; /* sentences for a person */
    size_t n_remarks, remarks_allocated;
};

/* One command on its way, on one session; used by one thread. */
struct command_run {
    const struct command *command;
    const struct given *given;
    struct session *session;
    const char *out;       /* the file to write, where the row says that it writes one */
    struct http_file file; /* of the command's own use; -1 where none is open */
    struct secret secret;
    struct report report;
    struct step *steps; /* in the order in which they are sent */
    size_t n_steps, steps_allocated;
};

void command_run_init(struct command_run *c, const struct command *command, const struct given *given,
                      struct session *s);
void command_run_done(struct command_run *c);
/* Adds a step whose sentence is the text. 0 or -ENOMEM, told. */
int command_add_step(struct command_run *c, struct step s, const char *format, ...) _printf_(3, 4) _must_check_;
/* Tells why something is not sent that was asked for. Returns -EBADMSG. */
int command_refuse(struct command_run *c, const char *format, ...) _printf_(2, 3);
int command_remark(struct command_run *c, const char *format, ...) _printf_(2, 3) _must_check_;

struct command {
    const char *verb;
    const char *word;  /* the second word; NULL where the verb stands alone */
    const char *usage; /* what follows: "TARGET [--user NAME]" */
    const char *help;
    enum effect effect;
    uint32_t takes;               /* options, TAKES(...) | ... */
    uint32_t repeats;             /* those of them that may be given more than once */
    size_t n_arguments;           /* behind TARGET */
    const struct column *columns; /* of the report's table, ended by one without a title; NULL for none */
    const char *file_suffix;      /* of the file that it writes; NULL where it writes none */
    bool changes_all;             /* whatever the target holds: also what is protected there */
    bool asks_name;               /* the question is answered with the target's name */
    enum remembers remembers;
    size_t at_once;    /* as many steps as one request can carry; 0 means one */
    const char *guide; /* section of the vendor's guide */
    /* NULL where what is given makes sense together, else what is wrong with it; before any network. May be NULL. */
    const char *(*check)(const struct given *g);
    /* EFFECT_READ: fills the report. EFFECT_WRITE: adds the steps. -EBADMSG with the fault told, -ENOMEM. */
    int (*read)(struct command_run *c);
    /* Sends the one request for N steps that follow each other. As `write` of a provider. */
    int (*send)(struct command_run *c, struct step *steps, size_t n, enum outcome *ret);
    /* Reads again and sets the results of the steps that were sent. */
    int (*verify)(struct command_run *c);
};

/* Adds a member to the report's JSON. 0 or -ENOMEM, told. */
int command_put_member(struct command_run *c, const char *name, struct value v) _must_check_;
/* A report of the provider's facts, for a row of any provider. */
int command_read_facts(struct command_run *c) _must_check_;

/* The command of a system by its words; WORD may be NULL. NULL for none. */
const struct command *command_find(const struct system *s, const char *verb, const char *word);
