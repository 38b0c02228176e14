/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who the rules of a realm let in. Rules are tried in order, the first that matches decides, and who matches none
 * is kept out (guide: "from a Particular Source IP"; notes A4). A whole network must be let in, so the rules are
 * run over ranges: each rule takes its part out of what is still undecided.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "provider/ics/ics.h"

__extension__ typedef unsigned __int128 address_bits;

/* IPv4 stands in the upper part of its own space; the family keeps both apart. */
struct range {
    int family;
    address_bits first, last;
};

static address_bits bits_of(const unsigned char *bytes, size_t n)
{
    address_bits v = 0;

    for (size_t i = 0; i < n; i++)
        v = v << 8 | bytes[i];
    return v;
}

static struct range range_of(int family, address_bits address, int prefix)
{
    int width = family == AF_INET ? 32 : 128;
    address_bits host = prefix == width ? 0 : ~(address_bits)0 >> (128 - width + prefix);

    return (struct range){.family = family, .first = address & ~host, .last = address | host};
}

static bool parse_address(const char *text, int *ret_family, address_bits *ret)
{
    unsigned char bytes[16];

    if (inet_pton(AF_INET, text, bytes) == 1) {
        *ret_family = AF_INET;
        *ret = bits_of(bytes, 4);
        return true;
    }
    if (inet_pton(AF_INET6, text, bytes) != 1)
        return false;
    /* How a dual-stack socket shows an IPv4 peer. */
    if (memcmp(bytes, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0) {
        *ret_family = AF_INET;
        *ret = bits_of(bytes + 12, 4);
        return true;
    }
    *ret_family = AF_INET6;
    *ret = bits_of(bytes, 16);
    return true;
}

/* "192.0.2.0/28" or one address, as settings hold them. */
static bool parse_network(const char *text, struct range *ret)
{
    char address[64];
    const char *slash = strchr(text, '/');
    size_t n = slash ? (size_t)(slash - text) : strlen(text);
    address_bits bits;
    int family;

    if (n >= sizeof(address))
        return false;
    memcpy(address, text, n);
    address[n] = '\0';
    if (!parse_address(address, &family, &bits))
        return false;
    *ret = range_of(family, bits, slash ? (int)strtol(slash + 1, NULL, 10) : family == AF_INET ? 32 : 128);
    return true;
}

/* A netmask's length; IPv6 rules are not documented, a number and a mask are both understood. -1 for neither. */
static int mask_of(const char *text, int family)
{
    size_t digits = strspn(text, "0123456789");
    int mask_family, width = family == AF_INET ? 32 : 128, length = 0;
    address_bits mask;

    if (digits > 0 && digits <= 3 && text[digits] == '\0') {
        long n = strtol(text, NULL, 10);

        return n <= width ? (int)n : -1;
    }
    if (!parse_address(text, &mask_family, &mask) || mask_family != family)
        return -1;
    while (length < width && (mask >> (width - 1 - length) & 1))
        length++;
    /* Behind the leading ones there must be none, or the mask has holes. */
    return range_of(family, mask, length).first == mask ? length : -1;
}

enum match {
    MATCH_RANGE,
    MATCH_ALL,     /* `*` */
    MATCH_UNKNOWN, /* nobody knows whom it matches */
};

static enum match rule_matches(const struct value *rule, struct range *ret)
{
    const char *address = value_get_text(rule, "address"), *netmask = value_get_text(rule, "netmask");
    address_bits bits;
    int family, length;

    if (!address)
        return MATCH_UNKNOWN;
    if (strcmp(address, "*") == 0)
        return MATCH_ALL;
    if (!parse_address(address, &family, &bits))
        return MATCH_UNKNOWN;
    length = netmask ? mask_of(netmask, family) : family == AF_INET ? 32 : 128;
    if (length < 0)
        return MATCH_UNKNOWN;
    *ret = range_of(family, bits, length);
    return MATCH_RANGE;
}

static bool is_allow(const struct value *rule)
{
    const char *access = value_get_text(rule, "access");

    return access && strcmp(access, "allow") == 0;
}

/* What no rule has decided yet. */
struct undecided {
    struct range *ranges;
    size_t n, allocated;
};

static int add_range(struct undecided *u, struct range r)
{
    int k = array_grow(&u->ranges, &u->allocated, u->n, sizeof(*u->ranges));

    if (k == 0)
        u->ranges[u->n++] = r;
    return k;
}

/* 1 where a part of what is undecided is denied, 0 where the rule's part was taken out. */
static int run_rule(struct undecided *u, enum match match, struct range rule, bool allow)
{
    for (size_t i = 0; i < u->n;) {
        struct range r = u->ranges[i];

        if (match != MATCH_ALL && (r.family != rule.family || rule.last < r.first || rule.first > r.last)) {
            i++;
            continue;
        }
        if (!allow)
            return 1;
        u->ranges[i] = u->ranges[--u->n];
        if (match == MATCH_ALL)
            continue;
        if (r.first < rule.first && add_range(u, (struct range){r.family, r.first, rule.first - 1}) < 0)
            return -ENOMEM;
        if (r.last > rule.last && add_range(u, (struct range){r.family, rule.last + 1, r.last}) < 0)
            return -ENOMEM;
    }
    return 0;
}

/* True only where every address of the network is surely let in. */
static bool lets_in(const struct value *rules, struct range network)
{
    struct undecided u = {0};
    int denied = add_range(&u, network);
    bool in;

    for (uint32_t i = 0; rules && i < rules->count && denied == 0 && u.n > 0; i++) {
        struct range rule = {0};
        enum match match = rule_matches(&rules->items[i], &rule);

        /* A rule that nobody can read lets nobody in, and may keep anybody out. */
        if (match == MATCH_UNKNOWN)
            denied = is_allow(&rules->items[i]) ? 0 : 1;
        else
            denied = run_rule(&u, match, rule, is_allow(&rules->items[i]));
    }
    in = denied == 0 && u.n == 0;
    free(u.ranges);
    return in;
}

static bool shuts_out_one(const struct value *rules, const struct value *networks, const char *whose, struct buf *why)
{
    for (uint32_t i = 0; networks && i < networks->count; i++) {
        struct range network;

        if (parse_network(networks->items[i].text, &network) && lets_in(rules, network))
            continue;
        buf_addf(why, "the rules would shut out %s, %s", networks->items[i].text, whose);
        return true;
    }
    return false;
}

static bool is_guarded(const struct access *a, const char *realm)
{
    if (a->login_realm && strcmp(a->login_realm, realm) == 0)
        return true;
    for (uint32_t i = 0; a->realms && i < a->realms->count; i++)
        if (strcmp(a->realms->items[i].text, realm) == 0)
            return true;
    return false;
}

static bool is_any_ip(const struct value *v)
{
    const char *customized = value_get_text(v, "customized");

    return customized && strcmp(customized, "any-ip") == 0;
}

bool ics_locks_out(const struct access *a, const char *realm, const struct value *after, struct buf *why)
{
    const struct value *rules = value_get(after, "ips");

    if (!is_guarded(a, realm) || is_any_ip(after))
        return false;
    return shuts_out_one(rules, a->own, "from which Convergate itself comes", why) ||
           shuts_out_one(rules, a->management, "a management address", why);
}

/* /8 of IPv4; the same share of IPv6's space is taken as wide too. */
static bool is_wide(const struct value *rule)
{
    struct range r;
    enum match match = rule_matches(rule, &r);

    if (!is_allow(rule) || match == MATCH_UNKNOWN)
        return false;
    return match == MATCH_ALL ||
           r.last - r.first >= (r.family == AF_INET ? (address_bits)1 << 24 : (address_bits)1 << 120);
}

static bool has_same(const struct value *rules, const struct value *rule)
{
    for (uint32_t i = 0; rules && i < rules->count; i++) {
        struct range x, y;

        if (is_allow(&rules->items[i]) && rule_matches(&rules->items[i], &x) == rule_matches(rule, &y) &&
            (rule_matches(rule, &y) == MATCH_ALL || (x.family == y.family && x.first == y.first && x.last == y.last)))
            return true;
    }
    return false;
}

bool ics_opens_up(const struct value *live, const struct value *after, struct buf *why)
{
    const struct value *rules = value_get(after, "ips"), *before = value_get(live, "ips");

    if (is_any_ip(after)) {
        if (is_any_ip(live))
            return false;
        buf_add_str(why, "any-ip in place of rules: every address would be let in");
        return true;
    }
    for (uint32_t i = 0; rules && i < rules->count; i++) {
        if (!is_wide(&rules->items[i]) || has_same(before, &rules->items[i]))
            continue;
        buf_addf(why, "an allow rule wider than /8 (%s)", value_get_text(&rules->items[i], "address"));
        return true;
    }
    return false;
}
