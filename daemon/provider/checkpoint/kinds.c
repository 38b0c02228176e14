/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of Check Point Identity Awareness. */
#include <errno.h>
#include <string.h>

#include "base/time-util.h"
#include "provider/checkpoint/checkpoint.h"

/* Guide: "List of identity sources for the client-type parameter". */
const char *const checkpoint_client_types[] = {
    "any",    "captive-portal", "ida-agent",          "vpn", "ad-query", "multihost-agent",
    "radius", "ida-api",        "identity-collector", NULL,
};

static int prepare_entry(struct arena *a, struct value *record, const char **ret_why)
{
    struct ip_range range;

    *ret_why = checkpoint_range_of(record, &range);
    return *ret_why ? -EBADMSG : 0;
}

static int count_mask(const struct ip_range *r)
{
    int bits = 0;

    for (int i = 12; i < 16; i++)
        bits += __builtin_popcount((unsigned)(unsigned char)~(r->first.bytes[i] ^ r->last.bytes[i]));
    return bits;
}

/* "192.0.2.7 ida-api", "192.0.2.10-192.0.2.20 any", "198.51.100.0/24 vpn": one name whatever the notation. */
int checkpoint_entry_key(const struct value *item, struct buf *out)
{
    const char *type = value_get_text(item, "client-type");
    char first[64], last[64];
    struct ip_range range;

    if (!type || checkpoint_range_of(item, &range))
        return -EINVAL;
    ip_format(&range.first, first, sizeof(first));
    ip_format(&range.last, last, sizeof(last));
    buf_add_str(out, first);
    if (value_get(item, "subnet"))
        buf_addf(out, "/%d", count_mask(&range));
    else if (strcmp(first, last) != 0)
        buf_addf(out, "-%s", last);
    buf_addf(out, " %s", type);
    return 0;
}

static bool entry_is_over(const struct value *body, uint64_t real_usec)
{
    const char *until = value_get_text(body, "until");
    uint64_t usec;

    return until && parse_time(until, &usec) == 0 && usec <= real_usec;
}

#define AN_ADDRESS .type = FIELD_TEXT, .min = 1, .max = 64

static const struct field entry_members[] = {
    {.name = "ip-address", AN_ADDRESS, .help = "one address, IPv4 or IPv6"},
    {.name = "ip-address-first", AN_ADDRESS, .help = "the first address of a range"},
    {.name = "ip-address-last", AN_ADDRESS, .help = "the last address of a range"},
    {.name = "subnet", AN_ADDRESS, .help = "an IPv4 subnet"},
    {.name = "subnet-mask", AN_ADDRESS, .help = "its mask, such as 255.255.255.0"},
    {.name = "client-type",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .choices = checkpoint_client_types,
     .help = "whose identities must not be there; any and vpn mean those of every source"},
    {.name = "until",
     .type = FIELD_TEXT,
     .check = field_check_time,
     .help = "a time from which on the entry asks for nothing any more"},
    {0},
};

static const struct field an_entry = {.name = "a revoked identity",
                                      .type = FIELD_RECORD,
                                      .members = entry_members,
                                      .prepare = prepare_entry,
                                      .key = checkpoint_entry_key};

static const struct kind revoked_identities = {
    .name = "revoked-identities",
    .noun = "revoked identity",
    .strategy = STRATEGY_ABSENCE,
    .rank = 10,
    .body = &an_entry,
    .is_over = entry_is_over,
    .at_once = CHECKPOINT_AT_ONCE,
    .path = "/_IA_API/v1.0/delete-identity",
    .guide = "Delete Identity (v1.0)",
    .help = "addresses, ranges and subnets that must hold no identity of a client type",
};

static const struct kind *const kinds[] = {&revoked_identities};

static const struct auth_member auth[] = {{"shared-secret", true}, {0}};

const struct system checkpoint_system = {.auth = auth,
                                         .name = "checkpoint",
                                         .title = "Check Point Identity Awareness",
                                         .kinds = kinds,
                                         .n_kinds = ARRAY_SIZE(kinds)};
