# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What an installation leaves, what a start says of what is missing, and what the service may not do.

mode() { stat -c '%A %U:%G' "$1"; }

title "A user, two groups, three folders, and nothing that runs by itself"
expect "the user's shell" /usr/sbin/nologin eval 'getent passwd convergate | cut -d: -f7'
getent group convergate-admin >/dev/null || fail "there is no group convergate-admin"
expect "the folder of the sockets" 'drwxr-xr-x convergate:convergate' mode /run/convergate
expect "the folder of the settings" 'drwxr-xr-x root:root' mode /etc/convergate
expect "the folder of the secrets" 'drwx------ root:root' mode /etc/convergate/credentials
for unit in convergated.service convergated-status.socket convergated-control.socket convergate-plan.timer; do
    expect "$unit" disabled systemctl is-enabled "$unit"
    expect "$unit" inactive systemctl is-active "$unit"
done
expect "what failed at boot" '' systemctl --failed --plain --no-legend

title "Without settings it does not start, and is not tried again"
! systemctl start convergated || fail "it started"
expect "the exit status" 78 property ExecMainStatus
expect "the service" failed property ActiveState
expect "further starts" 0 property NRestarts

title "Faulty documents do not stop it, but nothing is written"
prepare
echo 'nonsense: 1' >>/srv/gateways/vpn.yaml
start
expect "the service" running property SubState
wait_until status_says "the new configuration is faulty"
expect "writes" 0 writes

title "Once they are mended it goes to work by itself"
documents
wait_until as_desired
wait_until status_says "2 in sync"

title "What systemd measures of its exposure is below 1.2"
for unit in convergated.service convergate-plan.service; do
    systemd-analyze security --threshold=12 "$unit" >/tmp/exposure || fail "$(tail -n 1 /tmp/exposure)"
done

title "It is nobody special"
of_process() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$(main_pid)/status"; }
expect "its user" convergate eval 'ps -o user= -p "$(main_pid)"'
expect "its capabilities" 0000000000000000 of_process CapEff
expect "its capabilities at most" 0000000000000000 of_process CapBnd
expect "new privileges" 1 of_process NoNewPrivs
expect "the filter of system calls" 2 of_process Seccomp
expect "core dumps" 0 eval "sed -n 's/^Max core file size *//p' /proc/$(main_pid)/limits | cut -d' ' -f1"
told | jq -r .MESSAGE | grep -E 'limit|watch' && fail "something was not allowed that it wants"
inside() { nsenter -t "$(main_pid)" -m -- "$@"; }
for place in /etc/convergate/x /usr/x /srv/x /var/x /home/x /etc/convergate/credentials/x; do
    ! inside touch "$place" 2>/dev/null || fail "$place could be written, were it not for the user"
done

# What cannot be waited for here, or is not enforced in a container.
expect "the watchdog" 1min property WatchdogUSec
expect "threads at most" 8192 property TasksMax
expect "files at most" 65536 property LimitNOFILE
for address in IPAddressDeny IPAddressAllow; do
    expect "$address" '' property $address
done

title "The group convergate may read what the runs did; others may not"
as() { setpriv --reuid=nobody --regid=nogroup "$@"; }
as --groups=convergate cat /var/lib/convergate/last/vpn-1.json >/dev/null || fail "the group may not read"
! as --clear-groups cat /var/lib/convergate/last/vpn-1.json 2>/dev/null || fail "everybody may read"

title "A root's command line and the daemon share the state directory"
convergate plan >/dev/null || fail "plan ends with $?"
drift_groups
convergate apply --yes >/dev/null || fail "apply ends with $?"
drift_groups
wait_until as_desired
foreign() { find /var/lib/convergate ! -user convergate; }
expect "files of other users" '' foreign

title "A missing folder of secrets does not keep it from starting"
systemctl stop convergated
rm -r /etc/convergate/credentials
start
wait_until status_says "2 failed"
credential first-secret
systemctl restart convergated || fail "it does not start again"
wait_until status_says "2 in sync"

title "The drop-in for private addresses fits"
drop_in convergated.service "$(cat /usr/local/share/doc/convergate/examples/private-addresses.conf)"
systemctl restart convergated
systemd-analyze security --threshold=10 convergated.service >/tmp/exposure || fail "$(tail -n 1 /tmp/exposure)"
drift_groups
wait_until as_desired

title "Enabled, it starts at boot with its sockets"
systemctl enable convergated || fail "it cannot be enabled"
expect "the service" enabled systemctl is-enabled convergated
wanted() { systemctl show -p Wants --value convergated | tr ' ' '\n' | grep -c '^convergated-.*socket$'; }
expect "sockets that it brings" 2 wanted
