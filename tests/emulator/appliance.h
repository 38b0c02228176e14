/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One emulated appliance, and the fleet of all of them, made at start. */

#include "address.h"
#include "fault.h"
#include "log.h"
#include "options.h"
#include "session.h"
#include "tls.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct reply;
struct request;

struct appliance_type {
    const char *name;
    const char *reading_path; /* a pattern: no write, whatever the method (a login, a query) */
    /* Brings a state that a test has set into the form in which the appliance itself stores it. */
    void (*normalise_state)(cJSON *state);
    /* The live session that the request names, not yet counted or judged. */
    struct session *(*find_session)(const struct request *q);
    /* With the appliance locked. */
    void (*serve)(struct request *q, struct reply *a);
    /* A copy of the body without secrets, or NULL if bodies never hold any. */
    char *(*censor_body)(const char *body, size_t size);
};

extern const struct appliance_type checkpoint_type, ics_type, sps_type;

struct appliance {
    char *name, *address, *url;
    const struct appliance_type *type;
    uint16_t port;
    struct address seen_from; /* as who everyone is taken who connects; an empty text: as who he is */
    int listener;
    atomic_int certificate; /* enum certificate; judged when a connection is accepted */

    pthread_mutex_t lock; /* holds for everything below */
    struct options options;
    cJSON *state;
    bool state_is_shared; /* copies of one appliance share their state until the first change */
    struct session_table sessions;
    struct log log;
    struct fault_list faults;
    cJSON *known_sids; /* ICS: NAME -> sid of groups that a server once had */
};

struct fleet {
    struct appliance *items;
    size_t n;
    cJSON **templates; /* the shared states */
    size_t n_templates;
};

/* What a state file holds: {NAME: {"type", ...}}. */
void fleet_load(struct fleet *ret, const cJSON *appliances);
void fleet_done(struct fleet *fleet);
struct appliance *fleet_find(const struct fleet *fleet, const char *name);
cJSON *fleet_to_json(const struct fleet *fleet);
cJSON *appliance_to_json(const struct appliance *p);

/* The state, private to this appliance from now on: call before every change. */
cJSON *appliance_own_state(struct appliance *p);
void appliance_set_state_take(struct appliance *p, cJSON *state);
