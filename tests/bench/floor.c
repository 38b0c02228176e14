/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least that these requests can cost: bench-floor CA-FILE USERNAME PASSWORD REQUESTS
 *
 * Each line is TARGET, METHOD, PATH and BODY, parted by tabs; a target's requests go one after the other over one
 * connection, all targets at once. No check, no tree, no comparison: bodies are thrown away, but for the key of a
 * login. Handles are set up as daemon/http/peer.c does it.
 */
#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

struct target {
    CURL *easy;
    struct request *requests;
    size_t n, next;
    bool logging_in;
    size_t answer_len;
    char answer[4096]; /* of a login */
    char key[512];
    char cookie[600];
};

struct request {
    const char *target, *method, *path, *body;
};

static struct {
    CURLM *multi;
    int epoll;
    uint64_t timer_msec;
    size_t unfinished;
    const char *ca_file, *username, *password;
    struct curl_slist *headers, *headers_with_body;
} floor_;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench-floor: %s\n", what);
    exit(1);
}

static uint64_t now_msec(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
    struct epoll_event ev = {.data.fd = fd};

    if (what == CURL_POLL_REMOVE)
        return epoll_ctl(floor_.epoll, EPOLL_CTL_DEL, fd, NULL), 0;
    ev.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (epoll_ctl(floor_.epoll, EPOLL_CTL_MOD, fd, &ev) < 0)
        epoll_ctl(floor_.epoll, EPOLL_CTL_ADD, fd, &ev);
    return 0;
}

static int on_timer(CURLM *multi, long msec, void *data)
{
    floor_.timer_msec = msec < 0 ? UINT64_MAX : now_msec() + (uint64_t)msec;
    return 0;
}

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
    struct target *t = user;

    if (t->logging_in && t->answer_len + n < sizeof(t->answer)) {
        memcpy(t->answer + t->answer_len, data, n);
        t->answer_len += n;
        t->answer[t->answer_len] = '\0';
    }
    return n;
}

static size_t on_header(char *line, size_t size, size_t n, void *user)
{
    static const char start[] = "Set-Cookie: session_id=";
    struct target *t = user;

    if (t->logging_in && n > sizeof(start) && strncasecmp(line, start, sizeof(start) - 1) == 0) {
        line += sizeof(start) - 1;
        snprintf(t->cookie, sizeof(t->cookie), "session_id=%.*s", (int)strcspn(line, ";,\r\n"), line);
    }
    return n;
}

static void set_fixed(struct target *t)
{
    CURL *e = t->easy = curl_easy_init();

    if (!e)
        fail("out of memory");
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROXY, "");
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(e, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(e, CURLOPT_CAINFO, floor_.ca_file);
    curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(e, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(e, CURLOPT_PRIVATE, t);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, 60000L);
}

static void start_next(struct target *t)
{
    const struct request *r = &t->requests[t->next++];
    bool get = strcmp(r->method, "GET") == 0;
    char url[4096];

    t->logging_in = strstr(r->path, "/realm_auth") || strstr(r->path, "/api/authentication");
    snprintf(url, sizeof(url), "%s%s", r->target, r->path);
    curl_easy_setopt(t->easy, CURLOPT_URL, url);
    curl_easy_setopt(t->easy, CURLOPT_HTTPGET, 1L);
    if (!get)
        curl_easy_setopt(t->easy, CURLOPT_COPYPOSTFIELDS, r->body);
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, get ? floor_.headers : floor_.headers_with_body);
    curl_easy_setopt(t->easy, CURLOPT_USERNAME, t->logging_in ? floor_.username : t->key[0] ? t->key : NULL);
    curl_easy_setopt(t->easy, CURLOPT_PASSWORD, t->logging_in ? floor_.password : t->key[0] ? "" : NULL);
    curl_easy_setopt(t->easy, CURLOPT_COOKIE, t->cookie[0] ? t->cookie : NULL);
    curl_multi_add_handle(floor_.multi, t->easy);
}

static void take_key(struct target *t)
{
    const char *key = strstr(t->answer, "\"api_key\"");

    if (!key)
        return;
    key += strlen("\"api_key\"");
    key += strspn(key, ": \"");
    snprintf(t->key, sizeof(t->key), "%.*s", (int)strcspn(key, "\""), key);
}

static void finish_done(void)
{
    CURLMsg *msg;
    int left;

    while ((msg = curl_multi_info_read(floor_.multi, &left))) {
        struct target *t = NULL;
        CURLcode result = msg->data.result;
        long status = 0;

        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
        curl_multi_remove_handle(floor_.multi, t->easy);
        if (result != CURLE_OK || status != 200)
            fail(result != CURLE_OK ? curl_easy_strerror(result) : "an answer is not 200");
        if (t->logging_in)
            take_key(t);
        if (t->next < t->n)
            start_next(t);
        else
            floor_.unfinished--;
    }
}

static void run(void)
{
    struct epoll_event events[256];
    int running;

    while (floor_.unfinished > 0) {
        uint64_t now = now_msec();
        int wait = floor_.timer_msec == UINT64_MAX ? -1 : floor_.timer_msec > now ? (int)(floor_.timer_msec - now) : 0;
        int n = epoll_wait(floor_.epoll, events, 256, wait);

        for (int i = 0; i < n; i++) {
            int mask = (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) ? CURL_CSELECT_IN : 0) |
                       (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0);

            curl_multi_socket_action(floor_.multi, events[i].data.fd, mask, &running);
        }
        if (floor_.timer_msec <= now_msec()) {
            floor_.timer_msec = UINT64_MAX;
            curl_multi_socket_action(floor_.multi, CURL_SOCKET_TIMEOUT, 0, &running);
        }
        finish_done();
    }
}

static size_t read_requests(const char *path, struct request **ret)
{
    struct request *requests = NULL;
    char *line = NULL;
    size_t n = 0, size = 0;
    ssize_t len;
    FILE *f = fopen(path, "r");

    if (!f)
        fail("no requests");
    while ((len = getline(&line, &size, f)) > 0) {
        char *rest = line;

        line[len - 1] = '\0';
        requests = realloc(requests, (n + 1) * sizeof(*requests));
        requests[n].target = strsep(&rest, "\t");
        requests[n].method = strsep(&rest, "\t");
        requests[n].path = strsep(&rest, "\t");
        requests[n].body = rest ? rest : "";
        n++;
        line = NULL;
    }
    fclose(f);
    *ret = requests;
    return n;
}

static void start_all(struct request *requests, size_t n)
{
    for (size_t i = 0; i < n;) {
        struct target *t = calloc(1, sizeof(*t));

        if (!t)
            fail("out of memory");
        t->requests = &requests[i];
        while (i < n && strcmp(requests[i].target, t->requests[0].target) == 0) {
            t->n++;
            i++;
        }
        set_fixed(t);
        floor_.unfinished++;
        start_next(t);
    }
}

int main(int argc, char **argv)
{
    struct rlimit limit;
    struct request *requests;
    size_t n;

    if (argc != 5)
        return 64;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    floor_.ca_file = argv[1];
    floor_.username = argv[2];
    floor_.password = argv[3];
    floor_.timer_msec = UINT64_MAX;
    curl_global_init(CURL_GLOBAL_ALL);
    floor_.headers = curl_slist_append(curl_slist_append(NULL, "Accept: application/json"), "Expect:");
    floor_.headers_with_body = curl_slist_append(
        curl_slist_append(curl_slist_append(NULL, "Accept: application/json"), "Expect:"),
        "Content-Type: application/json");
    floor_.epoll = epoll_create1(EPOLL_CLOEXEC);
    floor_.multi = curl_multi_init();
    curl_multi_setopt(floor_.multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(floor_.multi, CURLMOPT_TIMERFUNCTION, on_timer);
    n = read_requests(argv[4], &requests);
    if (n == 0)
        fail("no requests");
    start_all(requests, n);
    run();
    return 0;
}
