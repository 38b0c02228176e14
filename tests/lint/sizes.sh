#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How long files and functions may be: sizes.sh ROOT
# shellcheck disable=SC2016
. "$(dirname "$0")/files.sh"

list '^daemon/.*\.[ch]$' | tr '\n' '\0' | xargs -0 -r awk -v most_lines=350 -v most_body=60 '
function end_file() {
    if (lines > most_lines)
        print file ":1: " lines " lines of code and comments, " most_lines " at most"
}
FNR == 1 { end_file(); file = FILENAME; lines = 0; name = "" }
!/^[ \t]*$/ { lines++ }
/^[A-Za-z_].*[(]/ { name = $0; sub("[(].*", "", name); sub(".*[ *]", "", name) }
/^[{]/ { from = FNR }
/^[}]/ {
    if (from && FNR - from - 1 > most_body)
        print FILENAME ":" from ": " name "() has " FNR - from - 1 " lines, " most_body " at most"
    from = 0
}
END { end_file() }' >>"$found"
finish
