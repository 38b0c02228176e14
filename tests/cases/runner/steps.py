# SPDX-License-Identifier: Apache-2.0
"""The steps of a case, one after the other, and the laws that hold for each of them."""

import fcntl
import json
import os

from .arrange import arrange_appliances, arrange_faults, arrange_host
from .daemon import Daemon
from .judge import judge_emulator, judge_result, request
from .match import Failed, find_secret
from .process import Clock, Program, signal_after, wait_for_question

READING = ("check", "plan", "export", "facts", "list", "show", "status", "backup")
LAWS = ("in-sync-after-apply", "second-apply-writes-nothing", "reading-writes-nothing", "no-transaction-left-open")


class Player:
    """Plays the steps of a case in its workspace."""

    def __init__(self, case, workspace, programs):
        self.case, self.workspace, self.programs = case, workspace, programs
        self.emulator = workspace.emulator
        self.exempt = case.script.get("law-exempt", {})
        workspace.clock = Clock(programs["host"], workspace.path("em/clock"))
        workspace.words["@BIN@"] = os.path.dirname(programs["convergate"])
        self.said = []
        for law in self.exempt:
            if law not in LAWS:
                raise Failed(f"there is no law '{law}'")
        self.prepare(case.script)
        self.initial = self.emulator.states() if self.emulator else {}

    def prepare(self, order):
        arrange_host(self.workspace, self.case, order)
        if self.emulator:
            arrange_appliances(self.workspace, order)

    def take_lock(self, step):
        """Holds a lock as another process would, until the returned file is closed."""
        if "lock" not in step:
            return None
        path = self.workspace.path(step["lock"])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        f = open(path, "w", encoding="utf-8")
        fcntl.flock(f, fcntl.LOCK_EX)
        f.write(f"{os.getpid()} 1\n")
        f.flush()
        self.workspace.words["@PID@"] = str(os.getpid())
        return f

    def arguments(self, step, args):
        args = [self.workspace.substitute(a) for a in args]
        return args if step.get("bare") else ["-c", "settings.yaml", *args]

    def run(self, step, args, program="convergate", order=None):
        p = Program(self.workspace, self.programs[program], self.arguments(step, args), step)
        if order:
            signal_after(p, self.emulator, order)
        if "when-asked" in step:
            wait_for_question(p)
            self.prepare(step["when-asked"])
            p.type(step["terminal"])
        result = p.end()
        self.said += [result.stdout, result.stderr]
        return result

    def play(self, step):
        if self.emulator:
            self.emulator.forget()
        self.prepare(step)
        if self.emulator:
            arrange_faults(self.workspace, step)
        lock = self.take_lock(step)
        if "daemon" in step:
            result = Daemon(self, step).play(step["daemon"]["phases"])
            self.said += [result.stdout, result.stderr]
        else:
            result = self.run(step, step["run"], step.get("program", "convergate"), step.get("signal"))
        if lock:
            lock.close()
        try:
            judge_result(self, step, result)
            if self.emulator:
                judge_emulator(self, step)
                self.judge_laws(step, result)
        except Failed as e:
            raise Failed(f"{e}\n{result}") from e

    # The laws that hold for every case.

    def fail_law(self, law, sentence):
        if law not in self.exempt:
            raise Failed(f"law '{law}': {sentence}")

    def judge_laws(self, step, result):
        verb = next((a for a in step.get("run", []) if a in (*READING, "apply")), None)
        self.check_urls()
        if verb in READING:
            self.judge_reading(step["run"])
        if verb == "apply" and result.status == 0:
            self.judge_apply(step)

    def judge_reading(self, args):
        writes = [request(e) for log in self.emulator.logs().values() for e in log if e["write"]]
        if writes:
            self.fail_law("reading-writes-nothing", f"{' '.join(args)} sent {', '.join(writes)}")

    def judge_apply(self, step):
        self.emulator.forget()
        args = plan_arguments(step["run"])
        plain = {k: v for k, v in step.items() if k in ("env", "bare")}
        if "in-sync-after-apply" not in self.exempt:
            after = self.run(plain, ["plan", "--format", "json", *args])
            if after.status != 0 or any(t["changes"] for t in json.loads(after.stdout)["targets"]):
                self.fail_law("in-sync-after-apply", f"the plan after it is not empty\n{after}")
            self.judge_reading(["plan", *args])
        if "second-apply-writes-nothing" not in self.exempt:
            again = self.run(plain, ["apply", "--yes", *args])
            writes = [request(e) for log in self.emulator.logs().values() for e in log if e["write"]]
            if writes:
                self.fail_law("second-apply-writes-nothing", f"it sent {', '.join(writes)}\n{again}")

    def check_urls(self):
        """A secret has no business in a URL."""
        for name, log in self.emulator.logs().items():
            found = find_secret(self.workspace.secrets, "\n".join(e["path"] for e in log).encode())
            if found:
                raise Failed(f"canary: {found} stands in a URL that {name} was sent")

    def finish(self):
        if self.emulator:
            for name, end in self.emulator.endpoints.items():
                left = self.emulator.get(name, "transactions")["open"] if end["type"] == "sps" else []
                if left:
                    self.fail_law("no-transaction-left-open", f"{name}: {left}")
        secrets = [*self.workspace.secrets, *self.case.script.get("secrets", [])]
        for text in self.said:
            found = find_secret(secrets, text.encode())
            if found:
                raise Failed(f"canary: {found} was printed:\n{text}")
        for name in self.workspace.produced():
            with open(self.workspace.path(name), "rb") as f:
                found = find_secret(secrets, f.read())
            if found:
                raise Failed(f"canary: {found} stands in {name}")


def plan_arguments(args):
    """What `plan` takes of the arguments of an `apply`."""
    kept, words = [], iter(args)
    for word in words:
        if word in ("--plan", "--out", "--format", "--lock-timeout"):
            next(words)
        elif word not in ("apply", "--yes", "--quiet"):
            kept.append(word)
    return kept
