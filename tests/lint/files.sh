# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What the rules share: where the tree is, which files it has, and how a finding is told.
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:?usage: $0 ROOT}" || exit 2
found=$(mktemp)
trap 'rm -f "$found"' EXIT

# Files of the repository whose path matches the regular expression; all of them where this is no checkout.
list() {
    { git ls-files 2>/dev/null || find . -type f | sed 's,^\./,,'; } | grep -E -- "$1" |
        grep -v -E '^(tests/fuzz/corpus|\.git|build[^/]*)/' | while IFS= read -r file; do
            if [ -f "$file" ]; then printf '%s\n' "$file"; fi
        done
}

# The same files as lines of code: code REGEX [awk option...]
code() {
    code_of=$1
    shift
    list "$code_of" | tr '\n' '\0' | xargs -0 -r awk "$@" -f "$here/code.awk"
}

# Turns FILE:LINE:CODE on standard input into findings.
tell() {
    sed -E "s|^([^:]*:[0-9]+):.*|\1: $1|" >>"$found"
}

finish() {
    sort -u -t: -k1,1 -k2,2n -k3 "$found"
    [ ! -s "$found" ]
}
