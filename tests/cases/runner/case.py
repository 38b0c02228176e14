# SPDX-License-Identifier: Apache-2.0
"""A case's folder, and the temporary folder in which it is played."""

import base64
import hashlib
import json
import os
import re
import shutil
import socket
import tempfile

from .emulator import Emulator
from .pki import Authority

RAW = ".raw"  # dropped from a file's name: what is wrong on purpose does not look like a file of ours
INPUTS = ("settings.yaml", "emulator.json", "docs", "credentials")


class Case:
    """What a folder says. Files that it does not have come from its base, a folder under base/."""

    def __init__(self, root, folder):
        self.name = os.path.relpath(folder, root)
        self.folder = folder
        self.kind = self.name.split(os.sep)[0]
        script = os.path.join(folder, "case.json")
        self.script = {}
        if os.path.exists(script):
            with open(script, encoding="utf-8") as f:
                self.script = json.load(f)
        base = self.script.get("base", "config" if self.kind == "config" else "both")
        self.base = os.path.join(root, "base", base)

    def path(self, name):
        """Of one of the case's files, or of its base; None where there is none."""
        for folder in (self.folder, self.base):
            for suffix in ("", RAW):
                if os.path.lexists(os.path.join(folder, name + suffix)):
                    return os.path.join(folder, name + suffix)
        return None

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as f:
            return f.read()


def find_cases(root):
    found = []
    for folder, names, files in os.walk(root):
        names.sort()
        if folder == root:
            names[:] = [n for n in names if n not in ("base", "runner", "__pycache__")]
        if {"case.json", "expected-stderr", "expected-stdout"} & set(files):
            names.clear()
            found.append(Case(root, folder))
    return found


class Workspace:
    """The temporary folder: placeholders filled in, an emulator where there is one to play."""

    def __init__(self, case, emulator_binary):
        self.case = case
        self.folder = tempfile.mkdtemp(prefix="convergate-case-")
        os.mkdir(self.path("em"), mode=0o700)  # what is not Convergate's: the emulator, what programs print
        self.emulator = None
        self.secret = "CANARY-" + hashlib.sha256(case.name.encode()).hexdigest()[:20]
        self.closed = socket.socket()
        self.closed.bind(("127.0.0.1", 0))  # bound, never listening: nobody answers there
        self.secrets = [self.secret]
        self.words = {"@CANARY@": self.secret, "@DIR@": self.folder,
                      "@CLOSED@": f"https://127.0.0.1:{self.closed.getsockname()[1]}"}
        try:
            self.fill(emulator_binary)
        except BaseException:
            self.close()
            raise

    def fill(self, emulator_binary):
        if self.case.path("emulator.json"):
            self.copy(self.case.path("emulator.json"), "emulator.json")
            self.emulator = Emulator(emulator_binary, self.path("emulator.json"), self.path("em"))
            self.words["@CA@"] = self.path("em/ca.pem")
            self.words["@PIN@"] = self.emulator.pin
            for name, end in self.emulator.endpoints.items():
                self.words[f"@URL:{name}@"] = end["url"]
                self.words[f"@PORT:{name}@"] = str(end["port"])
        for name in INPUTS:
            source = self.case.path(name)
            if source and name != "emulator.json":
                self.copy(source, name)
        self.inputs = set(self.files())

    def path(self, name):
        return os.path.join(self.folder, name)

    def substitute(self, text):
        return re.sub(r"@[A-Z]+(?::[A-Za-z0-9_.-]+)?@", lambda m: self.words.get(m[0], m[0]), text)

    def substitute_all(self, value):
        return json.loads(self.substitute(json.dumps(value)))

    def hide(self, text):
        """The other way: what this run happened to be given becomes a placeholder again."""
        for word, value in sorted(self.words.items(), key=lambda w: -len(w[1])):
            if not word.startswith("@PORT"):
                text = text.replace(value, word)
        for word, value in self.words.items():
            if word.startswith("@PORT"):
                text = re.sub(rf"(?<=[:\s]){value}(?=\D|$)", word, text)
        return text

    def copy(self, source, name):
        """Copies a file or a folder; placeholders are filled in where it is text."""
        to = self.path(name.removesuffix(RAW))
        if os.path.islink(source):
            os.symlink(os.readlink(source), to)
        elif os.path.isdir(source):
            os.makedirs(to, exist_ok=True)
            for entry in os.listdir(source):
                self.copy(os.path.join(source, entry), os.path.join(name, entry))
        else:
            with open(source, "rb") as f:
                data = f.read()
            try:
                data = self.substitute(data.decode()).encode()
            except UnicodeDecodeError:
                pass
            os.makedirs(os.path.dirname(to), exist_ok=True)
            with open(to, "wb") as f:
                f.write(data)
            if name.startswith("credentials"):
                os.chmod(to, 0o600)

    def generate(self, name, how):
        """A file too dull to keep: HEAD, TIMES the UNIT ({i} counts), TAIL; or BYTES of nothing."""
        os.makedirs(os.path.dirname(self.path(name)) or ".", exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(how.get("head", ""))
            unit = how.get("unit", "")
            count = how.get("times", 0)
            f.write(unit * count if "{i}" not in unit else "".join(unit.replace("{i}", str(i)) for i in range(count)))
            f.write(how.get("tail", ""))
            f.truncate(how.get("bytes"))
        self.inputs.add(name)

    def make_pkcs12(self, name, how):
        """A PKCS#12 file as NAME; @DIGEST:NAME@ and @PINNED:NAME@ are what it is known by."""
        ca = Authority(self.path("pki"), self.path("em/ca.pem"))
        data, digest, pin = ca.make({**how, "password": self.substitute(how.get("password", "@CANARY@"))})
        os.makedirs(os.path.dirname(self.path(name)) or ".", exist_ok=True)
        with open(self.path(name), "wb") as f:
            f.write(data)
        os.chmod(self.path(name), 0o600)
        # A stretch of its base64 that no other file has: from within what is encrypted.
        file = base64.b64decode(data) if how.get("base64") else data
        self.secrets.append(base64.b64encode(file)[300:340].decode())
        self.words[f"@DIGEST:{os.path.basename(name)}@"] = digest
        self.words[f"@PINNED:{os.path.basename(name)}@"] = pin
        self.inputs |= {f for f in self.files() if f == name or f.startswith("pki" + os.sep)}

    def files(self):
        found = []
        for folder, names, files in os.walk(self.folder):
            names[:] = [n for n in names if not (folder == self.folder and n == "em")]
            found += [os.path.relpath(os.path.join(folder, f), self.folder) for f in files]
        return found

    def produced(self):
        """Files that were no input: the state directory, saved plans, exports."""
        return [f for f in self.files() if f not in self.inputs and os.path.isfile(self.path(f))]

    def close(self):
        self.closed.close()
        if self.emulator:
            self.emulator.close()
        shutil.rmtree(self.folder, ignore_errors=True)
