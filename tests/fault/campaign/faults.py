# SPDX-License-Identifier: Apache-2.0
"""Random faults of the emulator, and what may be struck."""

STATUSES = (400, 401, 403, 404, 409, 411, 422, 423, 429, 500, 502, 503, 504, 204, 302, 100)
BODIES = ({}, [], "", None, {"items": []}, {"items": None}, {"ad-group": []}, {"user-group": {}}, "<html>", 7,
          {"result": {"errors": [{"message": "CANARY?"}]}}, {"error": {"type": "X", "message": "no"}},
          {"transaction": {"status": "open"}}, {"body": {"status": "closed"}}, {"api_key": ""}, {"resume_id": "x"})


def simple(do, **members):
    return lambda rng: {"do": do, **members}


# (how often, how it is made). One that answers falsely in a right shape is a lie.
KINDS = [
    (6, lambda rng: {"do": "status", "status": rng.choice(STATUSES[:-1]), "body": rng.choice(["", {}, "<html>"])}),
    (3, lambda rng: {"do": "body", "body": rng.choice(BODIES)}),
    (2, lambda rng: {"do": "html", "status": rng.choice([200, 403, 500])}),
    (1, lambda rng: {"do": "redirect", "location": rng.choice(["/", "https://127.0.0.1:1/"])}),
    (1, lambda rng: {"do": "retry-after", "seconds": rng.choice([0, 1, "nonsense", -1])}),
    (1, lambda rng: {"do": "huge", "bytes": rng.choice([0, 1, 70000, 1 << 20])}),
    (1, lambda rng: {"do": "delay", "ms": rng.choice([1, 20, 100])}),
    (2, simple("hang")),
    (4, simple("reset")),
    (3, simple("close")),
    (3, lambda rng: {"do": "drop-tls", **rng.choice([{}, {"keep": rng.choice([0, 1, 20, 100000])}])}),
    (3, lambda rng: {"do": "truncate", "keep": rng.choice([0, 1, 20, 100])}),
    (2, simple("wrong-length")),
    (1, lambda rng: {"do": "slow", "bytes-per-second": rng.choice([1, 5000])}),
    (3, simple("garbage")),
    (3, lambda rng: {"do": "short-list", "keep": rng.choice([0, 1, 3])}),
    (8, simple("applied-not-answered")),
    (5, simple("answered-not-applied")),
    (4, lambda rng: {"do": "applied-with-status", "status": rng.choice(STATUSES[:-2]), "body": rng.choice(BODIES)}),
    (4, simple("expire")),
    (2, simple("locked")),
]
LIES = ("short-list", "body", "applied-with-status", "answered-not-applied")

PLACES = {
    "ics": [("PUT", "*"), ("PUT", "*/groups"), ("PUT", "*/source-ip"), ("GET", "*/groups"), ("GET", "*/source-ip"),
            ("POST", "/api/v1/realm_auth"), ("GET", "/api/v1/system/*")],
    "sps": [("POST", "/api/transaction"), ("PUT", "/api/transaction"), ("DELETE", "/api/transaction"),
            ("GET", "/api/transaction"), ("GET", "/api/transaction/changes"), ("GET", "/api/transaction*"),
            ("PUT", "/api/configuration/*"), ("POST", "/api/configuration/*"), ("DELETE", "/api/configuration/*"),
            ("GET", "/api/configuration/*"), ("GET", "/api/authentication*")],
}


def random_fault(rng, system, requests, lies):
    """One fault somewhere in a run of about so many requests."""
    while True:
        fault = rng.choices([k[1] for k in KINDS], [k[0] for k in KINDS])[0](rng)
        if lies or fault["do"] not in LIES:
            break
    if rng.random() < .5:
        fault["skip"] = rng.randrange(requests)
    else:
        fault["method"], fault["path"] = rng.choice(PLACES[system])
        fault["skip"] = rng.choice([0, 0, 0, 1, 1, 2, 3, 5])
    fault["times"] = 1 if fault["do"] in LIES else rng.choice([1, 1, 1, 2, 3, 0])
    return fault


def random_faults(rng, system, requests):
    """At most one of them lies: of two that agree nobody could know the truth."""
    chosen = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        chosen.append(random_fault(rng, system, requests, not any(f["do"] in LIES for f in chosen)))
    return chosen
