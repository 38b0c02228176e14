/* SPDX-License-Identifier: Apache-2.0 */
#include "state/load.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "value/yaml.h"

static int unreadable(const struct document *d, int error, struct diag_list *diags)
{
    struct place place = {.file = d->file};

    if (error == -ENOMEM)
        return diag_oom(diags);
    if (error == -E2BIG)
        return diag_add_place(diags, DIAG_FILE_TOO_LARGE, place, "the file is larger than %zu MiB; split it",
                              LIMIT_FILE_BYTES >> 20);
    return diag_add_place(diags, DIAG_FILE_UNREADABLE, place, "cannot read the file: %s", strerror(-error));
}

int load_yaml(const char *path, const char *shown, struct document *d, char digest[static DIGEST_SIZE],
              struct diag_list *diags)
{
    _cleanup_free_ char *text = NULL;
    size_t len;
    int r;

    d->file = strdup(shown);
    if (!d->file)
        return diag_oom(diags);
    r = file_read(path, LIMIT_FILE_BYTES, &text, &len);
    if (r < 0)
        return unreadable(d, r, diags);
    if (digest_bytes(text, len, digest) < 0)
        return diag_oom(diags);
    return yaml_read(d, text, len, diags);
}

int load_check_version(const struct document *d, struct diag_list *diags)
{
    const struct value *version = value_get(&d->root, "version");

    if (d->root.type != VALUE_MAP)
        return diag_add_place(diags, DIAG_WRONG_TYPE, value_place(d, &d->root), "the file must be a map, not %s",
                              value_type_to_string(d->root.type));
    if (!version)
        return diag_add_place(diags, DIAG_VERSION, value_place(d, &d->root), "`version: 1` is missing");
    if (!value_is(version, VALUE_TEXT) || !(version->flags & VALUE_PLAIN) || strcmp(version->text, "1") != 0)
        return diag_add_place(diags, DIAG_VERSION, value_place(d, version), "version must be 1; no other is known");
    return 0;
}
