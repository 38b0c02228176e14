# SPDX-License-Identifier: Apache-2.0
# Part of selftest.sh: certificates and pins.
# shellcheck shell=bash disable=SC2154

health=/api/v1/system/healthcheck
verdict() { curl -sS -m 5 -o /dev/null -w '%{ssl_verify_result}' "$@" 2>/dev/null; }

ask "$url_ics$health"
is "tls: a valid certificate is accepted" 200 "$status"
ask --resolve "localhost:${url_ics##*:}:127.0.0.1" "https://localhost:${url_ics##*:}$health"
is "tls: it also holds for localhost" 200 "$status"
ask -g "$(jq -r '.["slash/ed"].url' "$dir/endpoints.json")$health"
is "tls: and for ::1" 200 "$status"
is "tls: expired" 10 "$(verdict --cacert "$dir/ca.pem" "$url_expired$health")"
is "tls: unknown CA" 20 "$(verdict --cacert "$dir/ca.pem" "$url_untrusted$health")"
is "tls: self-signed" 18 "$(verdict --cacert "$dir/ca.pem" "$url_self_signed$health")"
ask "$url_wrong_host$health"
is "tls: wrong host is refused" 60 "$rc"
is "tls: wrong host is said to be the reason" 1 "$(grep -ci 'no alternative certificate subject name' "$work/error")"
pin=$(cat "$dir/pin.txt")
is "tls: the pin has its form" 1 "$(grep -c '^sha256//[A-Za-z0-9+/]\{43\}=$' "$dir/pin.txt")"
ask -k --pinnedpubkey "$pin" "$url_self_signed$health"
is "tls: the pin fits the self-signed key" 200 "$status"
ask --pinnedpubkey "$pin" "$url_other_key$health"
is "tls: the pin does not fit another key" 90 "$rc"
control PUT /ics/certificate '{"certificate":"expired"}' >/dev/null
is "tls: the certificate can change while running" 10 "$(verdict --cacert "$dir/ca.pem" "$url_ics$health")"
control PUT /ics/certificate '{"certificate":"valid"}' >/dev/null
ask --tls-max 1.1 --ciphers 'DEFAULT@SECLEVEL=0' "$url_ics$health"
is "tls: TLS 1.1 is refused" 000 "$status"
