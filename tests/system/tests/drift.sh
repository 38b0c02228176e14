# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What it is there for: what somebody changes by hand is put back, and the journal tells.
applied=91ac724dc6ee4b7398a124d1d4a167ad

title "Ready, and both appliances become as the documents say"
prepare
commit=0123456789abcdef0123456789abcdef01234567
mkdir /srv/gateways/.git
echo $commit >/srv/gateways/.git/HEAD
start
expect "the service is active" active property ActiveState
wait_until as_desired
wait_until status_says "2 in sync, 0 differ, 0 failed, 0 held, 0 not yet known"

title "What somebody changes by hand is put back"
drift_groups
drift_operators
wait_until as_desired
wait_until status_says "2 in sync"
expect "it was never started again" 0 property NRestarts
no_transaction() { control GET /sps-1/transactions | jq '.open | length'; }
expect "no transaction is open" 0 no_transaction

title "The journal tells it with fields"
last() { told_event $applied | jq -r "select(.CONVERGATE_TARGET == \"$1\") | .$2" | tail -n 1; }
four() { told_event $applied | wc -l; }
expect "one message for each change" 4 four
for field in TYPE=ics KIND=ad-groups OBJECT=ADServer ACTION=update RESULT=applied; do
    expect "the field $field" "${field#*=}" last vpn-1 "CONVERGATE_${field%%=*}"
done
expect "the priority is that of a notice" 5 last vpn-1 PRIORITY
for part in -CORP/night +CORP/partners +CORP/staff; do
    case $(last vpn-1 MESSAGE) in *"$part"*) ;; *) fail "the message does not say $part" ;; esac
done
expect "the revision" $commit last sps-1 CONVERGATE_REVISION
on_record() { jq -e .run "/var/lib/convergate/runs/sps-1/$(last sps-1 CONVERGATE_RUN).json" >/dev/null && echo yes; }
expect "the run, by the name of its record" yes on_record

title "The catalogue explains it"
journalctl --no-pager -x MESSAGE_ID=$applied CONVERGATE_TARGET=vpn-1 >/tmp/explained
grep -q 'Subject: vpn-1: update of ADServer was applied$' /tmp/explained || fail "the journal does not explain it"

title "Nothing is told while nothing happens"
before=$(told | wc -l)
runs() { control GET '/vpn-1/log' | jq '[.[] | select(.path | contains("ad/server-catalog"))] | length'; }
ten_more() { [ "$(runs)" -ge $((seen + 10)) ]; }
seen=$(runs)
wait_until ten_more
told_lines() { told | wc -l; }
expect "the number of messages" "$before" told_lines

title "No secret is in the journal or in the state directory"
! journalctl --no-pager -o export | grep -qaF first-secret || fail "a secret is in the journal"
! grep -rqF first-secret /var/lib/convergate || fail "a secret is in the state directory"
