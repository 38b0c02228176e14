# SPDX-License-Identifier: Apache-2.0
# Part of selftest.sh: Safeguard for Privileged Sessions.
# shellcheck shell=bash disable=SC2154

list='{"name":"new","default":"exclude","users":["alice"]}'

# Login
ask "$url_sps$lists"; wrong "no cookie" 401
is "sps: no cookie: says which path" "\"$lists\"" "$(field .error.details.resource)"
is "sps: no cookie: type" '"Unauthenticated"' "$(field .error.type)"
ask -u convergate:wrong "$url_sps/api/authentication"; wrong "wrong password" 401
is "sps: wrong password: type" '"AuthenticationFailure"' "$(field .error.type)"
ask -u convergate:not-a-secret "$url_sps/api/authentication?login_method=nis"; wrong "unknown login method" 400
ask -u convergate:not-a-secret "$url_sps/api/authentication?login_method=local"; is "sps: local login" 200 "$status"
is "sps: the cookie as recorded" 1 "$(header Set-Cookie |
    grep -cE '^session_id=[0-9a-f]{40}; expires=[A-Z][a-z]{2}, .* GMT; HttpOnly; Max-Age=43200; Path=/; Secure$')"
is "sps: login answers meta" '["meta"]' "$(field keys)"
options sps '{"cookie":"joined"}'; sps_login convergate:not-a-secret
is "sps: the cookie joined with others" 1 \
    "$(header Set-Cookie | grep -cE '^ticket=[^,]*, session_id=[0-9a-f]{40}, malic=valid$')"
sps GET "$lists"; is "sps: it counts" 200 "$status"
options sps '{"cookie":"expired-clock"}'; sps_login convergate:not-a-secret
is "sps: the cookie of a slow clock" 1 "$(header Set-Cookie | grep -c 'Max-Age=0;')"
ends=$(date -d "$(header Set-Cookie | sed 's/.*expires=\([^;]*\);.*/\1/')" +%s)
is "sps: its date is past" yes "$([ "$ends" -lt "$(date +%s)" ] && echo yes)"
sps GET "$lists"; is "sps: its session lives" 200 "$status"
options sps '{"cookie":"plain"}'
ask "$url_sps/api/authentication/login_methods"
is "sps: login methods without a login" '"local"' "$(field '.login_methods[0].name')"
ask "$url_sps/api/info"
is "sps: info without a login" '[null,"sps"]' "$(field '[.body.firmware_version,.body.hostname]')"
sps GET /api/info; is "sps: info" '["8.0.0",true]' "$(field '[.body.firmware_version,.meta.remaining_seconds>0]')"
sps DELETE /api/authentication; is "sps: logout" 200 "$status"
sps GET "$lists"; is "sps: after the logout" 401 "$status"
options sps '{"session-requests":1}'; sps_login convergate:not-a-secret
sps GET "$lists"; is "sps: a session that wears out" 200 "$status"
sps GET "$lists"; is "sps: is worn out" 401 "$status"
options sps '{"session-requests":0}'; reset_sps

# Reading
sps GET "$lists"
is "sps: keys in order" '["-1","-4","2008"]' "$(field '[.items[].key]')"
is "sps: items without bodies" '["key","meta"]' "$(field '.items[0]|keys')"
is "sps: meta points to sibling collections" \
    "[\"$policies/audit_policies\",\"$policies/usermapping_policies\",\"$policies/user_databases\"]" \
    "$(field '.meta|[.first,.next,.previous]')"
is "sps: and to the transaction" '"/api/transaction"' "$(field .meta.transaction)"
options sps '{"embed-bodies":true}'; sps GET "$lists"
is "sps: items with bodies" '"root_only"' "$(field '.items[1].body.name')"
options sps '{"embed-bodies":false}'
sps GET "$lists/-4"
is "sps: an object" "[\"root_only\",\"-4\",\"$lists/-1\",\"$lists/2008\"]" \
    "$(field '[.body.name,.key,.meta.previous,.meta.next]')"
sps GET "$lists/nobody"; wrong "no such object" 404
sps GET "$policies/nothing"; wrong "no such collection" 404
sps PATCH "$lists"; wrong "wrong method" 405
sps GET "$policies/channel_policies/555"
is "sps: a reference has key and meta" \
    '{"key":"777","meta":{"href":"/api/configuration/policies/time_policies/777"}}' "$(field .body.time_policy)"
sps GET "$policies/user_databases/8235"
is "sps: a password too" '"/api/configuration/passwords/ad55822d-fa28-45aa-bca4-220074f770e1"' \
    "$(field '.body.users[0].passwords[0].meta.href')"

# Transactions
control DELETE /sps/log >/dev/null
is "sps: none yet" '[0,0,0,0,0]' "$(counts)"
sps POST "$lists" "$list"; wrong "a write without a transaction" 400
commit; wrong "a commit without a transaction" 400
abort; is "sps: an abort without a transaction" 400 "$status"
ask -H "Cookie: $cookie" -X POST "$url_sps/api/transaction"; is "sps: POST without a length" 411 "$status"
is "sps: its body is not JSON" "not JSON" "$(field .)"
sps GET /api/transaction
is "sps: status closed" '{"transaction":{"status":"closed"},"key":"transaction"}' "$(field 'del(.meta)')"
begin; is "sps: open" '"open"' "$(field .transaction.status)"
begin; wrong "open twice" 400
mine=$cookie; sps_login second:fake
sps GET /api/transaction; is "sps: another session's is its own" '"closed"' "$(field .transaction.status)"
begin; wrong "held by another session" 409
is "sps: names the holder" 1 "$(field .error.message | grep -c "'convergate'")"
is "sps: its type" 1 "$(field .error.type | grep -c '^"Locked')"
options sps '{"exclusive":false}'; begin; is "sps: not exclusive" 200 "$status"; abort
options sps '{"exclusive":true}'
theirs=$cookie; cookie=$mine
sps POST "$lists" "$list"; is "sps: create" 201 "$status"
new=$(field .key | tr -d '"')
uuid='^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
is "sps: its key is a UUID" 1 "$(grep -cE "$uuid" <<<"$new")"
is "sps: create answers key and meta" '["key","meta"]' "$(field keys)"
sps GET "$lists/$new"; is "sps: visible to its session" 200 "$status"
cookie=$theirs; sps GET "$lists/$new"; is "sps: not to others" 404 "$status"; cookie=$mine
is "sps: not committed" null "$(committed ".userlists.\"$new\"")"
sps PUT "$lists/2008" '{"name":"ops","default":"include","users":[]}'; is "sps: replace" 200 "$status"
sps DELETE "$lists/-4"; wrong "delete a built-in" 400
sps PUT "$lists/-4" '{"name":"root_only","default":"exclude","users":["root","toor"]}'
is "sps: change a built-in" 200 "$status"
sps GET /api/transaction/changes
is "sps: changes" '["replace","replace","create"]' "$(field '[.changes[].type]')"
is "sps: a change has both values" '["/api/configuration/policies/userlists/-4",["root"],["root","toor"]]' \
    "$(field '.changes[0]|[.path,.old_value.users,.new_value.users]')"
is "sps: counted by the control socket" 3 "$(control GET /sps/transactions | jq '.open[0].changes')"
options sps '{"changes":false}'; sps GET /api/transaction/changes; is "sps: no changes resource" 404 "$status"
options sps '{"changes":true}'
sps PUT /api/transaction '{"status":"commit","message":"x"}'; wrong "an unknown member in the commit" 400
sps PUT /api/transaction '{"status":"done"}'; wrong "an unknown status in the commit" 400
options sps '{"require-commit-message":true}'; commit; wrong "no commit message" 400
sps PUT /api/transaction '{"status":"commit","commit_message":"by test"}'
is "sps: commit with a message" 200 "$status"
options sps '{"require-commit-message":false}'
is "sps: committed" '"new"' "$(committed ".userlists.\"$new\".name")"
is "sps: counts" '[2,1,1,0,0]' "$(counts)"
begin; sps DELETE "$lists/$new"; is "sps: delete" 200 "$status"
is "sps: delete answers meta" '["meta"]' "$(field keys)"
abort; is "sps: abort" '"closed"' "$(field .transaction.status)"
is "sps: aborted" '"new"' "$(committed ".userlists.\"$new\".name")"
begin; control POST /sps/expire >/dev/null
is "sps: a transaction dies with its session" '[3+1,1,2,1,0]' "$(counts | sed 's/^\[4/[3+1/')"
sps GET /api/transaction; is "sps: and the session is gone" 401 "$status"
reset_sps
begin; control POST /sps/merge '{"policies":{"userlists":{"2008":{"users":["eve"]}}}}' >/dev/null
sps PUT "$lists/2008" '{"name":"ops","default":"include","users":[]}'; commit; wrong \
    "someone else changed the object" 400
abort; begin; sps PUT "$lists/-1" '{"name":"all","default":"include","users":["x"]}'; commit
is "sps: changes elsewhere survive a commit" '["eve"]' "$(committed '.userlists."2008".users')"
options sps '{"locked-by":"admin"}'; begin; wrong "held by the web interface" 409
is "sps: by whom" 1 "$(field .error.message | grep -c "'admin'")"
options sps '{"locked-by":null,"auto-open":true}'
sps GET "$lists"; is "sps: reading opens nothing" '0' "$(counts | jq '.[4]')"
sps POST "$lists" '{"name":"auto","default":"exclude","users":[]}'
is "sps: the first write opens" "201 1" "$status $(counts | jq '.[4]')"
commit; is "sps: and can be committed" 200 "$status"
options sps '{"auto-open":false,"transaction-shape":"body"}'
sps GET /api/transaction
is "sps: the newer shape" '[{"commit_message":"optional","status":"closed"},null,true]' \
    "$(field '[.body,.meta.changes,.meta.remaining_seconds>0]')"
begin; sps GET /api/transaction; is "sps: no changes yet" null "$(field .meta.changes)"
sps DELETE "$times/777"; sps PUT "$lists/-1" '{"name":"all","default":"exclude","users":[]}'; sps GET /api/transaction
is "sps: changes are announced" '"/api/transaction/changes"' "$(field .meta.changes)"
abort; options sps '{"transaction-shape":"transaction"}'; reset_sps

# Bodies
begin
bad() { sps POST "$policies/$2" "$3"; wrong "$1" 400; }
bad "a missing member" userlists '{"name":"x","default":"exclude"}'
bad "an unknown member" userlists '{"name":"x","default":"exclude","users":[],"note":""}'
bad "a wrong type" userlists '{"name":"x","default":"exclude","users":"alice"}'
bad "an unknown default" userlists '{"name":"x","default":"deny","users":[]}'
bad "whitespace in a name" userlists '{"name":"x y","default":"exclude","users":[]}'
bad "a used name" userlists '{"name":"ops","default":"exclude","users":[]}'
bad "a body in a body" userlists '{"body":{"name":"x","default":"exclude","users":[]}}'
bad "no object" userlists '[]'
day() { echo "{\"name\":\"t\",\"Mon\":$1,\"Tue\":[],\"Wed\":[],\"Thu\":[],\"Fri\":[],\"Sat\":[],\"Sun\":[]}"; }
bad "a time of day past 23:59" time_policies "$(day '[["8:00","24:00"]]')"
bad "an end before its start" time_policies "$(day '[["18:00","8:00"]]')"
bad "a time without minutes" time_policies "$(day '[["8","18:00"]]')"
bad "a number for a time" time_policies "$(day '[[8,18]]')"
bad "an interval of three" time_policies "$(day '[["8:00","9:00","10:00"]]')"
bad "a day left out" time_policies '{"name":"t","Mon":[]}'
sps POST "$times" "$(day '[["0:00","23:59"]]')"; is "sps: a time policy" 201 "$status"
bad "a reference as an object" channel_policies \
    '{"name":"c","time_policy":{"key":"777","meta":{"href":"x"}},"userlists":[]}'
bad "a reference to nothing" channel_policies '{"name":"c","time_policy":"778","userlists":[]}'
sps POST "$policies/channel_policies" '{"name":"c","time_policy":"777","userlists":["2008"]}'
is "sps: a bare key" 201 "$status"
ask -H "Cookie: $cookie" -X POST --data "$list" "$url_sps$lists"; wrong "no JSON content type" 415
sps POST "$lists" "$list" -A 'Mozilla/5.0'; wrong "a browser without X-Token" 403
sps POST "$lists" "$list" -A 'Mozilla/5.0' -H 'X-Token: x'; is "sps: a browser with X-Token" 201 "$status"
sps GET "$lists" '' -A 'Mozilla/5.0'; is "sps: a browser that reads" 200 "$status"
sps POST "$lists/2008" "$list"; is "sps: POST to an object" 405 "$status"
sps PUT "$lists/nobody" "${list/new/newer}"; is "sps: PUT to nothing" 404 "$status"
abort
