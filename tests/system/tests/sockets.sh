# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Two sockets that systemd makes: who may ask, who may give orders, and that asking starts nothing that was stopped.
run=/run/convergate

mode() { stat -c '%A %U:%G' "$1"; }
as() { setpriv --reuid=nobody --regid=nogroup "$@"; }
reader=(as --groups=convergate) admin=(as --groups=convergate-admin) nobody=(as --clear-groups)
get() { curl -sSf -m 20 --unix-socket "$run/$1.sock" "http://convergated$2"; }
post() { curl -sS -m 20 -o /dev/null -w '%{http_code}' -d "$3" --unix-socket "$run/$1.sock" "http://convergated$2"; }
may() { # WHO... SOCKET: that the file can be connected to at all
    "${@:1:$#-1}" curl -s -m 20 -o /dev/null --unix-socket "$run/${*: -1}.sock" http://convergated/v1/status
}
sockets() { systemctl is-active convergated-status.socket convergated-control.socket | xargs; }
service() { systemctl is-active convergated; }

title "They come with the service, owned as the manual says"
prepare
start
wait_until status_says "2 in sync"
expect "the sockets" 'active active' sockets
expect "the socket for reading" 'srw-rw---- convergate:convergate' mode $run/status.sock
expect "the socket for orders" 'srw-rw---- convergate:convergate-admin' mode $run/control.sock
expect "their names" 'status control' eval \
    'systemctl show -P FileDescriptorName convergated-status.socket convergated-control.socket | xargs'
told | jq -r 'select((.PRIORITY | tonumber) <= 4) | .MESSAGE' >/tmp/trouble
[ ! -s /tmp/trouble ] || fail "there was trouble: $(head -n 3 /tmp/trouble)"

title "Who may ask and who may give orders"
may "${reader[@]}" status || fail "a member of convergate may not ask"
! may "${reader[@]}" control || fail "a member of convergate may give orders"
may "${admin[@]}" control || fail "a member of convergate-admin may not give orders"
! may "${admin[@]}" status || fail "a member of convergate-admin alone may open the socket for reading"
! may "${nobody[@]}" status || fail "everybody may ask"
! may "${nobody[@]}" control || fail "everybody may give orders"
expect "an order on the socket for reading" 403 post status /v1/sync '{}'
"${reader[@]}" convergate status >/tmp/table || fail "status ends with $?"
grep -q '^vpn-1 ' /tmp/table || fail "status does not show vpn-1"
get status /metrics | grep -q '^convergate_target_in_sync{target="vpn-1".*} 1$' || fail "there are no metrics"

title "Orders: a hold stays over a restart, and ends by order"
as --groups=convergate-admin convergate hold vpn-1 --reason "work at night" || fail "hold ends with $?"
before=$(stat -c %i $run/status.sock)
systemctl restart convergated || fail "it does not start again"
expect "the socket over a restart" "$before" stat -c %i $run/status.sock
holds() { get status /v1/status | jq -c '[.targets[] | select(.hold) | .target]'; }
wait_until is '["vpn-1"]' holds
drift_groups
drift_operators
wait_until is "$desired_operators" operators
convergate sync vpn-1 --wait
expect "what is held" '["CORP/night"]' groups
"${admin[@]}" convergate release vpn-1 || fail "release ends with $?"
wait_until as_desired

title "Who only asks does not start what was stopped"
systemctl stop convergated || fail "it does not stop"
expect "the sockets" 'inactive inactive' sockets
[ ! -e $run/status.sock ] || fail "the socket is still there"
convergate status >/dev/null || fail "status ends with $? where no daemon is"
expect "the service" inactive service

title "A socket alone starts the service when somebody asks"
systemctl start convergated-status.socket
expect "the service" inactive service
get status /v1/status >/tmp/answer || fail "there is no answer"
expect "the service" active service
expect "its targets" 2 jq '.targets | length' /tmp/answer

title "Where it cannot start, the asking ends, too"
systemctl stop convergated
sed -i 's/^version: 1/version: 9/' /etc/convergate/convergate.yaml
systemctl start convergated-status.socket
! get status /v1/status 2>/dev/null || fail "somebody answers"
wait_until is failed property ActiveState
wait_until is 'inactive inactive' sockets
expect "further starts" 0 property NRestarts
sed -i 's/^version: 9/version: 1/' /etc/convergate/convergate.yaml
start
wait_until status_says "2 in sync"
expect "the sockets" 'active active' sockets

title "Where systemd may not make them, the daemon does"
systemctl stop convergated
systemctl --runtime mask convergated-status.socket convergated-control.socket 2>/dev/null
start
wait_until status_says "2 in sync"
expect "the socket for reading" 'srw-rw---- convergate:convergate' mode $run/status.sock
expect "the socket for orders" 'srw------- convergate:convergate' mode $run/control.sock
get status /v1/status >/dev/null || fail "there is no answer"
systemctl stop convergated
[ ! -e $run/status.sock ] || fail "the socket is still there"
