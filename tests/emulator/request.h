/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One request on its way through the emulator, from its first line to the end of its answer. */

#include "address.h"
#include "appliance.h"
#include "reply.h"
#include "util.h"

#include <microhttpd.h>

#define SEGMENTS_MAX 20
#define NAMES_MAX 4
#define BODY_MAX (64U * 1024 * 1024)

/* One TCP connection. */
struct link {
    struct appliance *appliance;
    struct address peer;
    unsigned id;
    int fd;
};

enum request_stage { REQUEST_NEW, REQUEST_RECEIVED, REQUEST_DELAYED, REQUEST_HUNG };

struct request {
    struct MHD_Connection *connection;
    const struct link *link;
    struct appliance *appliance;
    enum request_stage stage;

    char method[16];
    char *raw_path;               /* as received, with the query */
    char *segments[SEGMENTS_MAX]; /* percent-decoded; n is 0 if the path cannot be decoded */
    size_t n_segments;
    const char *query;            /* "" if there is none */
    const char *names[NAMES_MAX]; /* the segments that a route leaves open */

    const char *authorization, *cookie, *content_type, *content_length, *user_agent, *x_token;
    struct buffer body;
    cJSON *json; /* the body once it is known to be a JSON object */

    struct session *session; /* only while the appliance is locked */
    char *user;              /* these two for the log */
    unsigned session_id;
    struct fault *fault;
    bool refuse_lock;          /* fault: someone else holds the configuration */
    struct snapshot *snapshot; /* fault: to be restored after the request was served */
    uint64_t log_sequence;
};

struct snapshot;

struct request *request_new(const char *raw_path);
void request_read_headers(struct request *q, struct MHD_Connection *connection, const char *method);
void request_free(struct request *q);
void request_set_session(struct request *q, struct session *session);

static inline bool request_is(const struct request *q, const char *method) {
    return __builtin_strcmp(q->method, method) == 0;
}

/* The JSON object in the body. Faults: 1 not application/json, 2 no JSON object; 0 on success. */
int request_parse_body(struct request *q);
bool request_basic(const struct request *q, char **ret_user, char **ret_password);
/* A query parameter of this name, with a value or without. */
bool request_has_flag(const struct request *q, const char *name);
/* The value (to be freed) of a query parameter or a cookie, or NULL. */
char *request_query(const struct request *q, const char *name);
char *request_cookie(const struct request *q, const char *name);
