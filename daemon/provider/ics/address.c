/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, masks and names as ICS writes them. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "provider/ics/ics.h"

static bool parse_v4(const char *text, uint32_t *ret)
{
    struct in_addr in;

    if (inet_pton(AF_INET, text, &in) != 1)
        return false;
    *ret = ntohl(in.s_addr);
    return true;
}

static bool is_v6(const char *text)
{
    struct in6_addr in;

    return inet_pton(AF_INET6, text, &in) == 1;
}

/* Length of a netmask written as dotted quad, or -1 where it has holes or is none. */
static int mask_length(const char *text)
{
    uint32_t mask;

    if (!parse_v4(text, &mask) || (~mask & (~mask + 1)) != 0)
        return -1;
    return __builtin_popcount(mask);
}

/* Splits "10.0.0.0/8"; -1 where there is no prefix, -2 where it is wrong. */
static int split_prefix(const char *text, char *address, size_t size)
{
    const char *slash = strchr(text, '/');
    size_t digits;
    int length;

    snprintf(address, size, "%.*s", (int)(slash ? slash - text : (long)strlen(text)), text);
    if (!slash)
        return -1;
    digits = strspn(slash + 1, "0123456789");
    if (digits == 0 || digits > 2 || slash[1 + digits] != '\0' || (digits == 2 && slash[1] == '0'))
        return -2;
    length = digits == 2 ? (slash[1] - '0') * 10 + slash[2] - '0' : slash[1] - '0';
    return length <= 32 ? length : -2;
}

const char *ics_check_address(const struct value *v)
{
    char address[64];
    uint32_t bits;
    int prefix = split_prefix(v->text, address, sizeof(address));

    if (strcmp(v->text, "*") == 0 || is_v6(v->text))
        return NULL;
    if (prefix == -2 || !parse_v4(address, &bits))
        return "must be an IPv4 address, such an address with a prefix (10.0.0.0/8), an IPv6 address, or *";
    if (prefix >= 0 && prefix < 32 && (bits & (UINT32_MAX >> prefix)) != 0)
        return "has bits set behind its prefix; write the address of the network";
    return NULL;
}

/* What an IPv6 rule carries here is not documented: a number or a mask in IPv6's form is passed on as it is written. */
const char *ics_check_netmask(const struct value *v)
{
    size_t digits = strspn(v->text, "0123456789");

    if (mask_length(v->text) >= 0 || strchr(v->text, ':') || (digits > 0 && v->text[digits] == '\0'))
        return NULL;
    return "is not a netmask: it must be dotted, its set bits together (255.255.0.0)";
}

static const char *mask_text(struct arena *a, int prefix)
{
    uint32_t mask = prefix == 0 ? 0 : UINT32_MAX << (32 - prefix);

    return arena_printf(a, "%u.%u.%u.%u", mask >> 24, mask >> 16 & 255, mask >> 8 & 255, mask & 255);
}

/* The appliance knows no prefixes: 10.0.0.0/8 becomes address and netmask. */
static int split_rule(struct arena *a, struct value *rule, struct value *address, int prefix)
{
    const char *mask = mask_text(a, prefix), *plain = arena_strndup(a, address->text, strcspn(address->text, "/"));
    struct value longer;
    int r = mask && plain ? value_new_map(a, rule->count + 1, &longer) : -ENOMEM;

    if (r < 0)
        return r;
    address->text = plain;
    address->count = (uint32_t)strlen(plain);
    memcpy(longer.pairs, rule->pairs, rule->count * sizeof(*rule->pairs));
    value_set_pair(&longer, rule->count, "netmask", value_text(mask));
    longer.line = rule->line;
    longer.column = rule->column;
    *rule = longer;
    return 0;
}

int ics_prepare_rule(struct arena *a, struct value *rule, const char **ret_why)
{
    struct value *address = value_get(rule, "address"), *netmask = value_get(rule, "netmask");
    char plain[64];
    uint32_t bits;
    int prefix = split_prefix(address->text, plain, sizeof(plain));

    if (prefix >= 0 && netmask) {
        *ret_why = "the rule has a prefix and a netmask; write one of them";
        return -EBADMSG;
    }
    if (prefix >= 0)
        return split_rule(a, rule, address, prefix);
    if (netmask && parse_v4(address->text, &bits) && mask_length(netmask->text) < 0) {
        *ret_why = "netmask is not one for an IPv4 address: it must be dotted, its set bits together (255.255.0.0)";
        return -EBADMSG;
    }
    if (strcmp(address->text, "*") == 0 || netmask)
        return 0;
    *ret_why = is_v6(address->text) ? "netmask is missing; for an IPv6 address write it as the appliance shows it"
                                    : "netmask is missing; write it, or a prefix behind the address (/32 for one host)";
    return -EBADMSG;
}

int ics_canon_address(const struct value *v, struct buf *out)
{
    struct in6_addr in6;
    char text[INET6_ADDRSTRLEN];
    uint32_t bits;

    if (parse_v4(v->text, &bits)) {
        buf_addf(out, "%u.%u.%u.%u", bits >> 24, bits >> 16 & 255, bits >> 8 & 255, bits & 255);
        return 0;
    }
    if (inet_pton(AF_INET6, v->text, &in6) == 1)
        buf_add_str(out, inet_ntop(AF_INET6, &in6, text, sizeof(text)));
    else
        buf_add_str(out, v->text);
    return 0;
}

int ics_canon_netmask(const struct value *v, struct buf *out)
{
    int length = mask_length(v->text);

    if (length >= 0)
        buf_addf(out, "%d", length);
    else
        buf_add_str(out, v->text);
    return 0;
}

/* "10.1.0.0/16": the network is what a rule is known by; whether it allows or denies may change. */
int ics_rule_key(const struct value *rule, struct buf *out)
{
    const struct value *address = value_get(rule, "address"), *netmask = value_get(rule, "netmask");

    if (!value_is(address, VALUE_TEXT) || address->count == 0)
        return -EINVAL;
    ics_canon_address(address, out);
    if (value_is(netmask, VALUE_TEXT) && strcmp(address->text, "*") != 0) {
        buf_add_char(out, '/');
        ics_canon_netmask(netmask, out);
    }
    return 0;
}

/* Blanks count only where they belong to a value: not around the commas between parts nor around a part's first '='. */
int ics_canon_dn(const struct value *v, struct buf *out)
{
    bool escaped = false, named = false, after_separator = true;

    for (const char *p = v->text; *p; p++) {
        const char *next = p + strspn(p, " ");
        bool separates = !escaped && (*p == ',' || (*p == '=' && !named));

        if (*p == ' ' && !escaped && (after_separator || *next == '\0' || *next == ',' || (*next == '=' && !named)))
            continue;
        buf_add_char(out, (char)tolower((unsigned char)*p));
        named = separates ? *p == '=' : named;
        after_separator = separates;
        escaped = *p == '\\' && !escaped;
    }
    return out->error;
}
