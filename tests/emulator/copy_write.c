/* SPDX-License-Identifier: Apache-2.0 */

/* Settings and credentials with which Convergate works on the copies, and on nothing else. */

#include "copy.h"

#include "json.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bound and never listening: whoever connects is refused, now and as long as this runs. */
static char *close_address(struct copy *copy) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);

    copy->closed = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (copy->closed < 0 || bind(copy->closed, (struct sockaddr *) &address, size) < 0 ||
        getsockname(copy->closed, (struct sockaddr *) &address, &size) < 0)
        util_die("there is no port to be had on loopback");
    return util_format_text("https://127.0.0.1:%u", ntohs(address.sin_port));
}

static void redirect_targets(struct copy *copy, const struct fleet *fleet) {
    _cleanup_free_ char *closed = close_address(copy);
    cJSON *target;

    cJSON_ArrayForEach(target, json_get(copy->settings, "targets")) {
        const struct appliance *appliance = fleet_find(fleet, target->string);
        cJSON *tls = cJSON_CreateObject();

        cJSON_AddStringToObject(tls, "ca-file", "ca.pem");
        json_put(target, "tls", tls);
        json_put(target, "url", cJSON_CreateString(appliance ? appliance->url : closed));
    }
}

/* What an earlier run verified was true of the copies that there were then. */
void copy_refuse_old(const char *folder) {
    _cleanup_free_ char *path = util_format_text("%s/state", folder);

    if (access(path, F_OK) == 0)
        util_die("%s is there already, from another rehearsal: take a new folder", path);
}

static void write_secrets(const struct copy *copy, const char *folder) {
    _cleanup_free_ char *credentials = util_format_text("%s/credentials", folder);
    mode_t mask = umask(0077);
    const cJSON *secret;

    mkdir(credentials, 0700);
    cJSON_ArrayForEach(secret, copy->secrets)
        util_write_file(credentials, secret->string, secret->valuestring);
    umask(mask);
}

char *copy_write(struct copy *copy, const struct fleet *fleet, const char *folder) {
    _cleanup_free_ char *text = NULL, *path = util_format_text("%s/convergate.yaml", folder);
    char *real;

    redirect_targets(copy, fleet);
    write_secrets(copy, folder);
    text = cJSON_Print(copy->settings);
    util_write_file(folder, "convergate.yaml", text);
    real = realpath(path, NULL);
    if (!real)
        util_die("%s: it cannot be found again", path);
    return real;
}
