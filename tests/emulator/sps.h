/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Safeguard for Privileged Sessions: the parts of its REST API that Convergate uses, by the guide. */

#include "json.h"
#include "request.h"
#include "route.h"

#define SPS_SESSION_SECONDS 43200U
#define SPS_POLICIES "/api/configuration/policies"

/* sps_reply.c */
void sps_refuse(const struct request *q, struct reply *a, unsigned status, const char *type,
                const char *format, ...) _printf_(5, 6);
cJSON *sps_make_meta(const char *href, const char *parent);
unsigned sps_remaining_seconds(const struct request *q);

/* sps_login.c */
struct session *sps_find_session(const struct request *q);
/* Counts the request against the session; false if there is none. */
bool sps_identify(struct request *q);
void sps_login(struct request *q, struct reply *a);
void sps_logout(struct request *q, struct reply *a);
void sps_get_login_methods(struct request *q, struct reply *a);
void sps_get_info(struct request *q, struct reply *a);
void sps_get_user_info(struct request *q, struct reply *a);

/* sps_transaction.c */
void sps_get_transaction(struct request *q, struct reply *a);
void sps_open_transaction(struct request *q, struct reply *a);
void sps_commit_transaction(struct request *q, struct reply *a);
void sps_abort_transaction(struct request *q, struct reply *a);
void sps_get_changes(struct request *q, struct reply *a);
cJSON *sps_transactions_to_json(const struct appliance *p);
/* Before every write: the policies that the session may edit, or NULL with a refusal in `a`. */
cJSON *sps_need_working(struct request *q, struct reply *a);
/* What the session sees: its own edits, else what is committed. */
const cJSON *sps_visible_policies(const struct request *q);

/* sps_changes.c */
cJSON *sps_list_changes(const struct transaction *transaction);
/* Returns a sentence (to be freed) if a change cannot be made any more; then nothing is changed. */
char *sps_apply_changes(cJSON *policies, const cJSON *changes);

/* sps_policy.c */
void sps_list_collections(struct request *q, struct reply *a);
void sps_list_policies(struct request *q, struct reply *a);
void sps_get_policy(struct request *q, struct reply *a);
void sps_create_policy(struct request *q, struct reply *a);
void sps_replace_policy(struct request *q, struct reply *a);
void sps_delete_policy(struct request *q, struct reply *a);

/* sps_schema.c */
struct sps_check {
    const char *collection;
    const cJSON *policies, *passwords;
    const struct options *options;
    const char *key; /* of the object that is replaced, or NULL */
    char message[256];
};

bool sps_is_writable(const char *collection);
bool sps_check_body(const cJSON *body, struct sps_check *check);

/* sps_certificate.c */
/* What is wrong with the text, to be said after its name, or NULL. */
const char *sps_judge_certificate(const char *text);

/* sps_present.c */
/* A copy in which references are objects with key and meta. */
cJSON *sps_present_body(const struct options *options, const char *collection, const cJSON *body);

/* sps_reference.c */
/* Called with each reference of an object: the collection that it leads to, and the node with the key. */
typedef bool sps_visit(const char *collection, cJSON *key, void *data);

/* False as soon as a visit is. */
bool sps_visit_references(const char *collection, cJSON *body, sps_visit *visit, void *data);
/* Who refers to the object (to be freed), or NULL. */
char *sps_find_referrer(const cJSON *policies, const char *collection, const char *key);
/* A sentence (to be freed) about a reference that leads nowhere, or NULL. */
char *sps_find_dangling(const cJSON *policies, const cJSON *passwords);
bool sps_body_is_dangling(const char *collection, const cJSON *body, const cJSON *policies,
                          const cJSON *passwords);
/* A sentence (to be freed) about a password that two users have, or NULL. */
char *sps_find_shared_password(const cJSON *policies);
bool sps_has_key(const cJSON *list, const char *key);
