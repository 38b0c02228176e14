/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl's failures in the user's words. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/time-util.h"
#include "http/client.h"

#define ALMOST_USEC (50 * USEC_PER_MSEC) /* libcurl counts in milliseconds, rounded down */

struct explanation {
    CURLcode result;
    enum diag_code code;
    bool maybe_processed;
    const char *clause;
};

static const struct explanation explanations[] = {
    {CURLE_COULDNT_RESOLVE_HOST, DIAG_UNREACHABLE, false, "the host name cannot be resolved; check url and DNS"},
    {CURLE_COULDNT_CONNECT, DIAG_UNREACHABLE, false, "no connection; check url, routing and that the appliance runs"},
    {CURLE_OPERATION_TIMEDOUT, DIAG_TIMEOUT, true, NULL},
    {CURLE_PEER_FAILED_VERIFICATION, DIAG_TLS, false,
     "the certificate is not trusted; set tls: ca-file or pinned-public-key to what the appliance really has"},
    {CURLE_SSL_CONNECT_ERROR, DIAG_TLS, false, "the TLS handshake failed; check that url names the HTTPS port"},
    {CURLE_SSL_CACERT_BADFILE, DIAG_TLS, false, "the CA file cannot be read; check tls: ca-file"},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, DIAG_TLS_PIN, false,
     "its public key is not the pinned one; if the key was renewed, update tls: pinned-public-key"},
    {CURLE_PARTIAL_FILE, DIAG_TRUNCATED, true, "the answer was cut off; try again, check what lies between"},
    {CURLE_FILESIZE_EXCEEDED, DIAG_BODY_TOO_LARGE, true, "the answer is larger than Convergate takes"},
    {CURLE_GOT_NOTHING, DIAG_CONNECTION_LOST, true, "the connection was closed without an answer"},
    {CURLE_RECV_ERROR, DIAG_CONNECTION_LOST, true, "the connection broke before the answer was complete"},
    {CURLE_SEND_ERROR, DIAG_CONNECTION_LOST, true, "the connection broke while the request was sent"},
    {CURLE_WEIRD_SERVER_REPLY, DIAG_NOT_JSON, true, "the answer is not HTTP; check that url names the HTTPS port"},
    {CURLE_UNSUPPORTED_PROTOCOL, DIAG_NOT_JSON, true,
     "the answer is not HTTP/1.1; check that url names the HTTPS port"},
    {CURLE_HTTP2, DIAG_NOT_JSON, true, "the answer is not HTTP/1.1"},
    {CURLE_OUT_OF_MEMORY, DIAG_OUT_OF_MEMORY, true, "out of memory"},
};

/* A file that came to a stop is given up long before the run ends; libcurl calls both a timeout. */
static bool cut_by_run(const struct http_peer *p)
{
    return p->run_ends_usec > 0 && now_usec() + ALMOST_USEC >= p->run_ends_usec;
}

/* libcurl's own words but for "after 3 ms": the same failure reads the same each time. */
static void say_why(const struct http_peer *p, const char *clause, struct http_fault *ret)
{
    const char *end = strstr(p->error, " ms: "), *begin = end;

    while (begin && begin > p->error && strncmp(begin, " after ", 7) != 0)
        begin--;
    if (begin && begin > p->error)
        snprintf(ret->text, sizeof(ret->text), "%s (%.*s%.80s)", clause, (int)MIN(begin - p->error, 80), p->error,
                 end + 3);
    else
        snprintf(ret->text, sizeof(ret->text), "%s (%.110s)", clause, p->error);
}

/* How far it had come when its time was over. */
static const char *explain_timeout(const struct http_peer *p)
{
    curl_off_t resolved = 0, began = 0;

    if (cut_by_run(p))
        return "no complete answer in what was left of the run; check the appliance, or raise run-timeout";
    curl_easy_getinfo(p->easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved);
    curl_easy_getinfo(p->easy, CURLINFO_PRETRANSFER_TIME_T, &began);
    /* On a connection that is kept, there is no time at which it was made. */
    if (began > 0)
        return "no complete answer in time; check the appliance, or raise timeout";
    return resolved == 0 ? "the host name was not resolved in time; check url and the name server"
                         : "no connection in time; check url, routing and firewalls, and that the appliance runs";
}

void http_explain(const struct http_peer *p, CURLcode code, bool too_large, struct http_fault *ret)
{
    if (too_large)
        code = CURLE_FILESIZE_EXCEEDED;
    for (size_t i = 0; i < ARRAY_SIZE(explanations); i++) {
        const struct explanation *e = &explanations[i];

        if (e->result != code)
            continue;
        *ret = (struct http_fault){.code = e->code, .maybe_processed = e->maybe_processed};
        if (e->code == DIAG_TIMEOUT)
            snprintf(ret->text, sizeof(ret->text), "%s", explain_timeout(p));
        else if (p->error[0] && (e->code == DIAG_TLS || e->code == DIAG_UNREACHABLE))
            say_why(p, e->clause, ret);
        else
            snprintf(ret->text, sizeof(ret->text), "%s", e->clause);
        return;
    }
    *ret = (struct http_fault){.code = DIAG_CONNECTION_LOST, .maybe_processed = true};
    snprintf(ret->text, sizeof(ret->text), "%.200s", p->error[0] ? p->error : curl_easy_strerror(code));
}
