/* SPDX-License-Identifier: Apache-2.0 */
/* The settings file: the manual's own sample, its defaults, and each refusal with its place. */
#include "state/settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "provider/provider.h"
#include "unit.h"

#define PIN "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

/* contract: "Two files, two owners", without the target whose system is not there yet. */
static const char sample[] =
    "version: 1\n"
    "desired: /srv/gateways              # a file, or a directory\n"
    "state-directory: /var/lib/convergate\n"
    "credentials: /etc/convergate/credentials\n"
    "interval: 5m                        # 500ms 90s 5m 1h\n"
    "run-timeout: 10m\n"
    "remove-unlisted: [\"sps-1/userlists\"]\n"
    "concurrency: 512\n"
    "mode: enforce\n"
    "guards:\n"
    "  max-removals: 10\n"
    "  max-removals-percent: 30\n"
    "  max-removals-run: 100\n"
    "  management-addresses: [192.0.2.0/28]\n"
    "  management-realms: [Break Glass]\n"
    "  protect: [\"vpn-*/source-ip/Admin Users\"]\n"
    "  health: {max-cpu-utilization: 90}\n"
    "targets:\n"
    "  vpn-fra:\n"
    "    type: ics\n"
    "    url: https://vpn-fra.example.com\n"
    "    auth: {realm: Admin Users, username: convergate, password: vpn-fra}\n"
    "    tls: {ca-file: corp-ca.pem, pinned-public-key: " PIN "}\n"
    "    labels: {site: fra}\n"
    "    timeout: 60s\n"
    "    source-address: 192.0.2.3\n"
    "    expect: {serial-number: VASPHJPEG824R1U0S}\n"
    "  sps-1: {type: sps, url: https://sps-1.example.com, auth: {username: convergate, password: sps-1, "
    "login-method: local}}\n";

static struct settings *load(struct bench *b, const char *text)
{
    struct settings *s = NULL;
    int r = settings_load(bench_file(b, "convergate.yaml", text, 0644), systems, n_systems, &b->diags, &s);

    assert_true(r == 0 || r == -EBADMSG);
    assert_true((r == 0) == (s != NULL));
    return s;
}

static void test_sample(void **state)
{
    struct bench *b = *state;
    struct settings *s = load(b, sample);
    const struct target *vpn, *sps;

    if (!s)
        fail_msg("the sample is refused: %s", bench_told(b));
    assert_string_equal(s->desired, "/srv/gateways");
    assert_string_equal(s->state_directory, "/var/lib/convergate");
    assert_string_equal(s->credentials, "/etc/convergate/credentials");
    assert_true(s->interval_usec == 300000000 && s->run_timeout_usec == 600000000);
    assert_int_equal(s->concurrency, 512);
    assert_int_equal(s->guards.max_removals, 10);
    assert_int_equal(s->guards.max_removals_percent, 30);
    assert_int_equal(s->guards.max_removals_run, 100);
    assert_string_equal(bench_print(b, s->guards.management_addresses), "[\"192.0.2.0/28\"]");
    assert_string_equal(bench_print(b, s->guards.management_realms), "[\"Break Glass\"]");
    assert_true(settings_matches(s->guards.protect, "vpn-fra/source-ip/Admin Users"));
    assert_string_equal(bench_print(b, s->guards.health), "{\"max-cpu-utilization\":90}");
    assert_false(settings_matches(s->guards.protect, "sps-1/source-ip/Admin Users"));
    assert_true(settings_matches(s->remove_unlisted, "sps-1/userlists"));
    assert_int_equal(s->n_targets, 2);
    vpn = settings_find_target(s, "vpn-fra");
    sps = settings_find_target(s, "sps-1");
    assert_true(vpn && sps && !settings_find_target(s, "vpn"));
    assert_string_equal(vpn->system->name, "ics");
    assert_string_equal(vpn->realm, "Admin Users");
    assert_string_equal(vpn->username, "convergate");
    assert_string_equal(vpn->credential, "vpn-fra");
    assert_string_equal(vpn->ca_file, arena_printf(&b->arena, "%s/corp-ca.pem", bench_folder(b)));
    assert_string_equal(vpn->pinned_public_key, PIN);
    assert_true(vpn->timeout_usec == 60000000);
    assert_int_equal(vpn->mode, MODE_ENFORCE);
    assert_string_equal(bench_print(b, vpn->source_address), "[\"192.0.2.3\"]");
    assert_string_equal(bench_print(b, vpn->expect), "{\"serial-number\":[\"VASPHJPEG824R1U0S\"]}");
    assert_string_equal(sps->system->name, "sps");
    assert_string_equal(sps->login_method, "local");
    assert_null(sps->ca_file);
    settings_free(s);
}

#define TARGET(members) \
    "targets:\n  t: {type: ics, url: \"https://h\", auth: {realm: r, username: u, password: p}" members "}\n"
#define MINIMAL "version: 1\ndesired: d\n" TARGET("")

/* The sample's scalars are the defaults. */
static void test_defaults(void **state)
{
    struct bench *b = *state;
    struct settings *s = load(b, MINIMAL), *whole = load(b, sample);

    assert_true(s && whole);
    assert_string_equal(s->desired, arena_printf(&b->arena, "%s/d", bench_folder(b)));
    assert_string_equal(s->state_directory, whole->state_directory);
    assert_string_equal(s->credentials, whole->credentials);
    assert_true(s->interval_usec == whole->interval_usec && s->run_timeout_usec == whole->run_timeout_usec);
    assert_int_equal(s->concurrency, whole->concurrency);
    assert_int_equal(s->guards.max_removals, whole->guards.max_removals);
    assert_int_equal(s->guards.max_removals_percent, whole->guards.max_removals_percent);
    assert_int_equal(s->guards.max_removals_run, whole->guards.max_removals_run);
    assert_int_equal(s->targets[0].mode, MODE_ENFORCE);
    assert_true(s->targets[0].timeout_usec == 60000000);
    assert_string_equal(s->targets[0].login_method, "local");
    assert_true(!s->targets[0].backup.before_apply && s->targets[0].backup.keep == 5);
    assert_true(s->targets[0].pull_interval_usec == 0);
    assert_null(s->remove_unlisted);
    assert_null(s->guards.health);
    assert_false(settings_matches(s->remove_unlisted, "t/userlists"));
    settings_free(s);
    settings_free(whole);
}

static void test_modes(void **state)
{
    struct bench *b = *state;
    struct settings *s = load(b, "version: 1\ndesired: d\nmode: observe\n" TARGET(""));

    assert_int_equal(s->targets[0].mode, MODE_OBSERVE);
    settings_free(s);
    s = load(b, "version: 1\ndesired: d\nmode: observe\n" TARGET(", mode: enforce"));
    assert_int_equal(s->targets[0].mode, MODE_ENFORCE);
    settings_free(s);
}

#define SPS "  s: {type: sps, url: \"https://s\", auth: {username: u, password: p}}\n"

/* Each member of a target stands in for the one at the top level; what a type cannot do is not asked of it. */
static void test_upkeep(void **state)
{
    static const char top[] = "version: 1\ndesired: d\nbackup: {before-apply: true, keep: 2}\npull-interval: 6h\n";
    struct bench *b = *state;
    struct settings *s = load(b, arena_printf(&b->arena, "%s" TARGET("") SPS, top));
    const struct target *sps = settings_find_target(s, "s"), *ics = settings_find_target(s, "t");

    assert_true(ics->backup.before_apply && ics->backup.keep == 2);
    assert_true(ics->pull_interval_usec == 6 * 3600 * (uint64_t)1000000);
    assert_true(!sps->backup.before_apply && sps->pull_interval_usec == 0);
    settings_free(s);
    s = load(b, arena_printf(&b->arena, "%s" TARGET(", backup: {keep: 9}, pull-interval: never"), top));
    assert_true(s->targets[0].backup.before_apply && s->targets[0].backup.keep == 9);
    assert_true(s->targets[0].pull_interval_usec == 0);
    settings_free(s);
    s = load(b, arena_printf(&b->arena, "%s" TARGET(", backup: {before-apply: false}, pull-interval: 90s"), top));
    assert_true(!s->targets[0].backup.before_apply && s->targets[0].backup.keep == 2);
    assert_true(s->targets[0].pull_interval_usec == 90 * (uint64_t)1000000);
    settings_free(s);
    for (size_t i = 0; i < n_systems; i++) {
        assert_true(systems[i]->has_backup == (provider_of(systems[i])->back_up != NULL));
        assert_true(systems[i]->has_pull == (provider_of(systems[i])->pull != NULL));
    }
}

static void test_state_directory_of_the_unit(void **state)
{
    struct bench *b = *state;
    struct settings *s;

    setenv("STATE_DIRECTORY", "/var/lib/one:/var/lib/two", 1);
    s = load(b, MINIMAL);
    assert_string_equal(s->state_directory, "/var/lib/one");
    settings_free(s);
    s = load(b, "version: 1\ndesired: d\nstate-directory: here\n" TARGET(""));
    assert_string_equal(s->state_directory, arena_printf(&b->arena, "%s/here", bench_folder(b)));
    settings_free(s);
    unsetenv("STATE_DIRECTORY");
}

static const struct refusal {
    const char *text, *code, *place, *words; /* place: line:column, "" for the file alone */
} refusals[] = {
    {"", "yaml-empty", "", "empty"},
    {"[a]\n", "wrong-type", ":1:1", "must be a map"},
    {"desired: d\n" TARGET(""), "version", ":1:1", "`version: 1` is missing"},
    {"version: 2\n" TARGET(""), "version", ":1:10", "must be 1"},
    {"version: \"1\"\n" TARGET(""), "version", ":1:10", "must be 1"},
    {"version: 1.0\n" TARGET(""), "version", ":1:10", "must be 1"},
    {"version: 1\ndesired: d\ndesired: e\n" TARGET(""), "duplicate-key", ":3:1", "line 2"},
    {"version: 1\n" TARGET(""), "missing-key", ":1:1", "desired is missing"},
    {"version: 1\ndesired: d\n", "missing-key", ":1:1", "targets is missing"},
    {"version: 1\ndesired: d\ntargets: {}\n", "missing-key", ":3:10", "targets has 0 members but must have at least 1"},
    {"version: 1\ndesired: d\ntargets:\n", "null-value", ":3:9", "targets has no value"},
    {MINIMAL "intervall: 5m\n", "unknown-key", ":5:1", "did you mean 'interval'?"},
    {MINIMAL "interval: 5\n", "bad-value", ":5:11", "500ms, 90s, 5m or 1h"},
    {MINIMAL "interval: 0s\n", "bad-value", ":5:11", "500ms, 90s, 5m or 1h"},
    {MINIMAL "run-timeout: never\n", "bad-value", ":5:14", "500ms, 90s, 5m or 1h"},
    {MINIMAL "concurrency: 0\n", "bad-value", ":5:14", "between 1 and 4096"},
    {MINIMAL "concurrency: 4097\n", "bad-value", ":5:14", "between 1 and 4096"},
    {MINIMAL "mode: dry\n", "bad-value", ":5:7", "enforce, observe"},
    {MINIMAL "remove-unlisted: [sps-1]\n", "bad-value", ":5:19", "TARGET/KIND"},
    {MINIMAL "remove-unlisted: [a/b/c]\n", "bad-value", ":5:19", "TARGET/KIND"},
    {MINIMAL "remove-unlisted: a/b\n", "wrong-type", ":5:18", "a list"},
    {MINIMAL "guards: {max-removals: -1}\n", "bad-value", ":5:24", "between 0 and"},
    {MINIMAL "guards: {max-removals-percent: 101}\n", "bad-value", ":5:32", "between 0 and 100"},
    {MINIMAL "guards: {max-removals: \"5\"}\n", "wrong-type", ":5:24", "without quotes"},
    {MINIMAL "guards: {protect: [a/b]}\n", "bad-value", ":5:20", "TARGET/KIND/OBJECT"},
    {MINIMAL "guards: {management-addresses: [192.0.2.0/33]}\n", "bad-value", ":5:33", "192.0.2.0/28"},
    {MINIMAL "guards: {management-addresses: [host]}\n", "bad-value", ":5:33", "not an IPv4 or IPv6 address"},
    {MINIMAL "guards: {management-addresses: [10.0.0.0/8x]}\n", "bad-value", ":5:33", "192.0.2.0/28"},
    {MINIMAL "guards: {off: true}\n", "unknown-key", ":5:10", "'off'"},
    /* targets */
    {"version: 1\ndesired: d\ntargets:\n  -x: {type: ics, url: \"https://h\", auth: {realm: r, username: u, password: "
     "p}}\n",
     "bad-value", ":4:3", "letters, digits"},
    {"version: 1\ndesired: d\ntargets: {t: {url: \"https://h\", auth: {}}}\n", "missing-key", ":3:14", "type is"},
    {"version: 1\ndesired: d\ntargets: {t: {type: isc, url: \"https://h\", auth: {}}}\n", "bad-value", ":3:21",
     "did you mean 'ics'?"},
    {"version: 1\ndesired: d\ntargets: {t: {type: ics, url: \"http://h\", auth: {}}}\n", "bad-value", ":3:31",
     "https://"},
    {"version: 1\ndesired: d\ntargets: {t: {type: ics, url: \"https://u:pw@h\", auth: {}}}\n", "bad-value", ":3:31",
     "belong under auth"},
    {"version: 1\ndesired: d\ntargets: {t: {type: ics, url: \"https://h/api\", auth: {}}}\n", "bad-value", ":3:31",
     "without a path"},
    {"version: 1\ndesired: d\ntargets: {t: {type: ics, url: \"https://\", auth: {}}}\n", "bad-value", ":3:31",
     "without a path"},
    {"version: 1\ndesired: d\ntargets: {t: {type: sps, url: \"https://h\", auth: {password: p}}}\n", "missing-key",
     ":3:50", "username is missing"},
    {"version: 1\ndesired: d\ntargets: {t: {type: ics, url: \"https://h\", auth: {username: u, password: p}}}\n",
     "missing-key", ":3:50", "realm is missing"},
    {"version: 1\ndesired: d\ntargets: {t: {type: sps, url: \"https://h\", auth: {username: u, password: p, realm: "
     "r}}}\n",
     "unknown-key", ":3:77", "realm means nothing"},
    {"version: 1\ndesired: d\n" TARGET(", tls: {verify: false}"), "unknown-key", ":4:86", "'verify'"},
    {"version: 1\ndesired: d\n" TARGET(", tls: {pinned-public-key: sha256//x}"), "bad-value", ":4:105", "44"},
    {"version: 1\ndesired: d\n" TARGET(", timeout: 1d"), "bad-value", ":4:89", "5m or 1h"},
    {"version: 1\ndesired: d\n" TARGET(", source-address: 10.0.0.0/8"), "bad-value", ":4:96", "not an IPv4"},
    {"version: 1\ndesired: d\n" TARGET(", expect: {serial-number: []}, mode: off"), "bad-value", ":4:115", "enforce"},
    /* a secret where only the name of one belongs */
    {"version: 1\ndesired: d\ntargets: {t: {type: sps, url: \"https://h\", auth: {username: u, password: \"hunter "
     "2!\"}}"
     "}\n",
     "secret-in-file", ":3:74", "NAME of a credential"},
    {"version: 1\ndesired: d\ntargets: {t: {type: sps, url: \"https://h\", auth: {username: u, password: [hunter]}}}\n",
     "secret-in-file", ":3:74", "not a list"},
};

static void test_refusals(void **state)
{
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
        struct settings *s = load(b, refusals[i].text);
        const char *subject = arena_printf(&b->arena, "%s/convergate.yaml%s", bench_folder(b), refusals[i].place);

        if (s || b->diags.n != 1 || strcmp(b->diags.items[0].subject, subject) != 0)
            print_error("row %zu: %s\n", i, refusals[i].text);
        assert_null(s);
        assert_null(strstr(bench_told(b), "hunter"));
        assert_told_one(b, refusals[i].code, subject, refusals[i].words);
    }
}

static void test_unreadable(void **state)
{
    struct bench *b = *state;
    const char *path = arena_printf(&b->arena, "%s/none.yaml", bench_folder(b));
    struct settings *s = NULL;

    assert_int_equal(settings_load(path, systems, n_systems, &b->diags, &s), -EBADMSG);
    assert_told_one(b, "file-unreadable", path, "No such file");
    assert_int_equal(settings_load(bench_folder(b), systems, n_systems, &b->diags, &s), -EBADMSG);
    assert_told_one(b, "file-unreadable", bench_folder(b), "directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_sample),     BENCH_TEST(test_defaults),
        BENCH_TEST(test_modes),      BENCH_TEST(test_state_directory_of_the_unit),
        BENCH_TEST(test_refusals),   BENCH_TEST(test_upkeep),
        BENCH_TEST(test_unreadable),
    };

    unsetenv("STATE_DIRECTORY");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
