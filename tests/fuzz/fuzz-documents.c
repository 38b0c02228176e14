/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as settings (where they begin with 'S') or as a desired document of fixed settings: either everything
 * loads and nothing is told, or something is told and nothing loads.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "provider/provider.h"
#include "schema/merge.h"
#include "state/desired.h"

static const char fixed[] =
    "version: 1\n"
    "desired: d\n"
    "targets:\n"
    "  vpn-fra: {type: ics, url: \"https://a\", auth: {realm: r, username: u, password: p}, labels: {site: fra}}\n"
    "  sps-1: {type: sps, url: \"https://b\", auth: {username: u, password: p}, labels: {site: fra}}\n";

/* A file without a folder: its path stays the same whatever it holds. */
struct file {
    int fd;
    char path[64];
};

static void fill(struct file *f, const void *data, size_t size)
{
    if (!f->path[0]) {
        f->fd = memfd_create("fuzz", MFD_CLOEXEC);
        snprintf(f->path, sizeof(f->path), "/proc/self/fd/%d", f->fd);
    }
    if (ftruncate(f->fd, 0) < 0 || pwrite(f->fd, data, size, 0) != (ssize_t)size)
        abort();
}

static int load_settings(const void *data, size_t size, struct diag_list *diags, struct settings **ret)
{
    static struct file file;

    fill(&file, data, size);
    return settings_load(file.path, systems, n_systems, diags, ret);
}

/* A declared body must go through a merge with nothing and then be in sync with itself. */
static void check_body(const struct declared *d)
{
    struct arena a = {0};
    struct merge first = {.arena = &a}, second = {.arena = &a};
    struct value after;
    bool differs = true;

    MUST(field_merge(&first, d->kind->body, NULL, d->body, &after, &differs));
    MUST(field_merge(&second, d->kind->body, &after, d->body, &after, &differs));
    PROMISE(!differs && second.n_items == 0);
    merge_done(&first);
    merge_done(&second);
    arena_done(&a);
}

static void check_document(const uint8_t *data, size_t size)
{
    static struct file file;
    struct diag_list diags = {0};
    struct settings *s = NULL;
    struct desired *d = NULL;
    int r;

    MUST(load_settings(fixed, sizeof(fixed) - 1, &diags, &s));
    fill(&file, data, size);
    free(s->desired);
    s->desired = strdup(file.path);
    r = desired_load(s, &diags, &d);
    PROMISE((r == 0) == (d != NULL) && (r == 0) == !diag_any(&diags));
    for (size_t t = 0; d && t < d->n_targets; t++)
        for (size_t i = 0; i < d->targets[t].n_objects; i++)
            check_body(d->targets[t].objects[i]);
    desired_free(d);
    settings_free(s);
    diag_list_done(&diags);
}

static void check_settings(const uint8_t *data, size_t size)
{
    struct diag_list diags = {0};
    struct settings *s = NULL;
    int r = load_settings(data, size, &diags, &s);

    PROMISE((r == 0) == (s != NULL) && (r == 0) == !diag_any(&diags));
    for (size_t t = 0; s && t < s->n_targets; t++)
        PROMISE(settings_find_target(s, s->targets[t].name) == &s->targets[t] &&
                strncmp(s->targets[t].url, "https://", 8) == 0 && s->targets[t].timeout_usec > 0);
    settings_free(s);
    diag_list_done(&diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && data[0] == 'S')
        check_settings(data + 1, size - 1);
    else
        check_document(data, size);
    return 0;
}
