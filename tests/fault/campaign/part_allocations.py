# SPDX-License-Identifier: Apache-2.0
"""
Each allocation of a plan and of an apply that Convergate's own code, libcurl or libyaml asks for fails, once; of its
own code also with all that come after it. Not struck is what OpenSSL (libcrypto, libssl), libsystemd and libc ask for
themselves: OpenSSL 3.0 crashes where its own start lacks memory.
"""

import collections
import os
import select

from runner.match import Failed

from . import oracle
from .replay import is_transaction
from .scenario import LEGEND, Scenario

VERBS = {"plan": ("plan", "--format", "json"), "apply": ("apply", "--yes", "--format", "json")}
SYSTEMS = ("vpn", "sps")
# Whose allocations, and a part of the path of the library.
OWNERS = {"program": None, "libcurl": "libcurl", "libyaml": "libyaml"}


class Strike:
    """The library that is preloaded, and what had been written when it struck."""

    def __init__(self, site, name, owner, n, sticky):
        self.site, self.name = site, name
        self.ask, asked = os.pipe()
        go, self.go = os.pipe()
        self.ends = asked, go
        self.report = site.path("allocations")
        self.before = None  # the last entry of the log when it struck
        self.env = {"LD_PRELOAD": site.failnth, "FAILNTH_REPORT": self.report, "FAILNTH_N": str(n),
                    "FAILNTH_ASK": str(asked), "FAILNTH_GO": str(go)}
        if sticky:
            self.env["FAILNTH_STICKY"] = "1"
        if OWNERS[owner]:
            self.env["FAILNTH_OF"] = OWNERS[owner]

    def close(self):
        for fd in (self.ask, self.go, *self.ends):
            os.close(fd)

    def how(self):
        return {"env": self.env, "fds": self.ends, "meanwhile": self.answer}

    def answer(self, process):
        if not select.select([self.ask], [], [], 0)[0]:
            return False
        log = self.site.ask("GET", self.name, "log")
        self.before = log[-1]["seq"] if log else 0
        os.write(self.go, b"!")
        return True

    def counts(self):
        """Allocations, those that failed, and blocks that nobody freed."""
        with open(self.report, encoding="ascii") as f:
            return [int(x) for x in f.read().split()]


def count(site, name, verb, owner):
    scenario = Scenario(site, name, {}, [])
    strike = Strike(site, name, owner, 0, False)
    try:
        run = scenario.run("clean.yaml", VERBS[verb], **strike.how())
        seen, _, live = strike.counts()
    finally:
        strike.close()
    oracle.check(run.status in (0, 2), f"with {site.failnth} the {verb} ends with {run.status}")
    return seen, live


def jobs(options, make_site):
    site, found = make_site(), []
    try:
        for owner in OWNERS:
            for verb in VERBS:
                for name in SYSTEMS:
                    seen, live = count(site, name, verb, owner)
                    print(f"  {owner}, {verb} of {name}: {seen} allocations")
                    modes = ("once", "sticky") if owner == "program" else ("once",)
                    found += [(name, verb, owner, mode, n, live) for mode in modes for n in range(1, seen + 1)]
    finally:
        site.close()
    return [(label(job), f"--only '{label(job)}'", job) for job in found]


def label(job):
    return "{} {} {} {} {}.".format(*job)


def play(site, job, counts, shown):
    name, verb, owner, mode, n, live_else = job
    scenario = Scenario(site, name, counts, shown)
    strike = Strike(site, name, owner, n, mode == "sticky")
    plans = scenario.plans()
    try:
        run = scenario.run("struck.yaml", VERBS[verb], **strike.how())
    finally:
        strike.close()
    judge(scenario, run, plans, strike, verb)
    struck, live = strike.counts()[1:]
    if owner == "program" and live > live_else:
        raise Failed(f"{live} blocks were not freed, {live_else} are not where nothing fails")
    letter = "-" if not struck else "g" if run.status == 3 else scenario.outcome(run) if run.status != 2 else "."
    if letter == "!":
        raise Failed("reported success, not done")
    scenario.converge()
    return letter


def judge(scenario, run, plans, strike, verb):
    """A clean end: told, or not noticeable; nothing is written any more."""
    oracle.check(run.status in (0, 1, 2 if verb == "plan" else 1, 3, 78), f"the exit status is {run.status}")
    oracle.check(run.status not in (1, 78) or run.stderr.strip(), "it failed and said nothing")
    judge = oracle.Judge(scenario.world, scenario.site, run, plans, crippled=True)
    judge.judge_acts()
    if run.status in (0, 1) and run.stdout and verb == "apply":
        judge.judge_told()
    if verb == "plan":
        oracle.check(not any(e["write"] for e in run.logs[scenario.name]), "a plan wrote")
    scenario.note_created(run, plans)
    # Where it lacks memory to run through the rules, a guard holds the object, and the rest goes on.
    if strike.before is None or run.status in (0, 3):
        return
    later = [w for w in judge.replays[scenario.name].writes if w.entry["seq"] > strike.before]
    live = {c.place: c.live for c in plans[scenario.name]}
    forward = [str(w) for w in later if w.value != live[w.place]]  # not what the way back puts back
    oracle.check(not forward, "after it failed it wrote: " + ", ".join(forward))
    commits = [e for e in run.logs[scenario.name] if is_transaction(e) and e["method"] == "PUT" and e["write"] and
               e["seq"] > strike.before]
    oracle.check(not commits, "after it failed it committed")


def report(outcomes):
    table = collections.defaultdict(collections.Counter)
    for (name, verb, owner, mode, *_), letter in outcomes:
        table[name, verb, owner, mode][letter] += 1
    for (name, verb, owner, mode), letters in sorted(table.items()):
        counted = "  ".join(f"{letter} {n:4}" for letter, n in sorted(letters.items()))
        print(f"  {name} {verb:5} {owner:8} {mode:6} {counted}")
    print(LEGEND)
    print("  -  not struck: it asked for fewer this time   g  a guard held what it had no memory to judge")
