# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A run that hangs beyond all of its time: others go on meanwhile, then the service manager kills and starts anew.

run_thread() { # TARGET
    local task
    for task in "/proc/$(main_pid)/task/"*; do
        [ "$(cat "$task/comm" 2>/dev/null)" != "run $1" ] || echo "${task##*/}"
    done
}
# A run ends by itself soon; so another one, until one was caught.
caught() {
    local word='' thread
    thread=$(run_thread vpn-1)
    [ -n "$thread" ] || return 1
    rm -f /run/held
    mkfifo /run/held
    /io/convergate-hang "$thread" >/run/held &
    read -r -t 10 word </run/held
    [ "$word" = held ]
}
was_killed() { systemd_told 'Watchdog timeout'; }

title "The run of one target hangs"
drop_in convergated.service '[Service]' WatchdogSec=5 RestartSec=100ms
prepare 'run-timeout: 2s'
control POST /vpn-1/faults '{"do": "hang", "times": 0}' >/dev/null
start
wait_until caught
pid=$(main_pid)
control DELETE /vpn-1/faults >/dev/null

title "The other target goes on"
wait_until is "$desired_operators" operators
drift_operators
wait_until is "$desired_operators" operators
expect "the process" "$pid" main_pid

# Twice two seconds, and a minute's grace for taking back a transaction.
title "When its time is over, systemd ends the daemon and starts it again"
patience=120 wait_until was_killed
wait_until is 1 property NRestarts
wait_until as_desired
