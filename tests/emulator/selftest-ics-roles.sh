# SPDX-License-Identifier: Apache-2.0
# Part of selftest.sh: roles, role mapping rules and who they let in.
# shellcheck shell=bash disable=SC2154

# Role mapping rules
ics PUT "$rules" '{"user-selects-role":"true"}'; ics GET "$rules"
is "ics: rules merge" '["true","false",[]]' "$(field '[."user-selects-role",."user-selects-roleset",.rule]')"
ics PUT "$rules" '{"rule":[{"roles":["x"]}]}'; refused "a rule without a name" 422
ics PUT "$rules" '{"rule":[{"name":"r","roles":["x"]},{"name":"r","roles":["y"]}]}'; refused "a rule twice" 422
ics PUT "$rules" '{"rule":[{"name":"r","roles":null},{"name":"a","roles":["y"],"user-name":{"test":"is"}}]}'; ics \
    GET "$rules"
is "ics: rules keep order and unknown members" '["r","a","is"]' "$(field '[.rule[].name, .rule[1]."user-name".test]')"

ics PUT "$rules" '{"rule":[{"name":"r","roles":["x"],"group":{"group-names":"A"}}]}'; refused "a text for a list" 422

# A rule's groups are those of its realm's server
mapped_rules=$realms/realm/Mapped/role-mapping-rules
ics PUT "$mapped_rules" '{"rule":[{"name":"r","roles":[],"group":{"group-names":["ICS-QA/core"]}}]}'
refused "a group of another server" 422
ics PUT "$rules" '{"rule":[{"name":"r","roles":[],"group":{"group-names":["ICS-QA/core","Map"]}}]}'
is "ics: a realm without a server takes the groups of all" 200 "$status"
ics PUT "$servers/auth-server/Dir%2FTwo/ldap/server-catalog/groups" '{"user-group":[]}'
refused "a group that another realm names" 422
ics PUT "$rules" '{"rule":[]}'
control POST /ics/merge '{"admin-realms":{"Mapped":{"directory-server":"ADServer"}}}' >/dev/null
ics PUT "$mapped_rules" '{"rule":[{"name":"r","roles":[],"group":{"group-names":["Map"]}}]}'
refused "the directory server comes first" 422
ics PUT "$mapped_rules" '{"user-selects-role":"true"}'; refused "a rule that is already wrong" 422
reset_ics

# Who is let in by role
mapped() { # sets key
    ask -u mapped:fake -H "$json" --data '{"realm":"Mapped"}' "$url_ics/api/v1/realm_auth"
    key=$(field .api_key | tr -d '"')
}
map() { # RULES
    control POST /ics/merge "{\"admin-realms\":{\"Mapped\":{\"role-mapping-rules\":{\"rule\":$1}}}}" >/dev/null
}
mapped; is "ics: mapped by a group" 200 "$status"
ics PUT "$mapped_rules" '{"rule":[]}'; is "ics: the rules that lock out are still answered" 200 "$status"
ics GET "$role"; is "ics: locked out by the rules at once" "403 0" "$status ${#body}"
mapped; is "ics: not let in without a role" 403 "$status"
map '[{"name":"u","roles":["x"],"user-name":{"test":"is","user-names":["map*"]}}]'
mapped; is "ics: mapped by name" 200 "$status"
options ics '{"deny-mode":"at-login"}'; map '[]'
ics PUT "$role" '{"idle-timeout":"10"}'; is "ics: at login: the roles of the login go on" 200 "$status"
options ics '{"deny-mode":"at-once"}'
any='"user-name":{"user-names":["*"]}'
rule_x='{"name":"u","roles":["x"]' # and its conditions
rule_s='{"name":"s","roles":[]'
while IFS='|' read -r wanted name given; do
    map "[$given]"; mapped; is "ics: $name" "$wanted" "$status"
done <<END
403|a name that does not match|$rule_x,"user-name":{"test":"is-not","user-names":["mapped"]}}
200|a name that is not|$rule_x,"user-name":{"test":"is-not","user-names":["other"]}}
403|two conditions, one holds|$rule_x,$any,"group":{"group-names":[]}}
403|no condition|$rule_x}
403|an expression|$rule_x,$any,"custom-expression":{"expressions":[]}}
403|a rule that stops|$rule_s,$any,"stop-rules-processing":"true"},$rule_x,$any}
200|a rule that goes on|$rule_s,$any},$rule_x,$any}
END
map '[{"name":"u","roles":[".Read-Only Administrators"],"user-name":{"user-names":["*"]}}]'; mapped
ics GET "$role"; is "ics: read-only reads" 200 "$status"
ics PUT "$role" '{"idle-timeout":"10"}'; is "ics: read-only does not write" "403 0" "$status ${#body}"
is "ics: a refused write is a write" '[true,false]' "$(last ics '|[.write,.applied]')"
reset_ics; login

# Session options
ics PUT "$role" '{"idle-timeout":"5"}'; is "ics: session options" 200 "$status"
ics GET "$role"; is "ics: session options merge" '{"idle-timeout":"5","reminder-time":"3"}' "$(field .)"
ics PUT "$role" '{"max-timeout":"4"}'; refused "too short a session" 422
ics PUT "$role" '{"idle-timout":"5"}'; refused "an unknown session option" 422
ics PUT "$role" '{"max-timeout":"6","idle-timeout":"7"}'; refused "idle for longer than the session" 422
ics PUT "$role" '{"max-timeout":"60"}'; ics PUT "$role" '{"idle-timeout":"61"}'
refused "idle for longer than the session that is there" 422
ics PUT "$role" '{"idle-timeout":null}'; refused "no timeout" 422
ics PUT "$role" '{"idle-timeout":"4"}'; refused "too short a timeout" 422
ics PUT "$role" '{"idle-timeout":"5m"}'; refused "a timeout that is no number" 422
ics GET "${role/\%2EAdministrators/Nobody}"; refused "no such role" 404
ics PUT "${role/\%2EAdministrators/%2ERead-Only%20Administrators}" '{"idle-timeout":"5"}'
is "ics: a role that every appliance has" 200 "$status"
roles=$configuration/administrators/admin-roles
ics GET "$roles"
is "ics: stubs of roles" "{\"href\":\"$roles/admin-role/%2EAdministrators\",\"name\":\".Administrators\"}" \
    "$(field '."admin-role"[0]')"
ics GET "$roles/admin-role"; is "ics: the list of roles too" 4 "$(field '."admin-role"|length')"
ics GET "$roles/admin-role/%2EAdministrators"
is "ics: a role" '[".Administrators","60"]' "$(field '[.name,.general."session-options"."max-timeout"]')"
ics GET "$roles/admin-role/y"; is "ics: a role's unknown members" '"yes"' "$(field .kept)"
reset_ics

