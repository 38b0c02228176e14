# SPDX-License-Identifier: Apache-2.0
"""What must hold after a step: of what was printed, of files, and of what the emulator saw."""

import glob
import json
import os

from .match import Failed, errors_of, holds, match_errors, match_lines, plan_lines, same_text, same_value
from .process import matches


def request(entry):
    return f"{entry['method']} {entry['path']}"


def by_names(state):
    """An SPS state with its policies under their names: keys of new objects are the appliance's choice."""
    policies = state.get("policies")
    if not policies:
        return state
    named = {kind: {o["name"]: o for o in objects.values()} for kind, objects in policies.items()}
    return {**state, "policies": named}


def load(player, wanted):
    """What is expected: as it stands, or the name of a JSON file in the case's folder."""
    return json.loads(player.workspace.substitute(player.case.read(wanted))) if isinstance(wanted, str) else wanted


# What was printed.


def judge_result(player, step, result):
    if result.status != step.get("exit", 0):
        raise Failed(f"the exit status is {result.status}, not {step.get('exit', 0)}")
    if "mib-at-most" in step and not 0 < result.peak_kib <= step["mib-at-most"] * 1024:
        raise Failed(f"it took {result.peak_kib // 1024} MiB")
    stdout, stderr = player.workspace.hide(result.stdout), player.workspace.hide(result.stderr)
    if "stdout" in step:
        same_text("stdout", player.case.read(step["stdout"]), stdout)
    if "stdout-is" in step:
        same_text("stdout", step["stdout-is"], stdout)
    if step.keys() & {"stdout-json", "json", "plan", "status", "unmanaged", "target-errors"}:
        judge_json(player, step, result.stdout)
    if "stdout-at-most" in step and len(result.stdout.encode()) > step["stdout-at-most"]:
        raise Failed(f"stdout has {len(result.stdout.encode())} bytes")
    judge_parts("stdout", "", step, stdout)
    judge_parts("stderr", "stderr-", step, stderr)
    for part, times in step.get("stderr-count", {}).items():
        if stderr.count(part) != times:
            raise Failed(f"stderr says {part!r} {stderr.count(part)} times, not {times}")
    judge_stderr(step, stderr)
    judge_files(player.workspace, step)


def judge_parts(where, prefix, step, text):
    for part in step.get(prefix + "contains", []):
        if part not in text:
            raise Failed(f"{where} does not hold {part!r}")
    for part in step.get(prefix + "not-contains", []):
        if part in text:
            raise Failed(f"{where} holds {part!r}")


def judge_stderr(step, stderr):
    if "stderr" in step:
        same_text("stderr", "".join(line + "\n" for line in step["stderr"]), stderr)
    if "errors" in step:
        match_errors(step["errors"], stderr)
    elif errors_of(stderr) and not step.keys() & {"stderr", "stderr-contains", "stderr-count"}:
        raise Failed("there are errors that the case does not name")


def judge_json(player, step, stdout):
    try:
        plan = json.loads(stdout)
    except ValueError as e:
        raise Failed(f"stdout is not JSON: {e}") from e
    if "stdout-json" in step:
        same_value("the JSON on stdout", load(player, step["stdout-json"]), plan)
    if "json" in step:
        holds("the JSON on stdout", load(player, step["json"]), plan)
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


# Files.


def judge_files(workspace, step):
    for name, wanted in step.get("files", {}).items():
        path = max(glob.glob(workspace.path(name)), default=workspace.path(name))
        if os.path.exists(path) != (wanted is not None):
            raise Failed(f"{name} is {'there' if wanted is None else 'not there'}")
        if wanted is not None:
            judge_file(workspace, name, path, wanted)
    if "owned" in step:
        judge_owner(workspace, step["owned"])


def judge_file(workspace, name, path, wanted):
    st = os.stat(path)
    if "contains" in wanted:
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for part in wanted["contains"]:
            if part not in text:
                raise Failed(f"{name} does not hold {part!r}:\n{text}")
    if "mode" in wanted:
        same_text(f"the mode of {name}", wanted["mode"], f"{st.st_mode & 0o7777:04o}")
    if "owner-of" in wanted and st.st_uid != os.stat(workspace.path(wanted["owner-of"])).st_uid:
        raise Failed(f"{name} has another owner than {wanted['owner-of']}")


def judge_owner(workspace, top):
    owner = os.stat(workspace.path(top)).st_uid
    strangers = [os.path.relpath(os.path.join(folder, n), workspace.folder)
                 for folder, names, files in os.walk(workspace.path(top))
                 for n in names + files if os.stat(os.path.join(folder, n)).st_uid != owner]
    strangers = sorted(set(strangers) - workspace.inputs)
    if strangers:
        raise Failed(f"not owned by {owner}: {', '.join(strangers)}")


# What the emulator saw.


def judge_emulator(player, step):
    logs = player.emulator.logs()
    for name, wanted in step.get("log", {}).items():
        match_lines(f"the log of {name}", wanted, [request(e) for e in logs[name]])
    for name, wanted in step.get("write-log", {}).items():
        match_lines(f"the writes to {name}", wanted, [request(e) for e in logs[name] if e["write"]])
    for name, wanted in step.get("requests", {}).items():
        holds(f"the log of {name}", load(player, wanted), logs[name])
    for name, wanted in step.get("bodies", {}).items():
        same_value(f"the bodies sent to {name}", load(player, wanted),
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
    for name, counts in step.get("counts-at-most", {}).items():
        for pattern, most in counts.items():
            n = sum(matches(e, pattern) for e in logs[name])
            if n > most:
                raise Failed(f"{pattern} was sent {n} times to {name}, {most} at most")
    for what in ("transactions", "sessions"):
        for name, wanted in step.get(what, {}).items():
            holds(f"{what} of {name}", wanted, player.emulator.get(name, what))
    judge_states(player, step)


def judge_states(player, step):
    states = player.emulator.states()
    for name, wanted in step.get("state", {}).items():
        holds(f"the state of {name}", load(player, wanted), by_names(states[name]))
    unchanged = step.get("unchanged", [])
    for name in states if unchanged is True else unchanged:
        same_value(f"the state of {name}, which must not change", player.initial[name], states[name])
