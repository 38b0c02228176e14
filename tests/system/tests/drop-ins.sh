# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Each drop-in of the manual does what it is said to do, and nothing works without it that should not.

title "Settings, documents and state are elsewhere"
emulate
settings 'state-directory: /opt/state' 'runtime-directory: /opt/sockets'
mkdir -p /home/gateways /opt/settings
install -d -o convergate /opt/state /opt/sockets
cp /io/given/documents/*.yaml /home/gateways/
mv /etc/convergate/convergate.yaml /etc/convergate/ca.pem /opt/settings/
sed -i 's,^desired: .*,desired: /home/gateways,' /opt/settings/convergate.yaml
credential first-secret
! systemctl start convergated || fail "it starts without settings"
expect "the exit status" 78 property ExecMainStatus

title "CONVERGATE_CONFIG names the settings, but the documents are hidden"
environment='Environment=CONVERGATE_CONFIG=/opt/settings/convergate.yaml'
drop_in convergated.service '[Service]' $environment
start
wait_until status_says faulty
expect "writes" 0 writes

title "ProtectHome shows the documents, but the state cannot be written"
drop_in convergated.service '[Service]' $environment ProtectHome=read-only
systemctl restart convergated
wait_until status_says "2 failed"
expect "writes" 0 writes
systemctl reload convergated || fail "the check on reload does not find the settings"

title "ReadWritePaths lets it write there"
drop_in convergated.service '[Service]' $environment ProtectHome=read-only 'ReadWritePaths=/opt/state'
systemctl restart convergated
wait_until as_desired
wait_until status_says "2 in sync"
[ -s /opt/state/last/vpn-1.json ] || fail "there is no record"
