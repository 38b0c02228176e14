# SPDX-License-Identifier: Apache-2.0
"""The command line, the build, and the workers."""

import argparse
import concurrent.futures
import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import traceback

from runner.match import Failed

from .site import Site

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
PARTS = {"random": "random states, documents, faults and kills, held against a model",
         "requests": "each request of an apply is struck by each fault",
         "calls": "Convergate is killed before each system call, or the call fails",
         "allocations": "each allocation fails, once or with all that follow"}
MOST_FAILURES = 20
LINES_SHOWN = 150  # the log of some runs: what happens once in thousands of cases may not happen again

site = None  # of this worker


def start_worker(folder):
    global site
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    site = Site(folder)
    multiprocessing.util.Finalize(site, site.close, exitpriority=10)


def module_of(part):
    return importlib.import_module(f".part_{part}", __package__)


def play_job(part, job, whole):
    """Counts of what was played, what came of it, and what went wrong, or None."""
    counts, shown, said, outcome = {}, [], None, None
    try:
        outcome = module_of(part).play(site, job, counts, shown)
    except Failed as e:
        said = str(e)
    except Exception:
        said = traceback.format_exc()
    if said:
        lines = "\n".join([said, *(x if isinstance(x, str) else x.show() for x in shown)]).splitlines()
        said = "\n    ".join(lines if whole else lines[:LINES_SHOWN])
    return counts, outcome, said


def parse_arguments():
    p = argparse.ArgumentParser(prog="tests/fault/run", description="See tests/fault/README.md.")
    p.add_argument("--list", action="store_true", help="name the parts and what they play, and end")
    p.add_argument("--part", action="append", choices=list(PARTS), metavar="NAME", help="only this part")
    p.add_argument("--only", metavar="TEXT", help="only what has TEXT in its name; it is shown whole if it fails")
    p.add_argument("--seed", type=int, default=1, help="of the random cases (1)")
    p.add_argument("--cases", type=int, default=10000, metavar="N", help="random cases (10000)")
    p.add_argument("--case", type=int, action="append", default=[], metavar="K", help="only this random case")
    p.add_argument("--build", metavar="DIR", help="the build directory (build-fault); made where it is missing")
    p.add_argument("--as-built", action="store_true", help="do not build")
    p.add_argument("-j", type=int, default=3 * (os.cpu_count() or 1), metavar="N",
                   help="played at a time; most of the time is spent waiting (3 for each core)")
    options = p.parse_args()
    options.parts = options.part or (["random"] if options.case else list(PARTS))
    return options


def build(folder, as_built):
    folder = os.path.abspath(folder or os.path.join(ROOT, "build-fault"))
    if not as_built and not os.path.exists(os.path.join(folder, "build.ninja")):
        subprocess.run(["meson", "setup", folder, ROOT], check=True, stdout=subprocess.DEVNULL)
    if not as_built:
        subprocess.run(["ninja", "--quiet", "-C", folder], check=True, stdout=subprocess.DEVNULL)
    return folder


def play_part(part, options, folder):
    """How many passed and failed."""
    began, totals, outcomes, failed, played = time.monotonic(), {}, [], 0, 0
    module = module_of(part)
    jobs = [j for j in module.jobs(options, lambda: Site(folder)) if not options.only or options.only in j[0]]
    print(f"== {part}: {len(jobs)}" + (f", seed {options.seed}" if part == "random" else ""), flush=True)
    with concurrent.futures.ProcessPoolExecutor(options.j, initializer=start_worker, initargs=(folder,)) as pool:
        futures = {pool.submit(play_job, part, j[2], len(jobs) == 1): j for j in jobs}
        for future in concurrent.futures.as_completed(futures):
            counts, outcome, said = future.result()
            name, replay, job = futures[future]
            outcomes.append((job, outcome or ("X" if said else " ")))
            played += 1
            for k, v in counts.items():
                totals[k] = totals.get(k, 0) + v
            if said:
                failed += 1
                print(f"FAILED {name}: tests/fault/run --part {part} {replay}\n    {said}", flush=True)
            if played % 500 == 0:
                print(f"  {played} of {len(jobs)} played, {time.monotonic() - began:.0f} s", flush=True)
            if failed >= MOST_FAILURES:
                print(f"given up after {failed} failures")
                pool.shutdown(cancel_futures=True)
                break
    for k, v in sorted(totals.items()):
        print(f"  {k}: {v}")
    if hasattr(module, "report"):
        module.report(outcomes)
    print(f"{played - failed} of {len(jobs)} passed, {failed} failed, {time.monotonic() - began:.0f} s", flush=True)
    return played - failed, failed + len(jobs) - played


def main():
    options = parse_arguments()
    if options.list:
        for name, text in PARTS.items():
            print(f"{name}: {text}")
        return 0
    folder = build(options.build, options.as_built)
    results = [play_part(p, options, folder) for p in options.parts]
    passed, failed = map(sum, zip(*results))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
