/* SPDX-License-Identifier: Apache-2.0 */
#include "state/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"

/* What a file's text comes to; NULL, or what is wrong with it. */
static const char *check_line(const char *text, size_t *len)
{
    if (*len > 0 && text[*len - 1] == '\n')
        (*len)--;
    if (*len == 0 || memchr(text, '\0', *len) || memchr(text, '\n', *len) || memchr(text, '\r', *len))
        return "is empty or holds more than one line; it must hold just the secret";
    return NULL;
}

static int take_secret(enum credential_form form, char *text, size_t size, const char *folder, const char *target,
                       struct diag_list *diags, struct secret *ret)
{
    size_t len = size;
    const char *wrong = form == CREDENTIAL_LINE ? check_line(text, &len) : len == 0 ? "is empty" : NULL;
    int r;

    if (wrong)
        r = diag_add_target(diags, DIAG_CREDENTIAL_BAD, target, "its credential file in %s %s", folder, wrong);
    else
        r = secret_set(ret, text, len) < 0 ? diag_oom(diags) : 0;
    explicit_bzero(text, size);
    return r;
}

/* A service sees copies of root's secrets, and may not look where they came from. */
static bool is_closed(const char *folder)
{
    return getenv("CREDENTIALS_DIRECTORY") && access(folder, X_OK) < 0 && errno == EACCES;
}

/* -ENOENT where there is no such file. */
static int load_from(enum credential_form form, const char *folder, const char *prefix, const char *name,
                     const char *target, struct diag_list *diags, struct secret *ret)
{
    _cleanup_free_ char *path = NULL, *text = NULL;
    _cleanup_close_ int fd = -1;
    struct stat st;
    size_t len;
    int r;

    if (asprintf(&path, "%s/%s%s", folder, prefix, name) < 0) {
        path = NULL;
        return diag_oom(diags);
    }
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || (errno == EACCES && is_closed(folder))))
        return -ENOENT;
    r = fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;
    if (r == 0 && (st.st_mode & (S_IROTH | S_IWOTH)))
        return diag_add_target(diags, DIAG_CREDENTIAL_MODE, target,
                               "its credential file in %s can be read or written by every user; make it mode 0600",
                               folder);
    if (r == 0)
        r = file_read_fd(fd, LIMIT_CREDENTIAL_BYTES, &text, &len);
    if (r == -ENOMEM)
        return diag_oom(diags);
    if (r < 0)
        return diag_add_target(diags, DIAG_CREDENTIAL_BAD, target, "cannot read its credential file in %s: %s", folder,
                               strerror(-r));
    return take_secret(form, text, len, folder, target, diags, ret);
}

int credential_load_as(enum credential_form form, const char *name, const char *override, const char *folder,
                       const char *target, struct diag_list *diags, struct secret *ret)
{
    const char *systemd = getenv("CREDENTIALS_DIRECTORY");
    const struct {
        const char *folder, *prefix;
    } places[] = {{override, ""}, {systemd, ""}, {systemd, "convergate_"}, {folder, ""}};

    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        int r = places[i].folder ? load_from(form, places[i].folder, places[i].prefix, name, target, diags, ret)
                                 : -ENOENT;

        if (r != -ENOENT)
            return r;
    }
    return diag_add_target(diags, DIAG_CREDENTIAL_MISSING, target,
                           "a credential that it needs is in none of the credential directories (%s%s%s%s%s)%s",
                           override ? override : "", override ? ", " : "", systemd ? systemd : "", systemd ? ", " : "",
                           folder, systemd ? "; systemd fills its directory when the service starts" : "");
}

int credential_load(const char *name, const char *override, const char *folder, const char *target,
                    struct diag_list *diags, struct secret *ret)
{
    return credential_load_as(CREDENTIAL_LINE, name, override, folder, target, diags, ret);
}
