/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* IPv4 addresses, netmasks and the source-address rules of a realm. */

#include <cjson/cJSON.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
    bool is_ipv4; /* an IPv6 peer is matched by `*` alone */
    uint32_t ipv4;
    char text[INET6_ADDRSTRLEN];
};

struct address address_from_socket(const struct sockaddr *socket_address);
/* False if it is neither an IPv4 nor an IPv6 address. */
bool address_from_text(const char *text, struct address *ret);
bool address_parse_ipv4(const char *text, uint32_t *ret);
bool address_parse_netmask(const char *text, uint32_t *ret);

/* The first rule that matches decides; without a match a selected-ip list denies. */
bool address_is_admitted(const struct address *peer, const char *customized, const cJSON *rules);
