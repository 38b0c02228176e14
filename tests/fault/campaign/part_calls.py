# SPDX-License-Identifier: Apache-2.0
"""
Each system call that matters of a whole apply: Convergate is killed before it, or it fails. What is struck is a run
that has everything to do, and one that finds what a killed run left. strace counts calls for each thread and each name
alone; a point is a name and a number.
"""

import collections
import os
import re
import signal

from runner.match import Failed

from .scenario import LEGEND, Scenario

KILLED = ("write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "mkdir", "openat", "ftruncate", "flock",
          "fchown", "fchmod", "socket", "connect", "sendto", "recvfrom", "close", "getdents64", "clone3", "exit_group")
FAILED = {"write": ("ENOSPC", "EIO"), "pwrite64": ("ENOSPC",), "fsync": ("EIO",), "fdatasync": ("EIO", "ENOSPC"),
          "rename": ("ENOSPC", "EIO"), "unlink": ("EIO", "EACCES"), "mkdir": ("ENOSPC", "EACCES"),
          "openat": ("EMFILE", "EACCES"), "ftruncate": ("EIO",), "flock": ("ENOLCK", "EINTR"), "fchown": ("EPERM",),
          "fchmod": ("EPERM",), "lseek": ("EIO",), "socket": ("EMFILE",), "connect": ("ECONNREFUSED", "ETIMEDOUT"),
          "sendto": ("ECONNRESET", "EPIPE"), "recvfrom": ("ECONNRESET",), "read": ("EIO", "EINTR"),
          "epoll_ctl": ("ENOMEM",), "clone3": ("EAGAIN",), "getdents64": ("EIO",), "mmap": ("ENOMEM",),
          "mprotect": ("ENOMEM",), "brk": ("ENOMEM",)}
SYSTEMS = ("vpn", "sps")
# Where the run of the name is stopped before the one that is struck: at its first write, or in its commit.
BEFORE = {"whole": None, "recovery": {"vpn": ("PUT", "*"), "sps": ("PUT", "/api/transaction")}}


def strace(calls, *more):
    return ["strace", "-f", "-qq", "-e", "trace=" + ",".join(calls), *more]


def prepare(site, name, what, counts, shown):
    """A scenario just before the run that is struck."""
    scenario = Scenario(site, name, counts, shown)
    if BEFORE[what]:
        method, path = BEFORE[what][name]
        site.ask("POST", name, "faults", {"do": "hang", "method": method, "path": path})

        def kill(process):
            fired = site.ask("GET", name, "faults")[0]["fired"]
            if fired:
                process.send_signal(signal.SIGKILL)
            return fired
        scenario.apply_struck(meanwhile=kill)
        site.ask("DELETE", "*", "faults")
    return scenario


def trace_of(site, name, what):
    """(thread, call) of an apply that nothing strikes, in order."""
    trace = os.path.join(site.folder, "trace")
    calls = sorted({*KILLED, *FAILED})
    scenario = prepare(site, name, what, {}, [])
    scenario.run("clean.yaml", ["apply", "--yes"], wrap=strace(calls, "-o", trace))
    with open(trace, encoding="utf-8", errors="replace") as f:
        found = [re.match(r"(\d+) +(\w+)\(", line) for line in f]
    return [(m[1], m[2]) for m in found if m]


def points_of(trace):
    """(call, number) that a thread reaches after the first connection: before it nothing can go wrong elsewhere."""
    seen, points, connected = collections.Counter(), set(), False
    for thread, call in trace:
        seen[thread, call] += 1
        connected = connected or call == "connect"
        if connected:
            points.add((call, seen[thread, call]))
    return sorted(points)


def jobs(options, make_site):
    site = make_site()
    found = []
    try:
        for what in BEFORE:
            for name in SYSTEMS:
                points = points_of(trace_of(site, name, what))
                syncs = [n for call, n in points if call == "fdatasync"]
                print(f"  {name}, {what}: {len(points)} points, {len(syncs)} of them fdatasync")
                for call, n in points:
                    strikes = [("kill", f"signal=KILL:when={n}")] if call in KILLED else []
                    strikes += [(e, f"error={e}:when={n}") for e in FAILED.get(call, ())]
                    found += [(name, what, call, n, how, inject) for how, inject in strikes]
    finally:
        site.close()
    return [(label(job), f"--only '{label(job)}'", job) for job in found]


def label(job):
    name, what, call, n, how, _ = job
    return f"{name} {what} {call} {n} {how}."


def play(site, job, counts, shown):
    name, what, call, _, how, inject = job
    scenario = prepare(site, name, what, counts, shown)
    run = scenario.apply_struck(True, wrap=strace([call], "-o", "/dev/null", "-e", f"inject={call}:{inject}"))
    letter = scenario.outcome(run)
    if letter == "!":
        raise Failed("reported success, not done")
    scenario.converge()
    scenario.check_writes_nothing()
    return letter


def report(outcomes):
    table = collections.defaultdict(collections.Counter)
    for (name, what, call, _, how, _), letter in outcomes:
        table[name, what, call, how][letter] += 1
    for (name, what, call, how), letters in sorted(table.items()):
        counted = "  ".join(f"{letter} {n:4}" for letter, n in sorted(letters.items()))
        print(f"  {name} {what:9} {call:12} {how:13} {counted}")
    print(LEGEND)
