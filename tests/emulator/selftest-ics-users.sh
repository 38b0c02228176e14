# SPDX-License-Identifier: Apache-2.0
# Part of selftest.sh: who is signed in, and how that ends.
# shellcheck shell=bash disable=SC2154

own_sid() { ics GET "$users?name=convergate"; record -1 '."session-id"' | tr -d '"'; }
counts() { field '."active-users"|[."total-matched-record-number",."total-returned-record-number"]'; }
control POST /ics/expire >/dev/null; login

# Records
ask "$url_ics$users"; is "users: need a login" 403 "$status"
ics GET "$users"
is "users: those of the state, then who holds a key" '["alice","bob","Alice","carol","convergate"]' "$(names)"
is "users: counted" '[5,5]' "$(counts)"
is "users: may sign in" true "$(field '."active-users"."user-login-permission"')"
is "users: a record has all members" 25 "$(record 0 '|length')"
is "users: a record is completed" '["Users",null,0,"localhost2"]' \
    "$(record 0 '|[."authentication-realm",."mac-address",.events,."login-node"]')"
is "users: what the state says is kept" '["sid-bob","kept"]' "$(record 1 '|[."session-id",.mark]')"
is "users: every session has its own id" 5 \
    "$(field '[."active-users"."active-user-records"."active-user-record"[]."session-id"]|unique|length')"
is "users: a session id looks like one" 1 "$(record 0 '."session-id"' | grep -cE '^"sid[0-9a-f]{40}0{8}"$')"
is "users: a key's session" '["Admin Users",".Administrators","127.0.0.1","localhost2"]' \
    "$(record 4 '|[."authentication-realm",."user-roles",."source-ip",."login-node"]')"
is "users: a key's session has the agent" 1 "$(record 4 '."agent-type"' | grep -c '^"curl/')"
began=$(record 4 '."sign-in-time-micro"|tonumber|floor')
is "users: a key's session began now" yes "$([ $(($(date +%s) - began)) -lt 60 ] && echo yes)"
is "users: in local time too" 1 "$(record 4 '."user-sign-in-time"' | grep -cE '^"20[0-9/]{8} [0-9:]{8}"$')"
is "users: the key is not in it" 0 "$(grep -cF "$key" <<<"$body")"
first_sid=$(record 0 '."session-id"'); ics GET "$users"
is "users: a session keeps its id" "$first_sid" "$(record 0 '."session-id"')"
options ics '{"user-record":"short"}'; ics GET "$users"
is "users: a short record" '[11,null,"alice"]' "$(record 0 '|[length,."source-ip",."active-user-name"]')"
options ics '{"user-record":"full"}'
control POST /ics/merge '{"user-login-permission":false}' >/dev/null; ics GET "$users"
is "users: may not sign in" false "$(field '."active-users"."user-login-permission"')"

# By name
ics GET "$users?name=bob"; is "users: one name" '["bob"] [1,1]' "$(names) $(counts)"
ics GET "$users?name=alice"; is "users: a name finds every case of it" '["alice","Alice"]' "$(names)"
ics GET "$users?name=*o*"; is "users: a name is a pattern" '["bob","carol","convergate"]' "$(names)"
ics GET "$users?name=%63arol"; is "users: a name is decoded" '["carol"]' "$(names)"
ics GET "$users?name=nobody"; is "users: nobody of the name" '[] [0,0]' "$(names) $(counts)"
options ics '{"empty-lists":"null"}'; ics GET "$users?name=nobody"
is "users: nobody, null" '{"active-user-record":null}' "$(field '."active-users"."active-user-records"')"
ics GET "$users?name=alice"; is "users: a null in a record stays" null "$(record 0 '."mac-address"')"
options ics '{"empty-lists":"absent"}'; ics GET "$users?name=nobody"
is "users: nobody, absent" '{}' "$(field '."active-users"."active-user-records"')"
options ics '{"empty-lists":"array"}'

# Pages
page() { ics GET "$users?number=$1&start=$2"; }
page 2 0; is "users: the first page" '["alice","bob"] [5,2]' "$(names) $(counts)"
page 2 1; is "users: from-1: 1 is the first too" '["alice","bob"]' "$(names)"
page 2 3; is "users: from-1: the next page" '["Alice","carol"]' "$(names)"
page 2 5; is "users: from-1: the last page" '["convergate"] [5,1]' "$(names) $(counts)"
page 2 6; is "users: behind the last" '[] [5,0]' "$(names) $(counts)"
page 2 2; is "users: from-1: a count of records as start brings one again" '["bob","Alice"]' "$(names)"
options ics '{"paging":"from-0"}'
page 2 2; is "users: from-0: the next page" '["Alice","carol"]' "$(names)"
page 2 3; is "users: from-0: as the guide counts, one is missed" '["carol","convergate"]' "$(names)"
options ics '{"paging":"from-1"}'
ics GET "$users?name=a*&start=2"; is "users: pages of a name" '["Alice"] [2,1]' "$(names) $(counts)"
page 9999 0; is "users: more than there are" '[5,5]' "$(counts)"
options ics '{"record-limit":3}'
page 4 0; is "users: never more than the limit" '[5,3]' "$(counts)"
ics GET "$users"; is "users: the limit without a number" '[5,3]' "$(counts)"
options ics '{"record-limit":0}'; ics GET "$users"; is "users: no limit" '[5,5]' "$(counts)"
options ics '{"record-limit":200}'
many=$(jq -nc '{"active-users":[range(201)|{"active-user-name":"u\(.)"}]}')
control POST /ics/merge "$many" >/dev/null; ics GET "$users?number=250"
is "users: 200 at most" '[202,200]' "$(counts)"
reset_ics
for bad in 'number=0' 'number=x' 'number=' 'start=-1' 'start=1e3'; do
    ics GET "$users?$bad"; refused "$bad" 400
done
last_record() { field '."active-users"|."is-last-record"'; }
page 2 0; is "users: nothing says that it is the last" false "$(field '."active-users"|has("is-last-record")')"
options ics '{"is-last-record":"boolean"}'
page 2 0; is "users: not the last" false "$(last_record)"
page 2 4; is "users: the last" true "$(last_record)"
page 9 0; is "users: the only one" true "$(last_record)"
options ics '{"is-last-record":"text"}'; page 2 4; is "users: the last, as text" '"true"' "$(last_record)"
options ics '{"is-last-record":"absent"}'

# The end of one
ics DELETE "$users/session/sid-bob"
is "users: one ends" "204 0 application/json" "$status ${#body} $(header Content-Type)"
is "users: a write" '[true,true]' "$(last ics '|[.write,.applied]')"
ics GET "$users"; is "users: only that one" '["alice","Alice","carol","convergate"]' "$(names)"
ics DELETE "$users/session/sid-bob"; refused "a session that is gone" 404
other=$key; login; sid=$(own_sid); ics DELETE "$users/session/$sid"
is "users: one's own ends" 204 "$status"
ics GET "$users"; is "users: one's own key is gone with it" 403 "$status"
key=$other; ics GET "$users"; is "users: another key goes on" 200 "$status"
ask -X DELETE "$url_ics$users?all"; is "users: ending needs a login" 403 "$status"
sid=$(own_sid); fault ics '{"do":"answered-not-applied"}'
ics DELETE "$users/session/$sid"; is "users: answered, not applied" 204 "$status"
ics GET "$users"; is "users: then one's own goes on" \
    "200 [\"alice\",\"Alice\",\"carol\",\"convergate\"]" "$status $(names)"
control POST /ics/merge '{"active-users":[{"active-user-name":"x","session-id":"a/b"}]}' >/dev/null
ics DELETE "$users/session/a%2Fb"; is "users: an encoded id" 204 "$status"

# The end of all
ics DELETE "$users"; refused "which sessions" 400
ics DELETE "$users?all"; is "users: all end" "204 0" "$status ${#body}"
is "users: all end: applied" '[true,true]' "$(last ics '|[.write,.applied]')"
is "users: all end: the keys too" 0 "$(control GET /ics/sessions | jq .live)"
ics GET "$users"; is "users: all end: one's own too" 403 "$status"
login; ics GET "$users"; is "users: only who came back" '["convergate"]' "$(names)"
fault ics '{"do":"answered-not-applied"}'; ics DELETE "$users?all"; ics GET "$users"
is "users: all end, but not really" 200 "$status"
reset_ics
