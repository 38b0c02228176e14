/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte chooses a row of the table below, the rest is what an appliance answers: it is refused, or laid under
 * a desired value it is in sync afterwards - by itself, after a trip to the appliance and back, and as an exported
 * document.
 */
#include <errno.h>

#include "fuzz.h"
#include "provider/provider.h"
#include "provider/sps/sps.h"
#include "schema/merge.h"

/* The files of the corpus know them by letter: `a` is the first. New ones go to the end. */
static const struct {
    const char *kind, *yaml;
} desired_values[] = {
    {"ad-groups", "[a, {name: b, group: g}, {name: ICS-QA/core, sid: S-1}]"},
    {"ldap-groups",
     "[{name: a, dn: \"CN=a, DC=b\", group-type: static}, {name: b, dn: \"cn=B\", group-type: dynamic}]"},
    {"source-ip",
     "{customized: selected-ip, ips: [{access: allow, address: 10.0.0.0/8}, {access: deny, address: \"*\"}, "
     "{access: allow, address: 192.0.2.1, netmask: 255.255.255.255}]}"},
    {"userlists", "{default: exclude, users: [root, a, b]}"},
    {"time_policies", "{Mon: [[\"8:00\", \"18:00\"]], Tue: [], Wed: [], Thu: [], Fri: [], Sat: [], "
                      "Sun: [[\"0:00\", \"12:00\"], [\"13:00\", \"23:59\"]]}"},
    {"role-mapping-rules",
     "{user-selects-role: false, rule: [{name: a, group: {group-names: [g, h]}, roles: [r], stop-rules-processing: "
     "true}, "
     "{name: b, user-name: {test: is, user-names: [u, \"*\"]}, roles: [r, s], stop-rules-processing: false}]}"},
    {"session-options", "{idle-timeout: 5, max-timeout: 60}"},
};

static bool read_document(struct document *d, const struct field *f, const char *yaml)
{
    struct diag_list diags = {0};
    struct field_reader r = {.document = d, .arena = &d->arena, .diags = &diags};
    bool good;

    d->file = strdup("f");
    good = yaml_read(d, yaml, strlen(yaml), &diags) == 0;
    if (good) {
        MUST(field_read(&r, f, &d->root));
        good = !r.faulty;
        PROMISE(good == !diag_any(&diags));
    }
    diag_list_done(&diags);
    return good;
}

/* Lays DESIRED over LIVE; the result must be in sync. */
static void merge(struct arena *a, const struct kind *k, const struct value *live, const struct value *desired,
                  struct value *ret_after, bool *ret_differs)
{
    struct merge first = {.arena = a}, second = {.arena = a};
    struct value same;
    bool still;

    MUST(field_merge(&first, k->body, live, desired, ret_after, ret_differs));
    if (!*ret_differs)
        PROMISE(first.n_items == 0 && first.n_losses == 0 && value_equal(live, ret_after));
    MUST(field_merge(&second, k->body, ret_after, desired, &same, &still));
    PROMISE(!still && second.n_items == 0 && value_equal(ret_after, &same));
    merge_done(&first);
    merge_done(&second);
}

/* What is sent must come back as what was meant. */
static void check_trip(struct arena *a, const struct kind *k, const struct value *after, const struct value *desired)
{
    struct json_fault fault;
    struct buf why = BUF_INIT(4096);
    struct value wire, back, again;
    const char *text;
    bool differs;

    MUST(field_wire(k->body, after, k->flags & KIND_TEXT_LEAVES, a, &wire));
    text = text_of_json(a, &wire);
    PROMISE(json_read(a, text, strlen(text), &back, &fault) == 0);
    PROMISE(field_adopt(k->body, &back, a, &why) == 0);
    merge(a, k, &back, desired, &again, &differs);
    PROMISE(!differs);
    buf_done(&why);
}

/* An export that a document may hold must find nothing to do. */
static void check_export(struct arena *a, const struct kind *k, const struct value *live)
{
    struct document d = {0};
    struct value out, after;
    bool differs;

    MUST(field_export(k->body, live, a, &out));
    if (read_document(&d, k->body, text_of_yaml(a, &out))) {
        merge(a, k, live, &d.root, &after, &differs);
        PROMISE(!differs);
    }
    document_done(&d);
}

static void check_hooks(const struct kind *k, const struct value *live, const struct value *after)
{
    struct value own = value_text("192.0.2.1"), owns = {.type = VALUE_LIST, .count = 1, .items = &own};
    struct value network = value_text("10.1.0.0/16"), networks = {.type = VALUE_LIST, .count = 1, .items = &network};
    const struct access access = {
        .login_realm = "r", .login_user = "a", .timeout_usec = 1, .own = &owns, .management = &networks};
    struct buf why = BUF_INIT(4096);

    if (k->locks_out)
        PROMISE(k->locks_out(&access, "r", live, after, &why) == (why.len > 0));
    buf_clear(&why);
    if (k->opens_up)
        PROMISE(k->opens_up(live, after, &why) == (why.len > 0));
    buf_clear(&why);
    /* What stays as it is opens nothing. */
    if (k->opens_up)
        PROMISE(!k->opens_up(live, live, &why));
    buf_done(&why);
}

static void check_kind(const struct kind *k, const char *yaml, const char *json, size_t len, bool references)
{
    struct arena a = {0};
    struct document d = {0};
    struct buf why = BUF_INIT(4096);
    struct json_fault fault;
    struct value live, after, grown;
    bool differs;
    int r = json_read(&a, json, len, &live, &fault);

    if (r == 0 && references)
        sps_flatten_references(&live);
    if (r == 0)
        r = field_adopt(k->body, &live, &a, &why);
    if (r == -EBADMSG && why.len == 0)
        PROMISE(json_check(json, len, &fault) == -EBADMSG);
    if (r == 0 && live.type != VALUE_NULL) {
        PROMISE(read_document(&d, k->body, yaml));
        merge(&a, k, &live, &d.root, &after, &differs);
        check_trip(&a, k, &after, &d.root);
        check_hooks(k, &live, &after);
        MUST(field_grow(&a, k->body, &live, &after, &grown));
        merge(&a, k, &grown, &d.root, &after, &differs);
        check_export(&a, k, &live);
    }
    buf_done(&why);
    document_done(&d);
    arena_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t chosen;

    json_init();
    if (size == 0)
        return 0;
    /* Letters, so that the files of the corpus can be read. */
    chosen = (size_t)(data[0] - 'a') % ARRAY_SIZE(desired_values);
    for (size_t s = 0; s < n_systems; s++) {
        const struct kind *k = system_kind_by_name(systems[s], desired_values[chosen].kind);

        if (k)
            check_kind(k, desired_values[chosen].yaml, (const char *)data + 1, size - 1, systems[s] == &sps_system);
    }
    return 0;
}
