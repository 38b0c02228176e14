# SPDX-License-Identifier: Apache-2.0
"""One step of a case: what is arranged before it, what is run, what must hold after it."""

import fcntl
import glob
import json
import os
import shutil

from .match import (Failed, errors_of, find_miss, find_secret, holds, match_errors, match_lines, plan_lines, same_text,
                    same_value)
from .process import Clock, Program, matches, signal_after, wait_for_question

READING = ("check", "plan", "export", "facts", "list", "show", "status", "backup")
LAWS = ("in-sync-after-apply", "second-apply-writes-nothing", "reading-writes-nothing", "no-transaction-left-open")


def request(entry):
    return f"{entry['method']} {entry['path']}"


def by_names(state):
    """An SPS state with its policies under their names: keys of new objects are the appliance's choice."""
    policies = state.get("policies")
    if not policies:
        return state
    named = {kind: {o["name"]: o for o in objects.values()} for kind, objects in policies.items()}
    return {**state, "policies": named}


class Player:
    """Plays the steps of a case in its workspace."""

    def __init__(self, case, workspace, programs):
        self.case, self.workspace, self.programs = case, workspace, programs
        self.emulator = workspace.emulator
        self.exempt = case.script.get("law-exempt", {})
        workspace.clock = Clock(programs["clock"], workspace.path("em.clock"))
        self.said = []
        for law in self.exempt:
            if law not in LAWS:
                raise Failed(f"there is no law '{law}'")
        self.prepare(case.script)
        self.initial = self.emulator.states() if self.emulator else {}

    # Before a step.

    def prepare(self, order):
        for name, how in order.get("generate", {}).items():
            self.workspace.generate(name, how)
        for name, source in order.get("replace", {}).items():
            shutil.rmtree(self.workspace.path(name), ignore_errors=True)
            self.workspace.copy(self.case.path(source), name)
            self.workspace.inputs |= {f for f in self.workspace.files() if f == name or f.startswith(name + os.sep)}
        for name in order.get("remove", []):
            path = self.workspace.path(name)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
        for name, mode in order.get("chmod", {}).items():
            os.chmod(self.workspace.path(name), int(mode, 8))
        for name, owner in order.get("chown", {}).items():
            if os.geteuid() == 0:
                os.chown(self.workspace.path(name), owner, owner)
        for name, options in order.get("options", {}).items():
            self.emulator.ask("POST", f"/{name}/options", options)
        for name, certificate in order.get("certificate", {}).items():
            self.emulator.ask("PUT", f"/{name}/certificate", {"certificate": certificate})
        for name, part in order.get("merge", {}).items():
            self.emulator.ask("POST", f"/{name}/merge", part)
        for c in order.get("control", []):
            self.emulator.ask(c["method"], c["path"], c.get("body"))
        if "clock" in order:
            self.workspace.clock.set(order["clock"])

    def set_faults(self, step):
        for name, faults in step.get("faults", {}).items():
            self.emulator.ask("POST", f"/{name}/faults", faults)

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

    # The step.

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
            self.set_faults(step)
        lock = self.take_lock(step)
        if "daemon" in step:
            result = self.play_daemon(step, step["daemon"])
        else:
            result = self.run(step, step["run"], step.get("program", "convergate"), step.get("signal"))
        if lock:
            lock.close()
        try:
            self.judge(step, result)
            if self.emulator:
                self.judge_emulator(step)
                self.judge_laws(step, result)
        except Failed as e:
            raise Failed(f"{e}\n{result}") from e

    def play_daemon(self, step, daemon):
        p = Program(self.workspace, self.programs["convergated"], ["-c", "settings.yaml"], step)
        try:
            for phase in daemon["phases"]:
                self.wait_until(p, phase["until"])
                self.prepare(phase)
                if "faults" in phase:
                    self.set_faults(phase)
                if "signal" in phase:
                    p.send(phase["signal"])
            p.send("TERM")
            result = p.end()
        finally:
            if p.process.poll() is None:
                p.process.kill()
                p.process.wait()
        self.said += [result.stdout, result.stderr]
        return result

    def wait_until(self, program, until):
        miss = "nothing was looked at"
        while program.is_running():
            miss = self.find_unmet(program, until)
            if not miss:
                return
        raise Failed(f"the daemon ended before the condition held: {miss}\n{program.end()}")

    def find_unmet(self, program, until):
        for name, wanted in until.get("state", {}).items():
            miss = find_miss(wanted, by_names(self.emulator.get(name, "state")))
            if miss:
                return f"state of {name}: {miss}"
        for name, wanted in until.get("log", {}).items():
            log = self.emulator.log(name)
            for pattern, least in wanted.items():
                if sum(matches(e, pattern) for e in log) < least:
                    return f"log of {name}: fewer than {least} of {pattern}"
        for text, least in until.get("stderr", {}).items():
            if program.output()[1].count(text) < least:
                return f"stderr does not say '{text}' {least} times"
        return None

    # After the step.

    def load(self, wanted):
        """What is expected: as it stands, or the name of a JSON file in the case's folder."""
        return json.loads(self.workspace.substitute(self.case.read(wanted))) if isinstance(wanted, str) else wanted

    def judge(self, step, result):
        if result.status != step.get("exit", 0):
            raise Failed(f"the exit status is {result.status}, not {step.get('exit', 0)}")
        if "mib-at-most" in step and not 0 < result.peak_kib <= step["mib-at-most"] * 1024:
            raise Failed(f"it took {result.peak_kib // 1024} MiB")
        stdout, stderr = self.workspace.hide(result.stdout), self.workspace.hide(result.stderr)
        if "stdout" in step:
            same_text("stdout", self.case.read(step["stdout"]), stdout)
        if "stdout-is" in step:
            same_text("stdout", step["stdout-is"], stdout)
        if step.keys() & {"stdout-json", "json", "plan", "status", "unmanaged", "target-errors"}:
            self.judge_json(step, result.stdout)
        if "stdout-at-most" in step and len(result.stdout.encode()) > step["stdout-at-most"]:
            raise Failed(f"stdout has {len(result.stdout.encode())} bytes")
        for where, text in (("stdout", stdout), ("stderr", stderr)):
            prefix = "" if where == "stdout" else "stderr-"
            for part in step.get(prefix + "contains", []):
                if part not in text:
                    raise Failed(f"{where} does not hold {part!r}")
            for part in step.get(prefix + "not-contains", []):
                if part in text:
                    raise Failed(f"{where} holds {part!r}")
        for text, wanted in step.get("stderr-count", {}).items():
            if stderr.count(text) != wanted:
                raise Failed(f"stderr says {text!r} {stderr.count(text)} times, not {wanted}")
        self.judge_stderr(step, stderr)
        self.judge_files(step)

    def judge_stderr(self, step, stderr):
        if "stderr" in step:
            same_text("stderr", "".join(line + "\n" for line in step["stderr"]), stderr)
        if "errors" in step:
            match_errors(step["errors"], stderr)
        elif errors_of(stderr) and "stderr" not in step and "stderr-contains" not in step:
            raise Failed("there are errors that the case does not name")

    def judge_json(self, step, stdout):
        try:
            plan = json.loads(stdout)
        except ValueError as e:
            raise Failed(f"stdout is not JSON: {e}") from e
        if "stdout-json" in step:
            same_value("the JSON on stdout", self.load(step["stdout-json"]), plan)
        if "json" in step:
            holds("the JSON on stdout", self.load(step["json"]), plan)
        targets = {t["target"]: t for t in plan.get("targets", [])}
        if "status" in step:
            same_value("the targets' status", step["status"], {n: t["status"] for n, t in targets.items()})
        for name, lines in step.get("plan", {}).items():
            same_text(f"the plan of {name}", "\n".join(lines) + "\n", "\n".join(plan_lines(targets[name])) + "\n")
        for name, names in step.get("unmanaged", {}).items():
            same_value(f"what is unmanaged on {name}", names,
                       [f"{u['kind']}/{u['object']}" for u in targets[name]["unmanaged"]])
        if "target-errors" in step:
            same_value("the targets' errors", step["target-errors"],
                       {n: t["error"]["code"] for n, t in targets.items() if t["error"]})

    def judge_files(self, step):
        for name, wanted in step.get("files", {}).items():
            path = max(glob.glob(self.workspace.path(name)), default=self.workspace.path(name))
            if wanted is None or not os.path.exists(path):
                if wanted is None and os.path.exists(path):
                    raise Failed(f"{name} is there")
                if wanted is not None:
                    raise Failed(f"{name} is not there")
                continue
            st = os.stat(path)
            with open(path, encoding="utf-8") as f:
                text = f.read()
            for part in wanted.get("contains", []):
                if part not in text:
                    raise Failed(f"{name} does not hold {part!r}:\n{text}")
            if "mode" in wanted:
                same_text(f"the mode of {name}", wanted["mode"], f"{st.st_mode & 0o7777:04o}")
            if "owner-of" in wanted and st.st_uid != os.stat(self.workspace.path(wanted["owner-of"])).st_uid:
                raise Failed(f"{name} has another owner than {wanted['owner-of']}")

        if "owned" in step:
            owner = os.stat(self.workspace.path(step["owned"])).st_uid
            strangers = [os.path.relpath(os.path.join(folder, n), self.workspace.folder)
                         for folder, names, files in os.walk(self.workspace.path(step["owned"]))
                         for n in names + files if os.stat(os.path.join(folder, n)).st_uid != owner]
            strangers = sorted(set(strangers) - self.workspace.inputs)
            if strangers:
                raise Failed(f"not owned by {owner}: {', '.join(strangers)}")

    def judge_emulator(self, step):
        logs = self.emulator.logs()
        for name, wanted in step.get("log", {}).items():
            match_lines(f"the log of {name}", wanted, [request(e) for e in logs[name]])
        for name, wanted in step.get("write-log", {}).items():
            match_lines(f"the writes to {name}", wanted, [request(e) for e in logs[name] if e["write"]])
        for name, wanted in step.get("requests", {}).items():
            holds(f"the log of {name}", self.load(wanted), logs[name])
        for name, wanted in step.get("bodies", {}).items():
            same_value(f"the bodies sent to {name}", self.load(wanted),
                       [e["body"] for e in logs[name] if e["write"] and e["body"] is not None])
        if "writes" in step:
            n = sum(e["write"] for log in logs.values() for e in log)
            if n != step["writes"]:
                raise Failed(f"{n} writes were sent, not {step['writes']}")
        for name, counts in step.get("counts", {}).items():
            for pattern, wanted in counts.items():
                n = sum(matches(e, pattern) for e in logs[name])
                if n != wanted:
                    raise Failed(f"{pattern} was sent {n} times to {name}, not {wanted}")
        for what in ("transactions", "sessions"):
            for name, wanted in step.get(what, {}).items():
                holds(f"{what} of {name}", wanted, self.emulator.get(name, what))
        self.judge_states(step)

    def judge_states(self, step):
        states = self.emulator.states()
        for name, wanted in step.get("state", {}).items():
            holds(f"the state of {name}", self.load(wanted), by_names(states[name]))
        unchanged = step.get("unchanged", [])
        for name in states if unchanged is True else unchanged:
            same_value(f"the state of {name}, which must not change", self.initial[name], states[name])

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
            found = find_secret([self.workspace.secret], "\n".join(e["path"] for e in log).encode())
            if found:
                raise Failed(f"canary: {found} stands in a URL that {name} was sent")

    def finish(self):
        if self.emulator:
            for name, end in self.emulator.endpoints.items():
                left = self.emulator.get(name, "transactions")["open"] if end["type"] == "sps" else []
                if left:
                    self.fail_law("no-transaction-left-open", f"{name}: {left}")
        secrets = [self.workspace.secret, *self.case.script.get("secrets", [])]
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
