# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Secrets: private copies, which only a restart renews.
failed=d67fd4857fee489cb8368e87987e29df
copy=/run/credentials/convergated.service/convergate_admin

prepare
start
wait_until status_says "2 in sync"

title "The service has a copy that nobody else can read"
expect "the copy" '-r-------- convergate first-secret' eval "echo \$(stat -c '%A %U' $copy) \$(cat $copy)"

title "One that is missing is missed, though the service may not look into root's folder"
sed -i 's/password: admin/password: other/' /etc/convergate/convergate.yaml
codes() { told_event $failed | jq -r .CONVERGATE_CODE | xargs; }
systemctl reload convergated || fail "systemctl reload ends with $?"
wait_until is 'credential-missing credential-missing' codes
sed -i 's/password: other/password: admin/' /etc/convergate/convergate.yaml
systemctl reload convergated || fail "systemctl reload ends with $?"
wait_until status_says "2 in sync"

title "Where the appliances take another secret, it fails and tells so without one"
for name in vpn-1 sps-1; do
    control POST /$name/merge '{"admins": {"convergate": {"password": "second-secret"}}}' >/dev/null
    control POST /$name/expire >/dev/null
done
wait_until status_says "2 failed"
expect "targets that failed" 'sps-1 vpn-1' eval "told_event $failed | jq -r .CONVERGATE_TARGET | sort -u | xargs"
expect "the codes" 'credential-missing credential-missing login-refused login-refused' codes

title "A reload does not copy it again, as the manual says"
credential second-secret
systemctl reload convergated || fail "systemctl reload ends with $?"
expect "the copy" first-secret cat $copy

title "A restart does"
systemctl restart convergated || fail "it does not start again"
wait_until status_says "2 in sync"

title "An encrypted one does, too"
mkdir -p /var/lib/systemd
systemd-creds setup 2>/dev/null || fail "there is no key to encrypt with"
systemd-creds encrypt --name=admin /etc/convergate/credentials/admin /etc/convergate/admin.encrypted 2>/dev/null ||
    fail "it cannot be encrypted"
rm /etc/convergate/credentials/admin
drop_in convergated.service '[Service]' 'LoadCredentialEncrypted=admin:/etc/convergate/admin.encrypted'
systemctl restart convergated || fail "it does not start again"
wait_until status_says "2 in sync"

title "None of them is anywhere else"
for secret in first-secret second-secret; do
    ! journalctl --no-pager -o export | grep -qaF $secret || fail "it is in the journal"
    ! grep -rqF $secret /var/lib/convergate || fail "it is in the state directory"
done
