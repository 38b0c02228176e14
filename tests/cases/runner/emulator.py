# SPDX-License-Identifier: Apache-2.0
"""One emulator process and its control socket."""

import json
import os
import subprocess
import urllib.parse

from .client import ask


class Emulator:
    """Runs from `ready` until it is closed; every question is asked over the control socket."""

    def __init__(self, binary, state_file, folder):
        self.folder = folder
        os.makedirs(folder, mode=0o700, exist_ok=True)
        # Looking for its leaks at every end would take a tenth of all cases' time and find nothing of Convergate's.
        env = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
        self.errors = open(os.path.join(folder, "stderr"), "w+", encoding="utf-8")
        self.process = subprocess.Popen([binary, "--state", state_file, "--dir", folder, "--die-with-parent"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        env=env)
        if self.process.stdout.readline().strip() != "ready":
            self.close()
            with open(os.path.join(folder, "stderr"), encoding="utf-8") as f:
                raise RuntimeError("the emulator does not start: " + f.read())
        with open(os.path.join(folder, "endpoints.json"), encoding="utf-8") as f:
            self.endpoints = json.load(f)
        with open(os.path.join(folder, "pin.txt"), encoding="utf-8") as f:
            self.pin = f.read().strip()

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def ask(self, method, path, body=None):
        status, text = ask(os.path.join(self.folder, "control.sock"), method, path, body)
        if status != 200:
            raise RuntimeError(f"emulator: {method} {path}: {status} {text}")
        return json.loads(text) if text else None

    def get(self, name, what):
        return self.ask("GET", f"/{urllib.parse.quote(name, safe='')}/{what}")

    def log(self, name):
        return self.get(name, "log")

    def logs(self):
        return {name: self.log(name) for name in self.endpoints}

    def states(self):
        return {name: self.get(name, "state") for name in self.endpoints}

    def forget(self):
        """Empties the logs and takes all faults back."""
        self.ask("DELETE", "/*/log")
        self.ask("DELETE", "/*/faults")
