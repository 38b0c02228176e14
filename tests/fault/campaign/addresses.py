# SPDX-License-Identifier: Apache-2.0
"""Whom the rules of a realm let in, counted out over ranges of IPv4. Written from the guide, not from the product."""

import ipaddress

ALL = (0, 2**32 - 1)
SLASH_8 = 2**24


def span(network):
    """First and last address of "10.0.0.0/8", one address, or "*"."""
    if network == "*":
        return ALL
    n = ipaddress.ip_network(network)
    return int(n[0]), int(n[-1])


def cut(ranges, first, last):
    """What of RANGES lies within first..last, and what does not."""
    inside, outside = [], []
    for a, b in ranges:
        if b < first or a > last:
            outside.append((a, b))
            continue
        inside.append((max(a, first), min(b, last)))
        if a < first:
            outside.append((a, first - 1))
        if b > last:
            outside.append((last + 1, b))
    return inside, outside


def allowed(source_ip, within=ALL):
    """The ranges of WITHIN that are let in: the first rule that matches decides, who matches none is kept out."""
    if source_ip["customized"] == "any-ip":
        return [within]
    undecided, let_in = [within], []
    for access, network in source_ip["rules"]:
        inside, undecided = cut(undecided, *span(network))
        if access == "allow":
            let_in += inside
    return let_in


def count(ranges):
    return sum(b - a + 1 for a, b in ranges)


def lets_in(source_ip, network):
    """True where every address of NETWORK is let in."""
    whole = span(network)
    return count(allowed(source_ip, whole)) == whole[1] - whole[0] + 1


def newly_let_in(before, after):
    """How many addresses AFTER lets in that BEFORE kept out."""
    new = allowed(after)
    for a, b in allowed(before):
        new = cut(new, a, b)[1]
    return count(new)
