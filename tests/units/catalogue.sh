#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The journal's catalogue has an entry for each message id of the daemon, and none besides: catalogue.sh BUILD ROOT
. "$(dirname "$0")/tree.sh"
catalogue=$source/units/convergate.catalog

grep -oE '"[0-9a-f]{32}"' "$source/daemon/serve/log.c" | tr -d '"' | sort >"$tree/wanted"
[ "$(wc -l <"$tree/wanted")" -ge 12 ] || fault "log.c has hardly any message ids; is this test blind?"
sed -nE 's/^-- ([0-9a-f]{32})$/\1/p' "$catalogue" | sort >"$tree/found"
diff "$tree/wanted" "$tree/found" || fault "log.c (<) and the catalogue (>) do not have the same ids"
grep -oE '^\|  [0-9a-f]{32}$' "$source/man/convergated.8.scd" | tr -d '| ' | sort >"$tree/found"
diff "$tree/wanted" "$tree/found" || fault "log.c (<) and convergated(8) (>) do not have the same ids"

# Each entry can be read by the journal and is whole; what it fills in is a field that the daemon gives.
silent journalctl --root="$tree" --update-catalog
while read -r id; do
    journalctl --root="$tree" --dump-catalog "$id" >"$tree/entry" 2>&1 || fault "the journal does not know $id"
    for part in 'Subject: .' 'Defined-By: Convergate$' 'Documentation: man:' '[A-Z].*[^:]$'; do
        grep -q "^$part" "$tree/entry" || fault "the entry of $id has no line '$part'"
    done
done <"$tree/wanted"
for field in $(grep -oE '@[A-Z_]+@' "$catalogue" | tr -d @ | sort -u); do
    grep -qrF "{\"${field#CONVERGATE_}\", " "$source/daemon/serve" || fault "no message has the field $field"
done
finish "$(wc -l <"$tree/wanted") entries"
