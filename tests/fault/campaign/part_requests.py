# SPDX-License-Identifier: Apache-2.0
"""Each request of a whole apply is struck by each fault of the emulator, on each provider."""

from runner.match import Failed

from .scenario import LEGEND, SCENARIOS, Scenario

FAULTS = {
    "status 400": {"do": "status", "status": 400, "body": ""},
    "status 401": {"do": "status", "status": 401, "body": ""},
    "status 403": {"do": "status", "status": 403, "body": "<html>"},
    "status 404": {"do": "status", "status": 404, "body": {}},
    "status 409": {"do": "status", "status": 409, "body": {"error": {"type": "LockedConfiguration"}}},
    "status 422": {"do": "status", "status": 422, "body": {"result": {"errors": [{"message": "no"}]}}},
    "status 500": {"do": "status", "status": 500, "body": ""},
    "status 503": {"do": "status", "status": 503, "body": ""},
    "status 204": {"do": "status", "status": 204, "body": ""},
    "body {}": {"do": "body", "body": {}},
    "body []": {"do": "body", "body": []},
    "body null": {"do": "body", "body": None},
    "no body": {"do": "body", "body": ""},
    "html": {"do": "html"},
    "redirect": {"do": "redirect", "location": "https://127.0.0.1:1/"},
    "retry-after": {"do": "retry-after", "seconds": 1},
    "huge": {"do": "huge", "bytes": 70000},
    "delay": {"do": "delay", "ms": 50},
    "hang": {"do": "hang"},
    "slow": {"do": "slow", "bytes-per-second": 1},
    "reset": {"do": "reset"},
    "close": {"do": "close"},
    "drop-tls": {"do": "drop-tls"},
    "drop-tls 9": {"do": "drop-tls", "keep": 9},
    "truncate": {"do": "truncate", "keep": 9},
    "wrong-length": {"do": "wrong-length"},
    "garbage": {"do": "garbage"},
    "short-list 0": {"do": "short-list", "keep": 0},
    "short-list 1": {"do": "short-list", "keep": 1},
    "applied-not-answered": {"do": "applied-not-answered"},
    "answered-not-applied": {"do": "answered-not-applied"},
    "applied, 200 {}": {"do": "applied-with-status", "status": 200, "body": {}},
    "applied, 403": {"do": "applied-with-status", "status": 403, "body": ""},
    "applied, 500": {"do": "applied-with-status", "status": 500, "body": ""},
    "expire": {"do": "expire"},
    "locked": {"do": "locked"},
}


def requests_of(site, name):
    """The requests of an apply that nothing strikes."""
    log = Scenario(site, name, {}, []).apply_undisturbed().logs[name]
    return [f"{e['method']} {e['path']}" for e in log]


def jobs(options, make_site):
    site = make_site()
    try:
        found = {name: requests_of(site, name) for name in SCENARIOS}
    finally:
        site.close()
    for name, requests in found.items():
        print(f"  {name}: " + f"\n  {name}: ".join(f"{i + 1:3} {r}" for i, r in enumerate(requests)))
    return [(f"{name} {i + 1} {fault}", f"--only '{name} {i + 1} {fault}'", (name, i, fault))
            for name, requests in found.items() for fault in FAULTS for i in range(len(requests))]


def play(site, job, counts, shown):
    name, i, fault = job
    scenario = Scenario(site, name, counts, shown)
    site.ask("POST", name, "faults", {**FAULTS[fault], "skip": i, "times": 1})
    run = scenario.apply_struck()
    if not run.fired(name):
        raise Failed("the fault never struck")
    letter = scenario.outcome(run)
    # A read that lies may hide what differs before anything was written; what follows shows that it heals.
    if letter == "!" and not (fault.startswith("short-list") and not any(e["write"] for e in run.logs[name])):
        raise Failed("reported success, not done")
    scenario.converge()
    scenario.check_nothing_to_do()
    return letter


def report(outcomes):
    for name in SCENARIOS:
        columns = 1 + max((i for (n, i, _), _ in outcomes if n == name), default=-1)
        cells = {(i, fault): letter for (n, i, fault), letter in outcomes if n == name}
        tens = "".join(str((i + 1) // 10 % 10) if (i + 1) % 10 == 0 else " " for i in range(columns))
        ones = "".join(str((i + 1) % 10) for i in range(columns))
        print(f"  {name + ', by request':24}{tens}\n  {'':24}{ones}")
        for fault in FAULTS:
            row = "".join(cells.get((i, fault), " ") for i in range(columns))
            print(f"  {fault:24}{row}" if row.strip() else "", end="\n" if row.strip() else "")
    print(LEGEND)
