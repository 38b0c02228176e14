/* SPDX-License-Identifier: Apache-2.0 */
/* One appliance: the settings of its handle, one request at a time, the answer within its ceilings. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/limits.h"
#include "base/time-util.h"
#include "http/client.h"

#define LONGEST_USEC ((uint64_t)24 * 3600 * USEC_PER_SEC)

enum { CONNECT_TIMEOUT_MSEC = 10 * 1000, NAMES_SEC = 60, SLOWEST_BYTES_PER_SEC = 1024, TRUST_SEC = 600 };

/*
 * How long the file has been as it is. libcurl knows the authorities that it has read, and the connections that they
 * once vouched for, by the file's name alone.
 */
static long unchanged_sec(const char *ca_file)
{
    struct stat st, link;
    time_t now = time(NULL), changed;

    if (stat(ca_file, &st) < 0 || lstat(ca_file, &link) < 0)
        return 0;
    changed = MAX(st.st_ctime, link.st_ctime);
    return changed > now ? 0 : (long)(now - changed);
}

/* What stays the same for every request of the peer. An option that is not set would be trust that is not checked. */
static int set_fixed(struct http_peer *p)
{
    CURL *e = p->easy;
    CURLcode bad = CURLE_OK;
    long unchanged = p->ca_file ? unchanged_sec(p->ca_file) : LONG_MAX;

#define SET(option, value) (bad = bad != CURLE_OK ? bad : curl_easy_setopt(e, option, value))
    SET(CURLOPT_NOSIGNAL, 1L);
    /* Else whoever gives up on a name waits for the resolver's thread: an I/O thread, and the end of the program. */
    SET(CURLOPT_QUICK_EXIT, 1L);
    SET(CURLOPT_PROTOCOLS_STR, "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MSEC);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_TCP_NODELAY, 1L);
    SET(CURLOPT_ERRORBUFFER, p->error);
    /* With the build's own CApath set, libcurl parses the whole bundle again for every connection. */
    SET(CURLOPT_CAPATH, NULL);
    if (p->ca_file)
        SET(CURLOPT_CAINFO, p->ca_file);
    SET(CURLOPT_CA_CACHE_TIMEOUT, MIN(unchanged, (long)TRUST_SEC));
    /* One less, as libcurl compares whole seconds. */
    p->trusted_sec = MIN(unchanged, (long)TRUST_SEC) - 1;
    if (p->pin)
        SET(CURLOPT_PINNEDPUBLICKEY, p->pin);
    if (p->pin && !p->ca_file && bad == CURLE_OK) {
        SET(CURLOPT_SSL_VERIFYPEER, 0L);
        SET(CURLOPT_SSL_VERIFYHOST, 0L);
    }
    SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    SET(CURLOPT_USERAGENT, "convergate/" CONVERGATE_VERSION);
    SET(CURLOPT_WRITEFUNCTION, transfer_on_body);
    SET(CURLOPT_READFUNCTION, transfer_on_upload);
    SET(CURLOPT_HEADERFUNCTION, transfer_on_header);
#undef SET
    return bad == CURLE_OK ? 0 : -ENOMEM;
}

static bool needs_own_connection(const struct http_peer *p, const struct http_request *req)
{
    return req->own_connection || (p->totals.requests == 0 && p->trusted_sec < 1);
}

/* How old a connection may be is asked only to begin with: the way back may need the one that a run lives on. */
static void choose_connection(struct http_peer *p, const struct http_request *req)
{
    long oldest = p->totals.requests == 0 ? MAX(p->trusted_sec, 1L) : 0;

    curl_easy_setopt(p->easy, CURLOPT_FRESH_CONNECT, needs_own_connection(p, req) ? 1L : 0L);
    curl_easy_setopt(p->easy, CURLOPT_MAXLIFETIME_CONN, oldest);
}

static int set_body(CURL *e, const struct http_request *req)
{
    bool get = strcmp(req->method, "GET") == 0;

    curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(e, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE,
                     (curl_off_t)(req->download ? req->download->size : LIMIT_BODY_BYTES));
    if (!get && (req->body || req->upload || strcmp(req->method, "DELETE") != 0)) {
        const char *fields = req->body ? req->body : "";

        curl_easy_setopt(e, CURLOPT_POST, 1L);
        curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(req->upload ? req->upload->size : req->body_len));
        /* Without fields libcurl asks transfer_on_upload() for them. */
        curl_easy_setopt(e, CURLOPT_POSTFIELDS, req->upload ? NULL : fields);
    }
    if (!get && curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, req->method) != CURLE_OK)
        return -ENOMEM;
    return 0;
}

static int add_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);

    if (!longer)
        return -ENOMEM;
    *list = longer;
    return 0;
}

static int set_headers(CURL *e, const struct http_request *req, struct curl_slist **ret)
{
    _cleanup_free_ char *type = NULL;
    int r = add_header(ret, req->download ? "Accept: */*" : "Accept: application/json");

    if (asprintf(&type, "Content-Type: %s", req->content_type ? req->content_type : "application/json") < 0) {
        type = NULL;
        return -ENOMEM;
    }
    /* Without this libcurl waits a second for a 100 that many appliances never send. */
    if (r == 0)
        r = add_header(ret, "Expect:");
    if (r == 0 && strcmp(req->method, "GET") != 0)
        r = add_header(ret, type);
    if (r == 0 && curl_easy_setopt(e, CURLOPT_HTTPHEADER, *ret) != CURLE_OK)
        r = -ENOMEM;
    return r;
}

static int set_login(CURL *e, const struct http_request *req)
{
    struct buf cookie = BUF_INIT(LIMIT_HEADER_BYTES);
    CURLcode a, b, c;

    a = curl_easy_setopt(e, CURLOPT_USERNAME, req->username ? secret_reveal(req->username) : NULL);
    b = curl_easy_setopt(e, CURLOPT_PASSWORD, req->username ? secret_reveal(req->password) : NULL);
    if (req->cookie && secret_is_set(req->cookie))
        buf_addf(&cookie, "%s=%s", req->cookie_name, secret_reveal(req->cookie));
    c = curl_easy_setopt(e, CURLOPT_COOKIE, cookie.len ? buf_text(&cookie) : NULL);
    a = cookie.error ? CURLE_OUT_OF_MEMORY : a;
    buf_wipe(&cookie);
    return a == CURLE_OK && b == CURLE_OK && c == CURLE_OK ? 0 : -ENOMEM;
}

static int set_url(struct http_peer *p, const char *path)
{
    _cleanup_free_ char *url = NULL;

    if (asprintf(&url, "%s%s", p->url, path) < 0)
        return -ENOMEM;
    return curl_easy_setopt(p->easy, CURLOPT_URL, url) == CURLE_OK ? 0 : -ENOMEM;
}

/* The shorter of the endpoint's timeout and the run's deadline; -ETIME when that has passed. */
static int set_timeout(struct http_peer *p, const struct http_request *req)
{
    bool file = req->upload || req->download;
    uint64_t now = now_usec(), left = file ? LONGEST_USEC : p->timeout_usec;

    p->run_ends_usec = 0;
    if (req->deadline_usec > 0) {
        if (req->deadline_usec <= now)
            return -ETIME;
        /* What is sent to tidy up after a run has a time of its own. */
        if (!req->even_if_cancelled && req->deadline_usec - now < left)
            p->run_ends_usec = req->deadline_usec;
        left = MIN(left, req->deadline_usec - now);
    }
    curl_easy_setopt(p->easy, CURLOPT_TIMEOUT_MS, (long)MAX(left / USEC_PER_MSEC, (uint64_t)1));
    curl_easy_setopt(p->easy, CURLOPT_LOW_SPEED_LIMIT, file ? (long)SLOWEST_BYTES_PER_SEC : 0L);
    curl_easy_setopt(p->easy, CURLOPT_LOW_SPEED_TIME, (long)((p->timeout_usec + USEC_PER_SEC - 1) / USEC_PER_SEC));
    return 0;
}

static int prepare(struct http_peer *p, const struct http_request *req, struct transfer *t, struct curl_slist **headers)
{
    int r = set_timeout(p, req);

    if (r == 0)
        r = set_url(p, req->path);
    if (r == 0)
        r = set_body(p->easy, req);
    if (r == 0)
        r = set_headers(p->easy, req, headers);
    if (r == 0)
        r = set_login(p->easy, req);
    choose_connection(p, req);
    curl_easy_setopt(p->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(p->easy, CURLOPT_READDATA, t);
    curl_easy_setopt(p->easy, CURLOPT_HEADERDATA, t);
    return r;
}

static void add_totals(struct http_peer *p)
{
    curl_off_t in = 0, out = 0, usec = 0;

    curl_easy_getinfo(p->easy, CURLINFO_TOTAL_TIME_T, &usec);
    curl_easy_getinfo(p->easy, CURLINFO_SIZE_DOWNLOAD_T, &in);
    curl_easy_getinfo(p->easy, CURLINFO_SIZE_UPLOAD_T, &out);
    p->totals.requests++;
    p->totals.usec += (uint64_t)usec;
    p->totals.bytes_in += (uint64_t)in;
    p->totals.bytes_out += (uint64_t)out;
}

static void take_answer(struct http_peer *p, struct http_reply *ret)
{
    curl_off_t seconds = 0;
    const char *address = NULL;
    long status = 0;

    curl_easy_getinfo(p->easy, CURLINFO_LOCAL_IP, &address);
    if (address && address[0])
        snprintf(p->local_address, sizeof(p->local_address), "%s", address);
    curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(p->easy, CURLINFO_RETRY_AFTER, &seconds);
    ret->status = (int)status;
    ret->retry_after_usec = (uint64_t)seconds * USEC_PER_SEC;
}

static int perform(struct http_peer *p, const struct http_request *req, struct transfer *t,
                   struct http_fault *ret_fault)
{
    struct call call = {.easy = p->easy,
                        .graceful = req->graceful,
                        .cancelled = req->even_if_cancelled ? NULL : p->cancelled,
                        .connects = p->totals.requests == 0 || needs_own_connection(p, req)};

    p->error[0] = '\0';
    /* libcurl walks all names it has kept at the end of each request, unless they never get old. */
    curl_easy_setopt(p->easy, CURLOPT_DNS_CACHE_TIMEOUT, call.connects ? (long)NAMES_SEC : -1L);
    sem_init(&call.finished, 0, 0);
    http_client_submit(p->client, &call);
    while (sem_wait(&call.finished) < 0 && errno == EINTR)
        ;
    sem_destroy(&call.finished);
    add_totals(p);
    if (call.was_cancelled) {
        *ret_fault = (struct http_fault){
            .code = DIAG_INTERRUPTED, .text = "interrupted", .maybe_processed = call.started};
        return -ECANCELED;
    }
    if (call.result == CURLE_OK && !t->too_large)
        return 0;
    if (t->out_of_memory) {
        ret_fault->maybe_processed = true;
        return -ENOMEM;
    }
    if (t->file_error) {
        *ret_fault = (struct http_fault){.code = req->upload ? DIAG_FILE_UNREADABLE : DIAG_OUTPUT,
                                         .maybe_processed = true};
        snprintf(ret_fault->text, sizeof(ret_fault->text), "the file cannot be %s: %s",
                 req->upload ? "read" : "written", strerror(t->file_error));
        return -EIO;
    }
    http_explain(p, call.result, t->too_large, ret_fault);
    return -EIO;
}

int http_call(struct http_peer *p, const struct http_request *req, struct http_reply *ret, struct http_fault *ret_fault)
{
    struct http_reply reply = {.body = BUF_INIT(LIMIT_BODY_BYTES)};
    struct transfer t = {.req = req, .reply = &reply, .easy = p->easy};
    struct curl_slist *headers = NULL;
    int r;

    *ret_fault = (struct http_fault){.code = DIAG_OUT_OF_MEMORY, .text = "out of memory"};
    r = prepare(p, req, &t, &headers);
    if (r == -ETIME)
        *ret_fault = (struct http_fault){.code = DIAG_DEADLINE, .text = "the time of the run is over"};
    if (r == 0)
        r = perform(p, req, &t, ret_fault);
    curl_easy_setopt(p->easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    if (r < 0) {
        http_reply_done(&reply);
        return r;
    }
    take_answer(p, &reply);
    *ret = reply;
    return 0;
}

void http_reply_done(struct http_reply *r)
{
    /* The answer to a login holds its key. */
    buf_wipe(&r->body);
    secret_done(&r->cookie);
}

int http_peer_new(struct http_client *c, const struct http_endpoint *e, const atomic_bool *cancelled,
                  struct http_peer **ret)
{
    _cleanup_(http_peer_freep) struct http_peer *p = calloc(1, sizeof(*p));

    if (!p)
        return -ENOMEM;
    p->client = c;
    p->cancelled = cancelled;
    p->timeout_usec = e->timeout_usec;
    p->easy = curl_easy_init();
    p->url = strdup(e->url);
    p->ca_file = e->ca_file ? strdup(e->ca_file) : NULL;
    p->pin = e->pinned_public_key ? strdup(e->pinned_public_key) : NULL;
    if (!p->easy || !p->url || (e->ca_file && !p->ca_file) || (e->pinned_public_key && !p->pin))
        return -ENOMEM;
    if (set_fixed(p) < 0)
        return -ENOMEM;
    *ret = TAKE_PTR(p);
    return 0;
}

struct http_peer *http_peer_free(struct http_peer *p)
{
    if (!p)
        return NULL;
    if (p->easy)
        curl_easy_cleanup(p->easy);
    free(p->url);
    free(p->ca_file);
    free(p->pin);
    free(p);
    return NULL;
}

const char *http_peer_local_address(const struct http_peer *p)
{
    return p->local_address;
}

struct http_totals http_peer_totals(const struct http_peer *p)
{
    return p->totals;
}
