# SPDX-License-Identifier: Apache-2.0
# Part of selftest.sh: what the parts ask the appliances with.
# shellcheck shell=bash disable=SC2034,SC2154

login() { # sets key
    ask -u 'convergate:not:a-secret' -H "$json" --data '{"realm":"Admin Users"}' "$url_ics/api/v1/realm_auth"
    key=$(field .api_key | tr -d '"')
}
ics() { # METHOD PATH [BODY] [CURL-ARGUMENTS]
    local method=$1 path=$2 data=${3-}
    shift; shift; [ $# -gt 0 ] && shift
    ask -u "$key:" -X "$method" ${data:+-H "$json" --data "$data"} "$@" "$url_ics$path"
}
configuration=/api/v1/configuration
servers=$configuration/authentication/auth-servers
ad=$servers/auth-server/ADServer/ad/server-catalog/groups
ldap=$servers/auth-server/Dir%2FOne/ldap/server-catalog/groups
realms=$configuration/administrators/admin-realms
realm=$realms/realm/Admin%20Users
source_ip=$realm/authentication-policy/source-ip
users=/api/v1/system/active-users
rules=$realms/realm/Strict%20Realm/role-mapping-rules
role=$configuration/administrators/admin-roles/admin-role/%2EAdministrators/general/session-options
ics_given=$(control GET /ics/state)
reset_ics() { control PUT /ics/state "$ics_given" >/dev/null; }
names() { field '[."active-users"."active-user-records"."active-user-record"[]."active-user-name"]'; }
record() { field ".\"active-users\".\"active-user-records\".\"active-user-record\"[$1]$2"; }
refused() { is "ics: $1" "$2" "$status"; is "ics: $1: says so" errors "$(field '.result|keys[0]' | tr -d '"')"; }

sps_login() { # USER:PASSWORD [CURL-ARGUMENTS]: sets cookie
    local who=$1
    shift
    ask -u "$who" "$@" "$url_sps/api/authentication"
    cookie=$(grep -ioE 'session_id=[0-9a-f]{40}' "$work/headers")
}
sps() { # METHOD PATH [BODY] [CURL-ARGUMENTS]
    local method=$1 path=$2 data=${3-}
    shift; shift; [ $# -gt 0 ] && shift
    [ "$method" = POST ] && [ -z "$data" ] && set -- -H 'Content-Length: 0' "$@"
    ask -H "Cookie: $cookie" -X "$method" ${data:+-H "$json" --data "$data"} "$@" "$url_sps$path"
}
policies=/api/configuration/policies
lists=$policies/userlists
times=$policies/time_policies
given=$(control GET /sps/state)
reset_sps() { control POST /sps/expire >/dev/null; control PUT /sps/state "$given" >/dev/null; sps_login \
    convergate:not-a-secret; }
begin() { sps POST /api/transaction; }
commit() { sps PUT /api/transaction '{"status":"commit"}'; }
abort() { sps DELETE /api/transaction; }
wrong() { is "sps: $1" "$2" "$status"; is "sps: $1: an error" '["details","message","type"]' \
    "$(field '.error|keys')"; }
committed() { control GET /sps/state | jq -c ".policies$1"; }
counts() { control GET /sps/transactions | jq -c '[.opened,.committed,.aborted,.expired,(.open|length)]'; }
