# SPDX-License-Identifier: Apache-2.0
# Part of selftest.sh: Check Point's Identity Awareness Web API.
# shellcheck shell=bash disable=SC2154

ia() { # COMMAND BODY [CURL-ARGUMENTS]: the secret comes first in the body
    local name=$1 text="{\"shared-secret\":\"${secret-not-a-secret}\"${2:+,${2#\{}}"
    [ -n "$2" ] || text="$text}"
    shift 2
    ask -H "$json" --data "$text" "$@" "$url_checkpoint${prefix-/_IA_API/v1.0}/$name"
}
raw() { ask -H "$json" --data "$2" "$url_checkpoint/_IA_API/v1.0/$1"; }
show() { ia show-identity "{\"ip-address\":\"$1\"}"; }
delete() { ia delete-identity "$1"; }
add() { ia add-identity "$1"; }
nobody() { is "checkpoint: $1" "404 not JSON" "$status $(field . | head -1)"; }
fault_() { is "checkpoint: $1" "500 \"$2\" true" "$status $(field .code) $(field 'has("message")')"; }
invalid() { fault_ "$1" GENERIC_ERR_INVALID_PARAMETER; }
unknown() { fault_ "$1" GENERIC_ERROR_INVALID_PARAMETER_NAME; }
missing() { fault_ "$1" GENERIC_ERR_MISSING_REQUIRED_PARAMETERS; }
syntax() { fault_ "$1" GENERIC_ERROR_INVALID_SYNTAX; }
answers() { is "checkpoint: $1" "200 $2" "$status $(field .)"; }
identities() { control GET /checkpoint/state | jq -c "[.identities[]|[.address,.user//.machine,.\"client-type\"]]"; }
identities_given=$(control GET /checkpoint/state)
given() { control PUT /checkpoint/state "$identities_given" >/dev/null; }
gone='{"ipv4-address":"192.0.2.1","message":"total 0 user records were found."}'

is "checkpoint: a state as the gateway stores it" \
    '[["192.0.2.1","jsmith","ad-query"],["192.0.2.1","jsmith","ida-api"],["192.0.2.1","js","vpn"],
["192.0.2.9","printer@example.net","radius"],["2001:db8::1","six","ad-query"]]' \
    "$(identities | sed 's/,\(\["192.0.2.9\)/,\n\1/')"

# Who may ask
control DELETE /checkpoint/log >/dev/null
secret=wrong; show 192.0.2.1; nobody "a wrong secret"
is "checkpoint: the answer is HTML" "text/html; charset=iso-8859-1 1" \
    "$(header Content-Type) $(grep -c '<h1>Not Found' <<<"$body")"
unset secret
raw show-identity '{"ip-address":"192.0.2.1"}'; nobody "no secret"
raw show-identity '{"shared-secret":["not-a-secret"],"ip-address":"192.0.2.1"}'; nobody "a secret that is no text"
ia show-identity '{"ip-address":"192.0.2.1"}' --interface 127.0.0.8; nobody "the secret of other clients"
secret=fake; ia show-identity '{"ip-address":"192.0.2.1"}' --interface 127.0.0.8
is "checkpoint: a client with a secret of its own" 200 "$status"
ia show-identity '{"ip-address":"192.0.2.1"}' --interface 127.0.0.9; nobody "a client that may not ask"
unset secret
raw show-identity '{' ; syntax "any client may be told that this is no JSON"
ask -H "$json" --data '{' --interface 127.0.0.9 "$url_checkpoint/_IA_API/v1.0/show-identity"
nobody "but not one that may not ask"
control POST /checkpoint/merge '{"clients":{"*":null}}' >/dev/null; show 192.0.2.1; nobody "a client that is not listed"
given
options checkpoint '{"not-found":"empty"}'; secret=wrong; show 192.0.2.1; unset secret
is "checkpoint: an empty answer" "404 []" "$status [$body]"
options checkpoint '{"not-found":"html"}'
for prefix in /_IA_API/1.0 /_IA_API/idasdk /_IA_MU_Agent/idasdk; do
    show 192.0.2.1; nobody "$prefix"
    options checkpoint '{"other-prefixes":true}'
    show 192.0.2.1; is "checkpoint: $prefix, where it is allowed" 200 "$status"
    options checkpoint '{"other-prefixes":false}'
done
options checkpoint '{"other-prefixes":true}'
prefix=/_IA_API/v2.0; show 192.0.2.1; nobody "another version"
unset prefix; options checkpoint '{"other-prefixes":false}'
ia list-identities '{"ip-address":"192.0.2.1"}'; nobody "another command"
ask "$url_checkpoint/_IA_API/v1.0/show-identity"; nobody "GET"
options checkpoint '{"api":false}'; show 192.0.2.1; nobody "the API is off"
delete '{"ip-address":"192.0.2.1"}'; nobody "for every command"
options checkpoint '{"api":true,"show-identity":false}'; show 192.0.2.1; nobody "show-identity is not there"
delete '{"ip-address":"192.0.2.7"}'; is "checkpoint: delete-identity still is" 200 "$status"
options checkpoint '{"show-identity":true}'

# Show
show 192.0.2.1
answers "all that is known of an address" "$(jq -c . <<'END'
{"ipv4-address":"192.0.2.1","combined-roles":["Staff","All_Identified_Users"],
 "machine":"pc-1@example.com","machine-groups":["All Machines"],"machine-identity-source":"AD Query",
 "domain":"example.com","message":"total 3 user records were found.",
 "users":[{"groups":["staff","All Users"],"identity-source":"AD Query","roles":["Staff"],"user":"John Smith"},
  {"groups":["All Users"],"identity-source":"Identity Awareness API (Portal)","roles":["All_Identified_Users"],
   "user":"jsmith"},
  {"groups":["All Users"],"identity-source":"Remote Access","roles":["All_Identified_Users"],"user":"js"}]}
END
)"
show 192.0.2.9
is "checkpoint: a computer is no user record" '["printer@example.net","total 0 user records were found.",null]' \
    "$(field '[.machine,.message,.users]')"
show 192.0.2.2
answers "nothing is known" '{"ipv4-address":"192.0.2.2","message":"total 0 user records were found."}'
show 2001:DB8:0::1
is "checkpoint: IPv6" '["2001:db8::1",null,"six"]' "$(field '[."ipv6-address",."ipv4-address",.users[0].user]')"
options checkpoint '{"address-form":"list"}'; show 192.0.2.2
is "checkpoint: an address as a list" '["192.0.2.2"]' "$(field '."ipv4-address"')"
options checkpoint '{"address-form":"text"}'
control POST /checkpoint/merge '{"identities":[{"address":"192.0.2.2","client-type":"ad-query","user":"x",
    "identity-source":"ADQ"}]}' >/dev/null
show 192.0.2.2; is "checkpoint: a source as the state has it" '"ADQ"' "$(field '.users[0]."identity-source"')"; given
show 192.0.2; invalid "half an address"
is "checkpoint: in the vendor's words" '"No valid IP was provided"' "$(field .message)"
show 192.0.2.0/24; invalid "a prefix"
show ''; missing "an empty address"
ia show-identity ''; missing "no address"
ia show-identity '{"ip-address":1}'; invalid "an address that is no text"
ia show-identity '{"ip-address":"192.0.2.1","user":"x"}'; unknown "a parameter of another command"
ia show-identity '{"ip-address":"192.0.2.1",}'; syntax "a comma too many"
ia show-identity '{"ip-address":"192.0.2.1","ip-address":"192.0.2.1"}'; syntax "a parameter twice"
raw show-identity '[]'; syntax "no object"
ask -H 'Content-Type: text/plain' --data '{"shared-secret":"not-a-secret","ip-address":"192.0.2.1"}' \
    "$url_checkpoint/_IA_API/v1.0/show-identity"; syntax "not sent as JSON"

# Delete
is "checkpoint: nothing has changed so far" "$(jq -S . <<<"$identities_given")" \
    "$(control GET /checkpoint/state | jq -S .)"
delete '{"ip-address":"192.0.2.1","client-type":"ida-api"}'
answers "delete what one source knows" \
    '{"count":"1","ipv4-address":"192.0.2.1","message":"Disassociation sent to PDP."}'
is "checkpoint: what others know stays" '["John Smith","js"]' "$(show 192.0.2.1; field '[.users[].user]')"
delete '{"ip-address":"192.0.2.1","client-type":"ida-api"}'
answers "nothing to delete" '{"count":"0","ipv4-address":"192.0.2.1","message":"Disassociation sent to PDP."}'
for type in '"any"' '""' '"vpn"' ''; do
    given; delete "{\"ip-address\":\"192.0.2.1\"${type:+,\"client-type\":$type}}"
    is "checkpoint: client-type [$type] means all sources" '"3"' "$(field .count)"
    show 192.0.2.1; answers "client-type [$type]: all are gone" "$gone"
done
is "checkpoint: what is elsewhere stays" \
    '[["192.0.2.9","printer@example.net","radius"],["2001:db8::1","six","ad-query"]]' \
    "$(identities)"
given
for type in captive-portal ida-agent ad-query multihost-agent radius ida-api identity-collector; do
    delete "{\"ip-address\":\"192.0.2.7\",\"client-type\":\"$type\"}"
    is "checkpoint: client-type $type" 200 "$status"
done
options checkpoint '{"count":"number"}'; delete '{"ip-address":"192.0.2.7"}'
is "checkpoint: a count that is a number" 0 "$(field .count)"; options checkpoint '{"count":"text"}'
delete '{"ip-address":"2001:0db8::1","revoke-method":""}'
answers "delete IPv6" '{"count":"1","ipv6-address":"2001:db8::1","message":"Disassociation sent to PDP."}'
delete '{"revoke-method":"range","ip-address-first":"192.0.2.1","ip-address-last":"192.0.2.9"}'
answers "delete a range" '{"count":"4","message":"Total of 2 IPs disassociations will be processed."}'
is "checkpoint: a range, ends and all" '[]' "$(identities)"; given
delete '{"revoke-method":"range","ip-address-first":"192.0.2.2","ip-address-last":"192.0.2.8"}'
is "checkpoint: a range next to them" '"0"' "$(field .count)"
delete '{"revoke-method":"range","ip-address-first":"192.0.2.0","ip-address-last":"192.0.3.0","client-type":"ad-query"}'
is "checkpoint: a range, for one source" '["1","Total of 1 IPs disassociations will be processed."]' \
    "$(field '[.count,.message]')"
given; delete '{"revoke-method":"mask","subnet":"192.0.2.14","subnet-mask":"255.255.255.248"}'
is "checkpoint: a subnet, though named by one of its addresses" '"1"' "$(field .count)"
delete '{"revoke-method":"mask","subnet":"2001:db8::ffff","subnet-mask":"ffff:ffff::"}'
is "checkpoint: a subnet of IPv6" '"1"' "$(field .count)"
delete '{"revoke-method":"mask","subnet":"192.0.2.1","subnet-mask":"255.255.255.255"}'
is "checkpoint: a subnet of one" '"3"' "$(field .count)"; given
delete '{"revoke-method":"range","ip-address-first":"::","ip-address-last":"ffff::"}'
is "checkpoint: a range of one family" '[["192.0.2.9","radius"]]' "$(identities | jq -c '[.[-1]|[.[0],.[2]]]')"; given
delete '{"revoke-method":" mask","subnet":"192.0.2.1","subnet-mask":"255.255.255.0"}'; invalid "a blank before mask"
delete '{"revoke-method":"user-name-and-ip","ip-address":"192.0.2.1"}'; invalid "a method of later versions"
delete '{"revoke-method":"mask","subnet":"192.0.2.1"}'; missing "no mask"
delete '{"revoke-method":"mask","subnet-mask":"255.0.0.0"}'; missing "no subnet"
delete '{"revoke-method":"range","ip-address-first":"192.0.2.1"}'; missing "no end of the range"
delete '{"revoke-method":"range","ip-address-last":"192.0.2.1"}'; missing "no begin of the range"
delete '{"client-type":"any"}'; missing "no address to delete"
delete '{"revoke-method":"mask","subnet":"192.0.2.1","subnet-mask":"255.0.255.0"}'; invalid "a mask with a hole"
delete '{"revoke-method":"mask","subnet":"192.0.2.1","subnet-mask":"24"}'; invalid "a mask as a length"
delete '{"revoke-method":"mask","subnet":"192.0.2.1","subnet-mask":"ffff::"}'; invalid "a mask of the other family"
delete '{"revoke-method":"range","ip-address-first":"192.0.2.9","ip-address-last":"192.0.2.1"}'; invalid "backwards"
delete '{"revoke-method":"range","ip-address-first":"192.0.2.9","ip-address-last":"::1"}'; invalid "across families"
delete '{"revoke-method":"range","ip-address":"192.0.2.1","ip-address-first":"192.0.2.1","ip-address-last":"192.0.2.1"}'
invalid "an address of another method"
delete '{"ip-address":"192.0.2.1","subnet-mask":"255.255.255.0"}'; invalid "a mask without the method"
delete '{"ip-address":"192.0.2.1","subnet":""}'; is "checkpoint: an empty text is none" '"3"' "$(field .count)"; given
delete '{"ip-address":"192.0.2.1","client-type":"Any"}'; invalid "a client-type in capitals"
delete '{"ip-address":"192.0.2.1","client-type":"web"}'; invalid "an unknown client-type"
delete '{"ip-address":"192.0.2.1","user":"jsmith"}'; unknown "a user to delete"
is "checkpoint: faults change nothing" "$(jq -S . <<<"$identities_given")" "$(control GET /checkpoint/state | jq -S .)"

# Add
add '{"ip-address":"192.0.2.7","user":"mary"}'
answers "add" '{"ipv4-address":"192.0.2.7","message":"Association sent to PDP."}'
show 192.0.2.7
is "checkpoint: what was added" '["mary",["All Users"],"Identity Awareness API",["All_Identified_Users"]]' \
    "$(field '.users[0]|[.user,.groups,."identity-source",.roles]')"
add '{"ip-address":"192.0.2.7","user":"mary","session-timeout":300}'
is "checkpoint: again: the same session" '[["192.0.2.7","mary","ida-api"]]' "$(identities | jq -c '.[5:]')"
is "checkpoint: which begins again" 300 "$(control GET /checkpoint/state | jq '.identities[5]."session-timeout"')"
add '{"ip-address":"192.0.2.7","user":"bob"}'
is "checkpoint: another user: beside her" '["mary","bob"]' "$(show 192.0.2.7; field '[.users[].user]')"
add '{"ip-address":"2001:db8::7","machine":"pc-7","domain":"example.com","identity-source":"Convergate",
    "fetch-user-groups":0,"fetch-machine-groups":0,"calculate-roles":0,"user-groups":["a"],"machine-groups":["b"],
    "roles":["R"],"machine-os":"Debian","host-type":"server"}'
show 2001:db8::7
is "checkpoint: all that can be added" \
    '["pc-7@example.com",["b","All Machines"],"Identity Awareness API (Convergate)",["R"]]' \
    "$(field '[.machine,."machine-groups",."machine-identity-source",."combined-roles"]')"
add '{"ip-address":"192.0.2.8","user":"x","fetch-user-groups":1,"user-groups":["a"]}'
is "checkpoint: groups given are not used where they are fetched" '["All Users"]' \
    "$(show 192.0.2.8; field '.users[0].groups')"
add '{"ip-address":"2001:db8::7","machine":"pc-8","domain":"example.com"}'
add '{"ip-address":"2001:db8::7","machine":"pc-7","domain":"example.com","identity-source":"Other"}'
is "checkpoint: another source, or machine, is another session" 3 \
    "$(identities | jq '[.[]|select(.[0]=="2001:db8::7")]|length')"
is "checkpoint: of several machines the first is told" '"pc-7@example.com"' "$(show 2001:db8::7; field .machine)"
add '{"user":"mary"}'; missing "add without an address"
add '{"ip-address":"192.0.2.7","domain":"example.com"}'; missing "add nobody"
add '{"ip-address":"192.0.2.7","user":"mary","calculate-roles":0}'; invalid "fetch groups, but calculate no roles"
add '{"ip-address":"192.0.2.7","user":"mary","session-timeout":299}'; invalid "a session too short"
add '{"ip-address":"192.0.2.7","user":"mary","session-timeout":86401}'; invalid "a session too long"
add '{"ip-address":"192.0.2.7","user":"mary","session-timeout":"300"}'; invalid "a timeout as a text"
add '{"ip-address":"192.0.2.7","user":"mary","calculate-roles":true}'; invalid "a flag as true"
add '{"ip-address":"192.0.2.7","user":"mary","user-groups":"a"}'; invalid "groups as a text"
add '{"ip-address":"192.0.2.7","user":"mary","timeout":4}'; unknown "timeout, as in the vendor's example"
given

# Bulk
ia delete-identity '{"requests":[{"ip-address":"192.0.2.1","client-type":"vpn"},{"ip-address":"1.2.3"},
    {"ip-address":"192.0.2.1"},{"ip":"192.0.2.9"},"x",{},{"ip-address":"192.0.2.9","shared-secret":"not-a-secret"},
    {"ip-address":"2001:db8::1"}]}'
is "checkpoint: bulk is 200, whatever is in it" "200 [\"responses\"]" "$status $(field keys)"
is "checkpoint: each request is judged by itself, in order" '["3","GENERIC_ERR_INVALID_PARAMETER","0",
"GENERIC_ERROR_INVALID_PARAMETER_NAME","GENERIC_ERR_INVALID_PARAMETER","GENERIC_ERR_MISSING_REQUIRED_PARAMETERS",
"GENERIC_ERROR_INVALID_PARAMETER_NAME","1"]' \
    "$(field '[.responses[]|.count//.code]' | sed 's/\("0",\|REQUIRED_PARAMETERS",\)/\1\n/g')"
is "checkpoint: what bulk left" '[["192.0.2.9","printer@example.net","radius"]]' "$(identities)"; given
ia show-identity '{"requests":[{"ip-address":"192.0.2.9"},{"ip-address":"192.0.2.2"}]}'
is "checkpoint: bulk show" '["192.0.2.9","192.0.2.2"]' "$(field '[.responses[]."ipv4-address"]')"
ia add-identity '{"requests":[{"ip-address":"192.0.2.9","user":"a"},{"ip-address":"192.0.2.9","user":"b"}]}'
is "checkpoint: bulk add" '["a","b"]' "$(show 192.0.2.9; field '[.users[].user]')"; given
ia show-identity '{"requests":[]}'; answers "bulk of none" '{"responses":[]}'
ia show-identity '{"requests":{}}'; invalid "requests that are no list"
ia show-identity '{"requests":[],"ip-address":"192.0.2.1"}'; unknown "a parameter beside requests"
secret=wrong; ia show-identity '{"requests":[{"ip-address":"192.0.2.1"}]}'; unset secret; nobody "bulk, a wrong secret"

# Late
options checkpoint '{"late-shows":2}'
delete '{"ip-address":"192.0.2.1"}'; is "checkpoint: late: accepted" '"3"' "$(field .count)"
is "checkpoint: late: it waits" 1 "$(control GET /checkpoint/state | jq '.queue|length')"
delete '{"ip-address":"192.0.2.1"}'; is "checkpoint: late: and is counted again" '"3"' "$(field .count)"
ia show-identity '{"requests":[{"ip-address":"192.0.2.1"},{"ip-address":"192.0.2.1"}]}'
is "checkpoint: late: one request, of however many" '[3,3]' "$(field '[.responses[].users|length]')"
show 192.0.2.1; is "checkpoint: late: the second" 3 "$(field '.users|length')"
show 192.0.2.1; answers "late: done by the third" "$gone"
is "checkpoint: late: nothing waits" '[]' "$(control GET /checkpoint/state | jq -c .queue)"
add '{"ip-address":"192.0.2.1","user":"mary"}'; show 192.0.2.1; answers "late: an addition, too" "$gone"
delete '{"ip-address":"192.0.2.1"}'; is "checkpoint: late: a delete does not see it" '"0"' "$(field .count)"
show 192.0.2.1; show 192.0.2.1; is "checkpoint: late: it comes" 1 "$(field '.users|length')"
options checkpoint '{"late-shows":0}'; given

# Faults and the log
control DELETE /checkpoint/log >/dev/null
show 192.0.2.1; add '{"ip-address":"192.0.2.7","user":"mary"}'; delete '{"ip-address":"192.0.2.7"}'
delete '{"ip-address":"192.0.2.7"}'; delete '{"ip-address":"1"}'
raw delete-identity '{"shared-secret":"not-a-secret","shared-secret":"not-a-secret"}'
raw delete-identity 'not-a-secret {"shared-secret":"not-a-secret"'
raw delete-identity '{"shared-secret":{"a":"not-a-secret"}}'
ia delete-identity '{"requests":[{"shared-secret":"not-a-secret"}]}'
is "checkpoint: log: what could change something, and did" \
    '[[false,false,200],[true,true,200],[true,true,200],[true,false,200],[true,false,500]]' \
    "$(control GET /checkpoint/log | jq -c '[.[:5][]|[.write,.applied,.status]]')"
is "checkpoint: log: bodies" '{"shared-secret":"***","ip-address":"192.0.2.1"}' \
    "$(control GET /checkpoint/log | jq -c '.[0].body')"
is "checkpoint: log: no secret" 0 "$(control GET /checkpoint/log | grep -c a-secret)"
given; fault checkpoint '{"do":"applied-not-answered"}'; delete '{"ip-address":"192.0.2.1"}'
is "checkpoint: fault applied-not-answered" '56 2' "$rc $(identities | jq length)"
given; fault checkpoint '{"do":"answered-not-applied"}'; delete '{"ip-address":"192.0.2.1"}'
is "checkpoint: fault answered-not-applied" '"3" 5' "$(field .count) $(identities | jq length)"
options checkpoint '{"late-shows":1}'
fault checkpoint '{"do":"answered-not-applied"}'; delete '{"ip-address":"192.0.2.1"}'
is "checkpoint: fault answered-not-applied: nothing waits" 0 "$(control GET /checkpoint/state | jq '.queue|length')"
options checkpoint '{"late-shows":0}'
fault checkpoint '{"do":"short-list","keep":1}'
ia show-identity '{"requests":[{"ip-address":"192.0.2.9"},{"ip-address":"192.0.2.2"}]}'
is "checkpoint: fault short-list" 1 "$(field '.responses|length')"
fault checkpoint '{"do":"status","status":500,"path":"*/delete*",
    "body":{"code":"GENERIC_INTERNAL_ERROR","message":"x"}}'
show 192.0.2.1; is "checkpoint: fault by path" 200 "$status"
delete '{"ip-address":"192.0.2.1"}'; fault_ "fault status" GENERIC_INTERNAL_ERROR
