/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* An answer in the making, and the many ways to send it badly. */

#include "util.h"

#include <cjson/cJSON.h>
#include <microhttpd.h>

#define REPLY_HEADERS_MAX 8

struct request;

enum reply_sending {
    REPLY_WHOLE,
    REPLY_TRUNCATED,    /* the length of the whole, only `keep` bytes of it */
    REPLY_SLOW,         /* `rate` bytes a second */
    REPLY_WRONG_LENGTH, /* a length smaller than the body */
    REPLY_HUGE,         /* `keep` bytes in chunks */
    REPLY_WITHOUT_END,  /* no length; `keep` bytes, then the connection goes without a TLS end */
};

struct reply {
    unsigned status;
    cJSON *json; /* becomes `text` when the answer is sent */
    bool sorted; /* in the style of Connect Secure */
    char *text;
    const char *content_type; /* application/json unless said otherwise */
    struct {
        char *name, *value;
    } headers[REPLY_HEADERS_MAX];
    size_t n_headers;
    bool applied; /* the request changed something */

    enum reply_sending sending;
    uint64_t keep, rate;
};

void reply_add_header(struct reply *a, const char *name, const char *value);
void reply_set_json_take(struct reply *a, unsigned status, cJSON *json);
void reply_set_text(struct reply *a, unsigned status, const char *content_type, const char *text);
/* Forgets everything but whether something was applied. */
void reply_reset(struct reply *a);
void reply_done(struct reply *a);

/* While the appliance is still locked, for the JSON may refer to its state. */
void reply_print(struct reply *a);
enum MHD_Result reply_send(struct reply *a, struct request *q);
