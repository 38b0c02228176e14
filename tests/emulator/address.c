/* SPDX-License-Identifier: Apache-2.0 */

#include "address.h"

#include "json.h"

#include <arpa/inet.h>
#include <string.h>

static void set_ipv4(struct address *address, struct in_addr ip) {
    address->is_ipv4 = true;
    address->ipv4 = ntohl(ip.s_addr);
    inet_ntop(AF_INET, &ip, address->text, sizeof(address->text));
}

struct address address_from_socket(const struct sockaddr *socket_address) {
    struct address address = {0};

    if (socket_address->sa_family == AF_INET) {
        struct sockaddr_in ipv4;

        memcpy(&ipv4, socket_address, sizeof(ipv4));
        set_ipv4(&address, ipv4.sin_addr);
    } else if (socket_address->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;

        memcpy(&ipv6, socket_address, sizeof(ipv6));
        if (IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr)) {
            struct in_addr ip;
            memcpy(&ip, ipv6.sin6_addr.s6_addr + 12, sizeof(ip));
            set_ipv4(&address, ip);
        } else
            inet_ntop(AF_INET6, &ipv6.sin6_addr, address.text, sizeof(address.text));
    }
    return address;
}

bool address_from_text(const char *text, struct address *ret) {
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};

    if (text && inet_pton(AF_INET, text, &ipv4.sin_addr) == 1)
        *ret = address_from_socket((const struct sockaddr *) &ipv4);
    else if (text && inet_pton(AF_INET6, text, &ipv6.sin6_addr) == 1)
        *ret = address_from_socket((const struct sockaddr *) &ipv6);
    else
        return false;
    return true;
}

bool address_parse_ipv4(const char *text, uint32_t *ret) {
    struct in_addr ip;

    if (!text || inet_pton(AF_INET, text, &ip) != 1)
        return false;
    *ret = ntohl(ip.s_addr);
    return true;
}

bool address_parse_netmask(const char *text, uint32_t *ret) {
    uint32_t mask;

    if (!address_parse_ipv4(text, &mask) || (~mask & (~mask + 1)) != 0)
        return false;
    *ret = mask;
    return true;
}

static bool rule_matches(const cJSON *rule, const struct address *peer) {
    const char *text = json_text(rule, "address");
    uint32_t address, mask;

    if (text && strcmp(text, "*") == 0)
        return true;
    return peer->is_ipv4 && address_parse_ipv4(text, &address) &&
           address_parse_netmask(json_text(rule, "netmask"), &mask) &&
           (address & mask) == (peer->ipv4 & mask);
}

bool address_is_admitted(const struct address *peer, const char *customized, const cJSON *rules) {
    const cJSON *rule;

    if (!customized || strcmp(customized, "selected-ip") != 0)
        return true;
    cJSON_ArrayForEach(rule, rules)
        if (rule_matches(rule, peer)) {
            const char *access = json_text(rule, "access");
            return access && strcmp(access, "allow") == 0;
        }
    return false;
}
