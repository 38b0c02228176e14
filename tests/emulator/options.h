/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How stubborn one appliance is: the ways in which versions differ and the guides are silent. */

#include <cjson/cJSON.h>
#include <stdbool.h>

enum refusal { REFUSAL_403_EMPTY, REFUSAL_403_HTML, REFUSAL_401, _REFUSAL_MAX };
enum put_answer { PUT_ANSWER_INFO, PUT_ANSWER_204, PUT_ANSWER_WARNING, _PUT_ANSWER_MAX };
enum empty_lists { EMPTY_LISTS_ARRAY, EMPTY_LISTS_NULL, EMPTY_LISTS_ABSENT, _EMPTY_LISTS_MAX };
enum deny_mode { DENY_MODE_AT_ONCE, DENY_MODE_AT_LOGIN, _DENY_MODE_MAX };
enum paging { PAGING_FROM_ONE, PAGING_FROM_ZERO, _PAGING_MAX };
enum last_record { LAST_RECORD_ABSENT, LAST_RECORD_BOOLEAN, LAST_RECORD_TEXT, _LAST_RECORD_MAX };
enum user_record { USER_RECORD_FULL, USER_RECORD_SHORT, _USER_RECORD_MAX };
enum no_cluster { NO_CLUSTER_INFO, NO_CLUSTER_404, NO_CLUSTER_EMPTY, _NO_CLUSTER_MAX };
enum fail_over { FAIL_OVER_LATE, FAIL_OVER_AT_ONCE, _FAIL_OVER_MAX };
enum same_subject { SAME_SUBJECT_SECOND, SAME_SUBJECT_REPLACED, SAME_SUBJECT_REFUSED, _SAME_SUBJECT_MAX };
enum certificate_list {
    CERTIFICATE_LIST_NONE,
    CERTIFICATE_LIST_STUBS,
    CERTIFICATE_LIST_WHOLE,
    _CERTIFICATE_LIST_MAX
};
enum not_applicable { NOT_APPLICABLE_INFO, NOT_APPLICABLE_404, NOT_APPLICABLE_422, _NOT_APPLICABLE_MAX };
enum named_users_of { NAMED_USERS_OF_FLAT, NAMED_USERS_OF_NESTED, _NAMED_USERS_OF_MAX };
enum cookie { COOKIE_PLAIN, COOKIE_JOINED, COOKIE_EXPIRED_CLOCK, _COOKIE_MAX };
enum transaction_shape { TRANSACTION_SHAPE_TRANSACTION, TRANSACTION_SHAPE_BODY, _TRANSACTION_SHAPE_MAX };
enum empty_crl { EMPTY_CRL_TEXT, EMPTY_CRL_NULL, _EMPTY_CRL_MAX };
enum reference_check { REFERENCE_CHECK_DELETE, REFERENCE_CHECK_COMMIT, _REFERENCE_CHECK_MAX };
enum not_found { NOT_FOUND_HTML, NOT_FOUND_EMPTY, _NOT_FOUND_MAX };
enum count { COUNT_TEXT, COUNT_NUMBER, _COUNT_MAX };
enum address_form { ADDRESS_FORM_TEXT, ADDRESS_FORM_LIST, _ADDRESS_FORM_MAX };

struct options {
    unsigned log_limit;

    /* Connect Secure */
    bool resume_id;
    enum refusal refusal;
    unsigned max_sessions, key_requests;
    enum put_answer put_answer;
    enum empty_lists empty_lists;
    enum deny_mode deny_mode;
    enum paging paging;
    enum last_record last_record;
    enum user_record user_record;
    unsigned record_limit;
    enum no_cluster no_cluster;
    enum fail_over fail_over;
    enum same_subject same_subject;
    enum certificate_list certificate_list;
    enum not_applicable not_applicable;
    enum named_users_of named_users_of;
    unsigned package_bytes;

    /* Safeguard for Privileged Sessions */
    enum cookie cookie;
    enum transaction_shape transaction_shape;
    bool exclusive, require_commit_message, changes, auto_open, embed_bodies, user_certificates;
    char locked_by[64]; /* empty: nobody */
    enum empty_crl empty_crl;
    enum reference_check reference_check;
    unsigned session_requests;

    /* Check Point */
    bool api, show_identity, other_prefixes;
    enum not_found not_found;
    enum count count;
    enum address_form address_form;
    unsigned late_shows;
};

void options_set_defaults(struct options *ret);

/* Sets what `json` names. Returns a sentence (to be freed) about the first fault, else NULL. */
char *options_load(struct options *options, const cJSON *json);
cJSON *options_to_json(const struct options *options);
