#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual pages name every key, option, code, guard, kind, field and word that the sources know: pages.sh ROOT
set -u
LC_ALL=C
export LC_ALL
cd "${1:?usage: $0 ROOT}" || exit 2
missing=0 seen=0

# expect PAGE WHAT WORDS: each word stands in the page emphasised, as a heading, or as a step of a place in a document.
expect() {
    while IFS= read -r word; do
        [ -n "$word" ] || continue
        seen=$((seen + 1))
        if ! grep -Eq -e "\*$word\*|_${word}_|^## $word\$|_[a-z]+: $word: " "man/$1.scd"; then
            echo "man/$1.scd does not name the $2 '$word'"
            missing=$((missing + 1))
        fi
    done <<END
$3
END
}

# Names of rows; those with blanks are only for sentences. DAY("Mon") and DN("cn") are rows, too.
rows() { grep -ohE '(\.(name|group) = |(DAY|DN)\()"[^" ]+"' "$@" | sed 's/.*"\(.*\)"/\1/' | sort -u; }
# Words of the tables that rows choose from.
choices() {
    awk '/^(static )?const char \*const [a-z_]+\[\] = / { on = 1 } on { print } /;/ { on = 0 }' "$@" |
        grep -oE '"[^" ]+"' | tr -d '"' | sort -u
}
table() { sed -n "/$1\[.*= {$/,/^};/p" "$2" | grep -oE '"[^"]+"' | tr -d '"'; }
options() { grep -oE '^ *\{"[a-z-]+", (no|required|optional)_argument' "$1" | sed 's/.*"\(.*\)".*/--\1/'; }

settings='daemon/state/settings-rows.c daemon/state/settings-target.c daemon/state/window.c'
kinds=$(find daemon/provider -name 'kinds*.c')
# shellcheck disable=SC2086
expect convergate.yaml.5 "key" "$(rows $settings)"
# shellcheck disable=SC2086
expect convergate.yaml.5 "word" "$(choices $settings)"
# shellcheck disable=SC2086
expect convergate-desired.5 "name" "$(rows $kinds)"
# shellcheck disable=SC2086
expect convergate-desired.5 "word" "$(choices $kinds)"
expect convergate.1 "option" "$(options daemon/cli/options.c)"
expect convergated.8 "option" "$(options daemon/serve/main.c)"
expect convergate-emulator.1 "option" "$(options tests/emulator/main.c)"
expect convergate.1 "command" "$(grep -ohE '^ *\.name = "[a-z]+"' daemon/cli/*.c | sed 's/.*"\(.*\)"/\1/')"
commands=$(find daemon/provider -name '*.c')
# shellcheck disable=SC2086
expect convergate.1 "command" "$(grep -ohE '^ *\.(verb|word) = "[a-z-]+"' $commands | sed 's/.*"\(.*\)"/\1/' | sort -u)"
expect convergate.1 "word of a result" "$(table step_result_table daemon/provider/command.c)"
expect convergate.1 "code" "$(grep -oE '^ *X\([A-Z_]+, "[a-z-]+"\)' daemon/base/diag.h | sed 's/.*"\(.*\)".*/\1/')"
for t in action_table result_table guard_table target_status_table; do
    expect convergate.1 "word of $t" "$(table $t daemon/reconcile/plan.c)"
done
variables=$(grep -rohE 'getenv\("[A-Z_]+"\)' daemon/cli daemon/state | sed 's/.*"\(.*\)".*/\1/' | sort -u)
expect convergate.1 "variable" "$variables"
variables=$(grep -ohE 'getenv\("[A-Z_]+"\)' daemon/serve/*.c | sed 's/.*"\(.*\)".*/\1/' | sort -u)
expect convergated.8 "variable" "$variables"
fields=$(grep -ohE '\{"[A-Z]+", ' daemon/serve/*.c | sed 's/.*"\(.*\)".*/CONVERGATE_\1/' | sort -u)
expect convergated.8 "field" "$fields"
expect_line() { # PAGE WHAT WORDS: each stands in a table
    for word in $3; do
        seen=$((seen + 1))
        grep -qx "|  $word" "man/$1.scd" || {
            echo "man/$1.scd does not name the $2 '$word'"
            missing=$((missing + 1))
        }
    done
}
expect_line convergated.8 "message id" "$(grep -ohE '"[0-9a-f]{32}"' daemon/serve/log.c | tr -d '"')"
# The example shows every key of the settings.
# shellcheck disable=SC2086
for key in $(rows $settings); do
    seen=$((seen + 1))
    grep -Eq "(^|[ #{])$key:" config/convergate.yaml || {
        echo "config/convergate.yaml does not show the key '$key'"
        missing=$((missing + 1))
    }
done
echo "$seen words looked up, $missing missing"
# A pattern that finds nothing any more must not pass for a page that is complete.
[ "$missing" -eq 0 ] && [ "$seen" -ge 150 ]
