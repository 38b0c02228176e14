# SPDX-License-Identifier: Apache-2.0
"""Comparing what came with what was expected, in words that a person can read."""

import base64
import difflib
import fnmatch
import json
import re

ABSENT = "@ABSENT@"


class Failed(Exception):
    """An expectation of a case that does not hold."""


def shorten(text, most=6000):
    return text if len(text) <= most else text[:most] + f"\n... ({len(text)} characters)"


def diff(expected, actual):
    lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), "expected", "actual", lineterm="", n=3)
    return shorten("\n".join(lines))


def pretty(value):
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)


def same_text(what, expected, actual):
    if expected != actual:
        raise Failed(f"{what} is not as expected:\n{diff(expected, actual)}")


def same_value(what, expected, actual):
    same_text(what, pretty(expected), pretty(actual))


def find_miss(expected, actual, path=""):
    """Where ACTUAL does not hold EXPECTED: objects may hold more, lists may not. None where it does."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            if value == ABSENT:
                if key in actual:
                    return f"{path}/{key} is there"
            elif key not in actual:
                return f"{path}/{key} is missing; there are: {', '.join(sorted(actual)) or 'none'}"
            else:
                miss = find_miss(value, actual[key], f"{path}/{key}")
                if miss:
                    return miss
        return None
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return f"{path} has {len(actual)} items, not {len(expected)}: {shorten(pretty(actual), 2000)}"
        for i, (e, a) in enumerate(zip(expected, actual)):
            miss = find_miss(e, a, f"{path}/{i}")
            if miss:
                return miss
        return None
    if expected == actual and isinstance(expected, bool) == isinstance(actual, bool):
        return None
    return f"{path} is {shorten(json.dumps(actual), 2000)}, not {json.dumps(expected)}"


def holds(what, expected, actual):
    miss = find_miss(expected, actual)
    if miss:
        raise Failed(f"{what}: {miss}")


def match_lines(what, expected, actual):
    """Each expected line is a shell pattern in which brackets are plain."""
    same = len(expected) == len(actual) and all(
        a == e or fnmatch.fnmatchcase(a, e.replace("[", "[[]")) for e, a in zip(expected, actual))
    if not same:
        raise Failed(f"{what} is not as expected:\n" + diff("\n".join(expected) + "\n", "\n".join(actual) + "\n"))


ERROR_LINE = re.compile(r"^(?:<\d>)?(?P<subject>.*?): error: (?P<sentence>.*?)(?: \[(?P<code>[a-z0-9-]+)\])?$")


def errors_of(stderr):
    """The error lines as (subject, code or None, sentence)."""
    found = (ERROR_LINE.match(line) for line in stderr.splitlines())
    return [(m["subject"], m["code"], m["sentence"]) for m in found if m]


def match_errors(expected, stderr):
    """EXPECTED: "SUBJECT [CODE]" or "SUBJECT [CODE] ~ part of the sentence ~ another part", in order."""
    errors = errors_of(stderr)
    shown = [f"{s} [{c}]" if c else s for s, c, _ in errors]
    wanted = [e.split(" ~ ") for e in expected]
    try:
        match_lines("the list of errors", [w[0] for w in wanted], shown)
    except Failed as e:
        raise Failed(f"{e}\nin full:\n{stderr}") from e
    for (_, *parts), (subject, _, sentence) in zip(wanted, errors):
        for part in parts:
            if part not in sentence:
                raise Failed(f"the error of {subject} does not say '{part}': {sentence}")


def plan_lines(target):
    """A target of a plan as lines: "ACTION KIND OBJECT (held by G) = RESULT: OP PATH, ..."."""
    lines = []
    for c in target["changes"]:
        line = f"{c['action']} {c['kind']} {c['object']}"
        if c["held-by"]:
            line += f" (held by {c['held-by']})"
        if c["result"]:
            line += f" = {c['result']}"
        if c["items"]:
            line += ": " + ", ".join(f"{i['op']} {i['path']}" for i in c["items"])
        lines.append(line)
    return lines


def spellings(secret):
    """A secret as it stands, and as each of its three alignments looks in base64."""
    found = [secret.encode()]
    for pad in range(3):
        text = base64.b64encode(b"x" * pad + secret.encode())
        found.append(text[4 if pad else 0:len(text) - 4])
    return found


def find_secret(secrets, data):
    for secret in secrets:
        for spelling in spellings(secret):
            if spelling in data:
                return spelling.decode()
    return None
