# SPDX-License-Identifier: Apache-2.0
# Part of selftest.sh: every fault does what it says, once, and leaves its mark in the log.
# shellcheck shell=bash disable=SC2154,SC2046

health=/api/v1/system/healthcheck
probe() { ask "$url_ics$health"; }
mark() { is "fault $1: in the log" "\"$1\" $2" "$(last ics .fault) $(last ics .status)"; }
tls_end() { # What the server sends at the end: prints the alert or the lack of it.
    (printf 'GET %s HTTP/1.1\r\nHost: x\r\n\r\n' "$health"; sleep 0.3) |
        timeout 3 openssl s_client -connect "${url_ics#https://}" -CAfile "$dir/ca.pem" -msg -quiet -no_ign_eof 2>&1 |
        grep -oE '<<< .*close_notify|unexpected eof' | head -1 | sed 's/.*\(close_notify\)/\1/'
}
groups() { control GET /ics/state | jq -c '[."auth-servers".ADServer."ad-groups"[].name]'; }
one='{"ad-group":[{"name":"One","group":"One"}]}'
two='["ICS-QA/core","ICS-QA/systems"]'
login

fault ics '{"do":"status","status":503,"body":"busy","headers":{"X-Fault":"yes"}}'; probe
is "fault status" "503 busy yes" "$status $body $(header X-Fault)"; mark status 503
probe; is "fault: fires once" 200 "$status"
fault ics '{"do":"status","status":500,"body":{"a":1}}'; ics PUT "$ad" "$one"
is "fault status: not processed" "500 {\"a\":1} $two" "$status $body $(groups)"
fault ics '[{"do":"status","status":500,"skip":1,"times":2,"path":"*health*"},
    {"do":"status","status":502,"method":"PUT"}]'
seen=; for _ in 1 2 3 4; do probe; seen+="$status "; done
is "fault: skip and times" "200 500 500 200 " "$seen"
is "fault: counts" '[[4,2],[0,0]]' "$(control GET /ics/faults | jq -c '[.[]|[.matched,.fired]]')"
ics PUT "$ad" "$one"; is "fault: by method" 502 "$status"
fault ics '{"do":"status","status":500,"path":"*\\?status=all"}'; probe
is "fault: the query is matched" 200 "$status"
ask "$url_ics$health?status=all"; is "fault: the query matches" 500 "$status"
fault ics '{"do":"status","status":500,"times":0}'; seen=; for _ in 1 2 3; do probe; seen+="$status "; done
is "fault: for ever" "500 500 500 " "$seen"
control DELETE /ics/faults >/dev/null; probe; is "fault: cleared" 200 "$status"
fault '*' '{"do":"status","status":500}'; probe; ask "$url_sps/api/info"; is "fault: on all appliances" 500 "$status"
control DELETE '/*/faults' >/dev/null

fault ics '{"do":"delay","ms":300}'; began=$(date +%s%N); probe
is "fault delay" "200 yes" "$status $([ $(($(date +%s%N) - began)) -ge 300000000 ] && echo yes)"; mark delay 200

fault ics '{"do":"hang"}'; limit=1 probe; is "fault hang" "28 000" "$rc $status"; mark hang 0
fault ics '{"do":"hang","times":0,"path":"*slow*"}'
for _ in $(seq 20); do curl -s -m 3 --cacert "$dir/ca.pem" "$url_ics$health?slow" & done
sleep 0.3; began=$(date +%s%N); probe
is "fault hang: delays nobody else" "200 yes" "$status $([ $(($(date +%s%N) - began)) -lt 2000000000 ] && echo yes)"
before=$(find "/proc/$emulator/fd" | wc -l); wait $(jobs -rp | grep -vx "$emulator"); sleep 0.3
is "fault hang: ends with its client" 20 $((before - $(find "/proc/$emulator/fd" | wc -l)))

fault ics '{"do":"reset"}'; ics PUT "$ad" "$one"
is "fault reset" "56 1 $two" "$rc $(grep -c 'reset by peer' "$work/error") $(groups)"; mark reset 0
fault ics '{"do":"close"}'; probe; is "fault close" 52 "$rc"; mark close 0
fault ics '{"do":"close"}'; is "fault close: with a TLS end" close_notify "$(tls_end)"
fault ics '{"do":"drop-tls"}'; is "fault drop-tls: without a TLS end" "unexpected eof" "$(tls_end)"; mark drop-tls 0
fault ics '{"do":"drop-tls","keep":9}'; probe
is "fault drop-tls: a body that just ends" "200 9" "$status $(wc -c <<<"$body" | awk '{print $1 - 1}')"
fault ics '{"do":"drop-tls","keep":9}'; is "fault drop-tls: also without a TLS end" "unexpected eof" "$(tls_end)"

fault ics '{"do":"truncate","keep":5}'; probe
is "fault truncate" "18 200 50 5" "$rc $status $(header Content-Length) $(printf %s "$body" | wc -c)"; mark \
    truncate 200
fault ics '{"do":"wrong-length"}'; probe
is "fault wrong-length" "0 200 25 25" "$rc $status $(header Content-Length) ${#body}"; mark wrong-length 200
fault ics '{"do":"body","body":"[1]","content-type":"text/x"}'; ics PUT "$ad" "$one"
is "fault body" "200 [1] text/x $two" "$status $body $(header Content-Type) $(groups)"; mark body 200
fault ics '{"do":"html"}'; probe
is "fault html" "200 1" "$status $(grep -c '<form' <<<"$body")"
is "fault html: its type" "text/html; charset=utf-8" "$(header Content-Type)"
fault ics '{"do":"garbage"}'; ics PUT "$ad" "$one"
is "fault garbage" '200 not JSON ["One"]' "$status $(field .) $(groups)"; mark garbage 200; reset_ics
fault ics '{"do":"huge","bytes":3000000}'
huge=$(curl -s --cacert "$dir/ca.pem" -o /dev/null -D "$work/headers" -w '%{http_code} %{size_download}' \
    "$url_ics$health")
is "fault huge" "200 3000000" "$huge"
is "fault huge: in chunks" "chunked " "$(header Transfer-Encoding) $(header Content-Length)"
fault ics '{"do":"redirect","location":"https://elsewhere.example.com/"}'; probe
is "fault redirect" "302 https://elsewhere.example.com/" "$status $(header Location)"; mark redirect 302
fault ics '{"do":"retry-after","seconds":7}'; probe; is "fault retry-after" "429 7" "$status $(header Retry-After)"
fault ics '{"do":"retry-after","status":503,"seconds":"Fri, 31 Dec 2027 23:59:59 GMT"}'; probe
is "fault retry-after: as a date" "503 Fri, 31 Dec 2027 23:59:59 GMT" "$status $(header Retry-After)"
fault ics '{"do":"slow","bytes-per-second":50}'; began=$(date +%s%N); probe; \
    took=$((($(date +%s%N) - began) / 1000000))
is "fault slow" "200 50 yes" "$status ${#body} $([ $took -gt 800 ] && [ $took -lt 2000 ] && echo yes)"; mark slow 200

fault ics '{"do":"applied-not-answered","method":"PUT"}'; ics PUT "$ad" "$one"
is "fault applied-not-answered" '56 ["One"]' "$rc $(groups)"
is "fault applied-not-answered: in the log" '[0,true,true]' "$(last ics '|[.status,.write,.applied]')"; reset_ics
fault ics '{"do":"answered-not-applied","method":"PUT"}'; ics PUT "$ad" "$one"
is "fault answered-not-applied" "200 124 $two" "$status $(header Content-Length) $(groups)"
is "fault answered-not-applied: in the log" '[200,true,false]' "$(last ics '|[.status,.write,.applied]')"
fault ics '{"do":"answered-not-applied"}'; login; is "fault answered-not-applied: a login" 200 "$status"
ics GET "$ad"; is "fault answered-not-applied: whose key is worth nothing" 403 "$status"; login
fault ics '{"do":"applied-with-status","status":500,"method":"PUT"}'; ics PUT "$ad" "$one"
is "fault applied-with-status" '500 ["One"]' "$status $(groups)"
is "fault applied-with-status: in the log" '[500,true]' "$(last ics '|[.status,.applied]')"; reset_ics
fault ics '{"do":"expire"}'; ics GET "$ad"; is "fault expire" 403 "$status"; mark expire 403; login
fault ics '{"do":"short-list","keep":1}'; ics GET "$ad"
is "fault short-list" '["ICS-QA/core"]' "$(field '[."ad-group"[].name]')"

sps_login convergate:not-a-secret
fault sps '{"do":"short-list","keep":2}'; sps GET "$lists"
is "fault short-list: sps" '["-1","-4"]' "$(field '[.items[].key]')"
fault sps '{"do":"locked"}'; begin; is "fault locked" 409 "$status"
begin; is "fault locked: once" 200 "$status"
sps PUT "$lists/2008" '{"name":"ops","default":"include","users":[]}'
fault sps '{"do":"answered-not-applied"}'; commit
is "fault answered-not-applied: a commit" '200 "closed" "exclude"' \
    "$status $(field .transaction.status) $(committed '.userlists."2008".default')"
sps GET /api/transaction; is "fault answered-not-applied: still open" '"open"' "$(field .transaction.status)"
fault sps '{"do":"applied-not-answered"}'; commit
is "fault applied-not-answered: a commit" '56 "include"' "$rc $(committed '.userlists."2008".default')"
fault sps '{"do":"answered-not-applied"}'; begin; is "fault answered-not-applied: an open" 200 "$status"
commit; is "fault answered-not-applied: nothing is open" 400 "$status"
begin; fault sps '{"do":"expire"}'; sps GET "$lists"; is "fault expire: sps" 401 "$status"
is "fault expire: its transaction is gone" 0 "$(counts | jq '.[4]')"

# Many at once, while connections are torn down
fault '*' '[{"do":"reset","skip":5,"times":3},{"do":"delay","ms":50,"times":20},{"do":"truncate","keep":1,"times":5}]'
for _ in $(seq 60); do
    curl -s -m 5 --cacert "$dir/ca.pem" "$url_ics$health" "$url_ics$health?status=all" "$url_ics$health" >/dev/null &
done
wait $(jobs -rp | grep -vx "$emulator")
control DELETE '/*/faults' >/dev/null
probe; is "fault: well after a storm" 200 "$status"
fault ics '{"do":"hang","times":0,"path":"*last*"}'
curl -s -m 20 --cacert "$dir/ca.pem" "$url_ics$health?last" & # hangs while the emulator ends
fault sps '{"do":"delay","ms":60000}'
curl -s -m 20 --cacert "$dir/ca.pem" "$url_sps/api/info" >/dev/null &
sleep 0.3
