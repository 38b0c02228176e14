/* SPDX-License-Identifier: Apache-2.0 */

#include "request.h"

#include "json.h"
#include "snapshot.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A name may contain an encoded slash, so the path is split first and decoded afterwards. */
static void split_path(struct request *q, size_t size) {
    const char *rest = q->raw_path, *end = q->raw_path + size;

    while (rest < end && *rest == '/' && q->n_segments < SEGMENTS_MAX) {
        size_t n = strcspn(++rest, "/?");

        if (n == 0 && rest == end) /* a final slash says nothing */
            return;
        q->segments[q->n_segments] = util_decode_percent(rest, n);
        if (!q->segments[q->n_segments])
            break;
        q->n_segments++;
        rest += n;
    }
    if (rest < end)
        while (q->n_segments > 0)
            free(q->segments[--q->n_segments]);
}

struct request *request_new(const char *raw_path) {
    struct request *q = util_allocate(sizeof(struct request));
    size_t size = strcspn(raw_path, "?");

    q->raw_path = util_duplicate_text(raw_path);
    q->query = raw_path[size] == '?' ? q->raw_path + size + 1 : q->raw_path + size;
    split_path(q, size);
    return q;
}

void request_read_headers(struct request *q, struct MHD_Connection *connection, const char *method) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection,
                                                                   MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    q->connection = connection;
    q->link = info->socket_context;
    q->appliance = q->link->appliance;
    snprintf(q->method, sizeof(q->method), "%s", method);
    q->authorization = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
    q->cookie = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Cookie");
    q->content_type = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type");
    q->content_length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    q->user_agent = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "User-Agent");
    q->x_token = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Token");
}

void request_free(struct request *q) {
    if (!q)
        return;
    for (size_t i = 0; i < q->n_segments; i++)
        free(q->segments[i]);
    free(q->raw_path);
    free(q->user);
    buffer_done(&q->body);
    cJSON_Delete(q->json);
    fault_unref(q->fault);
    snapshot_free(q->snapshot);
    free(q);
}

void request_set_session(struct request *q, struct session *session) {
    q->session = session;
    q->session_id = session->id;
    free(q->user);
    q->user = util_duplicate_text(session->user);
}

int request_parse_body(struct request *q) {
    static const char json_type[] = "application/json";
    size_t n = sizeof(json_type) - 1;

    if (!q->content_type || strncasecmp(q->content_type, json_type, n) != 0 ||
        !strchr("; ", q->content_type[n]))
        return 1;
    q->json = q->body.size > 0 ? json_parse(q->body.data, q->body.size) : NULL;
    return cJSON_IsObject(q->json) && !json_has_duplicates(q->json) ? 0 : 2;
}

bool request_basic(const struct request *q, char **ret_user, char **ret_password) {
    _cleanup_free_ char *text = NULL;
    char *colon;

    if (!q->authorization || strncasecmp(q->authorization, "Basic ", 6) != 0)
        return false;
    text = util_decode_base64(q->authorization + 6);
    colon = text ? strchr(text, ':') : NULL;
    if (!colon)
        return false;
    *colon = '\0';
    *ret_password = util_duplicate_text(colon + 1);
    *ret_user = TAKE_PTR(text);
    return true;
}

static char *find_pair(const char *text, const char *name, const char *separators) {
    size_t size = strlen(name);

    while (text && *text != '\0') {
        text += strspn(text, separators);
        if (strncmp(text, name, size) == 0 && text[size] == '=') {
            size_t n = strcspn(text + size + 1, separators);
            return util_decode_percent(text + size + 1, n);
        }
        text += strcspn(text, separators);
    }
    return NULL;
}

bool request_has_flag(const struct request *q, const char *name) {
    size_t size = strlen(name);
    const char *rest = q->query;

    while (*rest != '\0') {
        size_t n = strcspn(rest, "&");

        if (strncmp(rest, name, size) == 0 && (n == size || rest[size] == '='))
            return true;
        rest += n + (rest[n] == '&');
    }
    return false;
}

char *request_query(const struct request *q, const char *name) {
    return find_pair(q->query, name, "&");
}

char *request_cookie(const struct request *q, const char *name) {
    return find_pair(q->cookie, name, "; ");
}
