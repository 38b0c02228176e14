/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds are rows. A kind says where it stands in a document, where on the appliance, how it is wrapped there, what
 * its fields are, and which of three strategies keeps it; a system (ICS, SPS, ...) is a list of kinds.
 */
#pragma once

#include "base/secret.h"
#include "schema/field.h"

enum strategy {
    STRATEGY_CONTAINER,  /* one object read whole, edited, written whole; it cannot be created or deleted */
    STRATEGY_COLLECTION, /* named objects, listed, created, replaced, deleted one by one */
    STRATEGY_ABSENCE,    /* something that must not be there: looked for by name, ended where it is found */
    STRATEGY_MAX,
};

enum {
    KIND_TEXT_LEAVES = 1 << 0, /* every leaf travels as a text: true as "true" */
    KIND_ACCESS = 1 << 1,      /* decides who may log in: a change is confirmed by a new login, or taken back */
    KIND_SINGLE = 1 << 2,      /* a container of which the appliance has just one, called as the kind is */
    KIND_ASSERTED = 1 << 3,    /* compared and reported, never written */
    KIND_KEPT = 1 << 4,        /* objects that no document names are never removed, only reported */
    KIND_FIXED = 1 << 5,       /* objects are created, never changed: what differs of one is only reported */
    KIND_SENT = 1 << 6,        /* the appliance may not show its objects: then what was sent and accepted counts */
    KIND_UNLISTED = 1 << 7,    /* what no document names goes only where it is ours and remove-unlisted covers it */
};

/* Credentials that the body of an object names: as many as fields of it are a FIELD_CREDENTIAL, in their order. */
enum { SECRETS_MAX = 4 };

/* An object whose credentials were read, and what these hold. */
struct unsealed {
    const char *object;
    const struct value *body; /* of the document */
    int64_t now;              /* seconds since 1970 */
    struct arena *arena;      /* of what follows */
    const struct secret *secrets;
    struct value whole; /* the body with what the credentials tell of it, which is compared */
    int64_t expires;    /* seconds since 1970; 0 for never */
    const char *unfit;  /* why it must not be sent now, a clause; NULL where it may */
    const char *remark; /* what else is worth knowing, a clause; NULL for nothing */
};

/* Who must not be locked out: the addresses must stay allowed by the realms, and Convergate must keep its roles and
   its trust in the appliance. */
struct access {
    const char *url;                /* of the appliance, as Convergate reaches it */
    const char *ca_file;            /* that Convergate trusts there; NULL: the system's */
    const char *pinned_public_key;  /* NULL for none; without ca_file it replaces the chain and host name checks */
    const struct secret *secrets;   /* of the object that is judged; NULL for none */
    const char *login_realm;        /* that Convergate itself logs in through; NULL where there is none */
    const char *login_user;         /* as whom it does */
    uint64_t timeout_usec;          /* how long it waits for one answer */
    const struct value *realms;     /* of the settings, NULL for none */
    const struct value *own;        /* list of Convergate's own addresses */
    const struct value *management; /* list of addresses and networks, NULL for none */
};

/* An object that a document gives, for whoever has something to say of it. */
struct remark {
    const struct kind *kind;
    const char *target, *object;
    const char *file;          /* of the document */
    const struct value *after; /* the whole object, as it would be */
    uint64_t interval_usec;    /* between two runs of the daemon */
    int64_t now;               /* seconds since 1970 */
    struct diag_list *notes;
};

/* How a kind stands in a document. */
enum shape {
    SHAPE_GROUP,  /* GROUP: {NAME: {KIND: body}} */
    SHAPE_NAMED,  /* KIND: {NAME: body} */
    SHAPE_SINGLE, /* KIND: body */
    SHAPE_LIST,   /* KIND: [body, ...], each with its key in it */
};

struct kind {
    const char *name;  /* the last key of its place in a document */
    const char *group; /* the key above the object's name, for kinds inside an object; NULL where the kind is it */
    const char *noun;  /* what an object of it is called in sentences */
    enum strategy strategy;
    unsigned flags;
    int rank;                     /* what is referred to has the lower rank: written first, removed last */
    const char *const *refers_to; /* names of kinds whose items it names, ended by NULL; may be NULL */
    const struct field *body;     /* what a document gives for one object */
    const char *path;             /* of a container with %s for the object's name; of a collection */
    const char *envelope;         /* member that holds the body; NULL where the answer is the body */
    const char *names_path;       /* lists the objects that may hold a container */
    const char *names_envelope;   /* member of that answer that holds the list */
    const char *nowhere;          /* of a collection that an appliance may not have: what to do about it, in words */
    const char *builtin_prefix;   /* of the keys of objects built into the appliance; NULL for none */
    const char *name_pattern;     /* for the JSON Schema: what each good name matches; NULL for any */
    /* Judges a name that a document gives: NULL when good, else what is wrong with it. May be NULL. */
    const char *(*check_name)(const char *name);
    /* True where a declared absence is past its time and asks for nothing any more. May be NULL. */
    bool (*is_over)(const struct value *body, uint64_t real_usec);
    size_t at_once; /* of an absence: as many as one request can end; 0 means one */
    /* True where AFTER in place of LIVE would lock somebody out, or might; writes who and why. AFTER is
       null of an absence, where what is named would end, and of what would be deleted. May be NULL. */
    bool (*locks_out)(const struct access *a, const char *object, const struct value *live, const struct value *after,
                      struct buf *why);
    /* Opens the credentials that a body names. 0, -ENOMEM, or -EBADMSG with a clause in WHY that quotes none of them.
       NULL for a kind that names none. */
    int (*unseal)(struct unsealed *u, struct buf *why);
    /* True where the value lets in whom the live one did not keep out for nothing; writes what. May be NULL. */
    bool (*opens_up)(const struct value *live, const struct value *after, struct buf *why);
    /* Notes what is worth knowing of the value that a document gives, though nothing is wrong with it. May be NULL. */
    void (*remark)(const struct remark *about, const struct value *body);
    const char *guide; /* section of the vendor's guide */
    const char *help;
};

/* A member of `auth:` that a system has a use for. */
struct auth_member {
    const char *name;
    bool required;
};

struct system {
    const struct auth_member *auth; /* ended by one without a name */
    const char *name;               /* as `type:` of a target and as a section of a document */
    const char *title;
    const struct kind *const *kinds;
    size_t n_kinds;
    bool has_backup; /* its API gives a whole configuration that can be saved */
    bool has_pull;   /* it may lease licences of a server, and can be made to ask it */
};

enum shape kind_shape(const struct kind *k);
enum { KIND_PLACE_MAX = 4 };

/*
 * Where a kind stands in a document: the keys from the section's name down to what it gives, at most
 * KIND_PLACE_MAX. NULL is the name of the object, which is free. Returns how many there are.
 */
size_t kind_place(const struct system *s, const struct kind *k, const char *ret_steps[static KIND_PLACE_MAX]);
/* The row of what stands there: the body, or the list of bodies. */
struct field kind_value(const struct kind *k);
/* The place as a line: "ics: auth-servers: NAME: ad-groups". */
void kind_add_place(const struct system *s, const struct kind *k, struct buf *out);
/* The kind that a document calls GROUP/.../NAME, or NAME where it stands alone; NULL for none. */
const struct kind *system_find_kind(const struct system *s, const char *group, const char *name);
/* By the kind's name alone: kinds' names are unique within a system. */
const struct kind *system_kind_by_name(const struct system *s, const char *name);
bool system_has_group(const struct system *s, const char *group);
