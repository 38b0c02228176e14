# SPDX-License-Identifier: Apache-2.0
# Part of selftest.sh: device certificates and requests to sign them.
# shellcheck shell=bash disable=SC2154

certificates=/api/v1/system/certificates/device-certificates
csrs=/api/v1/system/certificates/device-certificate-csrs
reset_ics; login; options ics '{"certificate-list":"stubs"}'

certify() { # NAME SUBJECT: makes NAME.key, NAME.pem and NAME.p12 (password: fake)
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "$2" \
        -keyout "$work/$1.key" -out "$work/$1.pem" 2>/dev/null
    openssl pkcs12 -export -inkey "$work/$1.key" -in "$work/$1.pem" -passout pass:fake -out "$work/$1.p12"
}
upload() { # NAME [MEMBERS]
    ics POST "$certificates" "{\"cert\":\"$(base64 -w0 "$work/$1.p12")\",\"password\":\"fake\"${2-}}"
}
both=',"internal-interfaces":{"internal-interface":["<Internal Port>","vport1"]},
"external-interfaces":{"external-interface":["<External Port>"]},"management-interface":true'
held() { # INDEX: the interfaces of a certificate in the state
    control GET /ics/state | jq -c ".\"device-certificates\"[$1]|[.\"internal-interfaces\".\"internal-interface\",
        .\"external-interfaces\".\"external-interface\",.\"management-interface\"]"
}
subjects() { control GET /ics/state | jq -c '[."device-certificates"[].subject]'; }
certify first /CN=vpn.example.com/O=Example
certify second /CN=vpn.example.com
certify nameless /O=Example
certify spaced '/CN=A b\/c'

# Uploading
ics GET "$certificates"; is "certificates: none" '{"device-certificate":[]}' "$(field .)"
upload first "$both"
is "certificates: uploaded" '201 "Operation successfully completed."' "$status $(field '.result.info[0].message')"
is "certificates: the body is as long as printed" 112 "$(header Content-Length)"
is "certificates: applied" '[true,true]' "$(last ics '|[.write,.applied]')"
is "certificates: the log hides the password" '"***"' "$(last ics .body.password)"
is "certificates: its interfaces" '[["<Internal Port>","vport1"],["<External Port>"],true]' "$(held 0)"
is "certificates: no key is kept" 0 "$(control GET /ics/state | grep -c 'PRIVATE\|fake-cert')"
ics GET "$certificates"
is "certificates: a stub" "[{\"href\":\"$certificates/vpn%2Eexample%2Ecom\",\"name\":\"vpn.example.com\"}]" \
    "$(field '."device-certificate"')"
ics GET "$certificates/vpn%2Eexample%2Ecom"
is "certificates: one" "[\"vpn.example.com\",\"vpn.example.com\",\
\"$(openssl x509 -in "$work/first.pem" -outform der | sha256sum | cut -d' ' -f1)\"]" \
    "$(field '[.name,."issued-by",.fingerprint]')"
is "certificates: until when" "\"$(openssl x509 -in "$work/first.pem" -noout -enddate | cut -d= -f2)\"" \
    "$(field '."valid-to"')"
options ics '{"certificate-list":"whole"}'; ics GET "$certificates"
is "certificates: a list of whole ones" true "$(field '."device-certificate"[0]."management-interface"')"
options ics '{"certificate-list":"none"}'; ics GET "$certificates"; refused "certificates are not listed" 405
ics GET "$certificates/vpn%2Eexample%2Ecom"; refused "nor is one shown" 405
ics GET "$csrs"; refused "nor requests" 405
options ics '{"certificate-list":"stubs"}'
ask -u "$key:" -X POST -H "$json" --data "{\"cert\":\"$(base64 -w0 "$work/first.p12")\",\"password\":\"wrong\"}" \
    "$url_ics$certificates"
refused "a wrong password" 422
ics POST "$certificates" "{\"cert\":\"$(base64 -w0 "$work/first.pem")\",\"password\":\"fake\"}"
refused "no PKCS#12" 422
ics POST "$certificates" '{"cert":"*","password":"fake"}'; refused "no base64" 422
ics POST "$certificates" '{"password":"fake"}'; refused "no certificate" 422
openssl pkcs12 -export -nokeys -in "$work/first.pem" -passout pass:fake -out "$work/keyless.p12"
upload keyless; refused "a certificate without its key" 422
upload nameless; refused "a certificate without a common name" 422
upload first ',"internal-interfaces":{"internal-interface":["vport9"]}'; refused "an interface that is not there" 422
upload first ',"external-interfaces":{"external-interface":["vport1"]}'; refused "an interface of the other side" 422
upload first ',"internal-interfaces":["<Internal Port>"]'; refused "a list in the wrong place" 422
upload first ',"internal-interfaces":{"internal-interface":"<Internal Port>"}'; refused "a text for a list" 422
upload first ',"management-interface":"true"'; refused "a text for a truth" 422
is "certificates: what was refused is not there" '["vpn.example.com"]' "$(subjects)"

# An interface has one certificate
upload spaced ',"internal-interfaces":{"internal-interface":["vport1"]},"management-interface":true'
is "certificates: a new one takes interfaces" '[["vport1"],[],true] [["<Internal Port>"],["<External Port>"],false]' \
    "$(held 1) $(held 0)"
ics DELETE "$certificates/A%20b%2Fc"; refused "a certificate in use" 422
upload second "$both"; is "certificates: the same subject again" 201 "$status"
is "certificates: a second one" '["vpn.example.com","A b/c","vpn.example.com"]' "$(subjects)"
ics DELETE "$certificates/A%20b%2Fc"
is "certificates: deleted" "204 0 application/json" "$status ${#body} $(header Content-Type)"
is "certificates: deleting is applied" '[true,true]' "$(last ics '|[.write,.applied]')"
ics DELETE "$certificates/A%20b%2Fc"; refused "a certificate that is gone" 404
ics GET "$certificates"; is "certificates: two of one name" 2 "$(field '."device-certificate"|length')"
ics GET "$certificates/vpn%2Eexample%2Ecom"
is "certificates: of two, the last is meant" "\"$(openssl x509 -in "$work/second.pem" -outform der | sha256sum |
    cut -d' ' -f1)\"" "$(field .fingerprint)"
upload spaced "$both"; ics DELETE "$certificates/vpn%2Eexample%2Ecom"
is "certificates: of two, the last goes" "\"$(openssl x509 -in "$work/first.pem" -outform der | sha256sum |
    cut -d' ' -f1)\"" "$(control GET /ics/state | jq '."device-certificates"[0].fingerprint')"
options ics '{"same-subject":"replaced"}'; upload second; is "certificates: replaced" '["A b/c","vpn.example.com"]' \
    "$(subjects)"
options ics '{"same-subject":"refused"}'; upload first; refused "the same subject" 422
options ics '{"same-subject":"second","put-answer":"warning"}'; upload first
is "certificates: uploaded with a warning" 201 "$status$(field '.result.warnings|length' | grep -v 1)"
options ics '{"put-answer":"info"}'; reset_ics

# Requests
ask_for='{"subject-common-name":"QA.pcs.company.com","key-type":"ECDSA","ecc-curve":"P-384"}'
ics POST "$csrs" "$ask_for"
is "csr: made" "201 [\"Created CSR 'CSR_164' successfully\",\"Use POST $csrs/CSR_164/certificate to upload the signed \
certificate\"]" "$status $(field '[.result.info[].message]')"
is "csr: its name is in the sentences only" '["result"] ["info"]' "$(field keys) $(field '.result|keys')"
is "csr: applied" '[true,true]' "$(last ics '|[.write,.applied]')"
ics POST "$csrs" "$ask_for"; is "csr: asking again makes another" 1 "$(grep -c "Created CSR 'CSR_165'" <<<"$body")"
ics GET "$csrs"; is "csr: both are there" '["CSR_164","CSR_165"]' "$(field '[."device-certificate-csr"[].name]')"
is "csr: a stub" "\"$csrs/CSR_164\"" "$(field '."device-certificate-csr"[0].href')"
ics GET "$csrs/CSR_164"
is "csr: one" '["CSR_164","QA.pcs.company.com","ECDSA",false]' \
    "$(field '[.name,."subject-common-name",."key-type",has("key")]')"
jq -r .csr <<<"$body" >"$work/CSR_164.csr"
is "csr: is signed" 0 "$(openssl req -in "$work/CSR_164.csr" -verify -noout >/dev/null 2>&1; echo $?)"
is "csr: its subject and curve" "QA.pcs.company.com P-384" \
    "$(openssl req -in "$work/CSR_164.csr" -noout -subject | sed 's/.*CN = //') $(openssl req -in "$work/CSR_164.csr" \
    -noout -text | grep -o P-384)"
options ics '{"certificate-list":"whole"}'; ics GET "$csrs"
is "csr: a list of whole ones" '["ECDSA",false]' "$(field '."device-certificate-csr"[1]|[."key-type",has("key")]')"
options ics '{"certificate-list":"stubs"}'
ics POST "$csrs" '{"subject-common-name":"r","key-type":"RSA","key-length":"2048"}'; is "csr: RSA" 201 "$status"
ics POST "$csrs" '{"subject-common-name":"r","key-type":"RSA"}'; is "csr: RSA of some length" 201 "$status"
for bad in '"key-type":"ECDSA","ecc-curve":"P-384"' '"subject-common-name":"x","key-type":"DSA"' \
    '"subject-common-name":"x","key-type":"ECDSA"' '"subject-common-name":"x","key-type":"ECDSA","ecc-curve":"P-1"' \
    '"subject-common-name":"x","key-type":"RSA","key-length":"512"' \
    '"subject-common-name":"x","key-type":"RSA","ecc-curve":"P-256"'; do
    ics POST "$csrs" "{$bad}"; refused "$bad" 422
done
sign() { # NAME: CSR_NAME.pem, signed by the key of `first`
    openssl x509 -req -in "$work/$1.csr" -CA "$work/first.pem" -CAkey "$work/first.key" -days 2 -out "$work/$1.pem" \
        2>/dev/null
}
bring() { # NAME CERTIFICATE [MEMBERS]
    ics POST "$csrs/$1/certificate" "{\"cert\":$(jq -Rs . <"$2")${3-}}"
}
sign CSR_164
bring CSR_165 "$work/CSR_164.pem"; refused "a certificate for another request" 422
bring CSR_999 "$work/CSR_164.pem"; refused "a certificate for no request" 404
bring CSR_164 "$work/CSR_164.csr"; refused "a request for a certificate" 422
bring CSR_164 "$work/CSR_164.pem" ',"internal-interfaces":{"internal-interface":["nowhere"]}'
refused "a signed certificate for no interface" 422
bring CSR_164 "$work/CSR_164.pem" ',"internal-interfaces":{"internal-interface":["<Internal Port>"]}'
is "csr: signed" '201 "Operation successfully completed."' "$status $(field '.result.info[0].message')"
ics GET "$certificates/QA%2Epcs%2Ecompany%2Ecom"
is "csr: becomes a certificate" '["vpn.example.com",["<Internal Port>"]]' \
    "$(field '[."issued-by",."internal-interfaces"."internal-interface"]')"
ics GET "$csrs/CSR_164"; refused "a request that is done" 404
ics GET "$csrs/CSR_165"; jq -r .csr <<<"$body" >"$work/CSR_165.csr"; sign CSR_165
ics POST "$csrs/CSR_165/certificate" "{\"cert\":\"$(openssl x509 -in "$work/CSR_165.pem" -outform der | base64 -w0)\"}"
is "csr: signed, in base64" 201 "$status"
ics POST "$csrs" "$ask_for"; is "csr: a number is not used twice" 1 "$(grep -c "Created CSR 'CSR_168'" <<<"$body")"
ics DELETE "$csrs/CSR_168"; refused "a request cannot be deleted" 405
reset_ics
