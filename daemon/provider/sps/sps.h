/* SPDX-License-Identifier: Apache-2.0 */
/* One Identity Safeguard for Privileged Sessions: /api (REST API reference guide). */
#pragma once

#include "provider/provider.h"

extern const struct system sps_system;
extern const struct provider sps_provider;

#define SPS_POLICIES "/api/configuration/policies"

extern const struct kind sps_trusted_ca_lists;
extern const struct kind sps_user_databases;

/* Guide: a name "cannot contain whitespace". */
const char *sps_check_name(const char *name);
#define SPS_NAME_PATTERN "^[^ \t\r\n]+$"
/* Short forms for readers of plans: of a certificate whose name is said beside it, and of one whose name is not. */
int sps_show_dates(const struct value *pem, struct buf *out);
int sps_show_certificate(const struct value *pem, struct buf *out);
/* Notes where a certificate of a document is out of its dates, or signs nobody where it MUST_BE_CA. */
void sps_remark_certificate(const struct remark *about, const struct value *pem, bool must_be_ca);

/* Public keys: without blanks around them; compared without comments and line ends; known by the key itself. */
int sps_normalise_public_key(struct arena *a, struct value *text, const char **ret_wrong);
int sps_canon_public_key(const struct value *v, struct buf *out);
int sps_public_key_key(const struct value *item, struct buf *out);

/* Times of a day (guide: Time policy): "8:00" and "08:00" are the same minute. */
enum { SPS_INTERVALS_MAX = 64 };
const char *sps_check_day(const struct value *v);
int sps_canon_day(const struct value *v, struct buf *out);

/* References come as {key, meta} and are sent as bare keys: all of a value, in place. */
void sps_flatten_references(struct value *v);

/* True where the status says that the request is understood and not wanted, and not who asks, or when. */
static inline bool sps_refuses_content(int status)
{
    return status == 400 || status == 422;
}
/* Tells a refusal of one write with the name of its object. */
void sps_tell_refused(struct session *s, enum diag_code code, const char *method, const char *path,
                      const struct answer *a, const struct write *w);

/* The transaction (guide: "Open a transaction", "Commit a transaction"); as in struct provider. */
int sps_begin(struct session *s);
int sps_commit(struct session *s, const struct write *writes, size_t n, enum outcome *ret);
void sps_abort(struct session *s);
int sps_recover(struct session *s);
int sps_login(struct session *s);
