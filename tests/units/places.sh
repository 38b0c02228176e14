#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where a package installs: below /usr as systemd.pc says; the option moves the units: places.sh BUILD ROOT
set -eu
source=${2:?usage: $0 BUILD ROOT}
pkg-config --exists systemd || { echo "there is no systemd.pc"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
faults=0

places() { # OPTION...
    rm -rf "$work/build"
    meson setup "$work/build" "$source" "$@" >"$work/log" 2>&1 || { tail -n 20 "$work/log"; exit 1; }
    meson introspect --installed "$work/build" | jq -r '.[]' >"$work/places"
}
holds() { # PATH...
    for path; do
        grep -qxF "$path" "$work/places" || { echo "nothing is installed as $path"; faults=$((faults + 1)); }
    done
}
says() { pkg-config --variable="$1" systemd; }

places --prefix=/usr
units=$(says systemdsystemunitdir)
holds /usr/bin/convergated "$units/convergated.service" "$units/convergated-status.socket" \
    "$units/convergated-control.socket" "$units/convergate-plan.service" "$units/convergate-plan.timer" \
    "$(says sysusersdir)/convergate.conf" "$(says tmpfilesdir)/convergate.conf" \
    "$(says catalogdir)/convergate.catalog"
grep -qx 'ExecStart=/usr/bin/convergated' "$work/build/units/convergated.service"

places --prefix=/usr/local -Dunit-directory=/etc/systemd/system
holds /usr/local/bin/convergated /etc/systemd/system/convergated.service /usr/local/lib/sysusers.d/convergate.conf \
    /usr/local/lib/tmpfiles.d/convergate.conf /usr/local/lib/systemd/catalog/convergate.catalog
grep -qx 'ExecStart=/usr/local/bin/convergated' "$work/build/units/convergated.service"
[ "$faults" -eq 0 ]
