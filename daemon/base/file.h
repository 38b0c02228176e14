/* SPDX-License-Identifier: Apache-2.0 */
/* Reading files up to a ceiling and replacing them atomically. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/macro.h"

static inline void closep(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

#define _cleanup_close_ _cleanup_(closep)

/* Reads all of a regular file; the caller frees the NUL-ended text. -E2BIG above the ceiling, else -errno. */
int file_read(const char *path, size_t ceiling, char **ret_text, size_t *ret_len) _must_check_;
/* The same from an open descriptor, whose offset moves. */
int file_read_fd(int fd, size_t ceiling, char **ret_text, size_t *ret_len) _must_check_;
/*
 * A file in the making, beside the one that it is to be: nobody sees it under its name before it is whole. Owns the
 * descriptor; what is not kept is removed.
 */
struct file_draft {
    char *path, *temporary;
    int fd;
};

/* 0 or -errno; the folder must be there. */
int file_draft_open(const char *path, mode_t mode, struct file_draft *ret) _must_check_;
/* fsync, rename, fsync of the folder. 0 or -errno. */
int file_draft_keep(struct file_draft *d) _must_check_;
void file_draft_done(struct file_draft *d);

/* Temporary file, fsync, rename, fsync of the folder; owner of the folder where we are root. 0 or -errno. */
int file_write_atomic(const char *path, const char *text, size_t len, mode_t mode) _must_check_;
/* The same for what a program keeps, mode 0640: makes the folder, and tells an error that stuck to the buffer. */
int file_store(const char *path, const struct buf *text) _must_check_;
/* For a file that a user names: replaced atomically where it is a regular one (behind links too) or is not there
   yet, else written into, so that /dev/null or a pipe stays what it is. 0 or -errno. */
int file_write_result(const char *path, const char *text, size_t len) _must_check_;
/* Gives a file that root makes in another user's folder to that user. PATH names it. 0 or -errno. */
int file_adopt_owner(int fd, const char *path) _must_check_;
/* Waits until the folder of a path holds what was made, renamed or removed in it. 0 or -errno. */
int file_sync_folder(const char *path) _must_check_;
/* Makes the folder and those above it, mode 0750. 0 also where it stands already. */
int make_directories(const char *path) _must_check_;
/* The same for the folder that a file is to be in. */
int make_folder_of(const char *path) _must_check_;
/* Makes one folder that only its owner can enter; one that stands already stays as it is. 0 or -errno. */
int make_private_directory(const char *path) _must_check_;
/* BASE/NAME, or NAME where it is absolute; the caller frees it, NULL when memory is out. */
char *path_join(const char *base, const char *name) _must_check_;
/* The folder of a path, "." where there is none; the caller frees it. */
char *path_folder(const char *path) _must_check_;
