# SPDX-License-Identifier: Apache-2.0
# Part of selftest.sh: trusted CA lists, user databases, and what refers to what.
# shellcheck shell=bash disable=SC2154

cas=$policies/trusted_ca_lists
bases=$policies/user_databases
first=ad55822d-fa28-45aa-bca4-220074f770e1
second=bd55822d-fa28-45aa-bca4-220074f770e2
third=cd55822d-fa28-45aa-bca4-220074f770e3
good() { is "sps: $1" "$2" "$status"; }
# An argument is text as it stands, final newline and all.
authority() { jq -n --arg c "$1" \
    '{name:"ca",dns_lookup:false,strict_hostcheck:true,authorities:[{certificate:$c,crl:""}],
    dn_check:{altEmailAddress:"",c:"",cn:"",emailAddress:"",l:"",o:"",ou:"",st:""}}'; }
user() { # USERNAME PASSWORDS [CERTIFICATE]
    jq -n --arg u "$1" --argjson p "$2" --arg c "${3-}" \
        '{username:$u,certificates:($c|if . == "" then [] else [.] end),passwords:$p,public_keys:[]}'
}
base() { jq -n --arg n "$1" '{name:$n,users:[inputs]}'; }
edit() { jq -c "$1" <<<"$2"; }
pem=$(cat "$dir/ca.pem"; echo x)
pem=${pem%x}

# Certificates
begin
ca=$(authority "$pem")
bad "text before a certificate" trusted_ca_lists "$(authority "Subject: x
$pem")"
bad "text after a certificate" trusted_ca_lists "$(authority "${pem}x
")"
bad "two certificates in one text" trusted_ca_lists "$(authority "$pem$pem")"
bad "no newline at the end" trusted_ca_lists "$(authority "${pem%?}")"
bad "lines that end with a return" trusted_ca_lists "$(authority "${pem//$'\n'/$'\r\n'}")"
bad "longer lines" trusted_ca_lists "$(authority "$(sed '2{N;s/\n//}' <<<"${pem%?}")
")"
bad "a broken certificate" trusted_ca_lists "$(authority "${pem/M/N}")"
openssl genpkey -algorithm ed25519 -out "$work/key.pem" 2>/dev/null
bad "a private key" trusted_ca_lists "$(authority "$(cat "$work/key.pem")
")"
bad "no certificate" trusted_ca_lists "$(edit 'del(.authorities[0].certificate)' "$ca")"
bad "null for a certificate" trusted_ca_lists "$(edit '.authorities[0].certificate = null' "$ca")"
openssl req -new -key "$work/key.pem" -subj /CN=old -out "$work/csr.pem"
openssl x509 -req -in "$work/csr.pem" -signkey "$work/key.pem" -out "$work/v1.pem" 2>/dev/null
is "sps: a certificate of version 1, indeed" 1 "$(openssl x509 -in "$work/v1.pem" -noout -text | grep -c 'Version: 1 ')"
openssl s_client -connect "${url_expired#https://}" </dev/null 2>/dev/null | openssl x509 >"$work/expired.pem"
for i in v1 expired; do
    sps POST "$cas" "$(edit ".name = \"$i\"" "$(authority "$(cat "$work/$i.pem")
")")"
    good "a certificate: $i" 201
done

# Trusted CA lists
bad "no authorities" trusted_ca_lists "$(edit 'del(.authorities)' "$ca")"
bad "an authority that is a text" trusted_ca_lists "$(edit '.authorities[0] = .authorities[0].certificate' "$ca")"
bad "no crl" trusted_ca_lists "$(edit 'del(.authorities[0].crl)' "$ca")"
bad "a crl that is no URL" trusted_ca_lists "$(edit '.authorities[0].crl = "none"' "$ca")"
bad "dn_check left out" trusted_ca_lists "$(edit 'del(.dn_check)' "$ca")"
bad "a part of dn_check left out" trusted_ca_lists "$(edit 'del(.dn_check.ou)' "$ca")"
bad "null in dn_check" trusted_ca_lists "$(edit '.dn_check.ou = null' "$ca")"
bad "an unknown part of dn_check" trusted_ca_lists "$(edit '.dn_check.dc = ""' "$ca")"
bad "dns_lookup left out" trusted_ca_lists "$(edit 'del(.dns_lookup)' "$ca")"
bad "dns_lookup as a text" trusted_ca_lists "$(edit '.dns_lookup = "false"' "$ca")"
bad "strict_hostcheck left out" trusted_ca_lists "$(edit 'del(.strict_hostcheck)' "$ca")"
bad "strict_hostcheck as a number" trusted_ca_lists "$(edit '.strict_hostcheck = 1' "$ca")"
bad "whitespace in a CA's name" trusted_ca_lists "$(edit '.name = "a b"' "$ca")"
bad "another CA's name" trusted_ca_lists "$(edit '.name = "v1"' "$ca")"
sps POST "$cas" "$ca"; good "a trusted CA" 201
ca_key=$(field .key | tr -d '"')
url='.authorities[0].crl = "http://ca.example.com/revoked.pem" | .dn_check.o = "Example"'
sps PUT "$cas/$ca_key" "$(edit "$url" "$ca")"; good "a CA replaced" 200
sps GET "$cas/$ca_key"
is "sps: a CA as it was sent" "$(edit "$url" "$ca" | jq -S .)" "$(field .body | jq -S .)"
sps PUT "$cas/$ca_key" "$(edit '.authorities[0].crl = null' "$ca")"; good "null for no crl" 200
sps GET "$cas/$ca_key"; is "sps: no crl is an empty text" '""' "$(field .body.authorities[0].crl)"
options sps '{"empty-crl":"null"}'
sps PUT "$cas/$ca_key" "$ca"; good "an empty text for no crl" 200
sps GET "$cas/$ca_key"; is "sps: or null, as the option has it" null "$(field .body.authorities[0].crl)"
options sps '{"empty-crl":"text","embed-bodies":true}'
sps GET "$cas"; is "sps: CAs with bodies" '["built-in","ca","expired","v1"]' "$(field '[.items[].body.name]|sort')"
options sps '{"embed-bodies":false}'
commit; is "sps: a CA is committed" '"ca"' "$(committed ".trusted_ca_lists.\"$ca_key\".name")"
begin; sps DELETE "$cas/$ca_key"; good "delete a CA" 200
commit; is "sps: a CA is gone" null "$(committed ".trusted_ca_lists.\"$ca_key\"")"
begin; sps DELETE "$cas/-2"; wrong "delete a built-in CA list" 400; abort; reset_sps

# User databases
begin
db=$(user u "[\"$second\"]" "$pem" | base db)
bad "a password as an object" user_databases "$(edit '.users[0].passwords[0] |= {key: ., meta: {}}' "$db")"
bad "a password of another user" user_databases "$(user u "[\"$first\"]" | base db)"
bad "an unknown password" user_databases "$(user u "[\"$third\"]" | base db)"
bad "a password in plain text" user_databases "$(edit '.users[0].passwords = [{plain: "x"}]' "$db")"
bad "a password twice" user_databases "$(user u "[\"$second\",\"$second\"]" | base db)"
bad "a password for two" user_databases "$({ user u "[\"$second\"]"; user v "[\"$second\"]"; } | base db)"
bad "a user twice" user_databases "$({ user u '[]'; user u '[]'; } | base db)"
for i in username certificates passwords public_keys; do
    bad "a user without $i" user_databases "$(edit "del(.users[0].$i)" "$db")"
    bad "a user with null for $i" user_databases "$(edit ".users[0].$i = null" "$db")"
done
bad "an unknown member of a user" user_databases "$(edit '.users[0].groups = []' "$db")"
bad "a broken certificate of a user" user_databases "$(user u '[]' "${pem/M/N}" | base db)"
key_() { edit ".users[0].public_keys = [$1]" "$db"; }
bad "a public key as a text" user_databases "$(key_ '"AAAA"')"
bad "a public key of another sort" user_databases "$(key_ '{"selection":"dsa","value":"AAAA"}')"
bad "a public key without a sort" user_databases "$(key_ '{"value":"AAAA"}')"
bad "a public key without a value" user_databases "$(key_ '{"selection":"rsa"}')"
bad "an empty public key" user_databases "$(key_ '{"selection":"rsa","value":""}')"
bad "no users" user_databases '{"name":"db"}'
bad "whitespace in a database's name" user_databases '{"name":"d b","users":[]}'
bad "another database's name" user_databases '{"name":"local","users":[]}'
sps POST "$bases" "$(key_ '{"selection":"rsa","value":"AAAA"}')"; good "a user database" 201
db_key=$(field .key | tr -d '"')
sps GET "$bases/$db_key"
is "sps: a certificate as it was sent" "$(jq -n --arg c "$pem" '$c')" "$(field '.body.users[0].certificates[0]')"
is "sps: a password's key and meta" \
    "{\"key\":\"$second\",\"meta\":{\"href\":\"/api/configuration/passwords/$second\"}}" \
    "$(field '.body.users[0].passwords[0]')"
sps PUT "$bases/$db_key" "$(field .body)"; wrong "what was read is not what can be written" 400
sps PUT "$bases/$db_key" "$(user v "[\"$second\"]" | base db)"; good "another user with the same password" 200
sps PUT "$bases/8235" '{"name":"local","users":[]}'; good "a password set free" 200
sps PUT "$bases/$db_key" "$(user v "[\"$first\"]" | base db)"; good "and used elsewhere" 200
commit; is "sps: a user database is committed" '"v"' "$(committed ".user_databases.\"$db_key\".users[0].username")"
begin; sps DELETE "$bases/$db_key"; good "delete a user database" 200
commit; is "sps: a user database is gone" null "$(committed ".user_databases.\"$db_key\"")"
sps POST /api/configuration/passwords '{"plain":"x"}'; wrong "no resource for passwords" 404
begin; sps DELETE "$bases/-3"; wrong "delete a built-in user database" 400; abort; reset_sps
begin; sps POST "$bases" "$db"
control POST /sps/merge "{\"policies\":{\"user_databases\":{\"9\":$(user w "[\"$second\"]" | base other)}}}" >/dev/null
commit; wrong "a password that someone else took meanwhile" 400; reset_sps
options sps '{"user-certificates":false}'; begin
sps GET "$bases/8235"
is "sps: newer versions have no certificates of users" '["passwords","public_keys","username"]' \
    "$(field '.body.users[0]|keys')"
bad "nor take any" user_databases "$(user u '[]' | base db)"
sps POST "$bases" "$(edit 'del(.users[0].certificates)' "$db")"; good "nor need any" 201
abort; options sps '{"user-certificates":true}'

# References
begin; sps DELETE "$times/777"; wrong "delete what is in use" 400
sps DELETE "$lists/2008"; wrong "delete a list in use" 400; abort
options sps '{"reference-check":"commit"}'; begin
sps DELETE "$times/777"; is "sps: in use: the DELETE passes" 200 "$status"
commit; wrong "in use: the commit fails" 400
sps GET /api/transaction; is "sps: a failed commit leaves it open" '"open"' "$(field .transaction.status)"
abort; options sps '{"reference-check":"delete"}'
begin; sps DELETE "$policies/channel_policies/555"; sps DELETE "$times/777"; commit
is "sps: referrer first" 'null' "$(committed '.time_policies."777"')"
reset_sps
begin; sps POST "$cas" "$ca"; ca_key=$(field .key | tr -d '"')
channel() { # CA-LIST USER-DATABASE
    echo "{\"name\":\"c\",\"time_policy\":\"777\",\"userlists\":[],\"trusted_ca_list\":\"$1\",\"user_database\":\"$2\"}"
}
bad "a reference to no CA list" channel_policies "$(channel 1 8235)"
bad "a reference to no user database" channel_policies "$(channel "$ca_key" 1)"
sps POST "$policies/channel_policies" "$(channel "$ca_key" 8235)"; good "references to a CA list and a database" 201
sps GET "$policies/channel_policies/$(field .key | tr -d '"')"
is "sps: all of them have key and meta" "[\"$cas/$ca_key\",\"$bases/8235\"]" \
    "$(field '.body|[.trusted_ca_list.meta.href,.user_database.meta.href]')"
sps DELETE "$cas/$ca_key"; wrong "delete a CA list in use" 400
sps DELETE "$bases/8235"; wrong "delete a user database in use" 400
options sps '{"reference-check":"commit"}'
sps DELETE "$bases/8235"; good "in use: this DELETE passes, too" 200
commit; wrong "in use: this commit fails, too" 400
options sps '{"reference-check":"delete"}'
reset_sps
