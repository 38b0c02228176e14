/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/records.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/time-util.h"
#include "reconcile/record.h"

enum {
    DAY_SEC = 24 * 3600,
    DEEPEST = 4,
    SUFFIX = 7, /* of a draft: a dot and six letters or digits */
};

static int is_record(const struct dirent *e)
{
    size_t n = strlen(e->d_name);

    return n > 5 && strcmp(e->d_name + n - 5, ".json") == 0 && e->d_name[0] != '.';
}

int records_list(const char *folder, struct dirent ***ret)
{
    _cleanup_free_ struct dirent **sorted = NULL;
    struct dirent **list;
    char now[RECORD_ID_SIZE];
    int n = scandir(folder, &sorted, is_record, alphasort), past = 0;

    if (n < 0)
        return -errno;
    *ret = NULL;
    if (n == 0)
        return 0;
    list = calloc((size_t)n + 1, sizeof(struct dirent *));
    if (!list) {
        for (int i = 0; i < n; i++)
            free(sorted[i]);
        return -ENOMEM;
    }
    record_format_time(now_real_usec(), now);
    while (past < n && strcmp(sorted[past]->d_name, now) < 0)
        past++;
    memcpy(list, sorted + past, (size_t)(n - past) * sizeof(struct dirent *));
    memcpy(list + n - past, sorted, (size_t)past * sizeof(struct dirent *));
    *ret = list;
    return n;
}

void records_prune(const char *path)
{
    _cleanup_free_ struct dirent **entries = NULL;
    _cleanup_close_ int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int n = folder < 0 ? -1 : records_list(path, &entries);
    char oldest[RECORD_ID_SIZE];

    record_format_time(now_real_usec() - (uint64_t)LIMIT_RECORD_DAYS * DAY_SEC * USEC_PER_SEC, oldest);
    for (int i = 0; i < n; i++) {
        if (i + LIMIT_RECORDS < n || strcmp(entries[i]->d_name, oldest) < 0)
            (void)unlinkat(folder, entries[i]->d_name, 0);
        free(entries[i]);
    }
}

static void prune_below(const char *state_directory, const char *name)
{
    _cleanup_free_ char *path = path_join(state_directory, name);
    DIR *folder = path ? opendir(path) : NULL;
    const struct dirent *e;

    while (folder && (e = readdir(folder))) {
        _cleanup_free_ char *of_target = e->d_name[0] == '.' ? NULL : path_join(path, e->d_name);

        if (of_target)
            records_prune(of_target);
    }
    if (folder)
        closedir(folder);
}

/* NAME.json.AbCdEf: a file that was being written; a day is more than any needs. */
static bool is_draft(const FTSENT *e)
{
    static const char *const kinds[] = {".json", ".jsonl", ".key", ".b64"};
    const char *suffix = e->fts_namelen > SUFFIX ? e->fts_name + e->fts_namelen - SUFFIX : NULL;
    bool known = false;
    struct stat st;

    if (!suffix || suffix[0] != '.')
        return false;
    for (int i = 1; i < SUFFIX; i++)
        if (!isalnum((unsigned char)suffix[i]))
            return false;
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        size_t n = strlen(kinds[i]);

        known = known || ((size_t)(suffix - e->fts_name) > n && strncmp(suffix - n, kinds[i], n) == 0);
    }
    return known && lstat(e->fts_accpath, &st) == 0 && st.st_mtime + DAY_SEC < time(NULL);
}

static void remove_drafts(const char *state_directory)
{
    char *const roots[] = {(char *)state_directory, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT | FTS_XDEV, NULL);
    FTSENT *e;

    while (tree && (e = fts_read(tree))) {
        if (e->fts_info == FTS_D && e->fts_level >= DEEPEST)
            fts_set(tree, e, FTS_SKIP);
        else if ((e->fts_info == FTS_F || e->fts_info == FTS_NSOK) && is_draft(e))
            (void)unlink(e->fts_accpath);
    }
    if (tree)
        fts_close(tree);
}

void records_prune_all(const char *state_directory)
{
    prune_below(state_directory, "runs");
    prune_below(state_directory, "commands/runs");
    remove_drafts(state_directory);
}
