# SPDX-License-Identifier: Apache-2.0
# Part of selftest.sh: Connect Secure.
# shellcheck shell=bash disable=SC2154

# Login
ask "$url_ics$configuration"
is "ics: no key, empty 403" "403 0" "$status ${#body}"
options ics '{"refusal":"403-html"}'; ask "$url_ics/api/v1/nowhere"
is "ics: no key, 403 page" "403 1" "$status $(grep -c 'blocked by your administrator' <<<"$body")"
options ics '{"refusal":"401"}'; ask -u 'x:' "$url_ics$configuration"
is "ics: unknown key, 401" 401 "$status"
options ics '{"refusal":"403-empty"}'
login
is "ics: login" 200 "$status"
is "ics: the key is base64 of 32 hex digits" 1 "$(base64 -d <<<"$key" | grep -cE '^[0-9a-f]{32}$')"
is "ics: the body is sorted and indented" "$(printf '{\n  "api_key": "%s"\n}' "$key")" "$body"
ask -u 'convergate:wrong' -H "$json" --data '{"realm":"Admin Users"}' "$url_ics/api/v1/realm_auth"
is "ics: wrong password" 401 "$status"
ask -u 'convergate:not:a-secret' -H "$json" --data '{"realm":"Strict Realm"}' "$url_ics/api/v1/realm_auth"
is "ics: wrong realm" 401 "$status"
ask -u 'convergate:not:a-secret' --data '{"realm":"Admin Users"}' "$url_ics/api/v1/realm_auth"
is "ics: login without its content type" 400 "$status"
ask -u "$key:x" "$url_ics/api/v1/system/system-information"
is "ics: a key with a password" 403 "$status"
options ics '{"resume-id":true}'; ask -u 'convergate:not:a-secret' -H "$json" --data '{"realm":"Admin Users"}' \
    "$url_ics/api/v1/realm_auth"
is "ics: resume-id in place of a key" '["resume_id"]' "$(field keys)"
options ics '{"resume-id":false,"max-sessions":1}'; login
is "ics: too many sessions" 403 "$status"
control POST /ics/expire >/dev/null; login
is "ics: one session is allowed" 200 "$status"
options ics '{"max-sessions":0,"key-requests":2}'
for i in 200 200 403; do
    ics GET /api/v1/system/system-information
    is "ics: a key that wears out" $i "$status"
done
options ics '{"key-requests":0}'; login

# System
ics GET /api/v1/system/system-information
is "ics: only what the state has of it" '["software-inventory","system-information"]' "$(field keys)"
is "ics: system information" '["IVE-OS","VASPHJPEG824R1U0S"]' \
    "$(field '[."software-inventory".software.name, ."system-information"."serial-number"]')"
ics GET /api/v1/system/binary-configuration
is "ics: the binary configuration is base64 of a ZIP" PK "$(base64 -d <<<"$body" | head -c 2)"
is "ics: in lines" 64 "$(head -n 1 <<<"$body" | tr -d '\n' | wc -c)"
is "ics: called HTML" "text/html; charset=utf-8" "$(sed -n 's/^Content-Type: //Ip' "$work/headers" | tr -d '\r')"
ask "$url_ics/api/v1/system/healthcheck"
is "ics: health without a login" '"Security Gateway is accessible."' "$(field .message)"
ask "$url_ics/api/v1/system/healthcheck?status=all"
is "ics: health in figures" '[-1,"NO",7]' "$(field '[."DISK-UTILIZATION",."MAX-LICENSED-USERS-REACHED",length]')"
is "ics: the users of the state are counted" 4 "$(field '."USER-COUNT"')"
ask "$url_ics/api/v1/system/healthcheck?status=sbr"
is "ics: health of the RADIUS server" '{"SBR-AVAILABLE":1}' "$(field .)"
ask "$url_ics/api/v1/system/healthcheck?status=other"
is "ics: an unknown question is answered as none" '"Security Gateway is accessible."' "$(field .message)"
control PUT /ics/state "$(jq -c '.healthcheck = {"all": {"CPU-UTILIZATION4": 99, "NEW": 1, "SWAP-UTILIZATION": null},
    "sbr": {"SBR-AVAILABLE": 0}, "plain": {"message": "Starting."}}' <<<"$ics_given")" >/dev/null
seen=; for i in '?status=all' '?status=sbr' ''; do
    ask "$url_ics/api/v1/system/healthcheck$i"
    seen+=$(field '[."CPU-UTILIZATION4",.NEW,has("SWAP-UTILIZATION"),."SBR-AVAILABLE",.message]')
done
is "ics: health as the state has it" \
    '[99,1,false,null,null][null,null,false,0,null][null,null,false,null,"Starting."]' "$seen"
reset_ics

# Form of requests
ics GET /api/v1/nowhere; refused "unknown path" 404
ics DELETE "$ad"; refused "wrong method" 405
ics PUT "$ad" '["x"]'; refused "a list for a body" 400
ics PUT "$ad" '{"ad-group":[]'; refused "cut JSON" 400
is "ics: cut JSON is in the log as it is" '"{\"ad-group\":[]"' "$(last ics .body)"
ics PUT "$ad" "$(printf 'x%.0s' {1..1001})"
is "ics: of what is no JSON, the beginning" 1000 "$(last ics '.body|length')"
ics PUT "$ad" '{"ad-group":[],"ad-group":[]}'; refused "a key twice" 400
ask -u "$key:" -X PUT --data '{"ad-group":[]}' "$url_ics$ad"; refused "no JSON content type" 400
ics PUT "$role" '{"idle-timeout":5}'; refused "a number for a leaf" 422
is "ics: names the leaf" 1 "$(grep -c idle-timeout <<<"$body")"
ics PUT "$rules" '{"rule":[{"name":"a","roles":[],"stop-rules-processing":true}]}'; refused "a boolean for a leaf" 422

# Groups
ics GET "$ad"
is "ics: AD groups are sorted by name" '["ICS-QA/core","ICS-QA/systems"]' "$(field '[."ad-group"[].name]')"
is "ics: a given sid is kept" '"S-1-5-21-1-2-3-1108"' "$(field '."ad-group"[1].sid')"
sid=$(field '."ad-group"[0].sid')
is "ics: an absent sid is filled in" 1 "$(grep -c '^"S-1-5-21-' <<<"$sid")"
ics PUT "$ad" '{"ad-group":[{"name":"Z","group":"Z"},{"name":"ICS-QA/core","group":"ICS-QA/core","note":"n"}]}'
is "ics: PUT answers as printed" "200 124" "$status $(header Content-Length)"
is "ics: PUT says so" '"Operation succeeded without warning or error!"' "$(field '.result.info[0].message')"
is "ics: a write is logged as applied" '[true,true]' "$(last ics '|[.write,.applied]')"
ics GET "$ad"
is "ics: the list is replaced" '["ICS-QA/core","Z"]' "$(field '[."ad-group"[].name]')"
is "ics: the sid stays" "$sid" "$(field '."ad-group"[0].sid')"
is "ics: unknown members are kept" '"n"' "$(field '."ad-group"[0].note')"
ics PUT "$ad" '{"ad-group":[{"name":"ICS-QA/systems","group":"ICS-QA/systems"}]}'; ics GET "$ad"
is "ics: a group that returns has its old sid" '"S-1-5-21-1-2-3-1108"' "$(field '."ad-group"[0].sid')"
ics PUT "$ad" '{"ad-group":[{"name":"ICS-QA/systems","group":"ICS-QA/systems","sid":"S-1-5-21-9-9-9-9"}]}'
refused "a foreign sid" 422
ics PUT "$ad" '{"ad-group":[{"name":"New","group":"New","sid":"S-1-5-21-1-2-3-1113"}]}'
is "ics: a new group may bring its sid" 200 "$status"
ics PUT "$ad" '{"ad-group":[{"name":"A","group":"A"},{"name":"A","group":"B"}]}'; refused "a name twice" 422
ics PUT "$ad" '{"ad-group":[{"name":"A"}]}'; refused "an AD group without group" 422
ics PUT "$ad" '{"user-group":[]}'; refused "the wrong list" 422
ics PUT "$ldap" '{"user-group":[{"name":"B","dn":"CN=B","group-type":"static"},
    {"name":"A","dn":"CN=A","group-type":"dynamic"}]}'
is "ics: LDAP groups" 200 "$status"
ics GET "$ldap"
is "ics: LDAP groups keep their order, and have no sid" '["B","A",null]' \
    "$(field '[."user-group"[].name, ."user-group"[0].sid]')"
ics PUT "$ldap" '{"user-group":[{"name":"B","dn":"CN=B","group-type":"other"}]}'; refused "an unknown group-type" 422
ics PUT "$ldap" '{"user-group":[{"name":"B","group-type":"static"}]}'; refused "an LDAP group without dn" 422
ics GET "${ldap/ldap/ad}"; refused "the wrong kind of server" 404
ics GET "${ad/ADServer/Nobody}"; refused "no such server" 404
is "ics: the wrong list changed nothing" '["B","A"]' \
    "$(control GET /ics/state | jq -c '[."auth-servers"."Dir/One"."ldap-groups"[].name]')"
ics GET "$servers"
is "ics: stubs of servers" "{\"href\":\"$servers/auth-server/Dir%2FOne\",\"name\":\"Dir/One\"}" \
    "$(field '."auth-server"[1]')"
ics GET "$servers/auth-server/Dir%2FOne"
is "ics: a server's type" '["Dir/One","LDAP Server"]' "$(field '[.name,."auth-server-type"]')"
ics GET "$servers/auth-server/ADServer"
is "ics: a server's unknown members" '"kept"' "$(field '."extra-member"')"

# References
ics PUT "$rules" '{"rule":[{"name":"r","roles":[".Administrators"],"group":{"group-names":["B"]},
    "stop-rules-processing":"true"}]}'
is "ics: rules" 200 "$status"
ics PUT "$rules" '{"rule":[{"name":"r","roles":["z"]}]}'; refused "a rule for a role that is not there" 422
ics PUT "$rules" '{"rule":[{"name":"r","roles":[],"group":{"group-names":["B","Nobody"]}}]}'
refused "a rule for a group that is not there" 422
ics PUT "$ldap" '{"user-group":[{"name":"A","dn":"CN=A","group-type":"dynamic"}]}'; refused "a group in use" 422
ics PUT "$rules" '{"rule":[]}'; ics PUT "$ldap" '{"user-group":null}'
is "ics: a group out of use" 200 "$status"

# Empty lists
ics GET "$ldap"; is "ics: empty list []" '{"user-group":[]}' "$(field .)"
options ics '{"empty-lists":"null"}'; ics GET "$ldap"; is "ics: empty list null" '{"user-group":null}' "$(field .)"
options ics '{"empty-lists":"absent"}'; ics GET "$source_ip/ips"; is "ics: empty list absent" '{}' "$(field .)"
options ics '{"empty-lists":"array"}'

# Answers to PUT
options ics '{"put-answer":"204"}'; ics PUT "$ldap" '{"user-group":[]}'
is "ics: PUT answered 204" "204 0" "$status ${#body}"
options ics '{"put-answer":"warning"}'; ics PUT "$ldap" '{"user-group":[]}'
is "ics: PUT answered with a warning" '200 "The configuration has been implicitly changed"' \
    "$status $(field '.result.warnings[0].message')"
options ics '{"put-answer":"info"}'

# Source address rules
reset_ics
ics GET "$realms"
is "ics: stubs of realms" '"/api/v1/configuration/administrators/admin-realms/realm/Admin%20Users"' \
    "$(field .realm[0].href)"
ics GET "$realms/realm"
is "ics: the list itself too" '["Admin Users","Strict Realm","Mapped"]' "$(field '[.realm[].name]')"
ics GET "$realm"; is "ics: a realm" '"any-ip"' "$(field '."authentication-policy"."source-ip".customized')"
ics POST "$source_ip/ips/ip" '{"access":"allow","address":"127.0.0.1","netmask":"255.255.255.255"}'
is "ics: POST appends" 201 "$status"
ics POST "$source_ip/ips/ip/" '{"access":"deny","address":"*","note":"n"}'
is "ics: POST with a final slash" 201 "$status"
ics PUT "$source_ip" '{"customized":"any-ip"}'; ics GET "$source_ip"
is "ics: a container merges" '["any-ip","disabled",2,"n"]' \
    "$(field '[.customized,."external-port",(.ips.ip|length),.ips.ip[1].note]')"
ics PUT "$source_ip/ips" '{"ip":[{"access":"allow","address":"127.0.0.0","netmask":"255.0.0.0"}]}'; ics GET \
    "$source_ip/ips"
is "ics: a list is replaced" 1 "$(field '.ip|length')"
for bad in '"access":"permit","address":"*"' '"access":"allow","address":"10.0.0"' \
    '"access":"allow","address":"10.0.0.1"' \
    '"access":"allow","address":"10.0.0.0","netmask":"255.0.255.0"' '"access":"allow","address":"10.0.0.0/8"' \
        '"access":"allow"'; do
    ics PUT "$source_ip/ips" "{\"ip\":[{$bad}]}"; refused "$bad" 422
done
ics PUT "$source_ip/customized" '{"customized":"denied-ip"}'; refused "an unknown mode" 422
ics PUT "$source_ip/customized" '{"customised":"any-ip"}'; refused "a misspelt leaf" 422
ics PUT "$source_ip/customized" '{"customized":"selected-ip"}'; is "ics: one leaf" 200 "$status"
ics GET "$source_ip/customized"; is "ics: read one leaf" '{"customized":"selected-ip"}' "$(field .)"
ics GET "$role"; is "ics: an allowed address goes on" 200 "$status"
ics PUT "$source_ip/ips" '{"ip":[{"access":"deny","address":"127.0.0.1","netmask":"255.255.255.255"},
    {"access":"allow","address":"*"}]}'
is "ics: the write that locks out is still answered" 200 "$status"
ics GET "$role"; is "ics: denied at once" "403 0" "$status ${#body}"
ics GET "$role" '' --interface 127.0.0.9; is "ics: another address is allowed" 200 "$status"
options ics '{"deny-mode":"at-login"}'; ics GET "$role"; is "ics: denied at login: the key goes on" 200 "$status"
ask -u 'convergate:not:a-secret' -H "$json" --data '{"realm":"Admin Users"}' "$url_ics/api/v1/realm_auth"
is "ics: denied at login: no new key" 403 "$status"
options ics '{"deny-mode":"at-once"}'
strict() { ask -u other:fake -H "$json" --data '{"realm":"Strict Realm"}' --interface "$1" \
    "$url_ics/api/v1/realm_auth"; }
strict 127.0.0.2; is "ics: in the list" 200 "$status"
strict 127.0.0.3; is "ics: the first match decides" 403 "$status"
strict 127.0.0.4; is "ics: no match in selected-ip" 403 "$status"
control POST /ics/merge '{"admin-realms":{"Strict Realm":{"source-ip":{"ips":{"ip":[]}}}}}' >/dev/null
strict 127.0.0.2; is "ics: an empty list admits nobody" 403 "$status"
reset_ics
