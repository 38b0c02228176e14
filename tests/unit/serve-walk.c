/* SPDX-License-Identifier: Apache-2.0 */
/* What has to be watched so that nothing on the way to a file, and nothing below a folder, changes unseen. */
#include "serve/watch-walk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "unit.h"

static const char *at(struct bench *b, const char *name)
{
    return arena_printf(&b->arena, "%s/%s", bench_folder(b), name);
}

static void make_folder(struct bench *b, const char *name)
{
    assert_int_equal(mkdir(at(b, name), 0700), 0);
}

static void make_link(struct bench *b, const char *name, const char *target)
{
    assert_int_equal(symlink(target, at(b, name)), 0);
}

static struct walk begin(void)
{
    struct walk w = {.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};

    assert_true(w.fd >= 0);
    return w;
}

static void end(struct walk *w)
{
    close(w->fd);
    walk_done(w);
}

/* A folder that was not watched before gets a watch that nobody knows. */
static bool wants(struct walk *w, const char *folder, const char *name)
{
    int wd = inotify_add_watch(w->fd, folder, IN_ATTRIB);

    assert_true(wd >= 0);
    return watched_has(&w->watched, wd, name);
}

static void test_way(void **state)
{
    struct bench *b = *state;
    const char *root = bench_folder(b);
    struct walk w = begin();

    make_folder(b, "real");
    make_folder(b, "other");
    make_link(b, "relative", "real");
    make_link(b, "other/absolute", root);
    walk_way(&w, at(b, "other/absolute/./relative//../relative/x"));
    assert_int_equal(w.error, 0);
    assert_true(wants(&w, "/", "tmp"));
    assert_true(wants(&w, "/tmp", strrchr(root, '/') + 1));
    assert_true(wants(&w, root, "other"));
    assert_true(wants(&w, at(b, "other"), "absolute"));
    assert_true(wants(&w, root, "relative"));
    assert_true(wants(&w, root, "real"));
    assert_true(wants(&w, at(b, "real"), "x"));
    assert_true(wants(&w, at(b, "real"), WATCHED_SELF));
    assert_false(wants(&w, at(b, "real"), "y"));
    assert_false(wants(&w, at(b, "real"), WATCHED_ALL));
    assert_false(wants(&w, root, "x"));
    end(&w);
}

/* What is not there is awaited where it would be; links in a circle come to an end. */
static void test_way_that_ends(void **state)
{
    struct bench *b = *state;
    const char *root = bench_folder(b);
    struct walk w = begin();

    make_link(b, "dangling", "none/below");
    make_link(b, "one", "two");
    make_link(b, "two", "one/x");
    walk_way(&w, at(b, "dangling"));
    walk_way(&w, at(b, "one"));
    assert_int_equal(w.error, 0);
    assert_true(wants(&w, root, "dangling"));
    assert_true(wants(&w, root, "none"));
    assert_true(wants(&w, root, "one"));
    assert_true(wants(&w, root, "two"));
    end(&w);
}

static void test_tree(void **state)
{
    struct bench *b = *state;
    struct walk w = begin();

    make_folder(b, "docs");
    make_folder(b, "docs/below");
    make_folder(b, "docs/.hidden");
    make_folder(b, "files");
    make_folder(b, "folder");
    make_link(b, "docs/up", ".");
    make_link(b, "docs/below/up", "../../docs");
    make_link(b, "docs/file.yaml", ".hidden/file.yaml");
    make_link(b, "docs/.hidden/file.yaml", "../../files/file.yaml");
    make_link(b, "docs/below/folder", "../../folder");
    walk_tree(&w, at(b, "docs"));
    assert_int_equal(w.error, 0);
    assert_true(wants(&w, at(b, "docs"), WATCHED_ALL));
    assert_true(wants(&w, at(b, "docs"), ".hidden"));
    assert_true(wants(&w, at(b, "docs/below"), WATCHED_ALL));
    assert_true(wants(&w, at(b, "folder"), WATCHED_ALL));
    assert_true(wants(&w, at(b, "docs/.hidden"), "file.yaml"));
    assert_true(wants(&w, at(b, "files"), "file.yaml"));
    assert_false(wants(&w, at(b, "files"), WATCHED_ALL));
    assert_false(wants(&w, at(b, "docs/.hidden"), WATCHED_ALL));
    end(&w);
}

static void test_failure(void **state)
{
    struct bench *b = *state;
    struct walk w = {.fd = -1};

    walk_fail(&w, "gone", ENOENT);
    assert_int_equal(w.error, 0);
    walk_tree(&w, at(b, "docs"));
    walk_way(&w, "/elsewhere");
    assert_int_equal(w.error, EBADF);
    assert_string_equal(w.failed, at(b, "docs"));
    walk_done(&w);
    assert_int_equal(w.error, 0);
    assert_null(w.failed);
}

static void count(int wd, void *data)
{
    unsigned *dropped = data;

    *dropped |= 1u << wd;
}

static void test_compare(void **state)
{
    struct watched before = {0}, now = {0};
    unsigned dropped = 0;

    for (int wd = 1; wd <= 20; wd++) {
        assert_int_equal(watched_add(&before, wd, WATCHED_SELF), 1);
        assert_int_equal(watched_add(&before, wd, "a"), 1);
        assert_int_equal(watched_add(&before, wd, "a"), 0);
        if (wd % 3 == 0)
            assert_int_equal(watched_add(&now, wd, WATCHED_SELF), 1);
    }
    assert_int_equal(watched_add(&now, 21, WATCHED_SELF), 1);
    watched_compare(&before, &now, count, &dropped);
    for (int wd = 0; wd <= 21; wd++)
        assert_int_equal(dropped >> wd & 1, wd >= 1 && wd <= 20 && wd % 3 != 0);
    watched_done(&before);
    watched_done(&now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_way),     BENCH_TEST(test_way_that_ends), BENCH_TEST(test_tree),
        BENCH_TEST(test_failure), cmocka_unit_test(test_compare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
