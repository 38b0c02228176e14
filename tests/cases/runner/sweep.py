# SPDX-License-Identifier: Apache-2.0
"""
A case of the type "each-request": one clean `apply` shows how many requests a change takes; then, for each of them
and for each fault, everything is put back, that one request is struck, and what Convergate said is held against what
is so.
"""

import copy
import json

from .judge import by_names, request
from .match import Failed, pretty, same_value

# After rules of a realm were written a new login must work, or the previous rules are written back.
WAY_BACK = ("POST /api/v1/realm_auth", "GET /api/v1/system/system-information")


def is_refusal(status):
    return 400 <= status < 500


class Sweep:
    def __init__(self, player, order, in_turn):
        self.player, self.emulator = player, player.emulator
        self.appliance, self.faults = order["appliance"], order["faults"]
        self.only = tuple(order.get("only", [""]))
        self.in_turn = in_turn
        self.initial = self.emulator.states()
        self.final = None

    def restore(self):
        for name, state in self.initial.items():
            self.emulator.ask("PUT", f"/{name}/state", state)
        self.emulator.ask("POST", "/*/expire")
        self.emulator.forget()
        self.player.prepare({"remove": ["state"]} if self.state_directory_exists() else {})

    def state_directory_exists(self):
        return any(f.startswith("state/") for f in self.player.workspace.files())

    def apply(self):
        result = self.player.run({}, ["apply", "--yes", "--format", "json"])
        try:
            plan = json.loads(result.stdout)
        except ValueError as e:
            raise Failed(f"stdout is not JSON: {e}\n{result}") from e
        return result, {t["target"]: t["status"] for t in plan["targets"]}

    def states(self):
        return {name: by_names(state) for name, state in self.emulator.states().items()}

    def discover(self):
        result, _ = self.apply()
        if result.status != 0:
            raise Failed(f"the clean run fails\n{result}")
        self.final = self.states()
        if self.final == {n: by_names(s) for n, s in self.initial.items()}:
            raise Failed("the clean run changes nothing")
        log = self.emulator.log(self.appliance)
        result = self.player.run({}, ["plan"])
        if result.status != 0:
            raise Failed(f"the plan after the clean run is not empty\n{result}")
        return [request(e) for e in log]

    def run(self):
        self.restore()
        requests = self.discover()
        struck = [(i, name) for i, name in enumerate(requests) if name.startswith(self.only)]
        for n, fault in enumerate(self.faults):
            for at, (i, name) in enumerate(struck):
                if self.in_turn and at % len(self.faults) != n:
                    continue
                try:
                    self.strike(i, fault)
                except Failed as e:
                    raise Failed(f"{fault['do']} at request {i + 1}, {name}: {e}") from e

    def strike(self, i, fault):
        self.restore()
        self.emulator.ask("POST", f"/{self.appliance}/faults", {**fault, "skip": i, "times": 1})
        result, statuses = self.apply()
        logs = self.emulator.logs()
        try:
            self.judge_report(result, statuses)
            self.judge_log(result, logs[self.appliance])
            self.judge_transactions()
            self.judge_recovery()
        except Failed as e:
            shown = "\n".join(f"  {request(x)} -> {x['status']}{' ' + x['fault'] if x['fault'] else ''}"
                              for x in logs[self.appliance])
            raise Failed(f"{e}\n{result}\n{shown}") from e

    def judge_report(self, result, statuses):
        """No success is told that is not so; the others are done."""
        now = self.states()
        if result.status not in (0, 1):
            raise Failed(f"the exit status is {result.status}")
        if (result.status == 0) != all(s == "in-sync" for s in statuses.values()):
            raise Failed(f"the exit status {result.status} does not fit the targets' status {statuses}")
        for name, status in statuses.items():
            if status == "in-sync":
                same_value(f"{name} is told to be in sync; its state", self.final[name], now[name])
            elif name != self.appliance:
                raise Failed(f"{name} is {status}, though nothing struck it")
        if result.status == 1 and not result.stderr.startswith(self.appliance + ": error: "):
            raise Failed("stderr does not name the target")

    def judge_log(self, result, log):
        struck = next((e for e in log if e["fault"]), None)
        if not struck:
            raise Failed("the fault never struck")
        after = [e for e in log if e["seq"] > struck["seq"] and e["write"] and
                 request(e) != "DELETE /api/transaction"]
        way_back = request(struck) in WAY_BACK and any(e["write"] and e["seq"] < struck["seq"] for e in log)
        if result.status == 1 and not struck["write"] and after and not way_back:
            raise Failed(f"a read failed, and yet {request(after[0])} was sent")
        sent = [(request(e), json.dumps(e["body"])) for e in log if e["write"] and not is_refusal(e["status"])]
        for once in sent:
            if sent.count(once) > 1:
                raise Failed(f"{once[0]} was sent {sent.count(once)} times with one content")

    def judge_transactions(self):
        for name, end in self.emulator.endpoints.items():
            if end["type"] != "sps":
                continue
            left = self.emulator.get(name, "transactions")["open"]
            if left:
                raise Failed(f"{name}: a transaction was left open: {pretty(left)}")

    def judge_recovery(self):
        """Once nothing strikes any more, one apply is enough: it ends where the clean run did."""
        self.emulator.forget()
        result, _ = self.apply()
        if result.status != 0:
            raise Failed(f"the apply after it fails\n{result}")
        now = self.states()
        for name, state in self.final.items():
            same_value(f"the state of {name} after one more apply", state, now[name])


def run_sweep(player, order, in_turn):
    Sweep(player, copy.deepcopy(order), in_turn).run()
