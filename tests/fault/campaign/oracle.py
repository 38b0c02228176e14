# SPDX-License-Identifier: Apache-2.0
"""
What must hold of every run, judged by the log and the state of the emulator. What Convergate says is only held against
that; nothing is believed because it says so.
"""

import json
import os

from runner.match import Failed

from . import model
from .replay import Replay, is_transaction, reads_of

LIES = ("short-list", "body", "applied-with-status")


def check(condition, sentence):
    if not condition:
        raise Failed(sentence)


class Judge:
    """Of one run that may write. `plans` are the model's, made of the states before the run."""

    def __init__(self, world, site, run, plans, crippled=False):
        """CRIPPLED: not an appliance was struck but Convergate itself, so that it may be unable to tidy up."""
        self.world, self.site, self.run, self.plans = world, site, run, plans
        self.crippled = crippled or run.killed
        self.replays = {n: Replay(t.system, run.before[n], run.logs[n]) for n, t in world.targets.items()}
        self.release_others()

    def judge(self):
        if self.crippled and self.never_began():
            check(self.run.status != 0 and self.run.stderr, "it did not begin, and does not say so")
            return
        check(self.run.status in (0, 1, 3) or self.run.killed, f"the exit status is {self.run.status}")
        self.judge_acts()
        if self.crippled and "cannot write the results" in self.run.stderr:
            check(self.run.status == 1, f"its words were lost, and the exit status is {self.run.status}")
        elif not self.run.killed:
            self.judge_words()

    def never_began(self):
        """Whoever lacks what a start takes says nothing of targets, and writes nothing."""
        wrote = any(e["write"] for log in self.run.logs.values() for e in log)
        return not self.run.killed and not self.run.stdout and not wrote

    def judge_acts(self):
        """By what the appliances saw and hold."""
        for name, target in self.world.targets.items():
            self.judge_writes(name, target)
            self.judge_reading_before_writing(name, target)
            self.judge_resending(name)
            self.judge_log_is_whole(name, target)
            if target.system == "sps":
                self.judge_transactions(name)
            if self.run.killed:
                self.judge_journal(name)
        self.judge_guards()

    def open_changes(self, name):
        return {c.place: c for c in self.plans[name] if not c.held or not c.sure}

    def release_others(self):
        """A target that could not be planned loses nothing, and so leaves more to the others."""
        if len(self.plans) == 1 or not (self.crippled or any(map(self.run.fired, self.plans))):
            return
        for name, changes in self.plans.items():
            written = {w.place for w in self.replays[name].writes}
            if any(c.by_run and c.place in written for c in changes):
                for c in changes:
                    c.held = None if c.by_run else c.held

    def judge_writes(self, name, target):
        """Every write belongs to the plan, and asks for just what it shows."""
        planned, seen = self.open_changes(name), []
        for w in self.replays[name].writes:
            change = planned.get(w.place)
            check(change, f"{name}: {w} is not in the plan")
            check((w.value is None) == (change.action == "delete"), f"{name}: {w} is not to {change.action} it")
            is_way_back = w.place in seen and w.value == change.live
            check(w.value == change.after or is_way_back,
                  f"{name}: {w} asks for\n{w.value}\nand the plan for\n{change.after}")
            seen.append(w.place)

    def judge_reading_before_writing(self, name, target):
        """No observation, no action: before the first write everything that is declared was read twice."""
        writes = [w.entry for w in self.replays[name].writes]
        if not writes:
            return
        log = [e for e in self.run.logs[name] if e["seq"] < writes[0]["seq"]]
        for place in target.wants:
            n = len(reads_of(target.system, place, log, self.is_false_list(name, target.system, place[0])))
            check(n >= 2, f"{name}: {place[0]} '{place[1]}' was read {n} times before the first write, not twice")

    def is_false_list(self, name, system, kind):
        """Tells of an entry whether its answer was false, but a whole list of KIND all the same: it can be told from
        the truth only by the other reading, and what was then written is judged by the plan."""
        envelope = next(k.envelope for k in model.kinds_of(system) if k.name == kind)
        lists = any(f["do"] == "body" and f["body"] == {envelope: []} for f in self.run.faults[name])
        return lambda e: lists and e["fault"] == "body" and e["status"] == 200

    def judge_resending(self, name):
        """What may have been carried out is never sent again; but for the way back, which does no harm twice."""
        live = {c.place: c.live for c in self.plans[name]}
        log = [e for e in self.run.logs[name] if is_transaction(e) and e["write"]]
        back = {e["session"] for e in log if e["method"] == "DELETE" and e["applied"]}
        sent = [(w.entry["method"], w.entry["path"], json.dumps(w.entry["body"], sort_keys=True))
                for w in self.replays[name].writes if not 400 <= w.entry["status"] < 500 and w.value != live[w.place]
                and not (back and w.entry["session"] in back)]
        for once in sent:
            check(sent.count(once) == 1, f"{name}: {once[0]} {once[1]} was sent {sent.count(once)} times")
        # What was refused together is tried apart: what is to stay, then each removal.
        refused = any(e["method"] == "PUT" and 400 <= e["status"] < 500 for e in log)
        parts = 1 + sum(c.action == "delete" for c in self.open_changes(name).values())
        commits = [e for e in log if e["method"] == "PUT" and not 400 <= e["status"] < 500]
        check(len(commits) <= (parts if refused else 1), f"{name}: {len(commits)} commits were sent")
        opened = [e for e in log if e["method"] == "POST" and not 400 <= e["status"] < 500]
        check(len(opened) <= 1 + (parts if refused else 0), f"{name}: a transaction was opened {len(opened)} times")

    def judge_log_is_whole(self, name, target):
        """What the writes made of the state before is the state after: nobody wrote behind the log."""
        now = model.observed(target.system, self.run.after[name])
        check(self.replays[name].values == now, f"{name}: the log and the state do not fit:\n"
              f"{self.replays[name].values}\n{now}")

    def judge_guards(self):
        """What the guards would hold of a plan must not have happened either, at no moment."""
        steps = max(len(r.states) for r in self.replays.values())
        for i in range(steps):
            moved = {}
            for name, target in self.world.targets.items():
                states = self.replays[name].states
                moved[name] = model.transition(target, states[0], states[min(i, len(states) - 1)])
            model.judge(self.world, moved)
            for name, changes in moved.items():
                for c in changes:
                    check(not c.held or not c.sure, f"{name}: {c.action} of {c.kind.name} '{c.object}' happened, "
                          f"which the guard {c.held} must hold:\n{c.live}\n{c.after}")

    def judge_transactions(self, name):
        """Nothing is left open, or the key to it is kept."""
        left = self.site.transactions(name)["open"]
        ours = [o for o in left if o["session"] not in self.site.foreign]
        kept = os.path.exists(self.site.path(f"state/journal/{name}.key"))
        # Who is told twice that his login has ended has to believe it.
        ended = [e for e in self.run.fired(name) if e["status"] == 401 and is_transaction(e)]
        check(kept or not ours or len(ended) > 1,
              f"{name}: a transaction is left open and its key was not kept: {ours}")
        log = [e for e in self.run.logs[name] if is_transaction(e) and e["applied"]]
        opened = {e["session"] for e in log if e["method"] == "POST"}
        struck = [e for e in self.run.fired(name) if e["path"].startswith("/api/transaction")]
        check(self.crippled or struck or not any(o["session"] in opened for o in ours),
              f"{name}: a transaction is left open, and nothing struck: {ours}")
        check(all(o in left for o in self.site.foreign.values()),
              f"{name}: a transaction of somebody else was touched: {self.site.foreign} {left}")
        touched = [e for e in self.run.logs[name] if e["session"] in self.site.foreign]
        check(not touched, f"{name}: somebody else's session was used: {touched}")

    def judge_journal(self, name):
        """After a kill: each write that reading has not yet told about was announced on disk."""
        writes = self.replays[name].writes
        log = self.run.logs[name]
        noted = self.noted(name)
        for w in writes:
            read = [e for e in reads_of(self.world.targets[name].system, w.place, log)
                    if e["seq"] > writes[-1].entry["seq"]]
            check(read or (w.kind.name, w.object) in noted, f"{name}: {w} was sent, but not announced: {noted}")

    def noted(self, name):
        path = self.site.path(f"state/journal/{name}.jsonl")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as f:
            return [(i["kind"], i["object"]) for i in map(json.loads, f.read().splitlines())]

    # What Convergate said.

    def judge_words(self):
        statuses = self.judge_told()
        wanted = 1 if "failed" in statuses.values() else 3 if "held" in statuses.values() else 0
        if wanted == 0 and "differs" in statuses.values():
            wanted = 1
        if self.crippled and "the record of the run cannot be written" in self.run.stderr:
            wanted = 1
        check(self.run.status == wanted, f"the exit status is {self.run.status}, the targets are {statuses}")

    def judge_told(self):
        """Of each target and change; returns {target: status}."""
        statuses = {}
        for t in self.run.plan["targets"]:
            statuses[t["target"]] = t["status"]
            if t["target"] in self.world.targets:
                self.judge_results(t["target"], t)
        check(set(statuses) == set(self.world.targets), f"the plan speaks of {sorted(statuses)}")
        return statuses

    def was_lied_to(self, name, after=0):
        return any(e["fault"] in LIES and e["method"] == "GET" and e["seq"] > after for e in self.run.logs[name])

    def judge_results(self, name, told):
        """No success is told that is not so, and none that was not read back."""
        target = self.world.targets[name]
        log = self.run.logs[name]
        last = max([e["seq"] for e in log if e["write"]], default=0)
        now = model.observed(target.system, self.run.after[name])
        planned = {c.place: c for c in self.plans[name]}
        for c in told["changes"]:
            place = c["kind"], c["object"]
            if c["result"] != "applied":
                continue
            check(place in planned, f"{name}: {place} is told to be applied, and did not differ")
            check(self.was_lied_to(name, last) or now.get(place) == planned[place].after,
                  f"{name}: {place} is told to be applied, and is\n{now.get(place)}\nnot\n{planned[place].after}")
            check([e for e in reads_of(target.system, place, log) if e["seq"] > last],
                  f"{name}: {place} is told to be applied, and was not read back")
        if told["status"] == "in-sync" and not self.was_lied_to(name):
            wanted = model.final_values(target, self.run.before[name], self.plans[name])
            check(now == wanted, f"{name} is told to be in sync, and holds\n{now}\nnot\n{wanted}")


def judge_plan(world, run, plans):
    """A plan that nothing struck: it shows exactly what the model finds, and writes nothing."""
    for name, log in run.logs.items():
        wrote = [e for e in log if e["write"]]
        check(not wrote, f"{name}: a plan wrote: {wrote}")
        check(run.before[name] == run.after[name], f"{name}: a plan changed the state")
    told = {t["target"]: t for t in run.plan["targets"]}
    for name, changes in plans.items():
        shown = sorted(line_of(name, c["kind"], c["object"], c["action"],
                               {(i["op"], i["path"]) for i in c["items"] if i["op"] != "move"}, c["held-by"])
                       for c in told[name]["changes"])
        sure = all(c.sure for c in changes)
        wanted = sorted(line_of(name, c.kind.name, c.object, c.action, c.kind.items(c.live, c.after), c.held)
                        for c in changes)
        if not sure:
            shown, wanted = ([line.split(" held ")[0] for line in x] for x in (shown, wanted))
        check(shown == wanted, "\n  ".join(["the plan shows", *shown, "and should show", *wanted]))
    if all(c.sure for cs in plans.values() for c in cs):
        held = any(c.held for cs in plans.values() for c in cs)
        wanted = 3 if held else 2 if any(plans.values()) else 0
        check(run.status == wanted, f"the exit status of the plan is {run.status}, not {wanted}")


def line_of(target, kind, name, action, items, held):
    return (f"{target}: {action} {kind} {name}: " + ", ".join(f"{op} {path}" for op, path in sorted(items)) +
            f" held by {held}")
