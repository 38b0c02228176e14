#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `convergate check` accepts the examples, what is commented out in them, and the README: examples.sh CONVERGATE ROOT
set -eu
convergate=$1 root=$2 config=$2/config
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$config/desired" "$work/desired"

check() { # NAME COUNTS
    "$convergate" check -c "$work/convergate.yaml" >"$work/out" || { echo "$1 is not valid"; exit 1; }
    grep -qx "valid: $2" "$work/out" || { cat "$work/out"; exit 1; }
}

sed 's,^desired: .*,desired: desired,' "$config/convergate.yaml" >"$work/convergate.yaml"
check "the example" "3 targets, 3 documents, 16 declared objects"
sed -i -E 's/^( *)#([a-z-]+:)/\1\2/' "$work/convergate.yaml"
grep -q '^state-directory:' "$work/convergate.yaml"
check "the example with all its keys" "3 targets, 3 documents, 16 declared objects"

# The first block of YAML is the settings, the others are documents.
rm -r "$work/desired"
mkdir "$work/desired"
awk -v to="$work" '/^```yaml$/ { n++; file = n == 1 ? to "/settings" : to "/desired/" n ".yaml"; next }
    /^```$/ { file = "" }
    file { print > file }' "$root/README.md"
sed 's,^desired: .*,desired: desired,' "$work/settings" >"$work/convergate.yaml"
check "the README's example" "2 targets, 2 documents, 3 declared objects"
