/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of http/: what a peer and the I/O thread hand each other. */
#pragma once

#include <curl/curl.h>
#include <semaphore.h>

#include "http/http.h"

/* One request under way; lives on the stack of the thread that waits for it. */
struct call {
    struct call *next, *previous;
    CURL *easy;
    CURLcode result;
    const atomic_bool *cancelled; /* NULL where nothing may cancel it */
    bool connects;                /* over a connection that does not stand yet */
    bool graceful;                /* once sent, its answer is waited for a while even when it is cancelled */
    bool started;
    bool was_cancelled;
    uint64_t patience_until_usec; /* of a graceful call that was cancelled; 0 before */
    sem_t finished;
};

struct http_peer {
    struct http_client *client;
    CURL *easy;
    char *url;
    char *ca_file;
    char *pin;
    long trusted_sec; /* how long a connection that is kept can have been vouched for as it would be now */
    uint64_t timeout_usec;
    uint64_t run_ends_usec; /* of the request under way: where the run is over before its time is; else 0 */
    const atomic_bool *cancelled;
    struct http_totals totals;
    char local_address[64];
    char error[CURL_ERROR_SIZE];
};

/* What the callbacks of one request fill. */
struct transfer {
    const struct http_request *req;
    struct http_reply *reply;
    CURL *easy;
    uint64_t uploaded;
    int file_error; /* of the file that is sent or written */
    bool too_large;
    bool out_of_memory;
};

/* libcurl's callbacks, on the I/O thread; USER is the transfer. */
size_t transfer_on_body(char *data, size_t size, size_t n, void *user);
size_t transfer_on_upload(char *to, size_t size, size_t n, void *user);
size_t transfer_on_header(char *data, size_t size, size_t n, void *user);

/* Hands the call to the I/O thread; its `finished` is posted when RESULT stands. */
void http_client_submit(struct http_client *c, struct call *call);
/* The clause for a libcurl failure. */
void http_explain(const struct http_peer *p, CURLcode code, bool too_large, struct http_fault *ret);
