# SPDX-License-Identifier: Apache-2.0
"""Running one of Convergate's programs in a workspace."""

import fnmatch
import math
import os
import pty
import signal
import struct
import subprocess
import time
from datetime import datetime

from .match import Failed, shorten

LIMIT_SECONDS = 60
TICK_SECONDS = 0.005
QUESTION = b"Only 'yes' is taken for a yes: "


class Result:
    def __init__(self, args, status, stdout, stderr, peak_kib):
        self.args, self.status, self.stdout, self.stderr = args, status, stdout, stderr
        self.peak_kib = peak_kib

    def __str__(self):
        return (f"$ {' '.join(self.args)}  -> {self.status}\n" + shorten(self.stdout, 4000) +
                ("--- stderr\n" + shorten(self.stderr, 4000) if self.stderr else ""))


class Clock:
    """The wall clock of programs: it stands where a case puts it, and goes on from there."""

    def __init__(self, library, path):
        self.library, self.path = library, path

    def set(self, utc):
        shift = math.ceil(datetime.fromisoformat(utc.replace("Z", "+00:00")).timestamp() - time.time())
        fd = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(fd, struct.pack("=q", shift), 0)
        os.close(fd)

    def environment(self):
        if not os.path.exists(self.path):
            return {}
        sanitizer = os.environ.get("ASAN_OPTIONS", "")
        return {"LD_PRELOAD": self.library, "CASE_CLOCK": self.path,
                "ASAN_OPTIONS": f"{sanitizer}:verify_asan_link_order=0"}


class Program:
    """A running program whose output goes to files, so that it can be looked at meanwhile."""

    def __init__(self, workspace, binary, args, step, name="program"):
        self.args = [os.path.basename(binary), *args]
        self.paths = [workspace.path(f"em/{name}.{n}") for n in ("stdout", "stderr")]
        env = {k: v for k, v in os.environ.items() if not k.startswith(("CONVERGATE", "CREDENTIALS", "STATE_DIR"))}
        env.update({"HOME": workspace.folder, "LC_ALL": "C.UTF-8", "TERM": "xterm"})
        env.update(workspace.clock.environment())
        if "mib-at-most" in step:
            # What is freed does not count: the address sanitizer keeps up to 256 MiB of it.
            env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=8"
        env.update({k: workspace.substitute(v) for k, v in step.get("env", {}).items()})
        self.master, self.said = None, b""
        out, err = (open(p, "wb") for p in self.paths)
        ends = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err}
        if "terminal" in step:
            self.master, slave = pty.openpty()
            ends.update({"stdin": slave, "stderr": slave})
        if step.get("stdout-to"):
            ends["stdout"] = open(workspace.path(step["stdout-to"]), "wb")
        self.process = subprocess.Popen([binary, *args], cwd=workspace.folder, env=env, start_new_session=True, **ends)
        self.began = time.monotonic()
        self.peak_kib = 0
        out.close()
        err.close()
        if self.master is not None:
            os.close(slave)
            os.set_blocking(self.master, False)
            if "when-asked" not in step:
                self.type(step["terminal"])

    def output(self):
        texts = []
        for path in self.paths:
            with open(path, encoding="utf-8", errors="backslashreplace") as f:
                texts.append(f.read())
        return texts

    def is_running(self):
        """Waits a tick."""
        try:
            self.process.wait(TICK_SECONDS)
            return False
        except subprocess.TimeoutExpired:
            self.peak_kib = max(self.peak_kib, peak_kib_of(self.process.pid))
            if time.monotonic() - self.began < LIMIT_SECONDS:
                return True
            self.kill()
            raise Failed(f"{' '.join(self.args)} did not end within {LIMIT_SECONDS} s\n" + "\n".join(self.output()))

    def send(self, name):
        self.process.send_signal(getattr(signal, "SIG" + name))

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def type(self, text):
        os.write(self.master, text.encode())

    def read_terminal(self):
        """What was said there so far."""
        while True:
            try:
                more = os.read(self.master, 65536)
            except OSError:  # nothing more now, or the other end is closed
                break
            if not more:
                break
            self.said += more
        return self.said

    def end(self):
        while self.is_running():
            pass
        stdout, stderr = self.output()
        if self.master is not None:
            stderr += self.read_terminal().decode(errors="backslashreplace").replace("\r\n", "\n")
            os.close(self.master)
        return Result(self.args, self.process.returncode, stdout, stderr, self.peak_kib)


def peak_kib_of(pid):
    """The most memory that it has had so far."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        return next((int(line.split()[1]) for line in f if line.startswith("VmHWM:")), 0)


def matches(entry, pattern):
    return fnmatch.fnmatchcase(f"{entry['method']} {entry['path']}", pattern)


def wait_for_question(program):
    while program.is_running():
        if QUESTION in program.read_terminal():
            return
    raise Failed(f"nothing was asked\n{program.end()}")


def signal_after(program, emulator, order):
    """Sends a signal once the emulator has seen a request, or carried it out, judged by its log."""
    while program.is_running():
        if any(matches(e, order["after-request"]) and (e["applied"] or not order.get("applied"))
               for log in emulator.logs().values() for e in log):
            program.send(order["send"])
            return
    raise Failed(f"{order['after-request']} was never sent\n{program.end()}")
