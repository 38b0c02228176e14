/* SPDX-License-Identifier: Apache-2.0 */
/* Reading up to a ceiling; replacing whole or not at all. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "unit.h"

static const char *in_folder(struct bench *b, const char *name)
{
    return arena_printf(&b->arena, "%s/%s", bench_folder(b), name);
}

static size_t count_files(struct bench *b)
{
    DIR *d = opendir(bench_folder(b));
    size_t n = 0;

    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void assert_holds(const char *path, const char *expected)
{
    _cleanup_free_ char *text = NULL;
    size_t len;

    assert_int_equal(file_read(path, 1000, &text, &len), 0);
    assert_int_equal(len, strlen(expected));
    assert_string_equal(text, expected);
}

static void test_read(void **state)
{
    struct bench *b = *state;
    const char *path = bench_file(b, "a", "12345678", 0600);
    char *text = NULL;
    size_t len = 99;

    assert_holds(path, "12345678");
    assert_holds(bench_file(b, "empty", "", 0600), "");
    assert_int_equal(file_read(path, 8, &text, &len), 0);
    free(text);
    text = NULL;
    assert_int_equal(file_read(path, 7, &text, &len), -E2BIG);
    assert_int_equal(file_read(in_folder(b, "none"), 8, &text, &len), -ENOENT);
    assert_int_equal(file_read(bench_folder(b), 8, &text, &len), -EISDIR);
    assert_null(text);
}

/* A FIFO must be refused, not waited for; a file without a size is read to its end. */
static void test_read_strange_files(void **state)
{
    struct bench *b = *state;
    const char *fifo = in_folder(b, "fifo");
    char *text = NULL;
    size_t len;

    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(file_read(fifo, 8, &text, &len), -EINVAL);
    assert_int_equal(file_read("/dev/zero", 8, &text, &len), -EINVAL);
    assert_null(text);
    assert_int_equal(file_read("/proc/self/status", 1 << 20, &text, &len), 0);
    assert_int_equal(strncmp(text, "Name:", 5), 0);
    assert_int_equal(strlen(text), len);
    free(text);
    text = NULL;
    assert_int_equal(file_read("/proc/self/status", 100, &text, &len), -E2BIG);
    assert_null(text);
}

static void test_write(void **state)
{
    struct bench *b = *state;
    const char *path = in_folder(b, "a");
    mode_t before = umask(077);

    assert_int_equal(file_write_atomic(path, "one", 3, 0640), 0);
    assert_holds(path, "one");
    assert_int_equal(mode_of(path), 0640);
    assert_int_equal(file_write_atomic(path, "", 0, 0600), 0);
    assert_holds(path, "");
    assert_int_equal(mode_of(path), 0600);
    umask(before);
    assert_int_equal(count_files(b), 1);
}

/* Readers see the old file or the new one: the old one stays whole for whoever has it open. */
static void test_write_replaces(void **state)
{
    struct bench *b = *state;
    const char *path = bench_file(b, "a", "old", 0600);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char text[8] = "";

    assert_true(fd >= 0);
    assert_int_equal(file_write_atomic(path, "new!", 4, 0600), 0);
    assert_int_equal(read(fd, text, sizeof(text)), 3);
    assert_string_equal(text, "old");
    assert_holds(path, "new!");
    close(fd);
}

static void test_write_fails(void **state)
{
    struct bench *b = *state;
    const char *folder = in_folder(b, "folder"), *inside = in_folder(b, "folder/x");

    assert_int_equal(file_write_atomic(in_folder(b, "none/a"), "x", 1, 0600), -ENOENT);
    /* A folder that is not empty cannot be replaced: no temporary file is left behind. */
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(mkdir(inside, 0700), 0);
    assert_true(file_write_atomic(folder, "x", 1, 0600) < 0);
    assert_int_equal(count_files(b), 1);
}

static void test_make_directories(void **state)
{
    struct bench *b = *state;
    const char *path = in_folder(b, "a/b/c");
    mode_t before = umask(0);

    assert_int_equal(make_directories(path), 0);
    umask(before);
    assert_int_equal(mode_of(path), 0750);
    assert_int_equal(mode_of(in_folder(b, "a")), 0750);
    assert_int_equal(make_directories(path), 0);
    assert_int_equal(make_directories(in_folder(b, "a/b/d/")), 0);
    assert_int_equal(mode_of(in_folder(b, "a/b/d")), 0750);
    bench_file(b, "file", "x", 0600);
    assert_int_equal(make_directories(in_folder(b, "file/x")), -ENOTDIR);
    assert_int_equal(make_directories("/"), 0);
}

static void test_make_private_directory(void **state)
{
    struct bench *b = *state;
    const char *path = in_folder(b, "private"), *open = in_folder(b, "open");

    assert_int_equal(make_private_directory(path), 0);
    assert_int_equal(mode_of(path), 0700);
    assert_int_equal(make_private_directory(path), 0);
    assert_int_equal(mkdir(open, 0755), 0);
    assert_int_equal(make_private_directory(open), 0);
    assert_int_equal(mode_of(open), 0755);
    assert_int_equal(make_private_directory(in_folder(b, "none/below")), -ENOENT);
}

static void test_paths(void **state)
{
    static const struct {
        const char *base, *name, *joined;
    } joins[] = {{"/a", "b", "/a/b"}, {"/a", "/b", "/b"}, {".", "b/c", "b/c"}};
    static const struct {
        const char *path, *folder;
    } folders[] = {{"/a/b", "/a"}, {"/a", "/"}, {"a", "."}, {"a/b/c", "a/b"}};

    for (size_t i = 0; i < ARRAY_SIZE(joins); i++) {
        _cleanup_free_ char *joined = path_join(joins[i].base, joins[i].name);

        assert_string_equal(joined, joins[i].joined);
    }
    for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
        _cleanup_free_ char *folder = path_folder(folders[i].path);

        assert_string_equal(folder, folders[i].folder);
    }
}

/* Nobody sees a draft under its name, and nothing is left of one that is not kept. */
static void test_draft(void **state)
{
    struct bench *b = *state;
    const char *path = in_folder(b, "draft");
    struct file_draft d = {.fd = -1};

    assert_int_equal(file_draft_open(path, 0600, &d), 0);
    assert_int_equal(write(d.fd, "half", 4), 4);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(count_files(b), 1);
    file_draft_done(&d);
    assert_int_equal(count_files(b), 0);
    assert_int_equal(file_draft_open(path, 0600, &d), 0);
    assert_int_equal(write(d.fd, "whole", 5), 5);
    assert_int_equal(file_draft_keep(&d), 0);
    file_draft_done(&d);
    assert_int_equal(count_files(b), 1);
    assert_holds(path, "whole");
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(file_draft_open(in_folder(b, "nowhere/draft"), 0600, &d), -ENOENT);
    assert_int_equal(d.fd, -1);
    file_draft_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_read),
        BENCH_TEST(test_read_strange_files),
        BENCH_TEST(test_write),
        BENCH_TEST(test_write_replaces),
        BENCH_TEST(test_write_fails),
        BENCH_TEST(test_make_directories),
        BENCH_TEST(test_make_private_directory),
        BENCH_TEST(test_paths),
        BENCH_TEST(test_draft),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
