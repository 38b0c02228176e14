# SPDX-License-Identifier: Apache-2.0
# Part of selftest.sh: the control socket and the log.
# shellcheck shell=bash disable=SC2154

is "control: state as given" '"given"' "$(control GET /copy-0002/state | jq .mark)"
control POST /copy-0002/merge '{"mark":null,"a":{"b":[1],"c":"x"}}' >/dev/null
control POST /copy-0002/merge '{"a":{"c":null,"d":2}}' >/dev/null
is "control: merge is recursive, null deletes" '[null,{"b":[1],"d":2}]' \
    "$(control GET /copy-0002/state | jq -c '[.mark,.a]')"
is "control: copies do not share changes" '"given"' "$(control GET /copy-0001/state | jq .mark)"
control PUT /copy-0003/state '{"mark":"put"}' >/dev/null
is "control: PUT replaces the state" '["admin-roles","mark"]' "$(control GET /copy-0003/state | jq -c keys)"
is "control: a name with a slash" '["admin-roles"]' "$(control GET /slash%2Fed/state | jq -c keys)"
is "control: the roles that every appliance has" '[".Administrators",".Read-Only Administrators"]' \
    "$(control GET /slash%2Fed/state | jq -c '."admin-roles"|keys')"
is "control: no such appliance" 404 \
    "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket "$dir/control.sock" http://x/nobody/state)"
is "control: a body that is not JSON" 400 \
    "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket "$dir/control.sock" -d '{' http://x/ics/merge)"
is "control: a state that is no object" 400 \
    "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket "$dir/control.sock" -X PUT -d '[]' http://x/ics/state)"
is "control: an unknown fault" 400 "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket "$dir/control.sock" \
    -d '{"do":"explode"}' http://x/ics/faults)"
is "control: a fault without its parameter" 400 "$(curl -s -o /dev/null -w '%{http_code}' \
    --unix-socket "$dir/control.sock" -d '{"do":"delay"}' http://x/ics/faults)"
is "control: an unknown option" 400 "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket "$dir/control.sock" \
    -d '{"no-such":true}' http://x/ics/options)"
is "control: options can be read" '"array"' "$(control GET /ics/options | jq '."empty-lists"')"

control DELETE /ics/log >/dev/null
ask -u 'convergate:not:a-secret' -H "$json" --data '{"realm": "Admin Users"}' "$url_ics/api/v1/realm_auth?x=%2F"
key=$(field .api_key | tr -d '"')
ask -u "$key:" -X PUT -H 'Content-Type: text/plain' --data 'nonsense' "$url_ics/api/v1/nowhere"
ask -u "$key:" "$url_ics/api/v1/system/system-information" "$url_ics/api/v1/system/system-information"
control GET /ics/log >"$work/log"
is "log: one entry for each request" 4 "$(jq length "$work/log")"
is "log: numbered" '[0,1,2,3]' "$(jq -c '[.[].seq - .[0].seq]' "$work/log")"
is "log: raw path" '"/api/v1/realm_auth?x=%2F"' "$(jq '.[0].path' "$work/log")"
is "log: JSON body" '{"realm":"Admin Users"}' "$(jq -c '.[0].body' "$work/log")"
is "log: text body" '"nonsense"' "$(jq -c '.[1].body' "$work/log")"
is "log: no body" null "$(jq -c '.[2].body' "$work/log")"
is "log: headers as received" '["text/plain","8"]' \
    "$(jq -c '.[1] | [."content-type", ."content-length"]' "$work/log")"
is "log: no headers" '[null,null]' "$(jq -c '.[2] | [."content-type", ."content-length"]' "$work/log")"
is "log: user and peer" '["convergate","127.0.0.1"]' "$(jq -c '.[2] | [.user, .peer]' "$work/log")"
is "log: a login is no write" false "$(jq '.[0].write' "$work/log")"
is "log: a refused write is one" '[true,false,404]' "$(jq -c '.[1] | [.write, .applied, .status]' "$work/log")"
is "log: kept connections are seen" true "$(jq '.[2].connection == .[3].connection' "$work/log")"
is "log: new connections are seen" false "$(jq '.[1].connection == .[2].connection' "$work/log")"
is "log: no secret" 0 "$(grep -cE "$key|a-secret|Basic" "$work/log")"
is "log: the session has a short name" '"s1"' "$(jq '.[2].session' "$work/log")"
ask --interface 127.0.0.9 "$url_ics/api/v1/system/healthcheck"
is "log: another peer" '"127.0.0.9"' "$(last ics .peer)"
options ics '{"log-limit":4}'
for _ in 1 2 3 4 5; do ask "$url_ics/api/v1/system/healthcheck"; done
is "log: is limited" true "$(control GET /ics/log | jq 'length <= 4 and .[-1].seq - .[0].seq == length - 1')"
options ics '{"log-limit":10000}'
control DELETE /ics/log >/dev/null
is "log: cleared" '[]' "$(control GET /ics/log)"

is "sessions: counted" '{"logins":{"ok":1,"refused":0},"live":1}' "$(control GET /ics/sessions | jq -c .)"
control POST /ics/expire >/dev/null
is "sessions: dropped" 0 "$(control GET /ics/sessions | jq .live)"
ask -u "$key:" "$url_ics/api/v1/system/system-information"
is "sessions: the key is refused afterwards" 403 "$status"
is "control: all appliances at once" true \
    "$(control GET '/*/sessions' | jq '.["copy-0003"].live == 0 and .ics.live == 0')"
