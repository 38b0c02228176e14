# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What the checks of the units share: the build at hand, installed into a tree of its own. Arguments: BUILD ROOT.
set -eu
LC_ALL=C.UTF-8
export LC_ALL
build=${1:?usage: $0 BUILD ROOT} source=${2:?usage: $0 BUILD ROOT}
command -v systemd-analyze >/dev/null || { echo "systemd-analyze is not installed"; exit 77; }
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
trap 'exit 1' INT TERM
DESTDIR=$tree meson install -C "$build" --no-rebuild --quiet >"$tree/log" 2>&1 || { cat "$tree/log"; exit 1; }

# Whatever the prefix, all of it is where systemd looks in a tree.
installed() { # NAME...
    for name; do
        find "$tree" -path "$tree/etc" -prune -o -name "$name" -print | grep . && continue
        echo "$name is not installed" >&2
        exit 1
    done
}
mkdir -p "$tree/etc/systemd/system" "$tree/etc/sysusers.d" "$tree/etc/tmpfiles.d" "$tree/bin" \
    "$tree/var/lib/systemd/catalog" "$tree/usr/lib/systemd/catalog"
units='convergated.service convergated-status.socket convergated-control.socket convergate-plan.service
    convergate-plan.timer'
for unit in $units; do
    cp "$(installed "$unit")" "$tree/etc/systemd/system/"
done
for kind in sysusers tmpfiles; do
    cp "$(installed convergate.conf | grep "/$kind.d/")" "$tree/etc/$kind.d/"
done
cp -n "$(installed convergate.catalog)" "$tree/usr/lib/systemd/catalog/"
# What they refer to and what is not ours.
echo '[Unit]' >"$tree/etc/systemd/system/sysinit.target"
install -m 755 /dev/null "$tree/bin/kill"

faults=0
fault() {
    echo "$*"
    faults=$((faults + 1))
}
# What a tool says at all is a fault: of a key that it does not know it only warns.
silent() { # COMMAND...
    "$@" >"$tree/said" 2>&1 || fault "'$*' failed"
    [ ! -s "$tree/said" ] || { cat "$tree/said"; fault "'$*' is not content"; }
}
finish() {
    [ "$faults" -eq 0 ] || exit 1
    echo "$*"
}
