/* SPDX-License-Identifier: Apache-2.0 */

#include "reply.h"

#include "json.h"
#include "request.h"
#include "timer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* A body that is sent piece by piece. */
struct stream {
    struct MHD_Connection *connection;
    int fd;
    enum reply_sending sending;
    char *text;
    uint64_t size, end, rate, start_msec;
};

void reply_add_header(struct reply *a, const char *name, const char *value) {
    if (a->n_headers == REPLY_HEADERS_MAX)
        return;
    a->headers[a->n_headers].name = util_duplicate_text(name);
    a->headers[a->n_headers++].value = util_duplicate_text(value);
}

void reply_done(struct reply *a) {
    cJSON_Delete(a->json);
    free(a->text);
    for (size_t i = 0; i < a->n_headers; i++) {
        free(a->headers[i].name);
        free(a->headers[i].value);
    }
    *a = (struct reply){0};
}

void reply_reset(struct reply *a) {
    bool applied = a->applied;

    reply_done(a);
    a->applied = applied;
}

void reply_set_json_take(struct reply *a, unsigned status, cJSON *json) {
    cJSON_Delete(a->json);
    a->json = json;
    a->status = status;
}

void reply_set_text(struct reply *a, unsigned status, const char *content_type, const char *text) {
    free(a->text);
    a->text = util_duplicate_text(text);
    a->status = status;
    a->content_type = content_type;
}

void reply_print(struct reply *a) {
    if (!a->json)
        return;
    free(a->text);
    a->text = a->sorted ? json_print_sorted(a->json) : cJSON_PrintUnformatted(a->json);
    cJSON_Delete(a->json);
    a->json = NULL;
}

static void stream_free(void *data) {
    struct stream *stream = data;

    free(stream->text);
    free(stream);
}

static ssize_t stream_slowly(const struct stream *stream, uint64_t position) {
    uint64_t due = (util_now_msec() - stream->start_msec) * stream->rate / 1000 + 1;

    if (due > position)
        return (ssize_t) (due - position);
    timer_suspend_for(stream->connection, 1000 / stream->rate + 10);
    return 0;
}

static ssize_t stream_read(void *data, uint64_t position, char *block, size_t size) {
    struct stream *stream = data;

    if (position >= stream->end) {
        if (stream->sending == REPLY_WITHOUT_END)
            shutdown(stream->fd, SHUT_RDWR);
        return stream->end < stream->size || stream->sending == REPLY_WITHOUT_END
                   ? MHD_CONTENT_READER_END_WITH_ERROR
                   : MHD_CONTENT_READER_END_OF_STREAM;
    }
    if (size > stream->end - position)
        size = (size_t) (stream->end - position);
    if (stream->sending == REPLY_SLOW) {
        ssize_t due = stream_slowly(stream, position);
        if ((size_t) due < size)
            size = (size_t) due;
    }
    if (stream->sending == REPLY_HUGE)
        memset(block, ' ', size);
    else
        memcpy(block, stream->text + position, size);
    return (ssize_t) size;
}

static struct MHD_Response *make_stream(struct reply *a, const struct request *q, size_t size) {
    bool is_announced = a->sending == REPLY_TRUNCATED || a->sending == REPLY_SLOW;
    struct stream *stream = util_allocate(sizeof(struct stream));

    *stream = (struct stream){.connection = q->connection,
                              .fd = q->link->fd,
                              .sending = a->sending,
                              .text = TAKE_PTR(a->text),
                              .size = size,
                              .end = size,
                              .rate = a->rate,
                              .start_msec = util_now_msec()};
    if (a->sending == REPLY_HUGE)
        stream->size = stream->end = a->keep;
    else if (a->sending != REPLY_SLOW && a->sending != REPLY_WRONG_LENGTH && a->keep < size)
        stream->end = a->keep;
    return MHD_create_response_from_callback(is_announced ? size : MHD_SIZE_UNKNOWN, 16384, stream_read,
                                             stream, stream_free);
}

/* The library would add the right length, except to a body that ends with the connection. */
static void set_wrong_length(struct MHD_Response *response, size_t size) {
    char length[32];

    snprintf(length, sizeof(length), "%zu", size / 2);
    MHD_set_response_options(
        response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT | MHD_RF_INSANITY_HEADER_CONTENT_LENGTH, MHD_RO_END);
    MHD_add_response_header(response, "Content-Length", length);
}

static struct MHD_Response *make_response(struct reply *a, const struct request *q) {
    size_t size = a->text ? strlen(a->text) : 0;
    struct MHD_Response *response;

    if (a->sending == REPLY_WHOLE)
        return MHD_create_response_from_buffer(size, a->text, MHD_RESPMEM_MUST_COPY);
    response = make_stream(a, q, size);
    if (a->sending == REPLY_WITHOUT_END)
        MHD_set_response_options(response, MHD_RF_HTTP_1_0_SERVER, MHD_RO_END);
    if (a->sending == REPLY_WRONG_LENGTH)
        set_wrong_length(response, size);
    return response;
}

enum MHD_Result reply_send(struct reply *a, struct request *q) {
    struct MHD_Response *response = make_response(a, q);
    enum MHD_Result result;

    if (a->status != MHD_HTTP_NO_CONTENT || a->content_type)
        MHD_add_response_header(response, "Content-Type", a->content_type ?: "application/json");
    for (size_t i = 0; i < a->n_headers; i++)
        MHD_add_response_header(response, a->headers[i].name, a->headers[i].value);
    result = MHD_queue_response(q->connection, a->status, response);
    MHD_destroy_response(response);
    return result;
}
