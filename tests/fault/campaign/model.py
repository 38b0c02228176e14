# SPDX-License-Identifier: Apache-2.0
"""What should come of a case: the plan, what the guards hold of it, and the state that it leads to."""

import dataclasses
import fnmatch

from . import kinds_ics, kinds_sps

SYSTEMS = {"ics": kinds_ics, "sps": kinds_sps}
PROVIDER_SURE = ("protect", "lock-out", "emptying", "removals")


def kinds_of(system):
    return SYSTEMS[system].KINDS


def observed(system, state):
    """{(kind, object): value} of all kinds that the model knows."""
    return {(k.name, name): value for k in kinds_of(system) for name, value in k.observed(state).items()}


@dataclasses.dataclass
class Change:
    kind: object
    object: str
    action: str
    live: object
    after: object
    held: str = None
    sure: bool = True  # whether it is known which guard holds it, if any
    by_run: bool = False  # it is held for what all targets together would lose

    @property
    def place(self):
        return self.kind.name, self.object

    def losses(self):
        return [] if self.live is None else self.kind.losses(self.live, self.after)

    def removals(self):
        return (self.action == "delete") + sum(removed for _, removed, _ in self.losses())


@dataclasses.dataclass
class Ledger:
    """What Convergate must remember of a target: what it created, by key, and what it last verified."""
    created: dict = dataclasses.field(default_factory=dict)
    verified: dict = dataclasses.field(default_factory=dict)
    lied_to: bool = False  # an answer was false: what was verified is no longer known


@dataclasses.dataclass
class Target:
    name: str
    system: str
    wants: dict = dataclasses.field(default_factory=dict)  # {(kind, object): want}
    declared: set = dataclasses.field(default_factory=set)  # kinds, also those without objects
    ledger: Ledger = dataclasses.field(default_factory=Ledger)


@dataclasses.dataclass
class World:
    guards: dict
    remove_unlisted: list
    targets: dict  # {name: Target}
    allowed: set = dataclasses.field(default_factory=set)  # of --allow

    def is_allowed(self, guard, target, change):
        return f"{guard}:{target.name}/{change.kind.name}/{change.object}" in self.allowed

    def guarded(self):
        realms = {kinds_ics.LOGIN_REALM.casefold(), *(r.casefold() for r in self.guards["management-realms"])}
        return realms, [kinds_ics.OWN_ADDRESS, *self.guards["management-addresses"]]


def matches(patterns, name):
    return any(fnmatch.fnmatchcase(name, p) for p in patterns)


def key_of(kind, state, name):
    return next(k for k, n in kind.keys(state).items() if n == name) if kind.collection else None


def is_removable(world, target, kind, state, name):
    if name in kind.built_in_names(state):
        return False
    ours = target.ledger.created.get((kind.name, name)) == key_of(kind, state, name)
    return ours or matches(world.remove_unlisted, f"{target.name}/{kind.name}")


def differences(world, target, state):
    """The changes that the documents ask for, before any guard."""
    found = []
    for kind in kinds_of(target.system):
        if kind.name not in target.declared:
            continue
        live = kind.observed(state)
        wants = {o: w for (k, o), w in target.wants.items() if k == kind.name}
        for name, want in wants.items():
            after = kind.merge(live.get(name), want)
            if name not in live:
                found.append(Change(kind, name, "create", None, after))
            elif after != live[name]:
                found.append(Change(kind, name, "update", live[name], after))
        if kind.collection:
            found += [Change(kind, name, "delete", live[name], None) for name in live
                      if name not in wants and is_removable(world, target, kind, state, name)]
    return found


def transition(target, was, now):
    """What became another between two sets of values of a target, as changes."""
    by_name = {k.name: k for k in kinds_of(target.system)}
    found = []
    for place in sorted({*was, *now}):
        a, b = was.get(place), now.get(place)
        if a != b:
            action = "create" if a is None else "delete" if b is None else "update"
            found.append(Change(by_name[place[0]], place[1], action, a, b))
    return found


def judge_object(world, target, change):
    """The guard that holds the change for what it is itself, or None."""
    kind = change.kind
    verified = target.ledger.verified.get(change.place)
    if matches(world.guards["protect"], f"{target.name}/{kind.name}/{change.object}"):
        return "protect"
    if (change.action != "delete" and not world.is_allowed("lock-out", target, change) and
            kind.locks_out(world.guarded(), change.object, change.after)):
        return "lock-out"
    if (change.action == "update" and not world.is_allowed("open-up", target, change) and
            kind.opens_up(change.live, change.after) and verified != change.after):
        return "open-up"
    if (change.action == "update" and verified is not None and not world.is_allowed("shrink", target, change) and
            kind.size(verified) >= 10 and kind.size(change.live) * 2 < kind.size(verified)):
        return "shrink"
    for before, removed, left in change.losses() if change.action != "delete" else []:
        if left == 0 and not world.is_allowed("emptying", target, change):
            return "emptying"
        if (before >= 4 and removed * 100 > before * world.guards["max-removals-percent"] and
                not world.is_allowed("removals", target, change)):
            return "removals"
    return None


def counted(world, target, changes):
    return [c for c in changes if not c.held and c.removals() and not world.is_allowed("removals", target, c)]


def hold_all(changes):
    for c in changes:
        c.held = "removals"


def judge(world, plans):
    """Sets `held` of the changes in {target name: [Change]}."""
    all_counted = []
    for name, changes in plans.items():
        target = world.targets[name]
        for c in changes:
            c.held = judge_object(world, target, c)
            # Documents that suddenly declare nothing at all.
            if (not c.held and c.action == "delete" and target.ledger.verified and
                    not target.wants and not world.is_allowed("shrink", target, c)):
                c.held = "shrink"
            # What was verified is not known where an answer lied; then these two may hold or not.
            c.sure = not target.ledger.lied_to or (c.held in PROVIDER_SURE)
        counting = counted(world, target, changes)
        if sum(c.removals() for c in counting) > world.guards["max-removals"]:
            hold_all(counting)
        all_counted += counted(world, target, changes)
    if sum(c.removals() for c in all_counted) > world.guards["max-removals-run"]:
        hold_all(all_counted)
        for c in all_counted:
            c.by_run = True
    return plans


def plan(world, states):
    """{target name: [Change]} for the states, judged by the guards."""
    return judge(world, {n: differences(world, t, states[n]) for n, t in world.targets.items()})


def final_values(target, state, changes):
    """What the target should hold once every change that is not held was applied."""
    values = observed(target.system, state)
    for c in changes:
        if c.held:
            continue
        if c.action == "delete":
            values.pop(c.place, None)
        else:
            values[c.place] = c.after
    return values


def remember(world, states):
    """What Convergate knows after a run that read everything: what is as it should be is verified."""
    for name, target in world.targets.items():
        values = observed(target.system, states[name])
        differing = {c.place for c in differences(world, target, states[name])}
        for place in target.wants:
            if place in values and place not in differing:
                target.ledger.verified[place] = values[place]
        for place in [p for p in target.ledger.created if p not in values]:
            del target.ledger.created[place]
