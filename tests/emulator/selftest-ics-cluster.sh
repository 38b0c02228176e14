# SPDX-License-Identifier: Apache-2.0
# Part of selftest.sh: clusters, on an appliance that stands alone at first.
# shellcheck shell=bash disable=SC2154

cluster=/api/v1/cluster
enter() { # sets key
    ask -u convergate:fake -H "$json" --data '{"realm":"Admin Users"}' "$url_node/api/v1/realm_auth"
    key=$(field .api_key | tr -d '"')
}
node() { # METHOD PATH [BODY]
    ask -u "$key:" -X "$1" ${3:+-H "$json" --data "$3"} "$url_node$2"
}
node_given=$(control GET /node/state)
reset_node() { control PUT /node/state "$node_given" >/dev/null; }
told() { is "cluster: $1" "200 \"$2\"" "$status $(field '.result.info[0].message')"; }
stored() { control GET /node/state | jq -c ".cluster${1-}"; }
applied() { is "cluster: $1" "[true,$2]" "$(last node '|[.write,.applied]')"; }
owner() { node GET "$cluster"; field '."internal-vip-owner"' | tr -d '"'; }
enter

# None
node GET "$cluster"; told "none" "Node is not part of a cluster."
options node '{"no-cluster":"404"}'; node GET "$cluster"; refused "no cluster, 404" 404
options node '{"no-cluster":"empty"}'; node GET "$cluster"; is "cluster: none, empty" "200 {}" "$status $(field .)"
options node '{"no-cluster":"info"}'
node PUT "$cluster" '{"action":"vip-failover"}'
told "no fail-over without one" "Node not part of an Active-Passive cluster. Invalid operation."
member='{"member-name":"node225","member-ip":"192.0.2.25","member-netmask":"255.255.255.0",
"member-gateway":"192.0.2.1"}'
node POST "$cluster/members" "$member"; told "no member without one" "Node not part of a cluster. Invalid operation."
node DELETE "$cluster/members/nodeA"; refused "no such member without a cluster" 404

# Creating
create='{"cluster-name":"cluster1","cluster-password":"fake","member-name":"nodeA","action":"create"}'
node PUT "$cluster" '{"action":"destroy"}'; refused "an unknown action" 422
node PUT "$cluster" "${create/nodeA/}"; refused "a cluster without its member" 422
applied "refused, not applied" false
node PUT "$cluster" "$create"; told "created" "Created cluster 'cluster1' successfully"
is "cluster: the body is as long as printed" 118 "$(header Content-Length)"
applied "created, applied" true
is "cluster: the log hides the password" '"***"' "$(last node '.body."cluster-password"')"
node PUT "$cluster" '{"cluster-password":"fake","CLUSTER-PASSWORD":["fake"],"x":[{"password":"fake"}]}'
is "cluster: however it is spelt" '{"cluster-password":"***","CLUSTER-PASSWORD":null,"x":[{"password":"***"}]}' \
    "$(last node .body)"
node PUT "$cluster" '{"cluster-password":"fake"'
is "cluster: cut JSON that may hold a password is not in the log" '"(not JSON)"' "$(last node .body)"
node GET "$cluster"; is "cluster: creating ends every key" 403 "$status"; enter
node GET "$cluster"
is "cluster: A/A has this shape" '["members","mode","name"]' "$(field keys)"
is "cluster: its name and mode" '["cluster1","Active/Active"]' "$(field '[.name,.mode]')"
is "cluster: a member of A/A" \
    '{"enabled":true,"external-ip":"198.51.100.20","external-network":"","internal-ip":"192.0.2.20",
"internal-netmask":"255.255.255.0","name":"nodeA","notes":"Leader","status-code":"0x19004"}' \
    "$(field '.members[0]' | sed 's/"internal-netmask"/\n&/')"
node PUT "$cluster" "$create"; told "not twice" "Node is already part of a cluster. Invalid operation."
applied "told, not applied" false
node PUT "$cluster" '{"action":"vip-failover"}'
told "no fail-over of A/A" "Node not part of an Active-Passive cluster. Invalid operation."

# Members
node POST "$cluster/members" "$member"; told "a member is added" "Added member 'node225' to cluster successfully"
is "cluster: the body is as long as printed" 125 "$(header Content-Length)"
applied "added, applied" true
node GET "$cluster"
is "cluster: the new one is not there yet" '["Enabled, Unreachable","0x18","192.0.2.25",""]' \
    "$(field '.members[1]|[.notes,."status-code",."internal-ip",."external-ip"]')"
is "cluster: its gateway is not shown" 0 "$(grep -c 192.0.2.1\" <<<"$body")"
is "cluster: its gateway is kept" '"192.0.2.1"' "$(stored '.members.node225."internal-gateway"')"
node POST "$cluster/members" "$member"; told "no name twice" "Member 'node225' already exists"
node POST "$cluster/members" "${member/node225/node226}"; told "no address twice" "Member 'node226' already exists"
applied "told, not applied" false
for i in 's/255.255.255.0/255.0.255.0/' 's/192.0.2.25/192.0.2/' 's/"member-gateway"/"gateway"/' \
    's/}/,"member-external-ip":"x"}/' 's/}/,"member-external-netmask":5}/'; do
    node POST "$cluster/members" "$(sed "$i" <<<"$member")"; refused "a member, $i" 422
done
node DELETE "$cluster/members/nobody"; refused "no such member" 404
node DELETE "$cluster/members/node225"; told "a member is removed" "Removed member 'node225' from cluster successfully"
is "cluster: the body is as long as printed" 129 "$(header Content-Length)"
applied "removed, applied" true
is "cluster: the other stays" '["nodeA"]' "$(stored '.members|keys')"
node POST "$cluster/members" "$member"
control POST /node/merge '{"cluster":{"members":{"node225":{"notes":"Enabled","status-code":"0x4"}}}}' >/dev/null
control POST /node/merge '{"cluster":{"this-member":"node225"}}' >/dev/null
node DELETE "$cluster/members/nodeA"; node GET "$cluster"
is "cluster: another leads" '["node225","Leader","0x19004"]' "$(field '.members[0]|[.name,.notes,."status-code"]')"
node DELETE "$cluster/members/node225"; told "the last leaves" "Removed member 'node225' from cluster successfully"
is "cluster: then there is none" null "$(stored)"
node GET "$cluster"; is "cluster: leaving ends every key" 403 "$status"; enter

# Joining
join='{"cluster-name":"other","cluster-password":"fake-secret","member-address":"192.0.2.19","action":"join"}'
for i in 's/fake-secret/fake/' 's/192.0.2.19/192.0.2.18/' 's/192.0.2.19/192.0.2.20/' 's/"other"/"stranger"/'; do
    node PUT "$cluster" "$(sed "$i" <<<"$join")"
    told "cannot join, $i" "Failed to join cluster '$(sed "$i" <<<"$join" | jq -r '."cluster-name"')'"
done
applied "told, not applied" false
node PUT "$cluster" "${join/member-address/address}"; refused "joining at no address" 422
node PUT "$cluster" "$join"; told "joined" "Joined cluster 'other' successfully"; applied "joined, applied" true
node GET "$cluster"; is "cluster: joining ends every key" 403 "$status"; enter
node GET "$cluster"
is "cluster: A/P has this shape" \
    '["external-vip-ipv4","external-vip-owner","internal-vip-ipv4","internal-vip-owner","members","mode","name"]' \
    "$(field keys)"
is "cluster: A/P, its address" '["Active/Passive","192.0.2.9","one"]' \
    "$(field '[.mode,."internal-vip-ipv4",."internal-vip-owner"]')"
is "cluster: members of A/P" '[["one","Leader","0x1b004"],["two","Enabled","0x4"]]' \
    "$(field '[.members[]|[.name,.notes,."status-code"]]')"
is "cluster: a member of A/P has a netmask" '[true,false]' \
    "$(field '.members[0]|[has("external-netmask"),has("external-network")]')"
node PUT "$cluster" "$join"; told "not joined twice" "Node is already part of a cluster. Invalid operation."
node POST "$cluster/members" "$member"; refused "a third member of A/P" 422

# Fail-over
node PUT "$cluster" '{"action":"vip-failover"}'; told "fail-over" "VIP fail-over initiated"
applied "fail-over, applied" true
is "cluster: the fail-over takes a while" "one two" "$(owner) $(owner)"
options node '{"fail-over":"at-once"}'; node PUT "$cluster" '{"action":"vip-failover"}'
is "cluster: fail-over at once" one "$(owner)"
control POST /node/merge '{"cluster":{"members":{"two":{"notes":"Enabled, Unreachable"}}}}' >/dev/null
node PUT "$cluster" '{"action":"vip-failover"}'; told "a fail-over to nobody" "VIP fail-over initiated"
applied "a fail-over to nobody" false
is "cluster: nobody took over" one "$(owner)"
options node '{"fail-over":"late"}'
control POST /node/merge '{"cluster":{"members":{"two":{"notes":"Enabled"}}}}' >/dev/null
node DELETE "$cluster/members/one"
is "cluster: who is left has the address" "two two" "$(owner) $(stored '."external-vip-owner"' | tr -d '"')"
reset_node
