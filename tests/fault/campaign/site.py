# SPDX-License-Identifier: Apache-2.0
"""
Where cases are played: one emulator with an appliance of each system, and a folder for Convergate's files. A worker
keeps its site for all its cases.
"""

import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import time

from runner.emulator import Emulator
from runner.match import Failed, find_secret

PASSWORD = "CANARY-9f3b1c7d5e"
APPLIANCES = {"vpn": "ics", "sps": "sps"}
LIMIT_SECONDS = 90
TICK_SECONDS = 0.002
LIVING = ("01", "03", "04", "08")  # of /proc/net/tcp: neither side, or only the client, has closed
FORGOTTEN = {("08", 25)}  # of the same: the client is gone, and the alert that says so (with the end) is unread
# What is emptied before each case, so that no option of an earlier one is left.
OPTIONS = {"ics": {"refusal": "403-empty", "put-answer": "info", "empty-lists": "array", "deny-mode": "at-once",
                   "key-requests": 0},
           "sps": {"cookie": "plain", "transaction-shape": "transaction", "exclusive": True, "locked-by": None,
                   "require-commit-message": False, "embed-bodies": False, "changes": True, "session-requests": 0}}


class Run:
    """One run of Convergate: how it ended, what it said, and what the appliances saw of it."""

    def __init__(self, args, status, stdout, stderr):
        self.args, self.status, self.stdout, self.stderr = args, status, stdout, stderr
        self.logs, self.before, self.after, self.faults = {}, {}, {}, {}
        self.killed = status == -9

    @property
    def plan(self):
        try:
            return json.loads(self.stdout)
        except ValueError as e:
            raise Failed(f"standard output is not JSON: {e}") from e

    def fired(self, target):
        """The entries of the log that a fault struck."""
        return [e for e in self.logs[target] if e["fault"]]

    def show(self):
        lines = [f"$ {' '.join(self.args)}  -> {self.status}"]
        for target, log in self.logs.items():
            for e in log:
                lines.append(f"    {target}: {e['method']} {e['path']} -> {e['status']}" +
                             (" applied" if e["applied"] else "") + (f"   <<< {e['fault']}" if e["fault"] else ""))
                if e["write"] and e["body"]:
                    lines.append(f"        {json.dumps(e['body'], ensure_ascii=False)}")
        lines += ["    | " + line for line in (self.stdout + self.stderr).splitlines()]
        return "\n".join(lines)


class Site:
    def __init__(self, build):
        self.convergate = os.path.join(build, "daemon", "convergate")
        self.failnth = os.path.join(build, "tests", "fault", "failnth.so")
        shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = tempfile.mkdtemp(prefix="convergate-fault-", dir=shared)
        self.work = os.path.join(self.folder, "case")
        state = {"appliances": {n: {"type": t, "options": {"log-limit": 0}, "state": {"admins": {}}}
                                for n, t in APPLIANCES.items()}}
        with open(os.path.join(self.folder, "emulator.json"), "w", encoding="utf-8") as f:
            json.dump(state, f)
        emulator = os.path.join(build, "tests", "emulator", "convergate-emulator")
        self.emulator = Emulator(emulator, f.name, os.path.join(self.folder, "em"))
        self.ca = os.path.join(self.folder, "em", "ca.pem")
        self.ports = {f"0100007F:{e['port']:04X}" for e in self.emulator.endpoints.values()}
        self.tls = ssl.create_default_context(cafile=self.ca)
        self.made = {}  # of Scenario: what its past left, by name
        self.foreign = {}  # transactions of somebody else, by session
        self.environment = {"HOME": self.work, "LC_ALL": "C.UTF-8", "TERM": "dumb", "PATH": os.environ["PATH"]}

    def close(self):
        self.emulator.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # The appliances.

    def ask(self, method, target, what, body=None):
        return self.emulator.ask(method, f"/{target}/{what}", body)

    def states(self, targets):
        return {t: self.ask("GET", t, "state") for t in targets}

    def transactions(self, target):
        return self.ask("GET", target, "transactions")

    def reset(self, states, options):
        """Appliances as new: their states and options; no login, fault or log is left."""
        self.foreign = {}
        for target, system in APPLIANCES.items():
            self.ask("POST", target, "expire")
            self.ask("DELETE", target, "faults")
            self.ask("DELETE", target, "log")
            self.ask("POST", target, "options", {**OPTIONS[system], **options.get(target, {})})
            if target in states:
                self.ask("PUT", target, "state", states[target])
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(os.path.join(self.work, "credentials"), mode=0o700)
        self.write("credentials/pw", PASSWORD + "\n", 0o600)

    def call(self, target, method, path, body=None, cookie=None, login=None):
        """A request of somebody else's; the answer's status, JSON and cookie."""
        end = self.emulator.endpoints[target]
        c = http.client.HTTPSConnection("127.0.0.1", end["port"], context=self.tls, timeout=20)
        headers = {"Content-Type": "application/json"}
        if cookie:
            headers["Cookie"] = f"session_id={cookie}"
        if login:
            headers["Authorization"] = "Basic " + login
        c.request(method, path, None if body is None else json.dumps(body), headers)
        r = c.getresponse()
        text = r.read()
        c.close()
        return r.status, json.loads(text) if text else None, r.getheader("Set-Cookie") or ""

    def await_silence(self):
        """What was on its way when its sender died has arrived, or never will: nobody is connected any more."""
        end = time.monotonic() + 10
        while connections := self.connections():
            time.sleep(TICK_SECONDS)
            if time.monotonic() > end:
                # libmicrohttpd now and then overlooks the last record. Nothing is delayed for so long.
                if all(c in FORGOTTEN for c in connections):
                    return
                raise Failed(f"an appliance does not let go of a connection: {connections}")

    def connections(self):
        """State and unread bytes of each that the client has not closed, or of which the end was not read."""
        with open("/proc/net/tcp", encoding="ascii") as f:
            parts = [p for p in map(str.split, f) if p[1] in self.ports and p[3] in LIVING]
        return [(p[3], int(p[4].split(":")[1], 16)) for p in parts]

    # Convergate's files.

    def path(self, name):
        return os.path.join(self.work, name)

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, mode)

    def url(self, target):
        return self.emulator.endpoints[target]["url"].replace("localhost", "127.0.0.1")

    def produced(self):
        """Files that Convergate made."""
        return [os.path.join(folder, f) for folder, _, files in os.walk(self.path("state")) for f in files]

    # Convergate's runs.

    def start(self, args, wrap=(), env=None, fds=()):
        out, err = (open(self.path(n), "wb") for n in ("out", "err"))
        with out, err:
            return subprocess.Popen([*wrap, self.convergate, *args], cwd=self.work, stdin=subprocess.DEVNULL,
                                    stdout=out, stderr=err, start_new_session=True, pass_fds=fds,
                                    env={**self.environment, **(env or {})})

    def said(self):
        texts = []
        for name in ("out", "err"):
            with open(self.path(name), encoding="utf-8", errors="backslashreplace") as f:
                texts.append(f.read())
        return texts

    def run(self, args, targets, meanwhile=None, **how):
        """Plays one run; `meanwhile(process)` is called every tick until it returns true."""
        for t in targets:
            self.ask("DELETE", t, "log")
        before = self.states(targets)
        process = self.start(args, **how)
        began = time.monotonic()
        while meanwhile and process.poll() is None and not meanwhile(process):
            time.sleep(TICK_SECONDS)
            if time.monotonic() - began > LIMIT_SECONDS:
                break
        try:
            status = process.wait(max(1, LIMIT_SECONDS - (time.monotonic() - began)))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise Failed(f"{' '.join(args)} did not end within {LIMIT_SECONDS} s\n" + "\n".join(self.said())) from None
        if status not in (0, 2, 3):
            self.await_silence()
        run = Run(args, status, *self.said())
        run.before = before
        run.logs = {t: self.ask("GET", t, "log") for t in targets}
        run.faults = {t: self.ask("GET", t, "faults") for t in targets}
        run.after = self.states(targets)
        self.check_secrets(run)
        return run

    def check_secrets(self, run):
        """No password on any output, in any file or URL; the key of a login only in its own file."""
        keys = []
        for path in self.produced():
            if path.endswith(".key"):
                if os.stat(path).st_mode & 0o777 != 0o600:
                    raise Failed(f"{os.path.basename(path)} is not of mode 0600\n{run.show()}")
                with open(path, encoding="utf-8", errors="replace") as f:
                    keys.append(f.read())
        secrets = [PASSWORD, *(k for k in keys if len(k) >= 8)]
        texts = {"the output": run.stdout + run.stderr,
                 "a URL": "\n".join(e["path"] for log in run.logs.values() for e in log)}
        for path in self.produced():
            if not path.endswith(".key"):
                with open(path, encoding="utf-8", errors="replace") as f:
                    texts[os.path.relpath(path, self.work)] = f.read()
        for where, text in texts.items():
            found = find_secret(secrets, text.encode())
            if found:
                raise Failed(f"a secret stands in {where}\n{run.show()}")
