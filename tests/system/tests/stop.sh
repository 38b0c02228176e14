# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A stop in the middle of a transaction takes it back within seconds.

transactions() { control GET /sps-1/transactions | jq -c "$1"; }
a_change_is_staged() { [ "$(transactions '[.open[].changes] | tostring')" != '[]' ] && [ "$(hangs)" -ge 1 ]; }
hangs() { control GET /sps-1/log | jq '[.[] | select(.fault == "hang")] | length'; }

# Each place in the transaction: method and path of the request whose answer never comes.
try() { # METHOD PATH
    title "A stop while $1 $2 hangs"
    control POST /sps-1/faults "{\"do\": \"hang\", \"method\": \"$1\", \"path\": \"$2\", \"times\": 0}" >/dev/null
    control DELETE /sps-1/log >/dev/null
    committed=$(transactions .committed)
    start
    wait_until a_change_is_staged
    before=$SECONDS
    systemctl stop convergated || fail "systemctl stop ends with $?"
    [ $((SECONDS - before)) -le 20 ] || fail "it took $((SECONDS - before)) seconds"
    expect "the result" success property Result
    expect "the exit status" 0 property ExecMainStatus
    expect "open transactions" '[]' transactions .open
    expect "commits" "$committed" transactions .committed
    expect "the list" '["anna","bert"]' operators
    control DELETE /sps-1/faults >/dev/null
}

prepare
try PUT '/api/configuration/policies/*'
try PUT '/api/transaction*'

title "The next start makes it right"
start
wait_until as_desired
expect "open transactions" '[]' transactions .open

title "A stop while nothing is under way"
wait_until status_says "2 in sync"
systemctl stop convergated || fail "systemctl stop ends with $?"
expect "the result" success property Result
expect "the sockets stop with it" 'inactive inactive' eval \
    'systemctl is-active convergated-status.socket convergated-control.socket | xargs'
