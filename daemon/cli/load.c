/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "cli/cli.h"
#include "provider/provider.h"

void loaded_done(struct loaded *l)
{
    l->desired = desired_free(l->desired);
    l->settings = settings_free(l->settings);
}

enum exit_status load_all(const struct options *o, bool with_documents, struct loaded *ret)
{
    struct diag_list diags = {0};
    int r = settings_load(o->config, systems, n_systems, &diags, &ret->settings);

    if (r == 0 && with_documents)
        r = desired_load(ret->settings, &diags, &ret->desired);
    say_diags(&diags);
    if (r < 0)
        loaded_done(ret);
    return r == 0 ? STATUS_OK : r == -ENOMEM ? STATUS_FAILED : STATUS_INVALID;
}
