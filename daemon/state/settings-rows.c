/* SPDX-License-Identifier: Apache-2.0 */
/* The settings file as rows. */
#include <arpa/inet.h>
#include <string.h>

#include "base/limits.h"
#include "base/time-util.h"
#include "state/settings-parts.h"

const char *settings_check_duration(const struct value *v)
{
    uint64_t usec;

    if (parse_duration(v->text, &usec) < 0 || usec == 0)
        return "must be a whole number with its unit: 500ms, 90s, 5m or 1h";
    return NULL;
}

const char *settings_check_address(const struct value *v)
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
        return settings_check_address(v);
    if ((size_t)(slash - v->text) >= sizeof(address) || slash[1] < '0' || slash[1] > '9')
        return "is not an address or a network such as 192.0.2.0/28";
    memcpy(address, v->text, (size_t)(slash - v->text));
    address[slash - v->text] = '\0';
    prefix = strtoul(slash + 1, &end, 10);
    alone = value_text(address);
    if (settings_check_address(&alone) || *end != '\0' || prefix > (strchr(address, ':') ? 128 : 32))
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

const char *settings_check_object_pattern(const struct value *v)
{
    return count_slashes(v->text) >= 2 ? NULL : "must be TARGET/KIND/OBJECT; each may be a pattern";
}

const struct field settings_text = {.type = FIELD_TEXT, .min = 1, .max = 1024};
static const struct field a_network = {.type = FIELD_TEXT,
                                       .pattern = "^(" ADDRESS_V4 "(/0*([0-9]|[12][0-9]|3[0-2]))?|" ADDRESS_V6
                                                  "(/[0-9]+)?)$",
                                       .check = check_network};
static const struct field a_kind_pattern = {
    .type = FIELD_TEXT, .min = 1, .max = 1024, .pattern = "^[^/]*/[^/]*$", .check = check_kind_pattern};
static const struct field an_object_pattern = {
    .type = FIELD_TEXT, .min = 1, .max = 1024, .pattern = "^[^/]*/[^/]*/", .check = settings_check_object_pattern};

const char *const settings_modes[] = {"enforce", "observe", NULL};

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
     .members = &settings_text,
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

static const struct field backup_rows[] = {
    {.name = "before-apply",
     .type = FIELD_BOOL,
     .fallback = "false",
     .help = "true: a run that is about to write saves the binary configuration first, or writes nothing"},
    {.name = "keep",
     .type = FIELD_INT,
     .min = 1,
     .max = LIMIT_BACKUPS,
     .fallback = "5",
     .help = "of each target, the newest; older ones are removed"},
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
     .check = settings_check_duration,
     .fallback = "5m",
     .help = "between the daemon's runs of one target: 500ms, 90s, 5m or 1h"},
    {.name = "run-timeout",
     .type = FIELD_TEXT,
     .pattern = DURATION_PATTERN,
     .check = settings_check_duration,
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
     .choices = settings_modes,
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
    {.name = "backup",
     .type = FIELD_RECORD,
     .members = backup_rows,
     .help = "binary configurations that are saved before something is written; where the API gives them (ics)"},
    {.name = "pull-interval",
     .type = FIELD_TEXT,
     .pattern = PULL_PATTERN,
     .check = settings_check_pull_interval,
     .fallback = "never",
     .help = "how often the daemon has a license client ask its license server: 6h; where there are such (ics)"},
    {.name = "guards", .type = FIELD_RECORD, .members = guard_rows, .help = "what must never happen"},
    {.name = "targets",
     .type = FIELD_MAP,
     .flags = FIELD_REQUIRED,
     .members = &settings_target,
     .min = 1,
     .pattern = PLAIN_NAME_PATTERN,
     .help = "the appliances, by name"},
    {0},
};

const struct field settings_rows = {.name = "the settings", .type = FIELD_RECORD, .members = rows};
