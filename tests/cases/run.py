#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""
Plays the cases below this folder against the programs and the emulator; README.md says what a case is made of.

    run.py --bin BUILD/daemon --emulator BUILD/tests/emulator/convergate-emulator [-j N] [FILTER...]

A FILTER is a part of a case's name. Ends with `N passed, M failed` (and `K skipped`, where a program
that a case needs is not there), and with 1 where any failed.
"""

import argparse
import concurrent.futures
import os
import shutil
import sys
import time
import traceback

sys.dont_write_bytecode = True

from runner.case import Workspace, find_cases  # noqa: E402
from runner.config import play_config  # noqa: E402
from runner.match import Failed, find_secret  # noqa: E402
from runner.steps import Player  # noqa: E402
from runner.sweep import run_sweep  # noqa: E402

ROOT = os.path.dirname(os.path.abspath(__file__))


def play(case, options):
    workspace = Workspace(case, options.emulator)
    try:
        programs = {name: os.path.join(options.bin, name) for name in ("convergate", "convergated")}
        programs["emulator"] = options.emulator
        programs["host"] = os.path.join(os.path.dirname(options.emulator), "../cases/host.so")
        player = Player(case, workspace, programs)
        if "steps" not in case.script and "each-request" not in case.script:
            play_config(player)
        if "each-request" in case.script:
            run_sweep(player, case.script["each-request"], options.in_turn)
        for i, step in enumerate(case.script.get("steps", [])):
            try:
                player.play(step)
            except Failed as e:
                raise Failed(f"step {i + 1}: {e}") from e
        player.finish()
    finally:
        workspace.close()


def find_missing(case):
    """Programs that a case needs and that are not there."""
    return [name for name in case.script.get("needs", []) if not shutil.which(name)]


def play_one(case, options):
    """Seconds and what went wrong, or None."""
    if find_missing(case):
        return 0, None
    began = time.monotonic()
    try:
        play(case, options)
        said = None
    except Failed as e:
        said = str(e)
    except Exception:
        said = traceback.format_exc()
        said = said.splitlines()[-1] + "\n" + said
    if said and find_secret(["CANARY-"], said.encode()):
        said = "(the canary is among this)\n" + said
    return time.monotonic() - began, said


def parse_arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bin", required=True, type=os.path.abspath, help="folder of convergate and convergated")
    p.add_argument("--emulator", required=True, type=os.path.abspath)
    p.add_argument("-j", type=int, default=2 * (os.cpu_count() or 1), help="cases at a time; some of them wait")
    p.add_argument("--in-turn", action="store_true",
                   help="in cases of the type each-request strike each request by one of the faults, not by all")
    p.add_argument("--slowest", type=int, default=0, metavar="N", help="also name the N slowest cases")
    p.add_argument("--without", metavar="FILTER", help="not these")
    p.add_argument("filters", nargs="*", metavar="FILTER")
    return p.parse_args()


def main():
    options = parse_arguments()
    cases = [c for c in find_cases(ROOT) if not options.filters or any(f in c.name for f in options.filters)]
    cases = [c for c in cases if not options.without or options.without not in c.name]
    cases.sort(key=lambda c: "each-request" not in c.script)  # the long ones first
    failed, skipped, times = [], 0, []
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        for case, (seconds, said) in zip(cases, pool.map(lambda c: play_one(c, options), cases)):
            times.append((seconds, case.name))
            if find_missing(case):
                skipped += 1
                print(f"SKIPPED {case.name}: it needs {', '.join(find_missing(case))}", flush=True)
            if said:
                said = said.rstrip().replace("\n", "\n    ")
                failed.append(f"FAILED {case.name}: {said.splitlines()[0]}")
                print(f"FAILED {case.name}: {case.script.get('title', '')}\n    {said}", flush=True)
    for seconds, name in sorted(times, reverse=True)[:options.slowest]:
        print(f"{seconds:7.2f} s  {name}")
    # Once more at the end, which is all that is shown of a long output.
    for line in failed:
        print(line)
    passed = len(cases) - len(failed) - skipped
    print(f"{passed} passed, {len(failed)} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
