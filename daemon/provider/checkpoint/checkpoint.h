/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Check Point Identity Awareness Web API (guide: "Delete Identity"): no login and no session, a shared secret in
 * every body; addresses, ranges and subnets that must hold no identity of a client type.
 */
#pragma once

#include "provider/provider.h"

extern const struct provider checkpoint_provider;
extern const struct system checkpoint_system;

/* The longest range that is looked at address by address. */
#define CHECKPOINT_LIMIT_ADDRESSES ((size_t)1024)
/* What one bulk request carries: as many as clients in the field send. */
#define CHECKPOINT_AT_ONCE ((size_t)50)

/* An address of either family as bytes in the order of the network; IPv4 in the last four. */
struct ip {
    bool v6;
    unsigned char bytes[16];
};

struct ip_range {
    struct ip first, last;
};

bool ip_parse(const char *text, struct ip *ret);
/* As inet_ntop() writes it; the buffer needs 64 bytes. */
void ip_format(const struct ip *ip, char *ret, size_t size);
/* What an entry covers. NULL when good, else what is wrong with it. */
const char *checkpoint_range_of(const struct value *entry, struct ip_range *ret);
/* The next address; false behind the last of the range. */
bool ip_range_next(const struct ip_range *range, struct ip *ip);
/* How many addresses, or SIZE_MAX for more than CHECKPOINT_LIMIT_ADDRESSES. */
size_t ip_range_count(const struct ip_range *range);

/* One address that is asked about; ENTRY is the caller's own. */
struct probe {
    struct ip ip;
    size_t entry;
};

struct probes {
    struct probe *items;
    size_t n, allocated;
};

void probes_done(struct probes *p);
/* All addresses of a range, which has no more than CHECKPOINT_LIMIT_ADDRESSES. 0 or -ENOMEM. */
int probes_add(struct probes *p, const struct ip_range *range, size_t entry) _must_check_;

/* Who is known at an address, by one source. */
struct identity {
    const char *address;
    const char *who;    /* a user, or a machine */
    const char *source; /* in the gateway's words; NULL for none */
    bool machine;
    const struct value *groups, *roles; /* as they came; NULL for none */
};

/* Takes one identity; 0 or -ENOMEM. */
typedef int identity_taker(void *user, const struct probe *p, const struct identity *i);

/*
 * Asks who is at each address and hands over what is found, in order; texts live in the session's arena. 0; -ENOENT
 * where show-identity is not answered (404, not told); -EBADMSG with the fault told; -ENOMEM.
 */
int checkpoint_look(struct session *s, const struct probes *p, identity_taker *take, void *user) _must_check_;
/* What an identity of this source means for who looks for those of a client type. */
enum presence checkpoint_judge_source(const char *source, const char *wanted);
/* As checkpoint_find(), but -ENOENT where nobody can look. */
int checkpoint_seek(struct session *s, const struct sought *sought, size_t n, struct found *ret) _must_check_;

/* The client types that the API knows, ended by NULL. */
extern const char *const checkpoint_client_types[];
/* "192.0.2.7 ida-api": an entry's name, the same in every notation. As `key` of a field. */
int checkpoint_entry_key(const struct value *entry, struct buf *out) _must_check_;
/* The entry that "A", "A-B" or "A/N" stand for, in the arena. 0, -ENOMEM, or -EBADMSG and what is wrong with it. */
int checkpoint_read_range(const char *text, const char *client_type, struct arena *a, struct value *ret,
                          const char **ret_why) _must_check_;

extern const struct command *const checkpoint_commands[];

/* As in struct provider. */
int checkpoint_find(struct session *s, const struct kind *k, const struct sought *sought, size_t n,
                    struct found *ret) _must_check_;
int checkpoint_end(struct session *s, const struct kind *k, const struct write *writes, size_t n,
                   enum outcome *ret) _must_check_;

/*
 * Sends one request, or N as a bulk, and hands each its own answer in REPLIES, in order. 0; -ENOENT for 404 (not
 * told: the API is silent about why); -EBADMSG with the fault told; -ENOMEM. MAYBE as in session_send().
 */
int checkpoint_send(struct session *s, const char *command, const struct value *requests, size_t n,
                    struct value *replies, bool *ret_maybe) _must_check_;
/* "CODE: message" of a reply that is a failure, NULL for one that is not; in the session's arena. */
const char *checkpoint_failure(struct session *s, const struct value *reply);
