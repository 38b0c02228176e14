#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# In the container: installs what was built, then runs the test named in /io/test with these words at hand.
set -u
export LC_ALL=C.UTF-8 SYSTEMD_COLORS=0 SYSTEMD_PAGER='' HOME=/root
exec 2>&1
ulimit -n "$(ulimit -Hn)"
step="the installation"

fail() { # SENTENCE
    echo "FAILED at $step: $*"
    exit 1
}

# Left for whoever looks into a failure.
trap 'journalctl --no-pager -o short-precise >/io/journal' EXIT

title() {
    step="\"$1\""
    echo "-- $1"
}

# Polls until a command succeeds; bounded.
wait_until() { # COMMAND...
    local give_up=$((SECONDS + ${patience:-30}))
    until "$@"; do
        [ "$SECONDS" -lt "$give_up" ] || fail "'$*' did not come true"
        sleep 0.05
    done
}

expect() { # WHAT EXPECTED COMMAND...
    local what=$1 wanted=$2 is
    shift 2
    is=$("$@")
    [ "$is" = "$wanted" ] || fail "$what: expected '$wanted', found '$is'"
}

is() { # EXPECTED COMMAND...
    local wanted=$1
    shift
    [ "$("$@")" = "$wanted" ]
}

# --- the appliances --------------------------------------------------------------------------

control() { # METHOD PATH [BODY]
    curl -sSf -m 10 --path-as-is --unix-socket /run/appliances/control.sock -X "$1" ${3:+-d "$3"} "http://emulator$2"
}

emulate() { # [STATE-FILE]
    local word=''
    mkfifo /run/ready
    /io/convergate-emulator --state "${1:-/io/given/appliances.json}" --dir /run/appliances >/run/ready &
    read -r -t 60 word </run/ready
    [ "$word" = ready ] || fail "the emulated appliances did not start"
    rm /run/ready
}

url() { jq -r ".\"$1\".url" /run/appliances/endpoints.json; }
groups() { control GET /vpn-1/state | jq -c '."auth-servers".ADServer."ad-groups" | map(.name)'; }
operators() { control GET /sps-1/state | jq -c '.policies.userlists[] | select(.name == "operators").users | sort'; }
writes() { control GET '/*/log' | jq '[.[][] | select(.write)] | length'; }
desired_groups='["CORP/partners","CORP/staff"]'
desired_operators='["anna","bert","carla"]'
as_desired() { is "$desired_groups" groups && is "$desired_operators" operators; }
# "Someone clicks in the web interface."
drift_groups() {
    control POST /vpn-1/merge \
        '{"auth-servers": {"ADServer": {"ad-groups": [{"name": "CORP/night", "group": "CORP/night"}]}}}' >/dev/null
}
drift_operators() {
    control POST /sps-1/merge '{"policies": {"userlists": {"3b1f0a6e5f": {"users": ["anna", "eve"]}}}}' >/dev/null
}

# --- the management host ---------------------------------------------------------------------

settings() { # [LINE-OF-SETTINGS...]
    mkdir -p /etc/convergate
    cp /run/appliances/ca.pem /etc/convergate/
    cat >/etc/convergate/new.yaml <<EOF
version: 1
desired: /srv/gateways
interval: 500ms
$(printf '%s\n' "$@")
targets:
  vpn-1:
    type: ics
    url: $(url vpn-1)
    auth: {realm: Admin Users, username: convergate, password: admin}
    tls: {ca-file: ca.pem}
  sps-1:
    type: sps
    url: $(url sps-1)
    auth: {username: convergate, password: admin}
    tls: {ca-file: ca.pem}
EOF
    mv /etc/convergate/new.yaml /etc/convergate/convergate.yaml
}
documents() { mkdir -p /srv/gateways && cp /io/given/documents/*.yaml /srv/gateways/; }
credential() { # SECRET
    install -m 600 /dev/null /etc/convergate/credentials/admin && echo "$1" >/etc/convergate/credentials/admin
}
# Two appliances, settings, documents and the credential: all that the daemon needs.
prepare() { # [LINE-OF-SETTINGS...]
    emulate
    settings "$@"
    documents
    credential first-secret
}

drop_in() { # UNIT LINE...
    mkdir -p "/run/systemd/system/$1.d"
    printf '%s\n' "${@:2}" >"/run/systemd/system/$1.d/test.conf"
    systemctl daemon-reload
}
property() { systemctl show --value -p "$1" "${2:-convergated.service}"; }
main_pid() { property MainPID; }
start() { systemctl start convergated || fail "the service does not start"; }
status_says() { property StatusText | grep -qF "$1"; }
# What the daemon told the journal, whatever its life: one JSON object a line.
told() { journalctl --no-pager -o json _SYSTEMD_UNIT=convergated.service _COMM=convergated; }
told_event() { told | jq -c "select(.MESSAGE_ID == \"$1\")"; }
systemd_told() { journalctl --no-pager -o cat _PID=1 UNIT=convergated.service | grep -qE "$1"; }

cp -a /io/installed/. / && systemd-sysusers && systemd-tmpfiles --create && journalctl --update-catalog &&
    systemctl daemon-reload || fail "it cannot be installed"
# shellcheck source=/dev/null
. "/io/tests/$(cat /io/test).sh"
exit 0
