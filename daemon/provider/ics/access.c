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
    int prefix;
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
    prefix = slash ? (int)strtol(slash + 1, NULL, 10) : family == AF_INET ? 32 : 128;
    /* ::ffff:192.0.2.0/124 is 192.0.2.0/28. */
    if (family == AF_INET && slash && strchr(address, ':'))
        prefix -= 96;
    if (prefix < 0 || prefix > (family == AF_INET ? 32 : 128))
        return false;
    *ret = range_of(family, bits, prefix);
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

static bool is_allow(const struct value *rule)
{
    const char *access = value_get_text(rule, "access");

    return access && strcmp(access, "allow") == 0;
}

static enum match rule_matches(const struct value *rule, struct range *ret)
{
    const char *address = value_get_text(rule, "address"), *netmask = value_get_text(rule, "netmask");
    address_bits bits;
    int family, length;

    if (!address)
        return MATCH_UNKNOWN;
    if (strcmp(address, "*") == 0)
        return MATCH_ALL;
    /* Some write 0.0.0.0 for any address (notes A4); whether the appliance takes it so is not known. */
    if (strcmp(address, "0.0.0.0") == 0 && (!netmask || strcmp(netmask, "0.0.0.0") != 0))
        return is_allow(rule) ? MATCH_UNKNOWN : MATCH_ALL;
    if (!parse_address(address, &family, &bits))
        return MATCH_UNKNOWN;
    /* ::ffff:192.0.2.0 with a mask: of which of both families that is, no guide says. */
    if (netmask && family == AF_INET && strchr(address, ':'))
        return MATCH_UNKNOWN;
    length = netmask ? mask_of(netmask, family) : family == AF_INET ? 32 : 128;
    if (length < 0)
        return MATCH_UNKNOWN;
    *ret = range_of(family, bits, length);
    return MATCH_RANGE;
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

/* Should an appliance not tell cases apart, another spelling must not walk around the guards. */
bool ics_is_login_realm(const struct access *a, const char *realm)
{
    return a->login_realm && strcasecmp(a->login_realm, realm) == 0;
}

bool ics_is_management_realm(const struct access *a, const char *realm)
{
    for (uint32_t i = 0; a->realms && i < a->realms->count; i++)
        if (strcasecmp(a->realms->items[i].text, realm) == 0)
            return true;
    return false;
}

static bool is_any_ip(const struct value *v)
{
    const char *customized = value_get_text(v, "customized");

    return customized && strcmp(customized, "any-ip") == 0;
}

bool ics_locks_out(const struct access *a, const char *realm, const struct value *live, const struct value *after,
                   struct buf *why)
{
    const struct value *rules = value_get(after, "ips");

    if ((!ics_is_login_realm(a, realm) && !ics_is_management_realm(a, realm)) || is_any_ip(after))
        return false;
    return shuts_out_one(rules, a->own, "from which Convergate itself comes", why) ||
           shuts_out_one(rules, a->management, "a management address", why);
}

/* What the rules let in of one family's whole space, in order and without gaps inside. */
struct allowed {
    struct range *ranges;
    size_t n, allocated;
};

static int compare_ranges(const void *a, const void *b)
{
    const struct range *x = a, *y = b;

    return (x->first > y->first) - (x->first < y->first);
}

/* Takes the rule's part out of what is undecided; an allowed part is noted. */
static int settle(struct undecided *u, enum match match, struct range rule, bool allow, struct allowed *in)
{
    size_t n = u->n;
    int k = 0;

    for (size_t i = 0; i < n && k == 0; i++) {
        struct range r = u->ranges[i], part = r;

        if (r.last < r.first)
            continue;
        if (match != MATCH_ALL) {
            if (r.family != rule.family || rule.last < r.first || rule.first > r.last)
                continue;
            part = (struct range){r.family, MAX(r.first, rule.first), MIN(r.last, rule.last)};
        }
        if (allow) {
            k = array_grow(&in->ranges, &in->allocated, in->n, sizeof(*in->ranges));
            if (k == 0)
                in->ranges[in->n++] = part;
        }
        /* What is left on either side stays undecided; an empty place is a range that ends before it begins. */
        u->ranges[i] = (struct range){r.family, 1, 0};
        if (k == 0 && r.first < part.first)
            k = add_range(u, (struct range){r.family, r.first, part.first - 1});
        if (k == 0 && r.last > part.last)
            k = add_range(u, (struct range){r.family, part.last + 1, r.last});
    }
    return k;
}

/* The place of the rule among the first N; N where it is not among them. */
static uint32_t find_rule(const struct value *rules, uint32_t n, const struct value *rule)
{
    uint32_t i = 0;

    while (i < n && !value_equal(&rules->items[i], rule))
        i++;
    return i;
}

/* True where the rule stood in LIVE, too, and every deny rule before it there is still before it. */
static bool lets_in_no_more(const struct value *live, const struct value *rules, uint32_t at)
{
    uint32_t n = value_is(live, VALUE_LIST) ? live->count : 0, was = find_rule(live, n, &rules->items[at]);

    for (uint32_t i = 0; i < was && was < n; i++)
        if (!is_allow(&live->items[i]) && find_rule(rules, at, &live->items[i]) == at)
            return false;
    return was < n;
}

/* Of a rule that nobody can read: in force (without LIVE) it lets in as few as can be, else as many, unless it did. */
static bool is_passed_over(const struct value *live, const struct value *rules, uint32_t at)
{
    if (!live)
        return is_allow(&rules->items[at]);
    return !is_allow(&rules->items[at]) || lets_in_no_more(live, rules, at);
}

static int collect_allowed(const struct value *source_ip, const struct value *live, int family, struct allowed *in)
{
    const struct value *rules = value_get(source_ip, "ips");
    struct undecided u = {0};
    int k = add_range(&u, range_of(family, 0, 0));

    if (k == 0 && is_any_ip(source_ip))
        k = settle(&u, MATCH_ALL, (struct range){0}, true, in);
    for (uint32_t i = 0; rules && i < rules->count && k == 0 && !is_any_ip(source_ip); i++) {
        struct range rule = {0};
        enum match match = rule_matches(&rules->items[i], &rule);

        if (match == MATCH_UNKNOWN && is_passed_over(live, rules, i))
            continue;
        k = settle(&u, match == MATCH_UNKNOWN ? MATCH_ALL : match, rule, is_allow(&rules->items[i]), in);
    }
    free(u.ranges);
    if (k == 0 && in->n > 1)
        qsort(in->ranges, in->n, sizeof(*in->ranges), compare_ranges);
    return k;
}

/* Adds the addresses from FIRST to LAST; all of IPv6 is one more than can be counted. */
static address_bits add_count(address_bits n, address_bits first, address_bits last)
{
    address_bits most = ~(address_bits)0, more = last - first;

    return more >= most - n ? most : n + more + 1;
}

/* How many addresses AFTER lets in that LIVE did not; both are in order. */
static address_bits newly_allowed(const struct allowed *live, const struct allowed *after)
{
    address_bits n = 0;

    for (size_t i = 0, j = 0; i < after->n; i++) {
        address_bits at = after->ranges[i].first, last = after->ranges[i].last;

        while (j < live->n && live->ranges[j].last < at)
            j++;
        for (size_t k = j; at <= last; k++) {
            if (k == live->n || live->ranges[k].first > last) {
                n = add_count(n, at, last);
                break;
            }
            if (live->ranges[k].first > at)
                n = add_count(n, at, live->ranges[k].first - 1);
            if (live->ranges[k].last >= last)
                break;
            at = live->ranges[k].last + 1;
        }
    }
    return n;
}

/* Judged by effect: dropping a deny rule or moving an allow rule up opens as much as a new rule does. */
static bool opens_family(const struct value *live, const struct value *after, int family, address_bits limit)
{
    static const struct value none = {.type = VALUE_LIST};
    const struct value *rules = value_get(live, "ips");
    struct allowed before = {0}, now = {0};
    bool opens = collect_allowed(live, NULL, family, &before) < 0 ||
                 collect_allowed(after, rules ? rules : &none, family, &now) < 0 ||
                 newly_allowed(&before, &now) > limit;

    free(before.ranges);
    free(now.ranges);
    return opens;
}

bool ics_opens_up(const struct value *live, const struct value *after, struct buf *why)
{
    if (is_any_ip(after) && !is_any_ip(live)) {
        buf_add_str(why, "any-ip in place of rules: every address would be let in");
        return true;
    }
    if (is_any_ip(live))
        return false;
    /* /8 of IPv4, and the same share of IPv6. */
    if (!opens_family(live, after, AF_INET, (address_bits)1 << 24) &&
        !opens_family(live, after, AF_INET6, (address_bits)1 << 120))
        return false;
    buf_add_str(why, "the rules would let in more than a /8 that they keep out now");
    return true;
}
