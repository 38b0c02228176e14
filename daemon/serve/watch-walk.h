/* SPDX-License-Identifier: Apache-2.0 */
/* Sets inotify's watches on all that leads to a file, and on all folders of a tree, and keeps what is wanted of them.
 */
#pragma once

#include <stddef.h>

#include "serve/watched.h"

struct walk {
    int fd; /* of inotify_init() */
    struct watched watched;
    size_t n_folders; /* of the tree that it has come to */
    int error;        /* why a folder could not be watched, a positive errno; 0 where all are that are there */
    char *failed;     /* that folder, the first one; may be NULL */
};

/* Each folder on the way is watched for the next name on it. Where that is a link, the way goes on from there. */
void walk_way(struct walk *w, const char *path);
/* All that is in the folder and below, and what links there lead to. */
void walk_tree(struct walk *w, const char *folder);
/* Keeps as error what came first. */
void walk_fail(struct walk *w, const char *path, int error);
/* Forgets what is wanted; the watches stay. */
void walk_done(struct walk *w);
