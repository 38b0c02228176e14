/* SPDX-License-Identifier: Apache-2.0 */
/* Asks a gateway who is at an address: one address at a time is all that its API can be asked. */
#include <errno.h>
#include <stdlib.h>

#include "provider/checkpoint/checkpoint.h"

void probes_done(struct probes *p)
{
    free(p->items);
}

int probes_add(struct probes *p, const struct ip_range *range, size_t entry)
{
    struct ip ip = range->first;

    do {
        if (array_grow(&p->items, &p->allocated, p->n, sizeof(*p->items)) < 0)
            return -ENOMEM;
        p->items[p->n++] = (struct probe){.ip = ip, .entry = entry};
    } while (ip_range_next(range, &ip));
    return 0;
}

struct look {
    struct session *session;
    identity_taker *take;
    void *user;
};

static int take_users(const struct look *l, const struct probe *p, const char *address, const struct value *users)
{
    int r = 0;

    for (uint32_t i = 0; i < users->count && r == 0; i++) {
        const struct value *u = &users->items[i];
        const char *user = value_get_text(u, "user");
        const struct identity found = {.address = address,
                                       .who = user ? user : "a user",
                                       .source = value_get_text(u, "identity-source"),
                                       .groups = value_get(u, "groups"),
                                       .roles = value_get(u, "roles")};

        r = l->take(l->user, p, &found);
    }
    return r;
}

/* A machine is no user record, so it is looked at by itself. */
static int take_machine(const struct look *l, const struct probe *p, const char *address, const struct value *reply)
{
    const char *machine = value_get_text(reply, "machine");
    const struct identity found = {.address = address,
                                   .who = machine,
                                   .source = value_get_text(reply, "machine-identity-source"),
                                   .machine = true,
                                   .groups = value_get(reply, "machine-groups")};

    return machine && machine[0] ? l->take(l->user, p, &found) : 0;
}

/* Nothing found is a success without `users`. */
static int take_reply(const struct look *l, const struct probe *p, const char *address, const struct value *reply)
{
    static const char path[] = "/_IA_API/v1.0/show-identity";
    const char *failure = checkpoint_failure(l->session, reply);
    const struct value *users = value_get(reply, "users");
    int r;

    if (failure)
        return session_tell(l->session, DIAG_REFUSED, "POST", path, "%s: '%s'", address, failure);
    if (!value_get_text(reply, "message") || (users && users->type != VALUE_LIST))
        return session_tell(l->session, DIAG_WRONG_SHAPE, "POST", path,
                            "%s: the answer holds no message, or no list of users", address);
    r = users ? take_users(l, p, address, users) : 0;
    if (r == 0)
        r = take_machine(l, p, address, reply);
    return r < 0 ? diag_oom(l->session->diags) : 0;
}

static int ask(const struct look *l, const struct probe *probes, size_t n)
{
    struct value requests[CHECKPOINT_AT_ONCE], replies[CHECKPOINT_AT_ONCE];
    char address[64];
    int r;

    for (size_t i = 0; i < n; i++) {
        const char *copy;

        ip_format(&probes[i].ip, address, sizeof(address));
        copy = arena_printf(l->session->arena, "%s", address);
        if (!copy || value_new_map(l->session->arena, 1, &requests[i]) < 0)
            return diag_oom(l->session->diags);
        value_set_pair(&requests[i], 0, "ip-address", value_text(copy));
    }
    r = checkpoint_send(l->session, "show-identity", requests, n, replies, NULL);
    for (size_t i = 0; i < n && r == 0; i++)
        r = take_reply(l, &probes[i], value_get_text(&requests[i], "ip-address"), &replies[i]);
    return r;
}

int checkpoint_look(struct session *s, const struct probes *p, identity_taker *take, void *user)
{
    const struct look l = {.session = s, .take = take, .user = user};
    int r = 0;

    for (size_t i = 0; i < p->n && r == 0; i += CHECKPOINT_AT_ONCE)
        r = ask(&l, p->items + i, MIN(p->n - i, CHECKPOINT_AT_ONCE));
    return r;
}
