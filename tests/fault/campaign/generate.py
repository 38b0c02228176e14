# SPDX-License-Identifier: Apache-2.0
"""What a case consists of, made from its random numbers alone."""

import json

from . import addresses, kinds_ics, model
from .kinds import some
from .site import APPLIANCES

GUARD_CHOICES = {"max-removals": [0, 2, 10, 10, 50, 1000], "max-removals-percent": [0, 30, 30, 60, 100, 100],
                 "max-removals-run": [3, 100, 100, 1000],
                 "management-addresses": [[], [], ["192.0.2.0/28"], ["192.0.2.8", "127.0.0.0/9"]],
                 "management-realms": [[], [kinds_ics.OTHER_REALM], [kinds_ics.OTHER_REALM.upper()]],
                 "protect": [[], [], [], ["*/source-ip/*"], ["sps/*/n*"], ["*/ad-groups/A*", "*/userlists/operators"]]}
OPTIONS = {
    "ics": {"refusal": ["403-empty", "403-html", "401"], "put-answer": ["info", "204", "warning"],
            "empty-lists": ["array", "null", "absent"], "deny-mode": ["at-once", "at-login"]},
    "sps": {"cookie": ["plain", "joined", "expired-clock"], "transaction-shape": ["transaction", "body"],
            "exclusive": [True, True, False], "require-commit-message": [False, False, True],
            "embed-bodies": [False, True], "changes": [True, True, False]},
}


def random_world(rng):
    names = rng.choice([["vpn"], ["vpn"], ["sps"], ["sps"], ["sps"], ["vpn", "sps"]])
    return model.World(guards={k: rng.choice(v) for k, v in GUARD_CHOICES.items()},
                       remove_unlisted=rng.choice([[], [], [], ["sps/userlists"], ["*/*"]]),
                       targets={n: model.Target(n, APPLIANCES[n]) for n in names})


def random_options(rng, world):
    chosen = {n: {k: rng.choice(v) for k, v in OPTIONS[t.system].items()} for n, t in world.targets.items()}
    # That a message is required is told in the newer shape only.
    if "sps" in chosen and chosen["sps"]["transaction-shape"] == "transaction":
        chosen["sps"]["require-commit-message"] = False
    return chosen


def random_states(rng, world, password):
    return {n: model.SYSTEMS[t.system].random_state(rng, password) for n, t in world.targets.items()}


def is_reachable(target, values):
    realm = values.get(("source-ip", kinds_ics.LOGIN_REALM))
    return target.system != "ics" or addresses.lets_in(realm, kinds_ics.OWN_ADDRESS)


def random_wants(rng, world, states):
    """Declares some of what is there, changed or not, and something new."""
    for name, target in world.targets.items():
        target.wants, target.declared = {}, set()
        for kind in model.kinds_of(target.system):
            live = kind.observed(states[name])
            wanted = [o for o in live if rng.random() < .7]
            if kind.collection:
                if rng.random() < .15:
                    continue
                target.declared.add(kind.name)
                built_in = kind.built_in_names(states[name])
                wanted = [o for o in wanted if o not in built_in]
                new = [n for n in model.SYSTEMS[target.system].NAMES if n not in live]
                wanted += some(rng, new, 0, 2)
            for o in wanted:
                target.declared.add(kind.name)
                target.wants[kind.name, o] = kind.random_want(rng, live.get(o))


def drift(rng, world, states):
    """Somebody clicks: some objects become others."""
    for name, target in world.targets.items():
        for kind in model.kinds_of(target.system):
            for o, value in kind.observed(states[name]).items():
                if rng.random() < .3 and not (kind.collection and o in kind.built_in_names(states[name])):
                    after = kind.merge(value, kind.random_want(rng, value))
                    if is_reachable(target, {**model.observed(target.system, states[name]), (kind.name, o): after}):
                        kind.put(states[name], o, after)


def random_allowances(rng, world, plans):
    """Lets some of what is held through by name, but nothing that would shut Convergate out."""
    for name, changes in plans.items():
        for c in changes:
            if c.held in (None, "protect") or rng.random() < .7:
                continue
            if c.held == "lock-out" and not addresses.lets_in(c.after, kinds_ics.OWN_ADDRESS):
                continue
            world.allowed.add(f"{c.held}:{name}/{c.kind.name}/{c.object}")


# Documents.

def place_in(document, kind, target, name, content):
    section = document.setdefault(target.system, {})
    if kind.group:
        section.setdefault(kind.group, {}).setdefault(name, {})[kind.name] = content
    else:
        section.setdefault(kind.name, {})[name] = content


def shuffled(rng, node, depth=0):
    """The same with the members of the outer objects in another order."""
    if not isinstance(node, dict) or depth > 3:
        return node
    return {k: shuffled(rng, node[k], depth + 1) for k in rng.sample(list(node), len(node))}


def random_documents(rng, world):
    """{path: text}: every object in one of some documents, in any order. JSON is YAML."""
    documents = {}
    for name, target in world.targets.items():
        paths = [f"{rng.choice(['', 'x/', 'b/c/'])}{rng.choice('abyz')}{i}-{name}.yaml"
                 for i in range(rng.choice([1, 1, 2, 4]))]
        by_name = {k.name: k for k in model.kinds_of(target.system)}
        for kind, o in rng.sample(sorted(target.wants), len(target.wants)):
            document = documents.setdefault(rng.choice(paths), {"version": 1, "targets": [name]})
            place_in(document, by_name[kind], target, o, by_name[kind].document(rng, target.wants[kind, o]))
        for kind in sorted(k for k in target.declared if k not in {kind for kind, _ in target.wants}):
            document = documents.setdefault(paths[0], {"version": 1, "targets": [name]})
            document.setdefault(target.system, {})[kind] = {}
        documents.setdefault(paths[0], {"version": 1, "targets": [name]}).setdefault(target.system, {})
    return {p: json.dumps(shuffled(rng, d), ensure_ascii=False, indent=rng.choice([None, 1])) + "\n"
            for p, d in documents.items()}
