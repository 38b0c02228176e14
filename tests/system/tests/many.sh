# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Under all restrictions: 512 targets at work at once, an appliance with a public address, one found by name.

title "512 appliances, one with a public address, one with a name"
ip addr add 203.0.113.10/32 dev lo
jq '.appliances."vpn-1" as $a | {appliances: {"many": ($a + {count: 512}), "public": ($a + {address: "203.0.113.10"}),
    "named": $a}}' /io/given/appliances.json >/run/many.json
emulate /run/many.json
mkdir -p /etc/convergate /srv/gateways
credential first-secret
cp /run/appliances/ca.pem /etc/convergate/
jq --arg pin "$(cat /run/appliances/pin.txt)" '
    def tls: if . == "public" then {"pinned-public-key": $pin} else {"ca-file": "ca.pem"} end;
    {version: 1, desired: "/srv/gateways", interval: "1s",
     targets: with_entries(.value = {type: "ics", url: .value.url, tls: (.key | tls),
         auth: {realm: "Admin Users", username: "convergate", password: "admin"}})}
    | .targets.named.url |= sub("127.0.0.1"; "localhost")' /run/appliances/endpoints.json >/run/settings
mv /run/settings /etc/convergate/convergate.yaml
sed 's/\[vpn-1\]/["*"]/' /io/given/documents/vpn.yaml >/srv/gateways/vpn.yaml
grep -qF '"https://203.0.113.10:' /etc/convergate/convergate.yaml || fail "no address is public"
grep -qF '"https://localhost:' /etc/convergate/convergate.yaml || fail "no address is a name"

title "They are all at work at once"
threads() { printf '%s\n' "/proc/$(main_pid)/task/"* | wc -l; }
all_at_work() { [ "$(threads)" -ge 513 ]; }
control POST '/*/faults' '{"do": "delay", "ms": 10000, "times": 1}' >/dev/null
start
wait_until all_at_work

title "And all come to their ends"
patience=90
wait_until status_says "514 in sync, 0 differ, 0 failed"
expect "further starts" 0 property NRestarts
told | jq -r 'select((.PRIORITY | tonumber) <= 4) | .MESSAGE' >/tmp/trouble
[ ! -s /tmp/trouble ] || fail "there was trouble: $(head -n 3 /tmp/trouble)"

title "Stopped while all of them hang, it ends within seconds"
control POST '/*/faults' '{"do": "hang", "times": 0}' >/dev/null
systemctl reload convergated
wait_until all_at_work
before=$SECONDS
systemctl stop convergated || fail "systemctl stop ends with $?"
[ $((SECONDS - before)) -le 20 ] || fail "it took $((SECONDS - before)) seconds"
expect "the result" success property Result
