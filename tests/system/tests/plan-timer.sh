# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Reports without a daemon: the timer starts `convergate plan`, which never writes; differences are no failure.

report() { journalctl --no-pager -o cat -u convergate-plan.service; }
result() { property Result convergate-plan.service; }
status() { property ExecMainStatus convergate-plan.service; }
prepare

title "As it is shipped it comes within the hour, later than on the hour, at the same time every hour"
expect "it is not enabled" disabled systemctl is-enabled convergate-plan.timer
systemctl start convergate-plan.timer
expect "a fixed delay" yes property FixedRandomDelay convergate-plan.timer
next=$(property NextElapseUSecRealtime convergate-plan.timer)
[ -n "$next" ] || fail "it will never come"
in_seconds=$(($(date -d "$next" +%s) - $(date +%s)))
[ $in_seconds -ge 0 ] && [ $in_seconds -le $((75 * 60)) ] || fail "it comes in $in_seconds seconds"

title "By hand: what differs is in the journal, and is no failure"
systemctl start convergate-plan.service || fail "it fails where something differs"
expect "the exit status" 2 status
expect "the result" success result
report | grep -qF '+ CORP/partners' || fail "the journal does not say what differs"
expect "writes" 0 writes

title "By the timer"
drop_in convergate-plan.timer '[Timer]' OnCalendar= OnActiveSec=0 RandomizedDelaySec=0 AccuracySec=1ms
reports() { report | grep -c '^0 to create'; }
seen=$(reports)
systemctl restart convergate-plan.timer
wait_until eval '[ "$(reports)" -gt "$seen" ]'
expect "the daemon" inactive systemctl is-active convergated
expect "writes" 0 writes

title "With the drop-in of the manual, differences are a failure"
drop_in convergate-plan.service '[Service]' SuccessExitStatus=
! systemctl start convergate-plan.service || fail "it does not fail"
expect "the exit status" 2 status
expect "the unit" failed property ActiveState convergate-plan.service

title "Where an appliance cannot be read, it fails"
rm -r /run/systemd/system/convergate-plan.service.d
systemctl daemon-reload
control POST /vpn-1/faults '{"do": "status", "status": 500, "times": 0}' >/dev/null
! systemctl start convergate-plan.service || fail "it does not fail"
expect "the exit status" 1 status
expect "writes" 0 writes
