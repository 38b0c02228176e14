/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept between runs, and what is kept from others: the ledger, the lock, credentials. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time-util.h"
#include "state/credentials.h"
#include "state/ledger.h"
#include "state/lock.h"
#include "unit.h"

#define DIGEST_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void load_ledger(struct bench *b, struct ledger *l)
{
    if (ledger_load(bench_folder(b), "t", l, &b->diags) < 0)
        fail_msg("%s", bench_told(b));
}

static void test_ledger(void **state)
{
    static const char *const names[] = {"b",      "a/b",     "a", "VPN\xef\xbc\x88PC\xef\xbc\x89", "Admin Users", ".x",
                                        "DOM\\x", "\"q\"\t", "z"};
    struct bench *b = *state;
    struct ledger l;
    struct stat st;

    load_ledger(b, &l);
    assert_false(ledger_any_created(&l));
    assert_null(ledger_find(&l, "userlists", "a"));
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        assert_int_equal(ledger_note_created(&l, "userlists", names[i], NULL), 0);
    assert_int_equal(ledger_note_created(&l, "userlists", "a", NULL), 0);
    assert_int_equal(ledger_note_verified(&l, "ad-groups", "S", 7, DIGEST_A, DIGEST_A), 0);
    assert_int_equal(ledger_note_gone(&l, "userlists", "z"), 0);
    assert_int_equal(ledger_note_gone(&l, "userlists", "never"), 0);
    assert_int_equal(ledger_save(&l, "t", &b->diags), 0);
    ledger_done(&l);

    load_ledger(b, &l);
    for (size_t i = 0; i + 1 < ARRAY_SIZE(names); i++)
        assert_true(ledger_created(&l, "userlists", names[i], NULL));
    assert_null(ledger_find(&l, "userlists", "z"));
    assert_null(ledger_find(&l, "userlist", "s/a"));
    assert_null(ledger_find(&l, "time_policies", "a"));
    assert_false(ledger_created(&l, "ad-groups", "S", NULL));
    assert_int_equal(ledger_find(&l, "ad-groups", "S")->size, 7);
    assert_string_equal(ledger_find(&l, "ad-groups", "S")->digest, DIGEST_A);
    assert_true(ledger_any_created(&l));
    /* Created and then verified is still created. */
    assert_int_equal(ledger_note_verified(&l, "userlists", "a", 1, DIGEST_A, DIGEST_A), 0);
    assert_true(ledger_created(&l, "userlists", "a", NULL));
    ledger_done(&l);
    assert_int_equal(stat(arena_printf(&b->arena, "%s/ledger/t.json", bench_folder(b)), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
}

/* What was sent to who does not show it, and what went unanswered, outlive the run. */
static void test_ledger_sent(void **state)
{
    static const char settled[DIGEST_SIZE] = "";
    struct bench *b = *state;
    const struct ledger_entry *e;
    struct ledger l;

    load_ledger(b, &l);
    assert_int_equal(ledger_note_sent(&l, "device-certificates", "gw", bench_json(b, "{\"b\":[\"\\\"x\"],\"a\":true}")),
                     0);
    assert_int_equal(ledger_note_unanswered(&l, "device-certificates", "gw", DIGEST_A), 0);
    assert_int_equal(ledger_note_unanswered(&l, "device-certificates", "new", DIGEST_A), 0);
    assert_int_equal(ledger_save(&l, "t", &b->diags), 0);
    ledger_done(&l);

    load_ledger(b, &l);
    e = ledger_find(&l, "device-certificates", "gw");
    assert_string_equal(bench_print(b, bench_json(b, e->sent)), "{\"a\":true,\"b\":[\"\\\"x\"]}");
    assert_string_equal(e->unanswered, DIGEST_A);
    assert_null(ledger_find(&l, "device-certificates", "new")->sent);
    assert_string_equal(ledger_find(&l, "device-certificates", "new")->unanswered, DIGEST_A);
    /* What was answered settles what was not. */
    assert_int_equal(ledger_note_sent(&l, "device-certificates", "gw", bench_json(b, "{}")), 0);
    assert_string_equal(ledger_find(&l, "device-certificates", "gw")->unanswered, "");
    assert_int_equal(ledger_note_unanswered(&l, "device-certificates", "new", settled), 0);
    assert_int_equal(ledger_save(&l, "t", &b->diags), 0);
    ledger_done(&l);

    load_ledger(b, &l);
    assert_string_equal(ledger_find(&l, "device-certificates", "gw")->sent, "{}");
    assert_string_equal(ledger_find(&l, "device-certificates", "new")->unanswered, "");
    ledger_done(&l);
}

/* What cannot be read must never pass for an empty ledger. */
static void test_broken_ledgers(void **state)
{
    static const char *const texts[] = {
        "",
        "null",
        "[]",
        "{}",
        "{\"version\": 1}",
        "{\"version\": 2, \"objects\": {}}",
        "{\"version\": \"1\", \"objects\": {}}",
        "{\"version\": 1, \"objects\": []}",
        "{\"version\": 1, \"objects\": {\"userlists/a\": true}}",
        "{\"version\": 1, \"objects\": {\"noslash\": {\"created\": true, \"size\": 0, \"digest\": \"\"}}}",
        "{\"version\": 1, \"objects\": {\"k/a\": {\"created\": \"true\", \"size\": 0, \"digest\": \"\"}}}",
        "{\"version\": 1, \"objects\": {\"k/a\": {\"created\": true, \"size\": \"0\", \"digest\": \"\"}}}",
        "{\"version\": 1, \"objects\": {\"k/a\": {\"created\": true, \"size\": 0, \"digest\": \"short\"}}}",
        "{\"version\": 1, \"objects\": {\"k/a\": {\"created\": true, \"size\": 0}}}",
        "{\"version\": 1, \"objects\": {\"k/a\": {\"created\": true, \"size\": 0, \"digest\": \"\", \"sent\": []}}}",
        "{\"version\": 1, \"objects\": {\"k/a\": {\"created\": true, \"size\": 0, \"digest\": \"\", \"unanswered\": "
        "1}}}",
        "{\"version\": 1, \"objects\": {\"k/a\": {\"created\": true, \"size\": 0, \"digest\": \"\", \"unanswered\": "
        "\"a\"}}}",
        "{\"version\": 1, \"objects\": {\"k/a\": {\"created\": tr",
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct ledger l;

        bench_file(b, "ledger/t.json", texts[i], 0640);
        if (ledger_load(bench_folder(b), "t", &l, &b->diags) != -EBADMSG)
            fail_msg("accepted: %s", texts[i]);
        assert_told_one(b, "state-directory", "t", "cannot be read");
    }
}

static void test_ledger_that_cannot_be_written(void **state)
{
    struct bench *b = *state;
    struct ledger l;

    load_ledger(b, &l);
    bench_file(b, "ledger", "a file where the folder should be", 0600);
    assert_int_equal(ledger_note_created(&l, "k", "a", NULL), 0);
    assert_int_equal(ledger_save(&l, "t", &b->diags), -EBADMSG);
    assert_told_one(b, "state-directory", "t", "cannot write the ledger");
    ledger_done(&l);
}

static void test_lock(void **state)
{
    struct bench *b = *state;
    const char *folder = bench_folder(b);
    int ready[2], fd, other, status;
    char byte;
    pid_t child;

    assert_int_equal(pipe(ready), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct diag_list diags = {0};
        bool locked = lock_target(folder, "t", now_usec(), NULL, &diags, &fd) == 0;

        /* Holds it until it is killed; _exit() without the parent's clean-up. */
        if (!locked || write(ready[1], "x", 1) != 1)
            _exit(1);
        pause();
        _exit(0);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    assert_int_equal(lock_target(folder, "t", now_usec() + 60 * USEC_PER_MSEC, NULL, &b->diags, &fd), -EBADMSG);
    assert_told_one(b, "locked", "t", arena_printf(&b->arena, "process %ld has been working on it for", (long)child));
    /* One target's lock is not another's. */
    assert_int_equal(lock_target(folder, "u", now_usec(), NULL, &b->diags, &other), 0);
    close(other);
    /* The lock ends with its holder. */
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(lock_target(folder, "t", now_usec() + 5 * USEC_PER_SEC, NULL, &b->diags, &fd), 0);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
    assert_false(diag_any(&b->diags));
}

static void test_waiting_for_a_lock_can_be_interrupted(void **state)
{
    struct bench *b = *state;
    const atomic_bool cancelled = true;
    int fd, second;

    assert_int_equal(lock_target(bench_folder(b), "t", now_usec(), NULL, &b->diags, &fd), 0);
    assert_int_equal(lock_target(bench_folder(b), "t", USEC_INFINITY, &cancelled, &b->diags, &second), -EBADMSG);
    assert_told_one(b, "interrupted", "t", "interrupted");
    close(fd);
}

static int load_credential(struct bench *b, const char *override, const char *folder, struct secret *ret)
{
    return credential_load("vpn-fra", override ? arena_printf(&b->arena, "%s/%s", bench_folder(b), override) : NULL,
                           arena_printf(&b->arena, "%s/%s", bench_folder(b), folder), "t", &b->diags, ret);
}

static void assert_credential(struct bench *b, const char *override, const char *expected)
{
    struct secret s = {0};

    if (load_credential(b, override, "etc", &s) < 0)
        fail_msg("%s", bench_told(b));
    assert_string_equal(secret_reveal(&s), expected);
    secret_done(&s);
}

/* --credentials, $CREDENTIALS_DIRECTORY/NAME, $CREDENTIALS_DIRECTORY/convergate_NAME, `credentials:`. */
static void test_order_of_credentials(void **state)
{
    struct bench *b = *state;

    bench_file(b, "etc/vpn-fra", "from settings\n", 0600);
    assert_credential(b, NULL, "from settings");
    assert_credential(b, "none", "from settings");
    setenv("CREDENTIALS_DIRECTORY", arena_printf(&b->arena, "%s/run", bench_folder(b)), 1);
    assert_credential(b, NULL, "from settings");
    bench_file(b, "run/convergate_vpn-fra", "from the unit's folder", 0400);
    assert_credential(b, NULL, "from the unit's folder");
    bench_file(b, "run/vpn-fra", "from the unit", 0400);
    assert_credential(b, NULL, "from the unit");
    bench_file(b, "mine/vpn-fra", "from the option", 0640);
    assert_credential(b, "mine", "from the option");
    unsetenv("CREDENTIALS_DIRECTORY");
}

static void test_content_of_credentials(void **state)
{
    static const struct {
        const char *text, *secret; /* NULL: refused */
    } table[] = {
        {"hunter2", "hunter2"},
        {"hunter2\n", "hunter2"},
        {" hunter2 \n", " hunter2 "},
        {"p\xc3\xa4ss:w\"rd", "p\xc3\xa4ss:w\"rd"},
        {"", NULL},
        {"\n", NULL},
        {"hunter2\n\n", NULL},
        {"hunter2\nmore\n", NULL},
        {"hunter2\r\n", NULL},
        {"\nhunter2", NULL},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct secret s = {0};
        int r;

        bench_file(b, "etc/vpn-fra", table[i].text, 0600);
        r = load_credential(b, NULL, "etc", &s);
        assert_int_equal(r, table[i].secret ? 0 : -EBADMSG);
        if (table[i].secret) {
            assert_string_equal(secret_reveal(&s), table[i].secret);
        } else {
            assert_null(strstr(bench_told(b), "hunter2"));
            assert_told_one(b, "credential-bad", "t", "just the secret");
        }
        secret_done(&s);
    }
}

/* Who confuses name and secret has written the secret there: no message repeats the name. */
static void test_refused_credentials(void **state)
{
    static const struct {
        mode_t mode;
        const char *code;
    } table[] = {
        {0604, "credential-mode"}, {0602, "credential-mode"}, {0644, "credential-mode"}, {0666, "credential-mode"}};
    struct bench *b = *state;
    struct secret s = {0};

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        bench_file(b, "etc/vpn-fra", "hunter2", table[i].mode);
        assert_int_equal(load_credential(b, NULL, "etc", &s), -EBADMSG);
        assert_null(strstr(bench_told(b), "vpn-fra"));
        assert_null(strstr(bench_told(b), "hunter2"));
        assert_told_one(b, table[i].code, "t", "0600");
    }
    assert_int_equal(load_credential(b, "none", "none", &s), -EBADMSG);
    assert_null(strstr(bench_told(b), "vpn-fra"));
    assert_told_one(b, "credential-missing", "t", "/none");
    bench_file(b, "dir/vpn-fra/x", "hunter2", 0600);
    assert_int_equal(load_credential(b, NULL, "dir", &s), -EBADMSG);
    assert_null(strstr(bench_told(b), "vpn-fra"));
    assert_told_one(b, "credential-bad", "t", "cannot read");
    assert_false(secret_is_set(&s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_ledger),
        BENCH_TEST(test_ledger_sent),
        BENCH_TEST(test_broken_ledgers),
        BENCH_TEST(test_ledger_that_cannot_be_written),
        BENCH_TEST(test_lock),
        BENCH_TEST(test_waiting_for_a_lock_can_be_interrupted),
        BENCH_TEST(test_order_of_credentials),
        BENCH_TEST(test_content_of_credentials),
        BENCH_TEST(test_refused_credentials),
    };

    unsetenv("CREDENTIALS_DIRECTORY");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
