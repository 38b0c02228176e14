# SPDX-License-Identifier: Apache-2.0
"""The kinds of Ivanti Connect Secure, from its guide."""

import ipaddress
import re
import urllib.parse

from . import addresses
from .kinds import Kind, changed, some

CONFIGURATION = "/api/v1/configuration"
OWN_ADDRESS = "127.0.0.1"
LOGIN_REALM = "Admin Users"
OTHER_REALM = "Break Glass"
REALMS = [LOGIN_REALM, OTHER_REALM, "Partners", "Zoë/100%"]
SERVERS = ["ADServer", "AD #2 (old)", "LDAPServer", "Verzeichnis/ä"]
GROUPS = [f"CORP/{n}" for n in ("staff", "partners", "Ops", "ops", "a,b", "Ünï", "x y", "admins", "night", "tmp")] + \
    [f"CORP/group-{i:02d}" for i in range(14)]


class Container(Kind):
    system = "ics"
    path = ""  # with %s for the object

    def object_of(self, path):
        """The object that a request's path names, or None where it is no path of this kind."""
        before, after = (re.escape(x) for x in self.path.split("%s"))
        m = re.fullmatch(before + "([^/]+)" + after, path)
        return urllib.parse.unquote(m[1]) if m else None

    def path_of(self, name):
        return self.path % urllib.parse.quote(name, safe="")


class Groups(Container):
    group = "auth-servers"
    member = ""  # of the state

    def item(self, raw):
        raise NotImplementedError

    def of_list(self, raw):
        return {g["name"]: self.item(g) for g in raw or []}

    def observed(self, state):
        return {name: self.of_list(server[self.member])
                for name, server in state["auth-servers"].items() if self.member in server}

    def from_body(self, body, before):
        return self.of_list(body[self.envelope]) if self.envelope in body else before

    def lists(self, value):
        return {self.name: list(value)}

    def fields(self, value):
        return value


class AdGroups(Groups):
    name = "ad-groups"
    path = CONFIGURATION + "/authentication/auth-servers/auth-server/%s/ad/server-catalog/groups"
    member, envelope = "ad-groups", "ad-group"

    def item(self, raw):
        return raw["group"]

    def merge(self, live, want):
        return {n: live.get(n, n) if group is None else group for n, group in want.items()}

    def make(self, rng, name):
        return name, rng.choice([name, name, name.upper(), name + " (directory)"])

    def random_live(self, rng):
        return dict(self.make(rng, n) for n in some(rng, GROUPS, 0, rng.choice([0, 3, 6, 16])))

    def raw(self, value):
        return [{"name": n, "group": g} for n, g in value.items()]

    def put(self, state, name, value):
        state["auth-servers"].setdefault(name, {})[self.member] = self.raw(value)

    def random_want(self, rng, live):
        want = {}
        pool = [n for n in GROUPS if n not in live]
        for name in changed(rng, list(live), pool, lambda n: n):
            group = live.get(name, name)
            want[name] = rng.choice([None, group, group, group if rng.random() < .8 else name + "/moved"])
        return want

    def document(self, rng, want):
        items = [rng.choice([n, {"name": n}]) if g is None else {"name": n, "group": g} for n, g in want.items()]
        return rng.sample(items, len(items))


def canon_dn(dn):
    """Case and the blanks around separators do not count; there is no escaping among what is made here."""
    return ",".join("=".join(p.strip() for p in part.split("=", 1)) for part in dn.split(",")).lower()


class LdapGroups(Groups):
    name = "ldap-groups"
    path = CONFIGURATION + "/authentication/auth-servers/auth-server/%s/ldap/server-catalog/groups"
    member, envelope = "ldap-groups", "user-group"

    def item(self, raw):
        return canon_dn(raw["dn"]), raw["group-type"]

    def merge(self, live, want):
        whole = {}
        for name, (dn, kind) in want.items():
            was = live.get(name, (None, None))
            whole[name] = (was[0] if dn is None else canon_dn(dn), was[1] if kind is None else kind)
        return whole

    def dn(self, rng, name):
        cn = re.sub(r"[^A-Za-z0-9]", "", name)
        return rng.choice([f"CN={cn},DC=example,DC=net", f"cn={cn}, dc=EXAMPLE , DC = net", f"CN={cn},OU=old,DC=x"])

    def random_live(self, rng):
        return {n: (self.dn(rng, n), rng.choice(["static", "dynamic"])) for n in some(rng, GROUPS, 0, 9)}

    def raw(self, value):
        return [{"name": n, "dn": dn, "group-type": kind} for n, (dn, kind) in value.items()]

    def put(self, state, name, value):
        state["auth-servers"].setdefault(name, {})[self.member] = self.raw(value)

    def random_want(self, rng, live):
        want = {}
        pool = [n for n in GROUPS if n not in live]
        for name in changed(rng, list(live), pool, lambda n: n):
            if name in live:
                want[name] = rng.choice([(None, None), live[name], (self.dn(rng, name), None), (None, "static")])
            else:
                want[name] = self.dn(rng, name), rng.choice(["static", "dynamic"])
        return want

    def document(self, rng, want):
        items = []
        for name, (dn, kind) in want.items():
            members = [("name", name), ("dn", dn), ("group-type", kind)]
            items.append({k: v for k, v in rng.sample(members, 3) if v is not None})
        return rng.sample(items, len(items))


NETWORKS = ["127.0.0.0/8", "127.0.0.1/32", "127.0.0.0/9", "192.0.2.0/28", "192.0.2.0/24", "192.0.2.8/32", "10.0.0.0/8",
            "10.1.0.0/16", "10.2.0.0/16", "10.1.2.3/32", "172.16.0.0/12", "128.0.0.0/1", "16.0.0.0/4", "64.0.0.0/7",
            "198.51.100.0/24", "203.0.113.7/32", "*"]


def network_of(rule):
    """"10.0.0.0/8" of a rule as the appliance has it; what is not readable stays as it is."""
    if rule["address"] == "*":
        return "*"
    return str(ipaddress.ip_network((rule["address"], rule["netmask"])))


class SourceIp(Container):
    name = "source-ip"
    group = "admin-realms"
    path = CONFIGURATION + "/administrators/admin-realms/realm/%s/authentication-policy/source-ip"

    def of_raw(self, raw):
        return {"customized": raw.get("customized", "any-ip"),
                "rules": [(r["access"], network_of(r)) for r in (raw.get("ips") or {}).get("ip") or []],
                "other": {k: v for k, v in raw.items() if k not in ("customized", "ips")}}

    def observed(self, state):
        return {name: self.of_raw(realm.get("source-ip", {})) for name, realm in state["admin-realms"].items()}

    def from_body(self, body, before):
        now = self.of_raw(body)
        return {"customized": now["customized"] if "customized" in body else before["customized"],
                "rules": now["rules"] if "ip" in (body.get("ips") or {}) else before["rules"],
                "other": {**before["other"], **now["other"]}}

    def merge(self, live, want):
        was = {network: access for access, network in live["rules"]}
        rules = want.get("rules")
        return {"customized": want.get("customized", live["customized"]), "other": live["other"],
                "rules": live["rules"] if rules is None else [(a or was[n], n) for a, n in rules]}

    def lists(self, value):
        return {"ips": [n for _, n in value["rules"]]}

    def fields(self, value):
        return {"customized": value["customized"], **{n: a for a, n in value["rules"]}}

    def locks_out(self, guarded, name, after):
        realms, networks = guarded
        return name.casefold() in realms and not all(addresses.lets_in(after, n) for n in networks)

    def opens_up(self, live, after):
        if live["customized"] == "any-ip":
            return False
        return after["customized"] == "any-ip" or addresses.newly_let_in(live, after) > addresses.SLASH_8

    def random_live(self, rng):
        networks = rng.sample(NETWORKS, rng.choice([0, 1, 3, 5, 11]))
        rules = [(rng.choice(["allow", "allow", "deny"]), n) for n in networks]
        return {"customized": rng.choice(["any-ip", "selected-ip", "selected-ip"]), "rules": rules,
                "other": rng.choice([{}, {"external-port": "true"}])}

    def raw(self, value):
        rules = []
        for access, network in value["rules"]:
            rule = {"access": access, "address": "*"}
            if network != "*":
                n = ipaddress.ip_network(network)
                rule.update({"address": str(n[0]), "netmask": str(n.netmask)})
            rules.append(rule)
        return {"customized": value["customized"], **value["other"], "ips": {"ip": rules}}

    def put(self, state, name, value):
        state["admin-realms"].setdefault(name, {"role-mapping-rules": {"rule": []}})["source-ip"] = self.raw(value)

    def random_want(self, rng, live):
        want = {}
        if rng.random() < .8:
            want["customized"] = rng.choice([live["customized"]] * 3 + ["any-ip", "selected-ip"])
        if not want or rng.random() < .8:
            there = {n: a for a, n in live["rules"]}
            pool = [n for n in NETWORKS if n not in there]
            want["rules"] = []
            for n in changed(rng, list(there), pool, lambda n: n):
                access = there.get(n)
                want["rules"].append((rng.choice([None, access, access, access, "allow"]) if access else
                                      rng.choice(["allow", "allow", "deny"]), n))
            if rng.random() < .5 and "127.0.0.0/8" not in [n for _, n in want["rules"]]:
                want["rules"].insert(0, ("allow", "127.0.0.0/8"))
        return want

    def document(self, rng, want):
        written = {}
        if "customized" in want:
            written["customized"] = want["customized"]
        if "rules" in want:
            written["ips"] = [self.rule_document(rng, a, n) for a, n in want["rules"]]
        return written

    def rule_document(self, rng, access, network):
        rule = {"access": access} if access else {}
        if network == "*" or rng.random() < .5:
            return {**rule, "address": network}
        n = ipaddress.ip_network(network)
        return {**rule, "address": str(n[0]), "netmask": str(n.netmask)}


KINDS = [AdGroups(), LdapGroups(), SourceIp()]


def random_state(rng, password):
    """A state of the emulator in which Convergate can log in."""
    state = {"admins": {"convergate": {"password": password, "realm": LOGIN_REALM, "role": ".Administrators"}},
             "system-information": {"serial-number": "VASPHJPEG824R1U0S", "host-name": "vpn"},
             "auth-servers": {}, "admin-realms": {},
             "admin-roles": {".Administrators": {"session-options": {"idle-timeout": "10"}}}}
    ad, ldap, source_ip = KINDS
    for name in some(rng, SERVERS, 1, 3):
        kinds = rng.choice([[ad], [ldap], [ad, ldap]])
        for kind in kinds:
            kind.put(state, name, kind.random_live(rng))
    for name in [LOGIN_REALM, *some(rng, REALMS[1:], 1)]:
        value = source_ip.random_live(rng)
        if name == LOGIN_REALM and not addresses.lets_in(value, OWN_ADDRESS):
            value["rules"] = [("allow", "127.0.0.0/8")] + [r for r in value["rules"] if r[1] != "127.0.0.0/8"]
        source_ip.put(state, name, value)
    return state
