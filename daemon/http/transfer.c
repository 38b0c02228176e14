/* SPDX-License-Identifier: Apache-2.0 */
/* What libcurl calls while a request is under way: bodies in and out, within their ceilings; headers that are kept. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "http/client.h"

static bool goes_to_file(const struct transfer *t)
{
    long status = 0;

    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    return t->req->download && status == 200;
}

/* From its beginning also where an attempt before this one left something there. */
static size_t write_file(struct transfer *t, const char *data, size_t len)
{
    t->too_large = t->reply->downloaded + len > t->req->download->size;
    for (size_t done = 0; done < len && !t->too_large && t->file_error == 0;) {
        ssize_t n = pwrite(t->req->download->fd, data + done, len - done, (off_t)t->reply->downloaded);

        if (n < 0 && errno != EINTR)
            t->file_error = errno;
        done += (size_t)MAX(n, 0);
        t->reply->downloaded += (uint64_t)MAX(n, 0);
    }
    return t->too_large || t->file_error ? 0 : len;
}

size_t transfer_on_upload(char *to, size_t size, size_t n, void *user)
{
    struct transfer *t = user;
    uint64_t left = t->req->upload->size - t->uploaded;
    ssize_t got;

    do
        got = left ? pread(t->req->upload->fd, to, MIN(size * n, left), (off_t)t->uploaded) : 0;
    while (got < 0 && errno == EINTR);
    if (got < 0 || (got == 0 && left > 0)) {
        t->file_error = got < 0 ? errno : ENODATA;
        return CURL_READFUNC_ABORT;
    }
    t->uploaded += (uint64_t)got;
    /* The appliance may take its time over what it has got. */
    if (t->uploaded == t->req->upload->size)
        curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_LIMIT, 0L);
    return (size_t)got;
}

size_t transfer_on_body(char *data, size_t size, size_t n, void *user)
{
    struct transfer *t = user;

    if (goes_to_file(t))
        return write_file(t, data, size * n);
    buf_add(&t->reply->body, data, size * n);
    if (t->reply->body.error == 0)
        return size * n;
    t->too_large = t->reply->body.error == -E2BIG;
    t->out_of_memory = !t->too_large;
    return 0;
}

/* The value of a header line when it is the one that is asked for. */
static const char *header_value(const char *line, const char *name)
{
    size_t n = strlen(name);

    if (strncasecmp(line, name, n) != 0 || line[n] != ':')
        return NULL;
    line += n + 1;
    return line + strspn(line, " \t");
}

/* Our own reading of Set-Cookie: libcurl's jar drops a cookie whose time has passed by our clock, not theirs. */
static void keep_cookie(struct transfer *t, const char *value)
{
    size_t n = strlen(t->req->keep_cookie);

    while (*value) {
        value += strspn(value, " \t,;");
        if (strncmp(value, t->req->keep_cookie, n) == 0 && value[n] == '=') {
            const char *from = value + n + 1;
            size_t len = strcspn(from, ";, \t");

            if (len > 0 && secret_set(&t->reply->cookie, from, len) < 0)
                t->out_of_memory = true;
            return;
        }
        value += strcspn(value, ",;");
    }
}

/* Only the host is kept: the rest of a location may hold anything. */
static void keep_location(struct http_reply *reply, const char *value)
{
    const char *host = strstr(value, "://");
    size_t n;

    host = host ? host + 3 : value;
    n = strcspn(host, "/?#");
    snprintf(reply->location, sizeof(reply->location), "%.*s", (int)MIN(n, (size_t)200), host);
}

size_t transfer_on_header(char *data, size_t size, size_t n, void *user)
{
    struct transfer *t = user;
    char line[LIMIT_HEADER_BYTES];
    size_t len = MIN(size * n, sizeof(line) - 1);
    const char *value;

    memcpy(line, data, len);
    line[len] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    if ((value = header_value(line, "Content-Type")))
        snprintf(t->reply->content_type, sizeof(t->reply->content_type), "%.120s", value);
    else if ((value = header_value(line, "Location")))
        keep_location(t->reply, value);
    else if (t->req->keep_cookie && (value = header_value(line, "Set-Cookie")))
        keep_cookie(t, value);
    explicit_bzero(line, sizeof(line));
    return t->out_of_memory ? 0 : size * n;
}
