# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A reload is all or nothing, and systemctl says which.
in_force=4bcd8fb0dc164c6bba029c5729679e45 faulty=b17523a9dac14791b5bd8e284f3ab42c

events() { told_event "$1" | wc -l; }
more_than() { [ "$(events "$2")" -gt "$1" ]; }

prepare
start
wait_until as_desired
pid=$(main_pid)

title "A good reload"
before=$(events $in_force)
sed -i 's,CORP/partners,CORP/friends,' /srv/gateways/vpn.yaml
systemctl reload convergated || fail "systemctl reload ends with $?"
wait_until more_than "$before" $in_force
wait_until is '["CORP/friends","CORP/staff"]' groups

title "A bad reload fails, says where, and changes nothing"
echo 'nonsense: 1' >>/srv/gateways/vpn.yaml
! systemctl reload convergated || fail "systemctl reload says that all is well"
wait_until status_says "the new configuration is faulty"
wait_until more_than 0 $faulty
expect "the service" running property SubState
journalctl --no-pager -o cat -u convergated | grep -qE '/srv/gateways/vpn.yaml:[0-9]+:1: .*nonsense' ||
    fail "the place of the fault is not told"

title "The last good documents stay in force"
drift_groups
wait_until is '["CORP/friends","CORP/staff"]' groups

title "Faulty settings do not end it either"
documents
settings 'no-such-key: 1'
! systemctl reload convergated || fail "systemctl reload says that all is well"
expect "the service" running property SubState
drift_groups
wait_until is '["CORP/friends","CORP/staff"]' groups

title "Mended, they come into force"
settings
systemctl reload convergated || fail "systemctl reload ends with $?"
wait_until as_desired
still_faulty() { status_says "faulty"; }
wait_until eval '! still_faulty'

title "It is the same process all the time"
expect "the process" "$pid" main_pid
expect "further starts" 0 property NRestarts
