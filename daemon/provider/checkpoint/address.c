/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, ranges and subnets as the Web API takes them. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider/checkpoint/checkpoint.h"

bool ip_parse(const char *text, struct ip *ret)
{
    *ret = (struct ip){0};
    if (inet_pton(AF_INET, text, ret->bytes + 12) == 1)
        return true;
    ret->v6 = inet_pton(AF_INET6, text, ret->bytes) == 1;
    return ret->v6;
}

void ip_format(const struct ip *ip, char *ret, size_t size)
{
    if (!inet_ntop(ip->v6 ? AF_INET6 : AF_INET, ip->v6 ? ip->bytes : ip->bytes + 12, ret, (socklen_t)size))
        ret[0] = '\0';
}

static bool is_mask(const struct ip *mask)
{
    bool zero = false;

    for (int bit = 96; bit < 128; bit++) {
        bool set = mask->bytes[bit / 8] & (0x80 >> bit % 8);

        if (set && zero)
            return false;
        zero = zero || !set;
    }
    return !mask->v6;
}

static const char *subnet_of(const char *subnet, const char *mask, struct ip_range *ret)
{
    struct ip m;

    if (!ip_parse(subnet, &ret->first) || ret->first.v6)
        return "has a subnet that is no IPv4 address; give IPv6 as a range";
    if (!ip_parse(mask, &m) || !is_mask(&m))
        return "has a subnet-mask that is none, such as 255.255.255.0";
    ret->last = ret->first;
    for (int i = 12; i < 16; i++) {
        ret->first.bytes[i] &= m.bytes[i];
        ret->last.bytes[i] |= (unsigned char)~m.bytes[i];
    }
    return NULL;
}

static const char *span_of(const char *first, const char *last, struct ip_range *ret)
{
    if (!ip_parse(first, &ret->first) || !ip_parse(last, &ret->last))
        return "has a first or last address that is none";
    if (ret->first.v6 != ret->last.v6)
        return "has a range of two families";
    return memcmp(ret->first.bytes, ret->last.bytes, sizeof(ret->first.bytes)) > 0 ? "has a range that runs backwards"
                                                                                   : NULL;
}

const char *checkpoint_range_of(const struct value *entry, struct ip_range *ret)
{
    const char *one = value_get_text(entry, "ip-address");
    const char *first = value_get_text(entry, "ip-address-first"), *last = value_get_text(entry, "ip-address-last");
    const char *subnet = value_get_text(entry, "subnet"), *mask = value_get_text(entry, "subnet-mask");

    if (one && !first && !last && !subnet && !mask)
        return span_of(one, one, ret) ? "has an ip-address that is none" : NULL;
    if (first && last && !one && !subnet && !mask)
        return span_of(first, last, ret);
    if (subnet && mask && !one && !first && !last)
        return subnet_of(subnet, mask, ret);
    return "must have ip-address alone, or ip-address-first and ip-address-last, or subnet and subnet-mask";
}

bool ip_range_next(const struct ip_range *range, struct ip *ip)
{
    if (memcmp(ip->bytes, range->last.bytes, sizeof(ip->bytes)) >= 0)
        return false;
    for (int i = 15; i >= 0 && ++ip->bytes[i] == 0; i--)
        ;
    return true;
}

size_t ip_range_count(const struct ip_range *range)
{
    struct ip ip = range->first;
    size_t n = 1;

    while (n <= CHECKPOINT_LIMIT_ADDRESSES && ip_range_next(range, &ip))
        n++;
    return n > CHECKPOINT_LIMIT_ADDRESSES ? SIZE_MAX : n;
}

/* The mask of a prefix: "24" is 255.255.255.0. NULL for none, or when memory is out. */
static const char *mask_of(const char *prefix, struct arena *a)
{
    size_t digits = strspn(prefix, "0123456789");
    long n = digits > 0 && digits < 3 && !prefix[digits] ? strtol(prefix, NULL, 10) : -1;
    uint32_t bits = n > 0 && n <= 32 ? UINT32_MAX << (32 - n) : 0;

    if (n < 0 || n > 32)
        return NULL;
    return arena_printf(a, "%u.%u.%u.%u", bits >> 24, bits >> 16 & 255, bits >> 8 & 255, bits & 255);
}

int checkpoint_read_range(const char *text, const char *client_type, struct arena *a, struct value *ret,
                          const char **ret_why)
{
    const char *cut = strpbrk(text, "-/"), *second = NULL;
    char *first = arena_strndup(a, text, cut ? (size_t)(cut - text) : strlen(text));
    struct ip_range range;
    size_t n = 0;

    if (cut && *cut == '-')
        second = arena_strdup(a, cut + 1);
    else if (cut)
        second = mask_of(cut + 1, a);
    if (!first || value_new_map(a, 3, ret) < 0)
        return -ENOMEM;
    value_set_pair(ret, n++, !cut ? "ip-address" : *cut == '-' ? "ip-address-first" : "subnet", value_text(first));
    if (second)
        value_set_pair(ret, n++, *cut == '-' ? "ip-address-last" : "subnet-mask", value_text(second));
    value_set_pair(ret, n++, "client-type", value_text(client_type));
    ret->count = (uint32_t)n;
    *ret_why = cut && !second ? "has no prefix of 0 to 32 bits behind the /" : checkpoint_range_of(ret, &range);
    return *ret_why ? -EBADMSG : 0;
}
