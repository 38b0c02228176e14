# SPDX-License-Identifier: Apache-2.0
"""
Fixed worlds for the parts that strike one point after the other. Each has a past, so that there is something of our
own to delete; it is played once at a site and put back before each strike.
"""

import copy
import os
import random
import shutil

from . import kinds_ics, kinds_sps, model
from .play import Play
from .site import APPLIANCES, PASSWORD

GUARDS = {"max-removals": 10, "max-removals-percent": 60, "max-removals-run": 100,
          "management-addresses": ["192.0.2.0/28"], "management-realms": ["Break Glass"], "protect": []}
AD, LDAP, SOURCE_IP = kinds_ics.KINDS[:3]
BY_NAME = {k.name: k for k in kinds_sps.KINDS}
WEEK = {d: ((480, 1080),) for d in kinds_sps.DAYS}


def ics():
    """Both kinds of groups grow and shrink, and two realms get other rules: that of the login and another."""
    state = kinds_ics.random_state(random.Random(0), PASSWORD)
    state["auth-servers"], state["admin-realms"] = {}, {}
    home, management = ("allow", "127.0.0.0/8"), ("allow", "192.0.2.0/24")
    AD.put(state, "ADServer", {f"CORP/{n}": f"CORP/{n}" for n in ("core", "old", "staff")})
    LDAP.put(state, "LDAPServer", {"Admins": ("CN=Admins,DC=x", "static"), "Old": ("CN=Old,DC=x", "static")})
    SOURCE_IP.put(state, "Admin Users", {"customized": "selected-ip", "other": {"external-port": "true"},
                                         "rules": [home, management, ("allow", "10.1.0.0/16")]})
    SOURCE_IP.put(state, "Partners", {"customized": "selected-ip", "other": {}, "rules": [("deny", "10.0.0.0/8")]})
    past = {("ad-groups", "ADServer"): {f"CORP/{n}": None for n in ("core", "old", "staff")}}
    wants = {("ad-groups", "ADServer"): {"CORP/core": None, "CORP/staff": None, "CORP/new": "CORP/new"},
             ("ldap-groups", "LDAPServer"): {"Admins": (None, "dynamic"), "New": ("CN=New,DC=x", "static")},
             ("source-ip", "Admin Users"): {"rules": [home, management]},
             ("source-ip", "Partners"): {"rules": [("allow", "10.1.0.0/16"), ("deny", "10.0.0.0/8")]}}
    return state, past, wants


def sps():
    """A user list of ours goes, one is created, one changes; so does a time policy."""
    state = kinds_sps.random_state(random.Random(0), PASSWORD)
    for kind in kinds_sps.KINDS:
        state["policies"][kind.name] = {key: {"name": n, **raw} for key, (n, raw) in kind.built_in.items()}
    lists, times = BY_NAME["userlists"], BY_NAME["time_policies"]
    lists.put(state, "ops", {"default": "exclude", "users": ["anna", "bert", "carla"]})
    times.put(state, "office", WEEK)
    mine = ("userlists", "mine")
    past = {mine: {"default": "exclude", "users": ["anna"]}, ("userlists", "ops"): {"default": "exclude"}}
    wants = {("userlists", "ops"): {"users": ["anna", "bert", "dora"]},
             ("userlists", "night"): {"default": "exclude", "users": ["eva", "finn"]},
             ("time_policies", "office"): {"Sat": ((540, 720),)}}
    return state, past, wants


SCENARIOS = {"vpn": ics, "sps": sps}
OPTIONS = {"vpn": {}, "sps": {"transaction-shape": "body"}}


class Scenario(Play):
    """The scenario of one target, as it stands after its past."""

    def __init__(self, site, name, counts, shown):
        world = model.World(guards=GUARDS, remove_unlisted=[], targets={name: model.Target(name, APPLIANCES[name])})
        super().__init__(site, world, random.Random(0), counts, shown)
        self.name, self.target = name, world.targets[name]
        made = site.made.get(name)
        if not made:
            made = site.made[name] = self.make()
        self.put_back(*made)

    def declare(self, wants):
        self.target.wants, self.target.declared = wants, {kind for kind, _ in wants}
        self.write_documents()

    def write_all_settings(self):
        self.write_settings("clean.yaml", "30s", "60s")
        self.write_settings("struck.yaml", "1500ms", "3s")

    def make(self):
        """Plays the past; returns what is put back later: the state, Convergate's state, the ledger, the wants."""
        state, past, wants = SCENARIOS[self.name]()
        self.site.reset({self.name: state}, OPTIONS)
        self.write_all_settings()
        self.declare(past)
        self.apply_undisturbed()
        kept = os.path.join(self.site.folder, f"past-{self.name}")
        shutil.copytree(self.site.path("state"), kept)
        return self.site.states([self.name]), kept, copy.deepcopy(self.target.ledger), wants

    def put_back(self, states, kept, ledger, wants):
        self.site.reset(states, OPTIONS)
        shutil.copytree(kept, self.site.path("state"))
        self.write_all_settings()
        self.target.ledger = copy.deepcopy(ledger)
        self.declare(wants)
        self.initial, self.final = states[self.name], self.final_of(states)

    def final_of(self, states):
        return model.final_values(self.target, states[self.name], model.plan(self.world, states)[self.name])

    def outcome(self, run):
        """What became of a struck run, in a letter: what was told, and what is so."""
        was = model.observed(self.target.system, self.initial)
        now = model.observed(self.target.system, run.after[self.name])
        if run.killed:
            return "k" if now == was else "K" if now == self.final else "h"
        if run.status == 0:
            return "." if now == self.final else "!"
        return "r" if now == was else "F" if now == self.final else "p"


LEGEND = """  .  told and done           !  told and NOT done
  r  failure told, nothing changed   p  failure told, in part done   F  failure told, all done
  k  killed, nothing changed         h  killed, in part done         K  killed, all done"""
