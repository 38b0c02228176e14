#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `convergate check` accepts the examples, and what is commented out in them: examples.sh CONVERGATE CONFIG-FOLDER
set -eu
convergate=$1 config=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$config/desired" "$work/desired"

check() { # NAME
    "$convergate" check -c "$work/convergate.yaml" >"$work/out" || { echo "$1 is not valid"; exit 1; }
    grep -qx 'valid: 2 targets, 2 documents, 5 declared objects' "$work/out" || { cat "$work/out"; exit 1; }
}

sed 's,^desired: .*,desired: desired,' "$config/convergate.yaml" >"$work/convergate.yaml"
check "the example"
sed -i -E 's/^( *)#([a-z-]+:)/\1\2/' "$work/convergate.yaml"
grep -q '^state-directory:' "$work/convergate.yaml"
check "the example with all its keys"
