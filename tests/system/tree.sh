# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The Debian tree that the tests boot: made once with mmdebstrap, kept below the user's cache; sourced by run.

tree_packages=systemd,systemd-sysv,dbus,libcurl4,libyaml-0-2,libcjson1,libsystemd0,libmicrohttpd12,iproute2,procps
tree_packages+=,ca-certificates,curl,jq

# What is booted beside the system itself: the test, whose status becomes that of the container.
tree_unit='[Unit]
Description=The test
Requires=multi-user.target
After=multi-user.target
SuccessAction=exit-force
FailureAction=exit-force

[Service]
Type=oneshot
ExecStart=/io/inside.sh
TimeoutStartSec=240
StandardOutput=truncate:/io/output
StandardError=inherit'

# Sets tree to a folder whose name tells what it was made from; other versions of it are left for other checkouts.
tree_make() {
    local cache=${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/convergate-tests name lock
    name=$(printf '%s\n' "$tree_packages" "$tree_unit" | sha256sum)
    tree=$cache/bookworm-${name:0:12}
    [ ! -d "$tree" ] || return 0
    mkdir -p "$cache" || return
    exec {lock}>"$cache/lock"
    flock "$lock"
    if [ ! -d "$tree" ]; then
        echo "Making a Debian tree in $tree (half a minute, once) ..."
        rm -rf "$tree.new"
        mmdebstrap --quiet --variant=minbase --include="$tree_packages" bookworm "$tree.new" || return
        echo "$tree_unit" >"$tree.new/etc/systemd/system/convergate-test.service"
        mv "$tree.new" "$tree"
    fi
    exec {lock}>&-
}
