/* SPDX-License-Identifier: Apache-2.0 */
/* The settings file as rows. */
#include <arpa/inet.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time-util.h"
#include "http/http.h"
#include "state/settings.h"

#define OCTET "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
#define ADDRESS_V4 OCTET "([.]" OCTET "){3}"
#define ADDRESS_V6 "[0-9A-Fa-f]*:[0-9A-Fa-f:.]*"
#define DURATION_PATTERN "^0*[1-9][0-9]*(ms|s|m|h)$"
#define PLAIN_NAME_PATTERN "^[0-9A-Za-z][0-9A-Za-z_.-]{0,63}$"

static const char *check_duration(const struct value *v)
{
    uint64_t usec;

    if (parse_duration(v->text, &usec) < 0 || usec == 0)
        return "must be a whole number with its unit: 500ms, 90s, 5m or 1h";
    return NULL;
}

/* "host", "host:1" to "host:65535", "[::1]:443". */
static const char *check_port(const char *host)
{
    const char *bracket = strchr(host, ']'), *colon = strrchr(bracket ? bracket : host, ':');
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 1;
    long port = colon && digits > 0 && digits <= 5 && colon[1 + digits] == '\0' ? strtol(colon + 1, NULL, 10) : 0;

    return !colon || (port > 0 && port <= 65535) ? NULL : "has a port that is not between 1 and 65535";
}

static const char *check_url(const struct value *v)
{
    static const char prefix[] = "https://";
    const char *host = v->text + sizeof(prefix) - 1;

    if (strncmp(v->text, prefix, sizeof(prefix) - 1) != 0)
        return "must begin with https://; nothing else is spoken";
    if (strchr(host, '@'))
        return "must not hold a user or password; those belong under auth";
    if (host[0] == '\0' || strpbrk(host, "/?# \t"))
        return "must be https://HOST or https://HOST:PORT, without a path";
    return check_port(host);
}

/* Never repeats what was written: it may be the secret itself. */
static const char *check_credential(const struct value *v)
{
    if (!(is_plain_name(v->text)))
        return "must be the NAME of a credential (letters, digits, '_', '.', '-'), never the secret itself; "
               "put the secret into a file of that name in the credentials directory";
    return NULL;
}

static const char *check_pin(const struct value *v)
{
    return http_is_pin(v->text) ? NULL : "must be sha256// and 44 characters of base64, several joined by ';'";
}

static const char *check_address(const struct value *v)
{
    unsigned char bytes[16];

    if (inet_pton(AF_INET, v->text, bytes) == 1 || inet_pton(AF_INET6, v->text, bytes) == 1)
        return NULL;
    return "is not an IPv4 or IPv6 address";
}

static const char *check_network(const struct value *v)
{
    char address[64];
    const char *slash = strchr(v->text, '/');
    struct value alone;
    unsigned long prefix;
    char *end;

    if (!slash)
        return check_address(v);
    if ((size_t)(slash - v->text) >= sizeof(address) || slash[1] < '0' || slash[1] > '9')
        return "is not an address or a network such as 192.0.2.0/28";
    memcpy(address, v->text, (size_t)(slash - v->text));
    address[slash - v->text] = '\0';
    prefix = strtoul(slash + 1, &end, 10);
    alone = value_text(address);
    if (check_address(&alone) || *end != '\0' || prefix > (strchr(address, ':') ? 128 : 32))
        return "is not an address or a network such as 192.0.2.0/28";
    return NULL;
}

static size_t count_slashes(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += *text == '/';
    return n;
}

static const char *check_kind_pattern(const struct value *v)
{
    return count_slashes(v->text) == 1 ? NULL : "must be TARGET/KIND; both may be patterns";
}

static const char *check_object_pattern(const struct value *v)
{
    return count_slashes(v->text) >= 2 ? NULL : "must be TARGET/KIND/OBJECT; each may be a pattern";
}

static const struct field a_text = {.type = FIELD_TEXT, .min = 1, .max = 1024};
static const struct field an_address = {
    .type = FIELD_TEXT, .pattern = "^(" ADDRESS_V4 "|" ADDRESS_V6 ")$", .check = check_address};
static const struct field a_network = {.type = FIELD_TEXT,
                                       .pattern = "^(" ADDRESS_V4 "(/0*([0-9]|[12][0-9]|3[0-2]))?|" ADDRESS_V6
                                                  "(/[0-9]+)?)$",
                                       .check = check_network};
static const struct field a_kind_pattern = {
    .type = FIELD_TEXT, .min = 1, .max = 1024, .pattern = "^[^/]*/[^/]*$", .check = check_kind_pattern};
static const struct field an_object_pattern = {
    .type = FIELD_TEXT, .min = 1, .max = 1024, .pattern = "^[^/]*/[^/]*/", .check = check_object_pattern};
static const struct field one_or_many_texts = {
    .type = FIELD_LIST, .order = ORDER_SET, .flags = FIELD_ONE_OR_MANY, .members = &a_text, .name = "a value"};

static const char *const modes[] = {"enforce", "observe", NULL};

static const struct field auth_rows[] = {
    {.name = "realm",
     .type = FIELD_TEXT,
     .min = 1,
     .max = 256,
     .help = "the administrators' realm to log in to; it must not ask for a second factor"},
    {.name = "username", .type = FIELD_TEXT, .min = 1, .max = 256, .help = "the administrator account"},
    {.name = "password",
     .type = FIELD_TEXT,
     .flags = FIELD_SECRET,
     .pattern = PLAIN_NAME_PATTERN,
     .check = check_credential,
     .help = "the NAME of the credential that holds the password"},
    {.name = "shared-secret",
     .type = FIELD_TEXT,
     .flags = FIELD_SECRET,
     .check = check_credential,
     .help = "the NAME of the credential that holds the shared secret"},
    {.name = "login-method", .type = FIELD_TEXT, .min = 1, .max = 256, .fallback = "local", .help = "the login method"},
    {0},
};

static const struct field tls_rows[] = {
    {.name = "ca-file",
     .type = FIELD_TEXT,
     .min = 1,
     .max = 4096,
     .absent = "the system's CAs",
     .help = "PEM file with the CA to trust"},
    {.name = "pinned-public-key",
     .type = FIELD_TEXT,
     .pattern = "^sha256//[0-9A-Za-z+/]{43}=(;sha256//[0-9A-Za-z+/]{43}=)*$",
     .check = check_pin,
     .absent = "none",
     .help = "the appliance's public key: sha256// and 44 characters of base64, several joined by ;. Without ca-file "
             "it replaces the checks of chain and host name"},
    {0},
};

static const struct field target_rows[] = {
    {.name = "type", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_SYSTEM, .help = "the system that runs there"},
    {.name = "url",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .pattern = "^https://[^/?#@ \t]+$",
     .check = check_url,
     .help = "https://HOST or https://HOST:PORT"},
    {.name = "auth",
     .type = FIELD_RECORD,
     .flags = FIELD_REQUIRED | FIELD_BY_SYSTEM,
     .members = auth_rows,
     .help = "how to log in"},
    {.name = "tls", .type = FIELD_RECORD, .members = tls_rows, .help = "whom to trust; verification is never off"},
    {.name = "labels",
     .type = FIELD_MAP,
     .members = &a_text,
     .absent = "none",
     .help = "for documents to choose targets by"},
    {.name = "timeout",
     .type = FIELD_TEXT,
     .pattern = DURATION_PATTERN,
     .check = check_duration,
     .fallback = "60s",
     .help = "of one request: 500ms, 90s, 5m or 1h"},
    {.name = "source-address",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .flags = FIELD_ONE_OR_MANY,
     .members = &an_address,
     .absent = "as the connection shows it",
     .help = "how the appliance sees Convergate, where NAT hides it"},
    {.name = "expect",
     .type = FIELD_MAP,
     .members = &one_or_many_texts,
     .absent = "none",
     .help = "facts that the machine must show, or it is left alone; several values for a cluster"},
    {.name = "mode",
     .type = FIELD_TEXT,
     .choices = modes,
     .absent = "as at the top level",
     .help = "observe: this target is planned and never written to"},
    {0},
};
static const struct field a_target = {.name = "a target", .type = FIELD_RECORD, .members = target_rows};

#define PERCENT FIELD_INT, .max = 100, .absent = "not looked at"

static const struct field health_rows[] = {
    {.name = "max-cpu-utilization", .type = PERCENT, .help = "of the processors, in percent"},
    {.name = "max-disk-utilization", .type = PERCENT, .help = "of the disk, in percent"},
    {.name = "max-swap-utilization", .type = PERCENT, .help = "of the swap space, in percent"},
    {0},
};

static const struct field guard_rows[] = {
    {.name = "max-removals",
     .type = FIELD_INT,
     .max = 1000000000,
     .fallback = "10",
     .help = "objects and list items that one run may remove from one target"},
    {.name = "max-removals-percent",
     .type = FIELD_INT,
     .max = 100,
     .fallback = "30",
     .help = "how much of any one list of four or more items one run may remove"},
    {.name = "max-removals-run",
     .type = FIELD_INT,
     .max = 1000000000,
     .fallback = "100",
     .help = "objects and list items that may be removed over all targets, of one apply or one interval of the daemon"},
    {.name = "management-addresses",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .members = &a_network,
     .absent = "none",
     .help = "addresses and networks that, besides Convergate's own address, must stay allowed by the realm that "
             "Convergate logs in through"},
    {.name = "management-realms",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .members = &a_text,
     .absent = "none",
     .help = "admin realms that must let in those addresses, too, and leave everybody the roles he has"},
    {.name = "protect",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .members = &an_object_pattern,
     .absent = "none",
     .help = "patterns TARGET/KIND/OBJECT: objects that are never changed"},
    {.name = "health",
     .type = FIELD_RECORD,
     .members = health_rows,
     .absent = "not looked at",
     .help = "how loaded a target may be and still be written to; where its API tells that (ics)"},
    {0},
};

static const struct field rows[] = {
    {.name = "version",
     .type = FIELD_INT,
     .flags = FIELD_REQUIRED,
     .min = 1,
     .max = 1,
     .help = "the format of this file"},
    {.name = "desired",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .min = 1,
     .max = 4096,
     .help = "the desired documents: a file, or a directory whose *.yaml are read, subdirectories too"},
    {.name = "state-directory",
     .type = FIELD_TEXT,
     .min = 1,
     .max = 4096,
     .absent = "$STATE_DIRECTORY, else /var/lib/convergate",
     .help = "for locks, ledgers, run records and write journals"},
    {.name = "runtime-directory",
     .type = FIELD_TEXT,
     .min = 1,
     .max = 4096,
     .fallback = "/run/convergate",
     .help = "for the daemon's sockets"},
    {.name = "credentials",
     .type = FIELD_TEXT,
     .min = 1,
     .max = 4096,
     .fallback = "/etc/convergate/credentials",
     .help = "a directory with one file for each secret"},
    {.name = "interval",
     .type = FIELD_TEXT,
     .pattern = DURATION_PATTERN,
     .check = check_duration,
     .fallback = "5m",
     .help = "between the daemon's runs of one target: 500ms, 90s, 5m or 1h"},
    {.name = "run-timeout",
     .type = FIELD_TEXT,
     .pattern = DURATION_PATTERN,
     .check = check_duration,
     .fallback = "10m",
     .help = "of one run of one target; so long for planning it, and so long again for writing and reading back"},
    {.name = "remove-unlisted",
     .type = FIELD_LIST,
     .order = ORDER_SET,
     .members = &a_kind_pattern,
     .absent = "none",
     .help = "patterns TARGET/KIND: objects that no document names are removed, whoever created them"},
    {.name = "concurrency",
     .type = FIELD_INT,
     .min = 1,
     .max = LIMIT_CONCURRENCY,
     .fallback = "512",
     .help = "targets at work at once"},
    {.name = "mode",
     .type = FIELD_TEXT,
     .choices = modes,
     .fallback = "enforce",
     .help = "observe: plan, tell, never write"},
    {.name = "windows",
     .type = FIELD_LIST,
     .order = ORDER_WHOLE,
     .members = &window_row,
     .max = LIMIT_WINDOWS,
     .absent = "none: changes may be written at any time",
     .help =
         "maintenance windows: changes that an entry speaks of are only written while one of those entries is open"},
    {.name = "accept",
     .type = FIELD_LIST,
     .order = ORDER_WHOLE,
     .members = &acceptance_row,
     .max = LIMIT_ACCEPTED,
     .absent = "none",
     .help = "drift that is known: it is no alarm until a time, and is planned and written as ever"},
    {.name = "guards", .type = FIELD_RECORD, .members = guard_rows, .help = "what must never happen"},
    {.name = "targets",
     .type = FIELD_MAP,
     .flags = FIELD_REQUIRED,
     .members = &a_target,
     .min = 1,
     .pattern = PLAIN_NAME_PATTERN,
     .help = "the appliances, by name"},
    {0},
};

const struct field settings_rows = {.name = "the settings", .type = FIELD_RECORD, .members = rows};
