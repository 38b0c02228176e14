#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks that the emulator is as stubborn as it claims: selftest.sh BINARY PART...
# shellcheck disable=SC2016,SC2034,SC2154

set -u
here=$(cd "$(dirname "$0")" && pwd)
binary=${1:?usage: selftest.sh BINARY PART...}
shift
work=$(mktemp -d)
dir=$work/run
passed=0 failed=0
trap 'kill "$emulator" 2>/dev/null; rm -rf "$work"' EXIT

# --- tools -----------------------------------------------------------------------------------

is() { # NAME EXPECTED ACTUAL
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1)); echo "ok      $1"
    else
        failed=$((failed + 1)); echo "FAILED  $1: expected [$2], got [$3]"
    fi
}

ask() { # CURL-ARGUMENTS: sets status, body, rc
    status=$(curl -sS --path-as-is -m "${limit:-5}" --cacert "$dir/ca.pem" -o "$work/body" -D "$work/headers" \
        -w '%{http_code}' "$@" 2>"$work/error")
    rc=$?
    body=$(cat "$work/body" 2>/dev/null); : >"$work/body"
}

field() { jq -c "$1" <<<"$body" 2>/dev/null || echo "not JSON"; }
header() { grep -i "^$1:" "$work/headers" | head -1 | cut -d' ' -f2- | tr -d '\r'; }
json='Content-Type: application/json'

control() { # METHOD PATH [BODY]
    curl -sS --path-as-is --unix-socket "$dir/control.sock" -X "$1" ${3:+-d "$3"} "http://emulator$2"
}

fault() { control DELETE "/$1/faults" >/dev/null; control POST "/$1/faults" "$2" >/dev/null; }
options() { control POST "/$1/options" "$2" >/dev/null; }
last() { control GET "/$1/log" | jq -c ".[-1]$2"; }

# --- start -----------------------------------------------------------------------------------

mkfifo "$work/output"
"$binary" --state "$here/selftest.json" --dir "$dir" --die-with-parent >"$work/output" 2>"$work/stderr" &
emulator=$!
read -r -t 20 word <"$work/output"
is "says ready" ready "${word-}"
for i in checkpoint ics node sps expired untrusted wrong-host self-signed other-key; do
    declare "url_${i//-/_}=$(jq -r ".[\"$i\"].url" "$dir/endpoints.json")"
done
is "makes a control socket" yes "$([ -S "$dir/control.sock" ] && echo yes)"
is "writes no draft" 0 "$(find "$dir" -name '*.new' | wc -l)"
is "numbers copies" '["copy-0001","copy-0002","copy-0003"]' \
    "$(jq -c '[keys[] | select(startswith("copy"))]' "$dir/endpoints.json")"
is "copies have ports of their own" 3 \
    "$(jq '[to_entries[] | select(.key | startswith("copy")) | .value.port] | unique | length' "$dir/endpoints.json")"
is "control lists the endpoints" "$(jq -S . "$dir/endpoints.json")" "$(control GET / | jq -S .)"

for part in tools "$@"; do
    # shellcheck source=/dev/null
    . "$here/selftest-$part.sh"
done

kill -TERM "$emulator"
wait "$emulator"
is "exits with 0 on SIGTERM" 0 $?
is "removes its socket" no "$([ -e "$dir/control.sock" ] && echo yes || echo no)"
is "prints no complaint" "" "$(cat "$work/stderr")"

bash -c '"$0" --state "$1" --dir "$2" --die-with-parent >/dev/null & echo $!; sleep 1' \
    "$binary" "$here/selftest.json" "$work/orphan" >"$work/orphan.pid"
for _ in $(seq 50); do kill -0 "$(cat "$work/orphan.pid")" 2>/dev/null || break; sleep 0.1; done
is "dies with its parent" no "$(kill -0 "$(cat "$work/orphan.pid")" 2>/dev/null && echo yes || echo no)"
echo '{"appliances":{"x":{"type":"ics","options":{"no-such":1}}}}' >"$work/bad.json"
is "refuses unknown options" 1 "$("$binary" --state "$work/bad.json" --dir "$work/bad" >/dev/null 2>&1; echo $?)"

is "runs a command, and ends as it does" 7 \
    "$("$binary" --state "$here/selftest.json" --dir "$work/command" sh -c 'exit 7' >/dev/null; echo $?)"
echo '{"appliances":{"fw":{"type":"checkpoint","seen-from":"2001:db8::7",
    "state":{"clients":{"2001:db8::7":{"shared-secret":"fake"}}}}}}' >"$work/seen.json"
# shellcheck disable=SC2016
is "takes who connects for who seen-from names" '200 "2001:db8::7"' \
    "$("$binary" --state "$work/seen.json" --dir "$work/seen" bash -c 'cd "$1" &&
        curl -sS -m 5 --cacert ca.pem -H "Content-Type: application/json" -o answer -w "%{http_code} " \
            -d "{\"shared-secret\":\"fake\",\"ip-address\":\"192.0.2.1\"}" \
            "$(jq -r .fw.url endpoints.json)/_IA_API/v1.0/show-identity" &&
        curl -sS --unix-socket control.sock http://emulator/fw/log | jq ".[-1].peer"' - "$work/seen")"
echo '{"appliances":{"fw":{"type":"checkpoint","seen-from":"nobody"}}}' >"$work/bad.json"
is "refuses a seen-from that is no address" 1 \
    "$("$binary" --state "$work/bad.json" --dir "$work/bad" >/dev/null 2>&1; echo $?)"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
