# SPDX-License-Identifier: Apache-2.0
"""
Random cases.

1. A past (sometimes): documents that are applied undisturbed, so that the ledger knows objects, then a drift.
2. Documents. The plan, undisturbed, must be what the model finds.
3. Runs of `apply`, struck, interrupted or killed. Each is judged by the oracle.
4. Nothing strikes any more: at most two runs later all is as it should be, the plan holds nothing but what the guards
   hold, and nothing is written.
5. Sometimes the documents forget objects: what Convergate created under faults it must still know as its own.
"""

import base64
import random
import signal

from runner.match import Failed

from . import faults, generate, model
from .play import Play
from .site import PASSWORD

SYSCALLS = ("write", "fsync", "fdatasync", "rename", "openat", "unlink", "sendto", "recvfrom", "connect", "epoll_wait",
            "flock", "ftruncate", "pwrite64", "close", "futex", "mkdir")


def jobs(options, make_site):
    numbers = options.case or range(1, options.cases + 1)
    return [(f"case {n}", f"--seed {options.seed} --case {n}", (options.seed, n)) for n in numbers]


def play(site, job, counts, shown):
    seed, number = job
    Case(site, random.Random(f"{seed}/{number}"), counts, shown).play()


class Case(Play):
    def __init__(self, site, rng, counts, shown):
        super().__init__(site, generate.random_world(rng), rng, counts, shown)

    def play(self):
        self.site.reset(generate.random_states(self.rng, self.world, PASSWORD),
                        generate.random_options(self.rng, self.world))
        self.write_settings("clean.yaml", "30s", "60s")
        self.write_settings("struck.yaml", "1500ms", "3s")
        states = self.site.states(self.targets)
        if self.rng.random() < .5:
            states = self.play_past(states)
        self.next_documents(states)
        self.play_plan()
        for _ in range(self.rng.choice([1, 1, 2, 3])):
            self.play_struck()
        self.converge()
        self.check_nothing_to_do()
        if self.rng.random() < .3:
            self.check_writes_nothing()
        if self.rng.random() < .3:
            self.forget_objects()

    def next_documents(self, states):
        self.world.allowed = set()
        generate.random_wants(self.rng, self.world, states)
        self.write_documents()
        generate.random_allowances(self.rng, self.world, model.plan(self.world, states))

    def play_past(self, states):
        self.next_documents(states)
        self.apply_undisturbed()
        states = self.site.states(self.targets)
        if self.rng.random() < .5:
            generate.drift(self.rng, self.world, states)
            for name, state in states.items():
                self.site.ask("PUT", name, "state", state)
        return self.site.states(self.targets)

    # Strikes.

    def play_struck(self):
        if "sps" in self.targets and self.rng.random() < .05:
            self.open_foreign()
        for name, target in self.world.targets.items():
            if self.rng.random() < .8:
                struck = faults.random_faults(self.rng, target.system, self.expected_requests(name))
                self.site.ask("POST", name, "faults", struck)
                self.shown.append(f"faults of {name}: {struck}")
        self.apply_struck(**self.random_kill())
        self.site.ask("DELETE", "*", "faults")
        self.close_foreign()

    def expected_requests(self, name):
        """About as many as a run takes that changes something."""
        target = self.world.targets[name]
        return 8 + (3 * len(target.wants) if target.system == "ics" else 12)

    def random_kill(self):
        """How a run is played that is to be killed or interrupted: at a system call, or at a request."""
        chance = self.rng.random()
        if chance > .45:
            return {}
        if chance < .15:
            return {"wrap": strace_kill(self.rng.choice(SYSCALLS), self.rng.randint(1, 30))}
        target = self.rng.choice(self.targets)
        order = dict(self.rng.choice([{"do": "hang"}, {"do": "slow", "bytes-per-second": 1}]))
        order["skip"] = self.rng.randrange(self.expected_requests(target))
        if self.rng.random() < .4:
            order["method"], order["path"] = self.rng.choice(faults.PLACES[self.world.targets[target].system])
            order["skip"] = self.rng.choice([0, 0, 0, 1, 2])
        self.site.ask("POST", target, "faults", order)
        number = len(self.site.ask("GET", target, "faults")) - 1
        how = signal.SIGKILL if chance < .4 else signal.SIGINT
        self.shown.append(f"{how.name} where {target} is struck by {order}")
        return {"meanwhile": lambda process: self.signal_when_fired(process, target, number, how)}

    def signal_when_fired(self, process, target, number, how):
        if not self.site.ask("GET", target, "faults")[number]["fired"]:
            return False
        process.send_signal(how)
        return True

    # Somebody else.

    def open_foreign(self):
        login = base64.b64encode(f"boss:{PASSWORD}".encode()).decode()
        cookie = self.site.call("sps", "GET", "/api/authentication", login=login)[2].split("session_id=")[1]
        self.cookie = cookie.split(";")[0].split(",")[0]
        left = [o["session"] for o in self.site.transactions("sps")["open"]]  # by a killed run
        if self.site.call("sps", "POST", "/api/transaction", cookie=self.cookie)[0] != 200:
            return  # it is in the way
        self.site.call("sps", "POST", "/api/configuration/policies/userlists",
                       {"name": "of-boss", "default": "exclude", "users": ["boss"]}, cookie=self.cookie)
        self.site.foreign = {o["session"]: o for o in self.site.transactions("sps")["open"] if o["session"] not in left}
        self.count("foreign transactions")

    def close_foreign(self):
        if self.site.foreign:
            status = self.site.call("sps", "DELETE", "/api/transaction", cookie=self.cookie)[0]
            if status != 200:
                raise Failed(f"somebody else's transaction cannot be taken back: {status}")
            self.site.foreign = {}

    # Afterwards.

    def forget_objects(self):
        """The documents name fewer objects: what Convergate created goes, what it did not stays."""
        for target in self.world.targets.values():
            for place in [p for p in target.wants if self.rng.random() < .5]:
                if place in target.ledger.created and (target.name, place) not in self.doubtful:
                    del target.wants[place]
        self.write_documents()
        self.play_plan()
        self.apply_undisturbed()
        self.check_nothing_left()


def strace_kill(name, n):
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={name}",
            "-e", f"inject={name}:signal=KILL:when={n}"]
