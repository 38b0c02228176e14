/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider speaks one vendor's API: it logs in, says which requests read and which write, reads and writes
 * objects of its kinds, and says what a status means. The engine knows providers only through this table.
 */
#pragma once

#include "provider/session.h"
#include "schema/kind.h"

/* One object as it was read. */
struct observed {
    const char *name;
    const char *key;   /* the appliance's own, where it has one */
    bool built_in;     /* cannot be deleted */
    bool unseen;       /* KIND_SENT: not all of it is what the appliance shows, some is what was sent */
    struct value body; /* adopted into the kind's types; without the name */
};

struct observed_list {
    struct observed *items;
    size_t n, allocated;
};

enum write_op {
    WRITE_CREATE,
    WRITE_REPLACE,
    WRITE_DELETE,
};

/* Something that is to be absent. */
struct sought {
    const char *name;
    const struct value *body;
};

/* What looking for it came to. */
enum presence {
    PRESENCE_ABSENT,
    PRESENCE_PRESENT,
    PRESENCE_UNKNOWN, /* the API cannot tell now: to be ended again when a run comes that is not the last one's */
    PRESENCE_HIDDEN,  /* the API can never tell: to be ended when it is declared, and then daily */
};

struct found {
    enum presence presence;
    struct value what; /* where present: a list of texts that say what was found */
};

/* One write, decided by the engine. */
struct write {
    enum write_op op;
    const struct kind *kind;
    const char *name;
    const char *key;              /* of an object that exists; set by the provider when it creates one */
    const struct value *body;     /* the whole of it; NULL to delete; of an absence what the document says of it */
    const struct secret *secrets; /* that the body names; NULL for none */
};

/* What is known of a write after it was sent. Whether it took effect is decided by reading back. */
enum outcome {
    OUTCOME_ACCEPTED,
    OUTCOME_REFUSED,          /* nothing changed; why was told */
    OUTCOME_REFUSED_TOGETHER, /* of a commit: not all of it at once, but perhaps in parts; why was told */
    OUTCOME_UNKNOWN,          /* no answer: it may have taken effect; why was told */
};

enum effect {
    EFFECT_READ,
    EFFECT_WRITE,
};

/* Requests that no row names are refused before they are sent. */
struct request_rule {
    const char *method;
    const char *path; /* pattern */
    enum effect effect;
    bool hides_name; /* the last part of the path is the key to somebody's session: no message shows it whole */
};

/* What a status means on this API, for the sentence that tells it. The first row that fits counts. */
struct status_meaning {
    int status;
    const char *clause;
    const char *type; /* the appliance's own name of the error; NULL for any */
};

struct command;

struct provider {
    const struct system *system;
    const struct command *const *commands; /* ended by NULL */
    const struct command *pull;            /* of these, what the daemon does every pull-interval; NULL for none */
    const struct request_rule *rules;      /* the first that matches counts; ended by a row without a method */
    const struct status_meaning *meanings;
    const char *secret_member; /* of every body: carries the secret; NULL where that goes another way */
    /* Adds what identifies us to a request. */
    void (*authorize)(const struct session *s, struct http_request *req);
    /* Logs in and keeps the key; every fault is told. */
    int (*login)(struct session *s);
    /* True where the status may mean that the login has ended, so that one new login is worth a try. */
    bool (*is_refusal)(int status);
    /* The appliance's own words about a failure, NULL for none. Lives as long as the answer. */
    const char *(*message)(struct session *s, const struct value *body);
    /* The appliance's own name of an error, NULL for none; may be NULL. */
    const char *(*error_type)(const struct value *body);
    /* Facts that `expect` is compared with: a flat map of texts. */
    int (*facts)(struct session *s, struct value *ret);
    /* STRATEGY_CONTAINER: one object. -ENOENT where there is none of that name (not told). */
    int (*read)(struct session *s, const struct kind *k, const char *name, struct observed *ret);
    /* STRATEGY_CONTAINER: the names of objects that may have this kind. */
    int (*names)(struct session *s, const struct kind *k, struct observed_list *ret);
    /* STRATEGY_COLLECTION: all objects, whole. -ENOENT where the appliance cannot have any now, as the kind's
       `nowhere` says; -EOPNOTSUPP where it does not show the objects of a KIND_SENT (neither is told). */
    int (*list)(struct session *s, const struct kind *k, struct observed_list *ret);
    /* STRATEGY_ABSENCE: looks for N things, in their order. */
    int (*find)(struct session *s, const struct kind *k, const struct sought *sought, size_t n, struct found *ret);
    /* STRATEGY_ABSENCE: ends N things, at most `at_once` of the kind, by one request where that can be; an outcome
       for each. What is not there any more counts as ended. */
    int (*end)(struct session *s, const struct kind *k, const struct write *writes, size_t n, enum outcome *ret);
    /* How it feels, before it is written to: a map of the numbers that it tells, in percent, by the names that follow
       `max-` in the settings, such as {"cpu-utilization": 8}; -1 where it does not know itself. NULL where the API
       tells none. */
    int (*health)(struct session *s, struct value *ret);
    /* The licences that it lends, for metrics: a list of maps with a text `feature`, a number `count`, and a text
       `client` where it is not the feature as a whole. -ENOENT where it lends none (not told). NULL where the API tells
       none. */
    int (*licenses)(struct session *s, struct value *ret);
    /* In which cluster it is: a list of texts, one for each member, that no member of another cluster has. -ENOENT
       where it is in none (not told). NULL where there are no clusters. */
    int (*cluster)(struct session *s, struct value *ret);
    /* Saves the whole configuration into a file that is written from its beginning, and checks that it is whole; in
       constant memory. -EBADMSG with the fault told, -ENOMEM, or another negative errno of the file (not told). NULL
       where the API gives none. */
    int (*back_up)(struct session *s, int fd, uint64_t *ret_bytes);
    /* Before the first write; waits while someone else holds the appliance. */
    int (*begin)(struct session *s);
    int (*write)(struct session *s, struct write *w, enum outcome *ret);
    /* After the last write; checks what is staged against WRITES where the API shows it. */
    int (*commit)(struct session *s, const struct write *writes, size_t n, enum outcome *ret);
    /* Takes back what a run that was killed left open under the session's key, which is that run's. -EBADMSG where
       it cannot be told whether something is still open. */
    int (*recover)(struct session *s);
    /* Takes back what was begun and not committed; harmless where nothing is open. */
    void (*abort)(struct session *s);
};

void observed_list_done(struct observed_list *l);
/* By name; look-ups need it. */
void observed_list_sort(struct observed_list *l);
const struct observed *observed_list_find(const struct observed_list *sorted, const char *name);
int observed_list_add(struct observed_list *l, struct observed o) _must_check_;

extern const struct system *const systems[];
extern const size_t n_systems;
/* The provider of a system; never NULL for one of the systems above. */
const struct provider *provider_of(const struct system *s);
