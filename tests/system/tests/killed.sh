# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Killed in the middle of a transaction, it is started again, takes back what it left, and does it anew.

transactions() { control GET /sps-1/transactions | jq -c "$1"; }
commit_hangs() { [ "$(control GET /sps-1/log | jq '[.[] | select(.fault == "hang")] | length')" -ge 1 ]; }

title "Killed while a commit hangs"
prepare
control POST /sps-1/faults '{"do": "hang", "method": "PUT", "path": "/api/transaction*", "times": 1}' >/dev/null
start
wait_until commit_hangs
systemctl kill --signal=KILL --kill-who=main convergated
was_killed() { is 1 property NRestarts && is running property SubState; }
wait_until was_killed

title "What was open is taken back, and all becomes as desired"
wait_until as_desired
expect "open transactions" '[]' transactions .open
expect "commits" 1 transactions .committed
wait_until status_says "2 in sync"
expect "further starts" 1 property NRestarts
