#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# systemd's own tools accept the units, users and folders as they are installed: verify.sh BUILD ROOT
. "$(dirname "$0")/tree.sh"

# shellcheck disable=SC2086
silent systemd-analyze verify --root="$tree" --man=no $units

# Users are made in the tree; folders are only read, as not everybody may give them away.
systemd-sysusers --root="$tree" >"$tree/said" 2>&1 || { cat "$tree/said"; fault "the users cannot be made"; }
grep -q '^convergate:.*:/usr/sbin/nologin$' "$tree/etc/passwd" || fault "there is no user convergate without a shell"
for group in convergate convergate-admin; do
    grep -q "^$group:" "$tree/etc/group" || fault "there is no group $group"
done
silent systemd-tmpfiles --create --root="$tree" --prefix=/nowhere

# Manual pages that are pointed at are there.
for page in $(grep -rhoE 'man:[^ ]+' "$tree/etc/systemd/system" "$(installed convergate.catalog | head -n 1)" |
    sed -E 's/^man:(.*)\(([0-9])\).*/\1.\2/' | sort -u); do
    [ -e "$source/man/$page.scd" ] || fault "there is no manual page $page"
done
finish "$(echo "$units" | wc -w) units"
