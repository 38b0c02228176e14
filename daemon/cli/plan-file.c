/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "reconcile/saved.h"

int plan_file_write(const struct plan *p, const char *path)
{
    struct buf text = BUF_INIT(LIMIT_STATE_BYTES);
    struct diag_list diags = {0};
    int r = saved_plan_write(p, &text, &diags);

    say_diags(&diags);
    if (r == 0 && say_results(&text, path) != STATUS_OK)
        r = -EIO;
    buf_done(&text);
    return r;
}

int plan_file_read(const char *path, struct arena *a, struct value *ret, struct diag_list *diags)
{
    _cleanup_free_ char *text = NULL;
    size_t len;
    int r = file_read(path, LIMIT_STATE_BYTES, &text, &len);

    if (r < 0)
        return diag_add_place(diags, DIAG_PLAN_FILE, (struct place){.file = path}, "cannot read the saved plan: %s",
                              strerror(-r));
    return saved_plan_read(path, text, len, a, ret, diags);
}

int plan_file_targets(const struct value *saved, struct arena *a, const char ***ret, size_t *ret_n)
{
    const struct value *targets = value_get(saved, "targets");
    const char **names = arena_zalloc(a, (size_t)targets->count + 1, sizeof(*names));

    if (!names)
        return -ENOMEM;
    for (uint32_t i = 0; i < targets->count; i++)
        names[i] = value_get_text(&targets->items[i], "target");
    *ret = names;
    *ret_n = targets->count;
    return 0;
}
