/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/time-util.h"
#include "reconcile/record.h"

/* As record_format_id() writes it; a file in the making has six characters more. */
#define ID "[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9].[0-9]*Z"

/* What must not be there is ended, which changes nothing that a backup holds; and would push out those that matter. */
static bool changes_configuration(const struct target_plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++)
        if (change_is_open(&p->changes[i]) && p->changes[i].kind->strategy != STRATEGY_ABSENCE)
            return true;
    return false;
}

static int make_folder(const struct run *r, char **ret)
{
    const char *state = r->context->settings->state_directory;
    _cleanup_free_ char *all = path_join(state, "backups"), *own = all ? path_join(all, r->target->name) : NULL;
    int e = own ? make_directories(state) : -ENOMEM;

    if (e == 0)
        e = make_private_directory(all);
    if (e == 0)
        e = make_private_directory(own);
    if (e == 0)
        *ret = TAKE_PTR(own);
    return e;
}

static int is_backup(const struct dirent *e)
{
    return pattern_match(ID ".b64", e->d_name);
}

/* Of a run that was killed while it made one: under the lock nobody makes one now. */
static int is_left_over(const struct dirent *e)
{
    return pattern_match(ID ".b64.??????", e->d_name);
}

/* Removes all but the last KEEP, and never FRESH, whatever the clock said. What cannot go now goes after the next. */
static void prune(const char *path, int (*choose)(const struct dirent *e), size_t keep, const char *fresh)
{
    struct dirent **entries = NULL;
    _cleanup_close_ int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int n = folder < 0 ? -1 : scandir(path, &entries, choose, alphasort);
    size_t kept = fresh ? 1 : 0;

    for (int i = n - 1; i >= 0; i--) {
        const char *name = entries[i]->d_name;

        if ((!fresh || strcmp(name, fresh) != 0) && kept++ >= keep)
            (void)unlinkat(folder, name, 0);
        free(entries[i]);
    }
    free(entries);
}

/* Saves it into a file that appears whole or not at all. What fails is told, or is an errno of the file. */
static int save(struct run *r, const char *path)
{
    _cleanup_(file_draft_done) struct file_draft d = {.fd = -1};
    uint64_t bytes;
    int e = file_draft_open(path, 0600, &d);

    if (e == 0)
        e = r->session.provider->back_up(&r->session, d.fd, &bytes);
    return e < 0 ? e : file_draft_keep(&d);
}

static int save_in(struct run *r, const char *folder)
{
    char id[RECORD_ID_SIZE];
    const char *name, *path;
    int e;

    record_format_id(r, id);
    name = arena_printf(&r->plan->arena, "%s.b64", id);
    path = name ? arena_printf(&r->plan->arena, "%s/%s", folder, name) : NULL;
    if (!path)
        return -ENOMEM;
    prune(folder, is_left_over, 0, NULL);
    e = save(r, path);
    if (e < 0)
        return e;
    r->plan->backup = path;
    prune(folder, is_backup, r->target->backup.keep, name);
    return 0;
}

/* One sentence says both why nothing was written and what went wrong. */
static int tell(struct run *r, int e, struct diag_list *told)
{
    struct diag_list *diags = &r->plan->diags;
    const char *why = told->n > 0 && told->items[0].sentence ? told->items[0].sentence : strerror(-e);

    if (e == -ENOMEM)
        diag_oom(diags);
    else if (atomic_load(r->context->cancelled))
        diag_move(diags, told);
    else
        diag_add_target(diags, DIAG_NO_BACKUP, r->target->name,
                        "nothing was written, because the settings want a backup before and none could be made: %s",
                        why);
    diag_list_done(told);
    return e;
}

int run_back_up(struct run *r)
{
    struct diag_list told = {0};
    _cleanup_free_ char *folder = NULL;
    uint64_t from = now_usec();
    int e;

    if (!r->target->backup.before_apply || !changes_configuration(r->plan))
        return 0;
    e = make_folder(r, &folder);
    r->session.diags = &told;
    if (e == 0)
        e = save_in(r, folder);
    r->session.diags = &r->plan->diags;
    r->phases[PHASE_APPLY] += now_usec() - from;
    return e < 0 ? tell(r, e, &told) : 0;
}
