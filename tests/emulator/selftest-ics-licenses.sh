# SPDX-License-Identifier: Apache-2.0
# Part of selftest.sh: licences and those who hold one, and the packages of the host checker.
# shellcheck shell=bash disable=SC2154

license=/api/v1/license
named=$license/named-users
says() { is "license: $1" "200 \"$2\"" "$status $(field '.result.info[0].message')"; }
holders() { field '[."named-users"[].User]'; }
wrote() { is "license: $1" "[true,$2]" "$(last "$3" '|[.write,.applied]')"; }
reset_ics; reset_node
control POST '/*/expire' >/dev/null; login; ics_key=$key; enter; node_key=$key
client() { key=$ics_key; ics "$@"; }
server() { key=$node_key; node "$@"; }

# What is lent
server GET "$license/license-server-lease-information"
is "license: leases have this shape" \
    '["features","machine-id","query-summary","release-info","serial-number","signature","time-stamp"]' \
    "$(field '."leased-license-counts"|keys')"
is "license: a lease" \
    '[[{"leased-count":200,"name":"client1"},{"leased-count":5,"name":"client2"}],"Concurrent Users",205]' \
    "$(field '."leased-license-counts".features.feature[0]|[.clients."client-info",.name,."total-count"]')"
is "license: a feature that nobody has" '[[],0]' \
    "$(field '."leased-license-counts".features.feature[1]|[.clients."client-info",."total-count"]')"
dated='^"[A-Z][a-z]{2} [A-Z][a-z]{2} [0-9: ]{11} 2[0-9]{3}"$'
is "license: it is dated" 1 "$(field '."leased-license-counts"."time-stamp"' | grep -cE "$dated")"
signature=$(field '."leased-license-counts".signature')
server GET "$license/license-server-lease-information"
is "license: each answer is signed anew" no \
    "$([ "$signature" = "$(field '."leased-license-counts".signature')" ] && echo yes || echo no)"
client GET "$license/license-server-lease-information"; says "a client lends nothing" "Not applicable on license client"
options ics '{"not-applicable":"404"}'
client GET "$license/license-server-lease-information"; refused "a client lends nothing, 404" 404
options ics '{"not-applicable":"422"}'
client GET "$license/license-server-lease-information"; refused "a client lends nothing, 422" 422
options ics '{"not-applicable":"info"}'

# The client asks
client PUT "$license/license-client-lease-state" '{}'; says "state pulled" "Success"; wrote "pulled, applied" true ics
is "license: the body is as long as printed" 86 "$(header Content-Length)"
client PUT "$license/license-client-lease-state" '{}'
is "license: pulls are counted" 2 "$(control GET /ics/state | jq '."license-pulls"')"
client PUT "$license/license-client-lease-state"; refused "a pull without a body" 400
client PUT "$license/license-client-lease-state" '{"x":1}'; refused "a pull with more" 422
server PUT "$license/license-client-lease-state" '{}'; says "a server pulls nothing" "Not applicable on license server"
wrote "told, not applied" false node

# Named users of a client
client GET "$named"
is "license: named users" '["alice","bob","convergate","zoe"]' "$(holders)"
is "license: a record" '{"IP":"192.0.2.1","Last Agent Type":"Secure/8.3.4.0 (Windows) ivanti/10.0.4.1",
"Last Role":["Users"],"Last Sign in":"2021-07-16 19:05:51","User":"alice"}' \
    "$(field '."named-users"[0]' | sed 's/"Last Role/\n&/')"
is "license: what the state says of one" '["A","B"]' "$(field '."named-users"[1]."Last Role"')"
client GET "$named/pcs"; says "a client has no lists of products" "Not applicable on license client"
client PUT "$named/pcs" '{"action":"remove-all"}'; says "nor does it change them" "Not applicable on license client"
client PUT "$named" '{"action":"remove","users":["alice","nobody"]}'; says "removed" "Deleted user(s)"
is "license: the body is as long as printed" 94 "$(header Content-Length)"
wrote "removed, applied" true ics
client GET "$users?name=alice"; is "license: sessions go on if nothing is said of them" 2 "$(names | jq length)"
client PUT "$named" '{"action":"remove","users":["nobody"]}'; says "nobody is removed" "Deleted user(s)"
wrote "nobody, not applied" false ics
client PUT "$named" '{"action":"remove","users":["bob"],"delete-active-sessions":"true"}'
says "removed with sessions" "Deleted user(s) and corresponding active sessions"
is "license: the body is as long as printed" 128 "$(header Content-Length)"
client GET "$users"; is "license: the user's sessions only" '["alice","Alice","carol","convergate"]' "$(names)"
for bad in '"action":"delete"' '"action":"remove"' '"action":"remove","users":"zoe"' '"action":"remove","users":[5]' \
    '"action":"remove","users":["zoe"],"delete-active-sessions":true' \
    '"action":"remove","users":["zoe"],"delete-active-sessions":"yes"'; do
    client PUT "$named" "{$bad}"; refused "$bad" 422
done
client PUT "$named" '{"action":"remove","users":["convergate"],"delete-active-sessions":"true"}'
is "license: one's own name" 200 "$status"; client GET "$named"; is "license: ends one's own session" 403 "$status"
login; ics_key=$key
client PUT "$named" '{"action":"remove-all","users":["nobody"],"delete-active-sessions":"false"}'
says "all removed, whatever users says" "Deleted all user(s)"
is "license: the body is as long as printed" 98 "$(header Content-Length)"
client GET "$named"; is "license: nobody is left" '{"named-users":[]}' "$(field .)"
options ics '{"empty-lists":"null"}'; client GET "$named"
is "license: nobody, null" '{"named-users":null}' "$(field .)"
options ics '{"empty-lists":"array"}'
control POST /ics/merge '{"named-users":[{"User":"alice"},{"User":"carol"}]}' >/dev/null
client PUT "$named" '{"action":"remove-all","delete-active-sessions":"true"}'
says "all removed with sessions" "Deleted all user(s) and corresponding active sessions"
client GET "$users"; is "license: whoever had no licence stays" '["Alice","convergate"]' "$(names)"
reset_ics

# Named users of a server
server GET "$named"
is "license: a server's lists" '[["dev1","dev2","dev1"],[]]' "$(field '[(.pcs,.pps)|[."named-users"[].User]]')"
is "license: a server's record" '{"Appliance":"ics_6","Last Login IP":"192.0.2.1",
"Last Login time":"2021-07-16 19:20:13",
"Login Realm":"Users","Role":"Users","User":"dev2","User Agent":"ivanti/8.3.4.0 (Windows) ivanti/10.0.4.1"}' \
    "$(field '.pcs."named-users"[1]' | sed 's/"Last Login time/\n&/; s/"Login Realm/\n&/')"
server GET "$named/pcs"; is "license: one of them" '["dev1","dev2","dev1"]' "$(holders)"
server GET "$named/pps"; is "license: the other" '[]' "$(holders)"
options node '{"named-users-of":"nested"}'; server GET "$named/pcs"
is "license: one of them, nested" '["pcs"] 3' "$(field keys) $(field '.pcs."named-users"|length')"
options node '{"named-users-of":"flat"}'
server GET "$named/other"; refused "no such product" 404
server PUT "$named" '{"action":"remove-all"}'; says "a server has no list of its own" "Not applicable on license server"
control POST /node/merge '{"active-users":[{"active-user-name":"dev1"}]}' >/dev/null
server PUT "$named/pcs" '{"action":"remove","users":["dev1"],"delete-active-sessions":"true"}'
says "a server removes" "Deleted user(s)"; wrote "a server removes, applied" true node
server GET "$named/pcs"; is "license: every record of him" '["dev2"]' "$(holders)"
server GET "$users?name=dev1"; is "license: a server ends no session" '["dev1"]' "$(names)"
server PUT "$named/pcs" '{"action":"remove-all"}'; says "a server removes all" "Deleted all user(s)"
server GET "$named/pcs"; is "license: the list is empty" '[]' "$(holders)"
reset_node

# Packages of the host checker
esaps=$configuration/authentication/endpoint/host-checker/esaps
client GET "$esaps?expand&&excludePulsePackages"
is "esap: from the factory" '{"active-version":"3.3.5","default-version":"3.3.5","esap":[{"esap-version":"3.3.5",
"last-activated-time":"Never","upload-time":"Sun 17 Mar 2019 23:53:35 PDT"}],"force-same-esap":"false",
"opswat-sdk-version":"4"}' "$(field . | sed 's/"last-act/\n&/; s/"opswat/\n&/')"
control POST /ics/merge '{"esaps":{"active-version":"3.3.6","esap":[{"esap-version":"3.3.6",
    "last-activated-time":"Mon 18 Mar 2019 21:45:31 PDT"},{"esap-version":"3.3.7"}]}}' >/dev/null
client GET "$esaps?expand&&excludePulsePackages"
is "esap: as the state has them" '["3.3.6","3.3.5",["3.3.6","3.3.7"],"Never"]' \
    "$(field '[."active-version",."default-version",[.esap[]."esap-version"],.esap[1]."last-activated-time"]')"
client GET "$esaps?excludePulsePackages"
is "esap: stubs unless expanded" "{\"href\":\"$esaps/esap/3%2E3%2E6\",\"name\":\"3.3.6\"}" "$(field '.esap[0]')"
client GET "$esaps?expand"; is "esap: the packages unless they are excluded" 100000 "$(field '.esap[1].package|length')"
is "esap: they are base64" 75000 "$(field '.esap[1].package' | tr -d '"' | base64 -d | wc -c)"
options ics '{"package-bytes":8}'
client GET "$esaps/esap/3%2E3%2E7"; is "esap: one" '["3.3.7",8]' "$(field '[."esap-version",(.package|length)]')"
client GET "$esaps/esap/3%2E3%2E7?excludePulsePackages"
is "esap: one without its package" false "$(field 'has("package")')"
options ics '{"package-bytes":100000}'
client GET "$esaps/esap/9"; refused "no such version" 404
client PUT "$esaps" '{"active-version":"3.3.7"}'; refused "packages are not written" 405
reset_ics; key=$ics_key
