/* SPDX-License-Identifier: Apache-2.0 */
#include "state/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"

static void closedirp(DIR **d)
{
    if (*d)
        closedir(*d);
}

void files_done(struct files *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->paths[i]);
    free(f->paths);
    *f = (struct files){0};
}

static int unreadable(const char *path, int error, struct diag_list *diags)
{
    return diag_add_place(diags, DIAG_FILE_UNREADABLE, (struct place){.file = path}, "cannot read it: %s",
                          strerror(error));
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n > m && strcmp(text + n - m, end) == 0;
}

static int add_file(struct files *f, const char *path, struct diag_list *diags)
{
    if (f->n >= LIMIT_FILES)
        return diag_add_place(diags, DIAG_TOO_MANY_NODES, (struct place){.file = path}, "more than %zu documents",
                              LIMIT_FILES);
    if (array_grow(&f->paths, &f->allocated, f->n, sizeof(*f->paths)) < 0)
        return diag_oom(diags);
    f->paths[f->n] = strdup(path);
    if (!f->paths[f->n])
        return diag_oom(diags);
    f->n++;
    return 0;
}

static int walk(const char *folder, unsigned depth, struct files *f, struct diag_list *diags);

static int visit(const char *folder, const char *name, unsigned depth, struct files *f, struct diag_list *diags)
{
    _cleanup_free_ char *path = NULL;
    struct stat st;

    if (name[0] == '.')
        return 0;
    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        path = NULL;
        return diag_oom(diags);
    }
    if (stat(path, &st) < 0)
        return unreadable(path, errno, diags);
    if (S_ISDIR(st.st_mode))
        return walk(path, depth + 1, f, diags);
    if (ends_with(name, ".yml"))
        return diag_add_place(diags, DIAG_FILE_SUFFIX, (struct place){.file = path},
                              "desired documents end in .yaml; rename the file, or it would be overlooked");
    return ends_with(name, ".yaml") ? add_file(f, path, diags) : 0;
}

/* Goes on after a fault, so that all are told; -EBADMSG when there was one. */
static int walk(const char *folder, unsigned depth, struct files *f, struct diag_list *diags)
{
    _cleanup_(closedirp) DIR *d = NULL;
    const struct dirent *entry;
    int worst = 0;

    if (depth > LIMIT_PATH_DEPTH)
        return diag_add_place(diags, DIAG_TOO_DEEP, (struct place){.file = folder},
                              "folders nested more than %d deep; does a symbolic link lead back?", LIMIT_PATH_DEPTH);
    d = opendir(folder);
    if (!d)
        return unreadable(folder, errno, diags);
    while ((errno = 0, entry = readdir(d))) {
        int r = visit(folder, entry->d_name, depth, f, diags);

        if (r == -ENOMEM)
            return r;
        worst = r < 0 ? r : worst;
    }
    return errno != 0 ? unreadable(folder, errno, diags) : worst;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int files_find(const char *root, struct files *f, struct diag_list *diags)
{
    struct stat st;
    int r;

    if (stat(root, &st) < 0)
        return unreadable(root, errno, diags);
    if (!S_ISDIR(st.st_mode))
        return add_file(f, root, diags);
    r = walk(root, 0, f, diags);
    if (f->n > 0)
        qsort(f->paths, f->n, sizeof(*f->paths), compare_paths);
    if (r == 0 && f->n == 0)
        return diag_add_place(diags, DIAG_NO_FILES, (struct place){.file = root},
                              "there is no *.yaml in this directory; an empty desired state is never meant");
    return r;
}
