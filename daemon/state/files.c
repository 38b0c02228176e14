/* SPDX-License-Identifier: Apache-2.0 */
#include "state/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"

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

/* -E2BIG ends the walk. */
static int add_file(struct files *f, const char *path, struct diag_list *diags)
{
    if (f->n >= LIMIT_FILES) {
        (void)diag_add_place(diags, DIAG_TOO_MANY_NODES, (struct place){.file = path}, "more than %zu documents",
                             LIMIT_FILES);
        return -E2BIG;
    }
    if (array_grow(&f->paths, &f->allocated, f->n, sizeof(*f->paths)) < 0)
        return diag_oom(diags);
    f->paths[f->n] = strdup(path);
    if (!f->paths[f->n])
        return diag_oom(diags);
    f->n++;
    return 0;
}

/* A folder and those that it lies in, as the walk came to it. */
struct level {
    const struct level *above;
    unsigned depth;
    dev_t dev;
    ino_t ino;
};

static bool leads_back(const struct level *above, const struct stat *st)
{
    while (above && (above->dev != st->st_dev || above->ino != st->st_ino))
        above = above->above;
    return above;
}

static int walk(const char *folder, const struct level *level, struct files *f, struct diag_list *diags);

/* Links that do not lead back can still fan out: each way to a folder counts. -E2BIG ends the walk. */
static int enter(const char *folder, const struct level *above, const struct stat *st, struct files *f,
                 struct diag_list *diags)
{
    struct level level = {.above = above, .depth = above->depth + 1, .dev = st->st_dev, .ino = st->st_ino};
    struct place place = {.file = folder};

    if (leads_back(above, st))
        return diag_add_place(diags, DIAG_TOO_DEEP, place,
                              "this symbolic link leads back to a folder that it lies in; remove it");
    if (level.depth > LIMIT_PATH_DEPTH)
        return diag_add_place(diags, DIAG_TOO_DEEP, place, "folders nested more than %d deep", LIMIT_PATH_DEPTH);
    if (++f->n_folders > LIMIT_FOLDERS) {
        (void)diag_add_place(diags, DIAG_TOO_MANY_NODES, (struct place){.file = f->root},
                             "more than %zu folders, the last at %s; do symbolic links fan out?", LIMIT_FOLDERS,
                             folder);
        return -E2BIG;
    }
    return walk(folder, &level, f, diags);
}

static int visit(const char *folder, const char *name, const struct level *level, struct files *f,
                 struct diag_list *diags)
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
        return enter(path, level, &st, f, diags);
    if (ends_with(name, ".yml"))
        return diag_add_place(diags, DIAG_FILE_SUFFIX, (struct place){.file = path},
                              "desired documents end in .yaml; rename the file, or it would be overlooked");
    return ends_with(name, ".yaml") ? add_file(f, path, diags) : 0;
}

/* In the order of names, and on after a fault, so that all are told in the same order; -EBADMSG when there was one. */
static int walk(const char *folder, const struct level *level, struct files *f, struct diag_list *diags)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, alphasort), worst = 0;

    if (n < 0)
        return errno == ENOMEM ? diag_oom(diags) : unreadable(folder, errno, diags);
    for (int i = 0; i < n; i++) {
        int r = worst == -ENOMEM || worst == -E2BIG ? worst : visit(folder, entries[i]->d_name, level, f, diags);

        worst = r < 0 ? r : worst;
        free(entries[i]);
    }
    free(entries);
    return worst;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int files_find(const char *root, struct files *f, struct diag_list *diags)
{
    struct stat st;
    int r;

    f->root = root;
    if (stat(root, &st) < 0)
        return unreadable(root, errno, diags);
    if (!S_ISDIR(st.st_mode))
        return add_file(f, root, diags);
    r = walk(root, &(struct level){.dev = st.st_dev, .ino = st.st_ino}, f, diags);
    /* What was found is a part of who knows what: it is not worth a look. */
    if (r == -E2BIG) {
        files_done(f);
        return -EBADMSG;
    }
    if (f->n > 0)
        qsort(f->paths, f->n, sizeof(*f->paths), compare_paths);
    if (r == 0 && f->n == 0)
        return diag_add_place(diags, DIAG_NO_FILES, (struct place){.file = root},
                              "there is no *.yaml in this directory; an empty desired state is never meant");
    return r;
}
