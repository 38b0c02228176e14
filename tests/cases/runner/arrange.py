# SPDX-License-Identifier: Apache-2.0
"""What a case changes before a step, or while the daemon is at work: the host, and what the emulator plays."""

import os
import shutil
import time


def replace(workspace, case, name, source):
    shutil.rmtree(workspace.path(name), ignore_errors=True)
    workspace.copy(case.path(source), name)
    workspace.inputs |= {f for f in workspace.files() if f == name or f.startswith(name + os.sep)}


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)


def switch_link(path, target):
    """As Git tools do: whoever looks finds the old or the new one, never none."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(target, path + ".new")
    os.rename(path + ".new", path)


def arrange_host(workspace, case, order):
    """Files and the wall clock."""
    path = workspace.path
    for name, how in order.get("generate", {}).items():
        workspace.generate(name, how)
    for name, how in order.get("pkcs12", {}).items():
        workspace.make_pkcs12(name, how)
    for name, source in order.get("replace", {}).items():
        replace(workspace, case, name, source)
    for name in order.get("remove", []):
        remove(path(name))
    for name, to in order.get("rename", {}).items():
        os.rename(path(name), path(to))
    for name, target in order.get("link", {}).items():
        switch_link(path(name), workspace.substitute(target))
    for name in order.get("touch", []):
        os.utime(path(name))
    for name, seconds in order.get("aged", {}).items():
        os.utime(path(name), times=(time.time() - seconds,) * 2)
    for name, mode in order.get("chmod", {}).items():
        os.chmod(path(name), int(mode, 8))
    for name, owner in order.get("chown", {}).items():
        if os.geteuid() == 0:
            os.chown(path(name), owner, owner)
    if "clock" in order:
        workspace.clock.set(order["clock"])


def arrange_appliances(workspace, order):
    emulator = workspace.emulator
    for name, options in order.get("options", {}).items():
        emulator.ask("POST", f"/{name}/options", options)
    for name, certificate in order.get("certificate", {}).items():
        emulator.ask("PUT", f"/{name}/certificate", {"certificate": certificate})
    for name, part in order.get("merge", {}).items():
        emulator.ask("POST", f"/{name}/merge", workspace.substitute_all(part))
    for c in order.get("control", []):
        emulator.ask(c["method"], c["path"], c.get("body"))


def arrange_faults(workspace, order):
    for name, faults in order.get("faults", {}).items():
        workspace.emulator.ask("POST", f"/{name}/faults", faults)
