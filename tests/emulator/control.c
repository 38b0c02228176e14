/* SPDX-License-Identifier: Apache-2.0 */

#include "control.h"

#include "json.h"
#include "sps.h"

#include <errno.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* One request: `json` is its body, `ret_*` its answer; without a text the answer is {}. */
struct control {
    struct fleet *fleet;
    const cJSON *json;
    unsigned status;
    cJSON *answer;
    char *text;
};

struct control_route {
    const char *method, *verb;
    bool needs_body;
    void (*handle)(struct control *c, struct appliance *p);
};

static struct {
    struct MHD_Daemon *daemon;
    struct fleet *fleet;
    char *path;
} control;

static void refuse_take(struct control *c, unsigned status, char *sentence) {
    cJSON_Delete(c->answer);
    c->answer = cJSON_CreateObject();
    cJSON_AddStringToObject(c->answer, "error", sentence);
    c->status = status;
    free(sentence);
}

static void get_state(struct control *c, struct appliance *p) {
    c->text = cJSON_PrintUnformatted(p->state);
}

static void put_state(struct control *c, struct appliance *p) {
    if (cJSON_IsObject(c->json))
        appliance_set_state_take(p, cJSON_Duplicate(c->json, true));
    else
        refuse_take(c, 400, util_duplicate_text("a state is an object"));
}

static void merge_state(struct control *c, struct appliance *p) {
    cJSON *state;

    if (!cJSON_IsObject(c->json)) {
        refuse_take(c, 400, util_duplicate_text("only an object can be merged"));
        return;
    }
    state = cJSON_Duplicate(p->state, true);
    json_merge(state, c->json);
    appliance_set_state_take(p, state);
}

static void get_options(struct control *c, struct appliance *p) {
    c->answer = options_to_json(&p->options);
}

static void set_options(struct control *c, struct appliance *p) {
    struct options options = p->options;
    char *fault = options_load(&options, c->json);

    if (fault) {
        refuse_take(c, 400, fault);
        return;
    }
    p->options = options;
    p->log.limit = options.log_limit;
}

static void set_certificate(struct control *c, struct appliance *p) {
    const char *name = json_text(c->json, "certificate");
    enum certificate certificate;

    if (!name || !certificate_from_string(name, &certificate))
        refuse_take(c, 400, util_duplicate_text("there is no such certificate"));
    else
        p->certificate = (int) certificate;
}

static void get_log(struct control *c, struct appliance *p) {
    c->answer = log_to_json(&p->log);
}

static void delete_log(struct control *c, struct appliance *p) {
    (void) c;
    log_clear(&p->log);
}

static void get_transactions(struct control *c, struct appliance *p) {
    c->answer = sps_transactions_to_json(p);
}

static void get_sessions(struct control *c, struct appliance *p) {
    c->answer = session_table_to_json(&p->sessions);
}

static void expire_sessions(struct control *c, struct appliance *p) {
    (void) c;
    session_drop_all(&p->sessions);
}

static void add_faults(struct control *c, struct appliance *p) {
    char *fault = fault_list_add(&p->faults, c->json);
    if (fault)
        refuse_take(c, 400, fault);
}

static void get_faults(struct control *c, struct appliance *p) {
    c->answer = fault_list_to_json(&p->faults);
}

static void delete_faults(struct control *c, struct appliance *p) {
    (void) c;
    fault_list_clear(&p->faults);
}

static const struct control_route route_table[] = {
    {"GET", "state", false, get_state},
    {"PUT", "state", true, put_state},
    {"POST", "merge", true, merge_state},
    {"GET", "options", false, get_options},
    {"POST", "options", true, set_options},
    {"PUT", "certificate", true, set_certificate},
    {"GET", "log", false, get_log},
    {"DELETE", "log", false, delete_log},
    {"GET", "transactions", false, get_transactions},
    {"GET", "sessions", false, get_sessions},
    {"POST", "expire", false, expire_sessions},
    {"POST", "faults", true, add_faults},
    {"GET", "faults", false, get_faults},
    {"DELETE", "faults", false, delete_faults},
};

static const struct control_route *find_route(const char *method, const char *verb) {
    for (size_t i = 0; i < ELEMENTSOF(route_table); i++)
        if (strcmp(route_table[i].method, method) == 0 && strcmp(route_table[i].verb, verb) == 0)
            return &route_table[i];
    return NULL;
}

static void run_one(struct control *c, const struct control_route *route, struct appliance *p) {
    pthread_mutex_lock(&p->lock);
    route->handle(c, p);
    pthread_mutex_unlock(&p->lock);
}

/* The name `*` stands for every appliance; then the answers become members of one object. */
static void run_all(struct control *c, const struct control_route *route) {
    cJSON *answers = cJSON_CreateObject();

    for (size_t i = 0; i < c->fleet->n && c->status == 200; i++) {
        struct appliance *p = &c->fleet->items[i];

        run_one(c, route, p);
        if (c->text)
            cJSON_AddItemToObject(answers, p->name, cJSON_CreateRaw(c->text));
        else if (c->answer && c->status == 200)
            cJSON_AddItemToObject(answers, p->name, TAKE_PTR(c->answer));
        free(TAKE_PTR(c->text));
    }
    if (c->status == 200)
        c->answer = answers;
    else
        cJSON_Delete(answers);
}

static void dispatch(struct control *c, const char *method, const char *path) {
    const char *slash = strrchr(path, '/');
    _cleanup_free_ char *name = slash > path ? util_decode_percent(path + 1, (size_t) (slash - path - 1))
                                             : NULL;
    const struct control_route *route = find_route(method, slash ? slash + 1 : "");
    struct appliance *p = name ? fleet_find(c->fleet, name) : NULL;

    if (strcmp(path, "/") == 0 && strcmp(method, "GET") == 0)
        c->answer = fleet_to_json(c->fleet);
    else if (!route || !name || (!p && strcmp(name, "*") != 0))
        refuse_take(c, 404, util_format_text("no such thing: %s %s", method, path));
    else if (route->needs_body && !c->json)
        refuse_take(c, 400, util_duplicate_text("the body is not JSON"));
    else if (p)
        run_one(c, route, p);
    else
        run_all(c, route);
}

static enum MHD_Result answer(struct MHD_Connection *connection, struct control *c) {
    struct MHD_Response *response;
    enum MHD_Result result;

    if (!c->text)
        c->text = c->answer ? cJSON_PrintUnformatted(c->answer) : util_duplicate_text("{}");
    cJSON_Delete(c->answer);
    response = MHD_create_response_from_buffer_with_free_callback(strlen(c->text), c->text, free);
    MHD_add_response_header(response, "Content-Type", "application/json");
    result = MHD_queue_response(connection, c->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result control_received(void *unused, struct MHD_Connection *connection, const char *url,
                                        const char *method, const char *version, const char *data,
                                        size_t *size, void **context) {
    struct buffer *body = *context;
    struct control c = {.fleet = control.fleet, .status = 200};
    _cleanup_json_ cJSON *json = NULL;

    (void) unused, (void) version;
    if (!body) {
        *context = util_allocate(sizeof(struct buffer));
        return MHD_YES;
    }
    if (*size > 0) {
        buffer_append(body, data, *size);
        *size = 0;
        return MHD_YES;
    }
    c.json = json = body->size > 0 ? json_parse(body->data, body->size) : NULL;
    dispatch(&c, method, url);
    return answer(connection, &c);
}

static void control_ended(void *unused, struct MHD_Connection *connection, void **context,
                          enum MHD_RequestTerminationCode code) {
    (void) unused, (void) connection, (void) code;
    if (*context)
        buffer_done(*context);
    free(*context);
}

/* The path reaches the handler undecoded: a name may hold an encoded slash. */
static size_t keep_encoded(void *unused, struct MHD_Connection *connection, char *text) {
    (void) unused, (void) connection;
    return strlen(text);
}

void control_start(struct fleet *fleet, const char *folder) {
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    control.fleet = fleet;
    control.path = util_format_text("%s/control.sock", folder);
    if (strlen(control.path) >= sizeof(place.sun_path))
        util_die("%s: the path is too long for a socket", control.path);
    memcpy(place.sun_path, control.path, strlen(control.path));
    unlink(control.path);
    if (fd < 0 || bind(fd, (struct sockaddr *) &place, sizeof(place)) < 0 || listen(fd, SOMAXCONN) < 0)
        util_die("%s: %s", control.path, strerror(errno));
    control.daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, control_received, NULL,
                                      MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED,
                                      control_ended, NULL, MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL,
                                      MHD_OPTION_END);
    if (!control.daemon)
        util_die("cannot start the control server");
}

void control_stop(void) {
    MHD_stop_daemon(control.daemon);
    unlink(control.path);
    free(control.path);
}
