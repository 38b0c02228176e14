# SPDX-License-Identifier: Apache-2.0
"""What all parts play alike: Convergate's files, its runs and their judgement, and the end when nothing strikes."""

import json
import os
import shutil

from runner.match import Failed

from . import generate, model, oracle

CONVERGE_RUNS = 2
APPLY = ("apply", "--yes", "--format", "json", "--lock-timeout", "1s")


class Play:
    """One world played at one site. `shown` is what was played, for the report of a failure."""

    def __init__(self, site, world, rng, counts, shown):
        self.site, self.world, self.rng, self.counts, self.shown = site, world, rng, counts, shown
        self.targets = list(world.targets)
        self.doubtful = set()  # objects of which nobody can know whether we created them

    def count(self, what, n=1):
        self.counts[what] = self.counts.get(what, 0) + n

    # Convergate's files.

    def write_settings(self, name, timeout, run_timeout):
        world, lines = self.world, []
        for target in world.targets.values():
            realm = "realm: Admin Users, " if target.system == "ics" else ""
            lines.append(f"  {target.name}: {{type: {target.system}, url: \"{self.site.url(target.name)}\", "
                         f"auth: {{{realm}username: convergate, password: pw}}, tls: {{ca-file: {self.site.ca}}}, "
                         f"timeout: {timeout}}}")
        guards = "".join(f"  {k}: {json.dumps(v)}\n" for k, v in world.guards.items())
        self.site.write(name, "version: 1\ndesired: docs\nstate-directory: state\ncredentials: credentials\n"
                        f"run-timeout: {run_timeout}\nremove-unlisted: {json.dumps(world.remove_unlisted)}\n"
                        f"guards:\n{guards}targets:\n" + "\n".join(lines) + "\n")

    def write_documents(self):
        shutil.rmtree(self.site.path("docs"), ignore_errors=True)
        for path, text in generate.random_documents(self.rng, self.world).items():
            self.site.write(f"docs/{path}", text)

    # Runs.

    def run(self, settings, args, **how):
        allow = [a for x in sorted(self.world.allowed) for a in ("--allow", x)]
        run = self.site.run(["-c", settings, *args, *allow], self.targets, **how)
        self.shown.append(run)
        self.count("runs")
        return run

    def plans(self):
        return model.plan(self.world, self.site.states(self.targets))

    def play_plan(self):
        plans = self.plans()
        run = self.run("clean.yaml", ["plan", "--format", "json"])
        oracle.judge_plan(self.world, run, plans)
        return plans

    def apply_struck(self, crippled=False, **how):
        """A run that something strikes, or kills; judged by the oracle."""
        plans = self.plans()
        run = self.run("struck.yaml", APPLY, **how)
        self.count("runs killed" if run.killed else
                   "runs struck" if any(map(run.fired, self.targets)) else "runs not struck")
        self.count("writes", sum(e["write"] for log in run.logs.values() for e in log))
        for name in self.targets:
            for e in run.fired(name):
                self.count("fault " + e["fault"])
            self.world.targets[name].ledger.lied_to |= any(e["fault"] in oracle.LIES for e in run.fired(name))
        self.judge(run, plans, crippled)
        self.end_lost_logins()
        return run

    def end_lost_logins(self):
        """A transaction whose login was told to have ended, and had not: the appliance ends it in its time."""
        if "sps" in self.targets and not os.path.exists(self.site.path("state/journal/sps.key")):
            if self.site.transactions("sps")["open"] and not self.site.foreign:
                self.site.ask("POST", "sps", "expire")
                self.count("logins that were lost")

    def judge(self, run, plans, crippled=False):
        oracle.Judge(self.world, self.site, run, plans, crippled).judge()
        self.note_created(run, plans)

    def note_created(self, run, plans):
        """What a run created is its own from then on, whether or not it lived to see it; where it was refused and
        carried out nevertheless, whose it is cannot be known."""
        for name, changes in plans.items():
            target = self.world.targets[name]
            doubtful = any(e["fault"] == "applied-with-status" and e["method"] == "POST" for e in run.logs[name])
            now = model.observed(target.system, run.after[name])
            for c in changes:
                if c.action == "create" and c.place in now:
                    target.ledger.created[c.place] = model.key_of(c.kind, run.after[name], c.object)
                    if doubtful:
                        self.doubtful.add((name, c.place))

    def apply_undisturbed(self):
        """Must do all that the model finds and no guard holds."""
        plans = self.plans()
        run = self.run("clean.yaml", APPLY)
        self.judge(run, plans)
        held = any(c.held for changes in plans.values() for c in changes)
        oracle.check(run.status == (3 if held else 0), f"nothing struck, and the exit status is {run.status}")
        for name, target in self.world.targets.items():
            wanted = model.final_values(target, run.before[name], plans[name])
            now = model.observed(target.system, run.after[name])
            oracle.check(now == wanted, f"nothing struck, and {name} holds\n{now}\nnot\n{wanted}")
        model.remember(self.world, run.after)
        return run

    # Afterwards.

    def is_settled(self, run, plans):
        for name, target in self.world.targets.items():
            wanted = model.final_values(target, run.before[name], plans[name])
            if model.observed(target.system, run.after[name]) != wanted:
                return False
        return run.status in (0, 3)

    def converge(self):
        """Nothing strikes any more: soon all is as it should be, nothing is left, and nothing more is written."""
        self.site.ask("DELETE", "*", "faults")
        for i in range(CONVERGE_RUNS):
            plans = self.plans()
            run = self.run("clean.yaml", APPLY)
            self.judge(run, plans)
            if self.is_settled(run, plans):
                self.count(f"settled by run {i + 1}")
                break
        else:
            raise Failed(f"not settled after {CONVERGE_RUNS} runs that nothing struck")
        for target in self.world.targets.values():
            target.ledger.lied_to = False
        model.remember(self.world, run.after)
        self.check_nothing_left()

    def check_nothing_to_do(self):
        plans = self.play_plan()
        oracle.check(all(c.held for changes in plans.values() for c in changes), "the model still finds something")

    def check_writes_nothing(self):
        run = self.run("clean.yaml", APPLY)
        oracle.check(run.after == run.before and not any(e["write"] for log in run.logs.values() for e in log),
                     "all was settled, and another run wrote")

    def check_nothing_left(self):
        for name, target in self.world.targets.items():
            if target.system == "sps":
                left = self.site.transactions(name)["open"]
                oracle.check(not left, f"{name}: a transaction is still open: {left}")
            for suffix in ("key", "jsonl"):
                kept = os.path.exists(self.site.path(f"state/journal/{name}.{suffix}"))
                oracle.check(not kept, f"journal/{name}.{suffix} is still there")
