/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Addresses of either family, and ranges of them: one address and a subnet are ranges, too. */

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

struct ip {
    int family;
    size_t size; /* of `bytes`, in network order */
    unsigned char bytes[16];
};

struct ip_range {
    struct ip first, last;
};

bool ip_parse(const char *text, struct ip *ret);
void ip_print(const struct ip *ip, char ret[INET6_ADDRSTRLEN]);

/* False unless both are of one family, and the range does not run backwards or the mask has no holes. */
bool ip_range_between(const struct ip *first, const struct ip *last, struct ip_range *ret);
bool ip_range_of_subnet(const struct ip *subnet, const struct ip *mask, struct ip_range *ret);
bool ip_range_holds(const struct ip_range *range, const struct ip *ip);
