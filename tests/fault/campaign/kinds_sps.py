# SPDX-License-Identifier: Apache-2.0
"""The kinds of One Identity Safeguard for Privileged Sessions, from its guide."""

from .kinds import Kind, changed, some

POLICIES = "/api/configuration/policies"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
USERS = ["root", "anna", "bert", "carla", "Dörte", "o'neil", "x y", "\\\\CORP\\eva", "12", "true"] + \
    [f"user{i:02d}" for i in range(14)]
NAMES = ["operators", "night", "root_only", "Zoë", "a/b", "x%41", "office", "on-call", "7x24"]


class Collection(Kind):
    system = "sps"
    collection = True
    envelope = "items"
    built_in = {}  # {key: (name, raw value)}

    @property
    def path(self):
        return f"{POLICIES}/{self.name}"

    def keys(self, state):
        """{key: name}"""
        return {key: body["name"] for key, body in state["policies"].get(self.name, {}).items()}

    def built_in_names(self, state):
        return {name for key, name in self.keys(state).items() if key.startswith("-")}

    def value(self, body):
        raise NotImplementedError

    def observed(self, state):
        return {body["name"]: self.value(body) for body in state["policies"].get(self.name, {}).values()}

    def from_body(self, body, before):
        return self.value(body)

    def merge(self, live, want):
        return {**(live or {}), **want}

    def fields(self, value):
        raise NotImplementedError

    def put(self, state, name, value):
        objects = state["policies"].setdefault(self.name, {})
        key = next((k for k, body in objects.items() if body["name"] == name), None)
        key = key or f"{self.name[:4]}{len(objects)}{name.encode().hex()}"
        objects[key] = {"name": name, **self.raw(value)}


class Userlists(Collection):
    name = "userlists"
    built_in = {"-4": ("built_in", {"default": "exclude", "users": ["root"]})}

    def value(self, body):
        return {"default": body["default"], "users": tuple(sorted(set(body["users"])))}

    def raw(self, value):
        return {"default": value["default"], "users": list(value["users"])}

    def merge(self, live, want):
        return super().merge(live, {k: tuple(sorted(v)) if k == "users" else v for k, v in want.items()})

    def lists(self, value):
        return {"users": value["users"]}

    def fields(self, value):
        return {"default": value["default"], **{u: u for u in value["users"]}}

    def items(self, live, after):
        found = super().items(live, after)
        # A list that is created empty is shown as one.
        return found | {("add", "users")} if live is None and not after["users"] else found

    def opens_up(self, live, after):
        return live["default"] == "exclude" and after["default"] == "include"

    def random_live(self, rng):
        return {"default": rng.choice(["exclude", "exclude", "include"]),
                "users": some(rng, USERS, 0, rng.choice([0, 3, 6, 16]))}

    def random_want(self, rng, live):
        if live is None:
            return {"default": rng.choice(["exclude", "exclude", "include"]), "users": some(rng, USERS, 0, 6)}
        want = {}
        if rng.random() < .7:
            want["default"] = rng.choice([live["default"]] * 5 + ["exclude", "include"])
        if not want or rng.random() < .8:
            pool = [u for u in USERS if u not in live["users"]]
            want["users"] = changed(rng, list(live["users"]), pool, lambda u: u)
        return want

    def document(self, rng, want):
        return {k: rng.sample(v, len(v)) if k == "users" else v for k, v in want.items()}


def minutes(text):
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


class TimePolicies(Collection):
    name = "time_policies"
    built_in = {"-100": ("always", {d: [["0:00", "23:59"]] for d in DAYS})}

    def value(self, body):
        return {d: tuple(sorted((minutes(a), minutes(b)) for a, b in body[d])) for d in DAYS}

    def raw(self, value):
        return {d: [[f"{a // 60}:{a % 60:02d}", f"{b // 60}:{b % 60:02d}"] for a, b in value[d]] for d in DAYS}

    def lists(self, value):
        return value

    def losses(self, live, after):
        """A day is one value: only emptying it loses something. Who removes the object removes one thing."""
        return [] if after is None else [(len(live[d]), len(live[d]), 0) for d in DAYS if live[d] and not after[d]]

    def fields(self, value):
        return value

    def day(self, rng):
        cuts = sorted(rng.sample(range(0, 24 * 60), 2 * rng.choice([0, 1, 1, 2])))
        return tuple(zip(cuts[::2], cuts[1::2]))

    def random_live(self, rng):
        return {d: self.day(rng) for d in DAYS}

    def random_want(self, rng, live):
        if live is None:
            return {d: self.day(rng) for d in DAYS}
        days = some(rng, DAYS, 1)
        return {d: rng.choice([live[d], live[d], self.day(rng)]) for d in days}

    def document(self, rng, want):
        def spell(m):
            return f"{m // 60:0{rng.choice([1, 2])}d}:{m % 60:02d}"
        return {d: rng.sample([[spell(a), spell(b)] for a, b in day], len(day))
                for d, day in rng.sample(sorted(want.items()), len(want))}


KINDS = [Userlists(), TimePolicies()]


def random_state(rng, password):
    """A state of the emulator in which Convergate can log in, and a person called boss."""
    state = {"admins": {"convergate": {"password": password}, "boss": {"password": password}},
             "info": {"firmware_version": "8.0.0", "hostname": "sps"}, "passwords": [],
             "policies": {"trusted_ca_lists": {}, "user_databases": {}, "channel_policies": {}}}
    for kind in KINDS:
        state["policies"][kind.name] = {key: {"name": name, **raw} for key, (name, raw) in kind.built_in.items()}
        for name in some(rng, NAMES, 0, 4):
            kind.put(state, name, kind.random_live(rng))
    return state
