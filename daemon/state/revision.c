/* SPDX-License-Identifier: Apache-2.0 */
#include "state/revision.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"

enum { LONGEST_LINE = 4096 };

static bool read_line(const char *folder, const char *name, char *line, size_t size)
{
    _cleanup_free_ char *path = path_join(folder, name);
    _cleanup_free_ char *text = NULL;
    size_t len;

    if (!path || file_read(path, LIMIT_CREDENTIAL_BYTES, &text, &len) < 0)
        return false;
    snprintf(line, size, "%.*s", (int)strcspn(text, "\r\n"), text);
    return true;
}

static bool is_object_name(const char *text)
{
    size_t n = strspn(text, "0123456789abcdef");

    return (n == 40 || n == 64) && text[n] == '\0';
}

/* "<object name> <reference>" lines, for references without a file of their own. */
static void find_packed(const char *git, const char *reference, char ret[static REVISION_SIZE])
{
    _cleanup_free_ char *path = path_join(git, "packed-refs");
    _cleanup_free_ char *text = NULL;
    size_t len, n = strlen(reference);

    if (!path || file_read(path, LIMIT_FILE_BYTES, &text, &len) < 0)
        return;
    for (char *line = text; line; line = strchr(line, '\n')) {
        size_t digits;

        line += *line == '\n';
        digits = strspn(line, "0123456789abcdef");
        if (digits < REVISION_SIZE && line[digits] == ' ' && strncmp(line + digits + 1, reference, n) == 0 &&
            strchr("\r\n", line[digits + 1 + n])) {
            snprintf(ret, REVISION_SIZE, "%.*s", (int)digits, line);
            return;
        }
    }
}

static void read_head(const char *git, char ret[static REVISION_SIZE])
{
    char line[LONGEST_LINE], shared[LONGEST_LINE];
    _cleanup_free_ char *common = NULL;

    if (!read_line(git, "HEAD", line, sizeof(line)))
        return;
    /* A linked work tree keeps its references in the main one. */
    common = read_line(git, "commondir", shared, sizeof(shared)) ? path_join(git, shared) : strdup(git);
    if (common && strncmp(line, "ref: ", 5) == 0) {
        char reference[LONGEST_LINE];

        snprintf(reference, sizeof(reference), "%s", line + 5);
        if (strstr(reference, "..") || reference[0] == '/')
            return;
        if (!read_line(common, reference, line, sizeof(line))) {
            find_packed(common, reference, ret);
            return;
        }
    }
    if (is_object_name(line))
        snprintf(ret, REVISION_SIZE, "%.64s", line);
}

/* True where the folder is the top of a work tree, whose repository is then looked into. */
static bool look_into(const char *folder, char ret[static REVISION_SIZE])
{
    _cleanup_free_ char *git = path_join(folder, ".git");
    char line[LONGEST_LINE];
    struct stat st;

    if (!git || stat(git, &st) < 0)
        return false;
    if (S_ISDIR(st.st_mode)) {
        read_head(git, ret);
    } else if (read_line(folder, ".git", line, sizeof(line)) && strncmp(line, "gitdir: ", 8) == 0) {
        _cleanup_free_ char *linked = path_join(folder, line + 8);

        if (linked)
            read_head(linked, ret);
    }
    return true;
}

void revision_of(const char *path, char ret[static REVISION_SIZE])
{
    char folder[PATH_MAX];

    ret[0] = '\0';
    if (!realpath(path, folder))
        return;
    while (!look_into(folder, ret)) {
        char *slash = strrchr(folder, '/');

        if (!slash || slash == folder)
            return;
        *slash = '\0';
    }
}
