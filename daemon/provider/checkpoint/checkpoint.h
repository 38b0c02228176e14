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
