# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The service manager kills what hangs, and starts it again: the event loop, and the thread of all requests.

held() { # THREAD-ID
    local word=''
    mkfifo /run/held
    /io/convergate-hang "$1" >/run/held &
    read -r -t 10 word </run/held
    rm /run/held
    [ "$word" = held ]
}
thread() { # NAME: the first of that name
    local task
    for task in $(printf '%s\n' "/proc/$(main_pid)/task/"* | sort -t/ -k5 -n); do
        [ "$(cat "$task/comm" 2>/dev/null)" != "$1" ] || { echo "${task##*/}"; return; }
    done
}
times_killed() { journalctl --no-pager -o cat _PID=1 UNIT=convergated.service | grep -c 'Watchdog timeout'; }

drop_in convergated.service '[Service]' WatchdogSec=5 RestartSec=100ms
prepare
start
wait_until as_desired
n=0
for name in convergated http; do
    title "A thread hangs: $name"
    held "$(thread $name)" || fail "there is no thread '$name' to hold"
    n=$((n + 1))
    wait_until is $n times_killed
    # Nobody is left to take the first signal where the event loop hangs; the second one needs nobody.
    wait_until is $n property NRestarts
    drift_groups
    drift_operators
    wait_until as_desired
done
told | jq -r .MESSAGE | grep -q 'a thread makes no progress; the watchdog is not fed' || fail "it does not say why"
