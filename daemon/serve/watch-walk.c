/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/watch-walk.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

enum { LINKS = 40 }; /* that the kernel follows on one way */

static const uint32_t mask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB |
                             IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

static void closedirp(DIR **d)
{
    if (*d)
        closedir(*d);
}

/* What is not there is awaited in the folder above, which was watched before. */
void walk_fail(struct walk *w, const char *path, int error)
{
    if (w->error != 0 || error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENAMETOOLONG)
        return;
    w->error = error;
    w->failed = strdup(path);
}

/* True where NAME in this folder was not wanted before, and now is. */
static bool want(struct walk *w, const char *folder, const char *name)
{
    int wd = inotify_add_watch(w->fd, folder, mask), r;

    if (wd < 0) {
        walk_fail(w, folder, errno);
        return false;
    }
    r = watched_add(&w->watched, wd, WATCHED_SELF);
    if (r >= 0)
        r = watched_add(&w->watched, wd, name);
    if (r < 0)
        walk_fail(w, folder, -r);
    return r > 0;
}

/* One step from the folder AT to the first name of REST. 1 to go on, 0 where the way ends, -ENOMEM. */
static int step(struct walk *w, char **at, char **rest, unsigned *links)
{
    const char *first = *rest + strspn(*rest, "/"), *behind = first + strcspn(first, "/");
    _cleanup_free_ char *name = strndup(first, (size_t)(behind - first)), *next = NULL, *left = NULL;
    char target[PATH_MAX] = "";

    if (!name)
        return -ENOMEM;
    if (!name[0])
        return 0;
    want(w, *at, name);
    next = path_join(*at, name);
    if (!next)
        return -ENOMEM;
    if (readlink(next, target, sizeof(target) - 1) > 0) {
        if (++*links > LINKS)
            return 0;
        free(next);
        next = strdup(target[0] == '/' ? "/" : *at);
    }
    if (asprintf(&left, "%s%s", target, behind) < 0)
        left = NULL;
    if (!next || !left)
        return -ENOMEM;
    free(*at);
    free(*rest);
    *at = TAKE_PTR(next);
    *rest = TAKE_PTR(left);
    return 1;
}

void walk_way(struct walk *w, const char *path)
{
    _cleanup_free_ char *at = strdup(path[0] == '/' ? "/" : "."), *rest = strdup(path);
    unsigned links = 0;
    int r = at && rest ? 1 : -ENOMEM;

    while (r > 0)
        r = step(w, &at, &rest, &links);
    if (r < 0)
        walk_fail(w, path, -r);
}

static void tree(struct walk *w, const char *folder, unsigned depth);

static void visit(struct walk *w, const char *folder, const struct dirent *entry, unsigned depth)
{
    _cleanup_free_ char *path = NULL;
    struct stat st;

    if (entry->d_name[0] == '.' || entry->d_type == DT_REG)
        return;
    path = path_join(folder, entry->d_name);
    if (!path) {
        walk_fail(w, folder, ENOMEM);
        return;
    }
    if (entry->d_type != DT_DIR)
        walk_way(w, path);
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        tree(w, path, depth + 1);
}

/*
 * A folder has one watch, however many ways lead to it: where it was met before, and where there is none, the walk
 * ends. More than the ceilings allow is not loaded, either.
 */
static void tree(struct walk *w, const char *folder, unsigned depth)
{
    _cleanup_(closedirp) DIR *d = NULL;
    const struct dirent *entry;

    if (depth > LIMIT_PATH_DEPTH || ++w->n_folders > LIMIT_FOLDERS || !want(w, folder, WATCHED_ALL))
        return;
    d = opendir(folder);
    if (!d) {
        walk_fail(w, folder, errno);
        return;
    }
    while ((entry = readdir(d)))
        visit(w, folder, entry, depth);
}

void walk_tree(struct walk *w, const char *folder)
{
    w->n_folders = 0;
    tree(w, folder, 0);
}

void walk_done(struct walk *w)
{
    watched_done(&w->watched);
    free(TAKE_PTR(w->failed));
    w->error = 0;
}
