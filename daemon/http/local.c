/* SPDX-License-Identifier: Apache-2.0 */
#include "http/local.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"

enum { TIMEOUT_SEC = 30 };

/* libcurl tells one error for all of this, so it is tried once by hand. */
static int probe(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    _cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (strlen(path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    if (fd < 0)
        return -errno;
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
        return 0;
    return errno == ENOENT ? -ECONNREFUSED : -errno;
}

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
    struct buf *body = user;

    buf_add(body, data, size * n);
    return body->error ? 0 : size * n;
}

/* By this the one request of a command can be cancelled. */
static int on_progress(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const atomic_bool *cancelled = user;

    return cancelled && atomic_load(cancelled);
}

static int set_options(CURL *e, const char *socket_path, const char *method, const char *body,
                       struct curl_slist *headers, const atomic_bool *cancelled, struct buf *ret)
{
    CURLcode bad = CURLE_OK;

#define SET(option, value) (bad = bad != CURLE_OK ? bad : curl_easy_setopt(e, option, value))
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, "http");
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_UNIX_SOCKET_PATH, socket_path);
    SET(CURLOPT_TIMEOUT, (long)TIMEOUT_SEC);
    SET(CURLOPT_HTTPHEADER, headers);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, ret);
    SET(CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(CURLOPT_XFERINFODATA, (void *)cancelled);
    SET(CURLOPT_NOPROGRESS, 0L);
    if (body)
        SET(CURLOPT_POSTFIELDS, body);
    SET(CURLOPT_CUSTOMREQUEST, method);
#undef SET
    return bad == CURLE_OK ? 0 : -ENOMEM;
}

static int meaning_of(CURLcode c, const struct buf *body)
{
    switch (c) {
    case CURLE_OK:
        return 0;
    case CURLE_COULDNT_CONNECT:
        return -ECONNREFUSED;
    case CURLE_OPERATION_TIMEDOUT:
        return -ETIME;
    case CURLE_ABORTED_BY_CALLBACK:
        return -ECANCELED;
    default:
        return body->error ? body->error : -EIO;
    }
}

static int perform(CURL *e, const char *path, int *ret_status, struct buf *ret)
{
    _cleanup_free_ char *url = NULL;
    long status = 0;
    int r;

    if (asprintf(&url, "http://convergated%s", path) < 0) {
        url = NULL;
        return -ENOMEM;
    }
    if (curl_easy_setopt(e, CURLOPT_URL, url) != CURLE_OK)
        return -ENOMEM;
    r = meaning_of(curl_easy_perform(e), ret);
    curl_easy_getinfo(e, CURLINFO_RESPONSE_CODE, &status);
    *ret_status = (int)status;
    return r;
}

int http_local_call(const char *socket_path, const char *method, const char *path, const char *body,
                    const atomic_bool *cancelled, int *ret_status, struct buf *ret)
{
    struct curl_slist *headers = NULL;
    CURL *e = NULL;
    int r = probe(socket_path);

    if (r < 0)
        return r;
    headers = curl_slist_append(NULL, "Content-Type: application/json");
    e = headers ? curl_easy_init() : NULL;
    r = e ? set_options(e, socket_path, method, body, headers, cancelled, ret) : -ENOMEM;
    if (r == 0)
        r = perform(e, path, ret_status, ret);
    curl_easy_cleanup(e);
    curl_slist_free_all(headers);
    return r;
}
