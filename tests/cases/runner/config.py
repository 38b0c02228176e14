# SPDX-License-Identifier: Apache-2.0
"""
Cases of `check` without a script: `expected-stdout` for what is accepted (each line is a part of what is
said), `expected-stderr` for what is refused.

Each line of expected-stderr is FILE:LINE:COLUMN [CODE], or FILE [CODE] where the fault has no line; behind `~` may
stand a part of the sentence. All of them are expected, in this order, and nothing else.
"""

from .match import Failed, match_errors, same_text


def lines_of(text):
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def play_config(player):
    case = player.case
    status = 78 if case.path("expected-stderr") else 0
    result = player.run({}, ["check"])
    if result.status != status:
        raise Failed(f"the exit status is {result.status}, not {status}\n{result}")
    stderr = player.workspace.hide(result.stderr).replace("./docs", "docs")
    if status == 0:
        same_text("stderr", "", stderr)
        for part in lines_of(case.read("expected-stdout")):
            if part not in result.stdout:
                raise Failed(f"stdout does not say '{part}': {result.stdout}")
    else:
        same_text("stdout", "", result.stdout)
        match_errors(lines_of(case.read("expected-stderr")), stderr)
