# SPDX-License-Identifier: Apache-2.0
"""convergated while it runs: what is waited for, and what is done to it in between."""

import os

from .arrange import arrange_appliances, arrange_faults, arrange_host
from .client import Mailbox, RawClient, ask, judge_answer
from .judge import by_names, judge_emulator, judge_files, judge_result
from .match import Failed, find_miss
from .process import Program, matches


class Daemon:
    """One life of convergated, from its start to its end by SIGTERM."""

    def __init__(self, player, step):
        self.player, self.workspace, self.emulator = player, player.workspace, player.emulator
        self.clients = {}
        self.mailbox = None
        if step["daemon"].get("notify"):
            self.mailbox = Mailbox(self.workspace.path("em/notify"))
            step = {**step, "env": {**step.get("env", {}), "NOTIFY_SOCKET": "@DIR@/em/notify"}}
        self.notified = step["daemon"].get("notify", [])
        args = ["-c", "settings.yaml", *step["daemon"].get("arguments", [])]
        self.program = Program(self.workspace, player.programs["convergated"], args, step, "daemon")

    def play(self, phases):
        try:
            for i, phase in enumerate(phases):
                try:
                    self.play_phase(phase)
                except Failed as e:
                    raise Failed(f"phase {i + 1}: {e}\n--- stderr of convergated\n{self.program.output()[1]}") from e
            self.program.send("TERM")
            result = self.program.end()
            missing = [text for text in self.notified if text not in self.mailbox.read()]
            if missing:
                raise Failed(f"never notified: {missing}, only:\n{self.mailbox.text}")
            return result
        finally:
            self.program.kill()
            for client in self.clients.values():
                client.close()
            if self.mailbox:
                self.mailbox.close()

    def play_phase(self, phase):
        if "until" in phase:
            self.wait_until(phase["until"])
        arrange_host(self.workspace, self.player.case, phase)
        arrange_appliances(self.workspace, phase)
        arrange_faults(self.workspace, phase)
        if "signal" in phase:
            self.program.send(phase["signal"])
        for order in phase.get("ask", []):
            self.ask(order)
        for order in phase.get("clients", []):
            self.play_client(order)
        for step in phase.get("run", []):
            self.run(step)

    # What is waited for.

    def wait_until(self, until):
        miss = "nothing was looked at"
        try:
            while self.program.is_running():
                for name in until.get("touching", []):
                    os.utime(self.workspace.path(name))
                miss = self.find_unmet(until)
                if not miss:
                    return
        except Failed as e:
            raise Failed(f"it never came true: {miss}\n{e}") from e
        raise Failed(f"the daemon ended before it came true: {miss}")

    def find_unmet(self, until):
        for name, wanted in until.get("state", {}).items():
            miss = find_miss(wanted, by_names(self.emulator.get(name, "state")))
            if miss:
                return f"state of {name}: {miss}"
        for name, wanted in until.get("log", {}).items():
            log = self.emulator.log(name)
            for pattern, least in wanted.items():
                if sum(matches(e, pattern) for e in log) < least:
                    return f"log of {name}: fewer than {least} of {pattern}"
        for text, least in until.get("stderr", {}).items():
            if self.program.output()[1].count(text) < least:
                return f"stderr does not say '{text}' {least} times"
        for text, least in until.get("notify", {}).items():
            if self.mailbox.read().count(text) < least:
                return f"'{text}' was not notified {least} times, only:\n{self.mailbox.text}"
        for name in until.get("dropped", []):
            if not self.clients[name].is_dropped():
                return f"the client '{name}' is not dropped"
        return self.find_unmet_words(until)

    def find_unmet_words(self, until):
        try:
            for order in until.get("ask", []):
                self.ask(order)
            judge_files(self.workspace, until)
        except (Failed, OSError) as e:
            return str(e)
        return None

    # What is done to it.

    def socket(self, order):
        return self.workspace.path(f"run/{order.get('socket', 'status')}.sock")

    def ask(self, order):
        method, url = order["request"].split(" ", 1)
        status, text = ask(self.socket(order), method, url, order.get("body"))
        self.player.said.append(text)
        judge_answer(order["request"], order, status, self.workspace.hide(text))

    def play_client(self, order):
        name = order.get("name")
        client = self.clients.get(name) or RawClient(self.socket(order))
        if name:
            self.clients[name] = client
        client.send((order.get("send", "") + order.get("more", "") * order.get("times", 1)).encode())
        if "answer" in order:
            said = client.answer()
            for part in order["answer"]:
                if part not in said:
                    raise Failed(f"the answer to {order.get('send', '')[:80]!r} does not hold {part!r}: {said!r}")
            if not order["answer"] and said:
                raise Failed(f"{order.get('send', '')[:80]!r} was answered: {said!r}")
        if not name:
            client.close()

    def run(self, step):
        """Judged like a step of its own; the emulator's log goes on, and holds what the daemon sent, too."""
        result = self.player.run(step, step["run"], step.get("program", "convergate"))
        try:
            judge_result(self.player, step, result)
            judge_emulator(self.player, step)
        except Failed as e:
            raise Failed(f"{e}\n{result}") from e
