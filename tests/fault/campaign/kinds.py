# SPDX-License-Identifier: Apache-2.0
"""
What the model knows of a kind. A value is a kind's content in a form that can be compared with ==: what does not
matter on the appliance (order of a set, spelling of a time) is not in it. A want is what a document gives of a value.
"""


class Kind:
    name = ""
    system = ""
    group = None  # ICS: the key above the object's name in a document
    collection = False  # objects can be created and deleted
    envelope = None  # the key of the list in what the appliance answers, where a list is all of it

    def observed(self, state):
        """{object: value} of a state of the emulator."""
        raise NotImplementedError

    def from_body(self, body, before):
        """The value after a write of BODY; BEFORE is None for a new object."""
        raise NotImplementedError

    def merge(self, live, want):
        """The value that should be; LIVE is None where there is none."""
        raise NotImplementedError

    def lists(self, value):
        """{name: list} of what counts as lists for the guards."""
        raise NotImplementedError

    def fields(self, value):
        """{path: value} of what the plan shows item by item; the lists' items among them."""
        raise NotImplementedError

    def locks_out(self, guarded, name, after):
        return False

    def opens_up(self, live, after):
        return False

    # What the guards and the plan ask; the same for all kinds.

    def losses(self, live, after):
        """(before, removed, left) of each list that loses something; of a whole object where AFTER is None."""
        now = self.lists(after) if after is not None else {}
        found = []
        for path, was in self.lists(live).items():
            left = now.get(path, ())
            removed = len([i for i in was if i not in left])
            if removed:
                found.append((len(was), removed, len(left)))
        return found

    def items(self, live, after):
        """{(op, path)} as a plan shows them; moves are left out."""
        was = self.fields(live) if live is not None else {}
        now = self.fields(after) if after is not None else {}
        return ({("add", p) for p in now if p not in was} | {("remove", p) for p in was if p not in now} |
                {("change", p) for p in now if p in was and was[p] != now[p]})

    def size(self, value):
        return max((len(x) for x in self.lists(value).values()), default=0)


def some(rng, items, least=0, most=None):
    """A random choice of ITEMS, in their order."""
    items = list(items)
    most = len(items) if most is None else min(most, len(items))
    chosen = set(rng.sample(range(len(items)), rng.randint(min(least, most), most)))
    return [x for i, x in enumerate(items) if i in chosen]


def changed(rng, live, pool, make):
    """A random next version of the list LIVE: as it is, grown, shrunk, emptied, or quite another."""
    how = rng.choice(["same", "grow", "grow", "shrink", "shrink one", "both", "both", "other", "empty", "reorder"])
    new = [make(x) for x in some(rng, pool, 1, 4)]
    if how == "grow":
        return live + new
    if how == "shrink":
        return some(rng, live)
    if how == "shrink one":
        return some(rng, live, max(0, len(live) - 1))
    if how == "both":
        return some(rng, live, len(live) // 2) + new
    if how == "other":
        return new
    if how == "empty":
        return []
    if how == "reorder":
        return rng.sample(live, len(live))
    return list(live)
