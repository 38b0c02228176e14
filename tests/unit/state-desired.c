/* SPDX-License-Identifier: Apache-2.0 */
/* The desired documents: which files, whom they speak of, what is refused. */
#include "state/desired.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "provider/provider.h"
#include "unit.h"

static struct settings *settings_of(struct bench *b, const char *desired)
{
    const char *text = arena_printf(
        &b->arena,
        "version: 1\ndesired: %s\ntargets:\n"
        "  vpn-a: {type: ics, url: \"https://a\", auth: {realm: r, username: u, password: p}, labels: {site: fra}}\n"
        "  vpn-b: {type: ics, url: \"https://b\", auth: {realm: r, username: u, password: p}, labels: {site: ber}}\n"
        "  sps-1: {type: sps, url: \"https://s\", auth: {username: u, password: p}, labels: {site: fra}}\n",
        desired);
    struct settings *s = NULL;

    assert_int_equal(settings_load(bench_file(b, "convergate.yaml", text, 0600), systems, n_systems, &b->diags, &s), 0);
    return s;
}

/* "target: kind/object body; ..." of all that is declared, by target. */
static const char *print_desired(struct bench *b, const struct settings *s, const struct desired *d)
{
    struct buf text = BUF_INIT(1 << 20);
    const char *copy;

    for (size_t t = 0; t < d->n_targets; t++) {
        for (size_t i = 0; i < d->targets[t].n_objects; i++)
            buf_addf(&text, "%s: %s/%s %s; ", s->targets[t].name, d->targets[t].objects[i]->kind->name,
                     d->targets[t].objects[i]->name, bench_print(b, d->targets[t].objects[i]->body));
    }
    copy = arena_strdup(&b->arena, buf_text(&text));
    buf_done(&text);
    return copy;
}

/* Loads the folder "docs"; what is declared, or NULL where it is refused. */
static const char *load(struct bench *b)
{
    _cleanup_(settings_freep) struct settings *s = settings_of(b, "docs");
    _cleanup_(desired_freep) struct desired *d = NULL;
    int r = desired_load(s, &b->diags, &d);

    assert_true(r == 0 || (r == -EBADMSG && !d && diag_any(&b->diags)));
    return r == 0 ? print_desired(b, s, d) : NULL;
}

static void write_doc(struct bench *b, const char *name, const char *text)
{
    bench_file(b, arena_printf(&b->arena, "docs/%s", name), text, 0644);
}

/* The manual's two documents. */
static void test_samples(void **state)
{
    struct bench *b = *state;

    write_doc(
        b, "ics.yaml",
        "version: 1\n"
        "targets: [vpn-a, \"vpn-a*\"]        # names or patterns\n"
        "ics:\n"
        "  auth-servers:\n"
        "    ADServer:\n"
        "      ad-groups: [ICS-QA/core, {name: ICS-QA/systems, group: ICS-QA/systems}]\n"
        "    LDAPServer:\n"
        "      ldap-groups:\n"
        "      - {name: Administrators, dn: \"CN=Administrators,CN=Builtin,DC=example,DC=net\", group-type: static}\n"
        "  admin-realms:\n"
        "    AdminLocalAuthRealm:\n"
        "      source-ip:\n"
        "        customized: selected-ip\n"
        "        ips:                        # in order; the first match decides\n"
        "        - {access: allow, address: 10.1.0.0, netmask: 255.255.0.0}\n"
        "        - {access: deny, address: 10.0.0.0/8}\n");
    write_doc(b, "more/sps.yaml",
              "version: 1\n"
              "targets: [sps-1]\n"
              "sps:\n"
              "  userlists:\n"
              "    root_only: {default: exclude, users: [root]}\n"
              "  time_policies:\n"
              "    office: {Mon: [[\"8:00\", \"18:00\"]], Tue: [[8:00, 18:00]], Wed: [], Thu: [], Fri: [], Sat: [], "
              "Sun: []}\n");
    assert_string_equal(
        load(b),
        "sps-1: userlists/root_only {\"default\":\"exclude\",\"users\":[\"root\"]}; "
        "sps-1: time_policies/office {\"Mon\":[[\"8:00\",\"18:00\"]],\"Tue\":[[\"8:00\",\"18:00\"]],\"Wed\":[],"
        "\"Thu\":[],\"Fri\":[],\"Sat\":[],\"Sun\":[]}; "
        "vpn-a: ad-groups/ADServer [{\"name\":\"ICS-QA/core\"},{\"name\":\"ICS-QA/systems\",\"group\":"
        "\"ICS-QA/systems\"}]; "
        "vpn-a: ldap-groups/LDAPServer [{\"name\":\"Administrators\",\"dn\":"
        "\"CN=Administrators,CN=Builtin,DC=example,DC=net\",\"group-type\":\"static\"}]; "
        "vpn-a: source-ip/AdminLocalAuthRealm {\"customized\":\"selected-ip\",\"ips\":[{\"access\":\"allow\","
        "\"address\":\"10.1.0.0\",\"netmask\":\"255.255.0.0\"},{\"access\":\"deny\",\"address\":\"10.0.0.0\","
        "\"netmask\":\"255.0.0.0\"}]}; ");
}

#define LIST(name) "sps: {userlists: {" name ": {users: []}}}\n"
#define GROUPS(name) "ics: {auth-servers: {" name ": {ad-groups: []}}}\n"

static void test_whom_a_document_means(void **state)
{
    static const struct {
        const char *head, *means;
    } table[] = {
        {"targets: vpn-a\n", "vpn-a: ad-groups/S []; "},
        {"targets: [vpn-b, vpn-a]\n", "vpn-a: ad-groups/S []; vpn-b: ad-groups/S []; "},
        {"targets: [\"vpn-*\"]\n", "vpn-a: ad-groups/S []; vpn-b: ad-groups/S []; "},
        {"targets: [\"vpn-*\", vpn-a]\n", "vpn-a: ad-groups/S []; vpn-b: ad-groups/S []; "},
        {"labels: {site: ber}\n", "vpn-b: ad-groups/S []; "},
        {"labels: {site: fra}\n", "vpn-a: ad-groups/S []; "},
        {"targets: [\"*\"]\nlabels: {site: fra}\n", "vpn-a: ad-groups/S []; "},
        {"targets: [\"vpn-*\"]\nlabels: {site: ber}\n", "vpn-b: ad-groups/S []; "},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        write_doc(b, "a.yaml", arena_printf(&b->arena, "version: 1\n%s" GROUPS("S"), table[i].head));
        assert_string_equal(load(b), table[i].means);
    }
}

/* An empty map declares its kind, so that what is no longer named can go. */
static void test_empty_kind(void **state)
{
    struct bench *b = *state;
    struct settings *s = settings_of(b, "docs");
    struct desired *d = NULL;
    const size_t sps = (size_t)(settings_find_target(s, "sps-1") - s->targets);

    write_doc(b, "a.yaml", "version: 1\ntargets: [sps-1]\nsps: {userlists: {}}\n");
    assert_int_equal(desired_load(s, &b->diags, &d), 0);
    assert_int_equal(d->targets[sps].n_objects, 0);
    for (size_t k = 0; k < s->targets[sps].system->n_kinds; k++)
        assert_int_equal(d->targets[sps].kinds[k], strcmp(s->targets[sps].system->kinds[k]->name, "userlists") == 0);
    desired_free(d);
    settings_free(s);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *text, *code, *place, *words;
    } table[] = {
        {"", "yaml-empty", "", "empty"},
        {"targets: [vpn-a]\n" GROUPS("S"), "version", ":1:1", "is missing"},
        {"version: 1\n" GROUPS("S"), "missing-key", ":1:1", "names no targets"},
        {"version: 1\ntargets: [vpn-c]\n" GROUPS("S"), "no-target", ":2:11", "'vpn-c' matches no target"},
        {"version: 1\ntargets: [\"vpn-*\", xpn]\n" GROUPS("S"), "no-target", ":2:20", "'xpn' matches no target"},
        {"version: 1\nlabels: {}\n" GROUPS("S"), "missing-key", ":2:9", "labels has 0 members"},
        {"version: 1\nlabels: {site: muc}\n" GROUPS("S"), "no-target", ":2:9", "matches no target"},
        {"version: 1\ntargets: []\n" GROUPS("S"), "no-target", ":2:10", "matches no target"},
        {"version: 1\ntargets:\n" GROUPS("S"), "null-value", ":2:9", "targets has no value"},
        {"version: 1\ntargets: [vpn-a, vpn-a]\n" GROUPS("S"), "duplicate-item", ":2:18", "twice"},
        {"version: 1\ntargets: [vpn-a]\n" LIST("x"), "section-without-target", ":3:1", "of type sps"},
        {"version: 1\ntargets: [vpn-a]\nicx: {}\n", "unknown-key", ":3:1", "did you mean 'ics'?"},
        {"version: 1\ntargets: [vpn-a]\nics: {auth-server: {}}\n", "unknown-key", ":3:7",
         "did you mean 'auth-servers'?"},
        {"version: 1\ntargets: [vpn-a]\nics: {auth-servers: {S: {ad-group: []}}}\n", "unknown-key", ":3:26",
         "did you mean 'ad-groups'?"},
        {"version: 1\ntargets: [vpn-a]\nics: {ad-groups: []}\n", "unknown-key", ":3:7", "'ad-groups'"},
        {"version: 1\ntargets: [vpn-a]\nics: {auth-servers: {S: {source-ip: {}}}}\n", "unknown-key", ":3:26",
         "'source-ip'"},
        {"version: 1\ntargets: [vpn-a]\nics: {auth-servers: [S]}\n", "wrong-type", ":3:21", "must be a map"},
        {"version: 1\ntargets: [vpn-a]\nics: {auth-servers: {S: }}\n", "null-value", ":3:25", "S must be a map"},
        {"version: 1\ntargets: [vpn-a]\nics:\n", "null-value", ":3:5", "ics must be a map"},
        {"version: 1\ntargets: [vpn-a]\nics: {auth-servers: {S: {ad-groups: null}}}\n", "null-value", ":3:37",
         "ad-groups has no value"},
        {"version: 1\ntargets: [vpn-a]\nics: {auth-servers: {\"\": {ad-groups: []}}}\n", "bad-value", ":3:22", "name"},
        {"version: 1\ntargets: [vpn-a]\nics: {admin-realms: {R: {source-ip: {ips: [{address: 10.0.0.0}]}}}}\n",
         "bad-value", ":3:44", "netmask is missing"},
        {"version: 1\ntargets: [sps-1]\nsps: {time_policies: {p: {Mon: [[\"8:00\", \"24:00\"]]}}}\n", "bad-value",
         ":3:32", "Mon has a time that is not hh:mm"},
        {"version: 1\ntargets: [sps-1]\nsps: {userlists: {x: {default: reject}}}\n", "bad-value", ":3:32",
         "exclude, include"},
        {"version: 1\ntargets: [sps-1]\nsps: {userlists: {x: {users: [a, a]}}}\n", "duplicate-item", ":3:34", "'a'"},
        {"version: 1\ntargets: [sps-1]\nsps: {userlists: {x: {name: x}}}\n", "unknown-key", ":3:23", "'name'"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const char *subject = arena_printf(&b->arena, "%s/docs/a.yaml%s", bench_folder(b), table[i].place);

        write_doc(b, "a.yaml", table[i].text);
        if (load(b) || b->diags.n != 1 || strcmp(b->diags.items[0].subject, subject) != 0)
            print_error("row %zu: %s\n", i, table[i].text);
        assert_told_one(b, table[i].code, subject, table[i].words);
    }
}

static void test_declared_twice(void **state)
{
    struct bench *b = *state;

    write_doc(b, "a.yaml", "version: 1\ntargets: [\"vpn-*\"]\n" GROUPS("S"));
    write_doc(b, "b.yaml", "version: 1\ntargets: [vpn-a, vpn-b]\nics:\n  auth-servers:\n    S: {ad-groups: [x]}\n");
    assert_null(load(b));
    /* Once, though it concerns two targets; and it names both places. */
    assert_contains(bench_told(b), arena_printf(&b->arena, "%s/docs/a.yaml:3:22", bench_folder(b)));
    assert_told_one(b, "declared-twice", arena_printf(&b->arena, "%s/docs/b.yaml:5:5", bench_folder(b)),
                    "ad-groups 'S'");
    write_doc(b, "b.yaml", "version: 1\ntargets: [vpn-b]\nics: {auth-servers: {T: {ad-groups: [x]}}}\n");
    assert_non_null(load(b));
}

static void test_files(void **state)
{
    struct bench *b = *state;

    write_doc(b, ".hidden.yaml", "not: [yaml");
    write_doc(b, ".git/x.yaml", "not: [yaml");
    write_doc(b, "README.md", "words");
    assert_null(load(b));
    assert_told_one(b, "no-files", arena_printf(&b->arena, "%s/docs", bench_folder(b)), "no *.yaml");
    write_doc(b, "z/deep/a.yaml", "version: 1\ntargets: [sps-1]\n" LIST("x"));
    assert_string_equal(load(b), "sps-1: userlists/x {\"users\":[]}; ");
    write_doc(b, "b.yml", "version: 1\n");
    assert_null(load(b));
    assert_told_one(b, "file-suffix", arena_printf(&b->arena, "%s/docs/b.yml", bench_folder(b)), ".yaml");
}

static void test_links(void **state)
{
    struct bench *b = *state;
    const char *loop = arena_printf(&b->arena, "%s/docs/loop", bench_folder(b));

    write_doc(b, "a.yaml", "version: 1\ntargets: [sps-1]\n" LIST("x"));
    assert_int_equal(symlink(".", loop), 0);
    assert_null(load(b));
    assert_contains(bench_told(b), "[too-deep]");
    bench_forget(b);
    assert_int_equal(unlink(loop), 0);
    assert_int_equal(symlink("nowhere.yaml", loop), 0);
    assert_null(load(b));
    assert_told_one(b, "file-unreadable", loop, "No such file");
}

/* All faults of all files at once, fifty of them shown. */
static void test_many_faults(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < 60; i++)
        write_doc(b, arena_printf(&b->arena, "%02d.yaml", i), "version: 1\ntargets: [sps-1]\nsps: {users: {}}\n");
    assert_null(load(b));
    assert_int_equal(b->diags.n, 50);
    assert_int_equal(b->diags.more, 10);
    assert_contains(b->diags.items[0].subject, "/docs/00.yaml:3:7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_samples),  BENCH_TEST(test_whom_a_document_means), BENCH_TEST(test_empty_kind),
        BENCH_TEST(test_refusals), BENCH_TEST(test_declared_twice),        BENCH_TEST(test_files),
        BENCH_TEST(test_links),    BENCH_TEST(test_many_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
