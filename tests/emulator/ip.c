/* SPDX-License-Identifier: Apache-2.0 */

#include "ip.h"

#include <arpa/inet.h>
#include <string.h>

bool ip_parse(const char *text, struct ip *ret) {
    static const struct {
        int family;
        size_t size;
    } families[] = {{AF_INET, 4}, {AF_INET6, 16}};

    for (size_t i = 0; text && i < 2; i++) {
        *ret = (struct ip){.family = families[i].family, .size = families[i].size};
        if (inet_pton(ret->family, text, ret->bytes) == 1)
            return true;
    }
    return false;
}

void ip_print(const struct ip *ip, char ret[INET6_ADDRSTRLEN]) {
    inet_ntop(ip->family, ip->bytes, ret, INET6_ADDRSTRLEN);
}

bool ip_range_between(const struct ip *first, const struct ip *last, struct ip_range *ret) {
    *ret = (struct ip_range){*first, *last};
    return first->family == last->family && memcmp(first->bytes, last->bytes, first->size) <= 0;
}

static bool has_holes(const struct ip *mask) {
    bool is_over = false;

    for (size_t bit = 0; bit < 8 * mask->size; bit++) {
        bool is_set = mask->bytes[bit / 8] & 0x80 >> bit % 8;

        if (is_set && is_over)
            return true;
        is_over = !is_set;
    }
    return false;
}

bool ip_range_of_subnet(const struct ip *subnet, const struct ip *mask, struct ip_range *ret) {
    *ret = (struct ip_range){*subnet, *subnet};
    if (subnet->family != mask->family || has_holes(mask))
        return false;
    for (size_t i = 0; i < subnet->size; i++) {
        ret->first.bytes[i] = subnet->bytes[i] & mask->bytes[i];
        ret->last.bytes[i] = (unsigned char) (subnet->bytes[i] | ~mask->bytes[i]);
    }
    return true;
}

bool ip_range_holds(const struct ip_range *range, const struct ip *ip) {
    return ip->family == range->first.family && memcmp(ip->bytes, range->first.bytes, ip->size) >= 0 &&
           memcmp(ip->bytes, range->last.bytes, ip->size) <= 0;
}
