# SPDX-License-Identifier: Apache-2.0
"""
Reads an appliance's log again: which object each write meant, which content it asked for, and what the appliance held
after each of them.
"""

import urllib.parse

from runner.match import Failed

from . import model
from .kinds_sps import POLICIES

TRANSACTION = "/api/transaction"


class Write:
    """A write to one object. `value` is None where it removes."""

    def __init__(self, entry, kind, name, value):
        self.entry, self.kind, self.object, self.value = entry, kind, name, value

    @property
    def place(self):
        return self.kind.name, self.object

    def __str__(self):
        return f"{self.entry['method']} {self.entry['path']} ({self.kind.name} '{self.object}')"


def find_ics(entry, values):
    for kind in model.kinds_of("ics"):
        name = kind.object_of(entry["path"])
        if name is not None and entry["method"] == "PUT" and (kind.name, name) in values:
            return Write(entry, kind, name, kind.from_body(entry["body"], values[kind.name, name]))
    return None


def find_sps(entry, keys):
    for kind in model.kinds_of("sps"):
        if entry["path"] == kind.path and entry["method"] == "POST":
            return Write(entry, kind, entry["body"]["name"], kind.from_body(entry["body"], None))
        key = urllib.parse.unquote(entry["path"].removeprefix(kind.path + "/"))
        if entry["path"].startswith(kind.path + "/") and key in keys[kind.name]:
            name = keys[kind.name][key]
            if entry["method"] == "PUT" and entry["body"]["name"] == name:
                return Write(entry, kind, name, kind.from_body(entry["body"], None))
            if entry["method"] == "DELETE":
                return Write(entry, kind, name, None)
    return None


def is_transaction(entry):
    return entry["path"] == TRANSACTION


class Replay:
    """`writes`: those that mean an object; `states`: the values before the run and after each that took effect."""

    def __init__(self, system, before, log):
        self.values = model.observed(system, before)
        self.writes, self.states = [], [dict(self.values)]
        self.keys = {k.name: k.keys(before) for k in model.kinds_of(system) if k.collection}
        self.staged = {}  # {session: {place: value}}
        for entry in log:
            if entry["write"]:
                self.take_sps(entry) if system == "sps" else self.take_ics(entry)

    def take_ics(self, entry):
        write = find_ics(entry, self.values)
        if not write:
            raise Failed(f"a write that no kind knows: {entry['method']} {entry['path']}")
        self.writes.append(write)
        if entry["applied"]:
            self.values[write.place] = write.value
            self.states.append(dict(self.values))

    def take_sps(self, entry):
        if is_transaction(entry):
            self.take_transaction(entry)
            return
        write = find_sps(entry, self.keys)
        if not write:
            raise Failed(f"a write that no kind knows: {entry['method']} {entry['path']}")
        self.writes.append(write)
        if entry["applied"]:
            self.staged.setdefault(entry["session"], {})[write.place] = write.value

    def take_transaction(self, entry):
        if entry["method"] not in ("POST", "PUT", "DELETE"):
            raise Failed(f"a write that no kind knows: {entry['method']} {entry['path']}")
        if not entry["applied"]:
            return
        staged = self.staged.pop(entry["session"], {})
        if entry["method"] != "PUT":
            return
        for place, value in staged.items():
            if value is None:
                self.values.pop(place, None)
            else:
                self.values[place] = value
        self.states.append(dict(self.values))


def reads_of(system, place, log, counts_too=lambda entry: False):
    """The entries that read the place's container or collection whole, unharmed, in order; and such as COUNTS_TOO."""
    kind = next(k for k in model.kinds_of(system) if k.name == place[0])
    path = f"{POLICIES}/{kind.name}" if kind.collection else kind.path_of(place[1])
    return [e for e in log if e["method"] == "GET" and e["path"] == path and (is_clean(e) or counts_too(e))]


# Of these the answer may still be whole and true.
HARMLESS = (None, "delay", "slow", "expire", "truncate", "wrong-length", "drop-tls", "short-list",
            "answered-not-applied", "locked", "applied-with-status")


def is_clean(entry):
    return entry["status"] == 200 and entry["fault"] in HARMLESS
