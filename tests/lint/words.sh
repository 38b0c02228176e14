#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Licence lines, blanks, and words that do not belong: words.sh ROOT
. "$(dirname "$0")/files.sh"

suffixes='c|h|sh|awk|py|yaml|yml|scd|supp|service|socket|timer|target|conf|sysusers|tmpfiles|catalog|toml|mk'
{
    list "(\.($suffixes)(\.in)?|(^|/)(meson\.build|meson_options\.txt|meson\.options|Makefile))\$"
    list '(^|/)[^./]+$' | while IFS= read -r file; do
        if head -c 2 "$file" | grep -q '^#!'; then echo "$file"; fi
    done
} | sort -u | while IFS= read -r file; do
    head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2\.0' || echo "$file:1: no SPDX line" >>"$found"
done

# find_in FILES SENTENCE grep-argument...: every line of the text files that grep finds.
find_in() {
    files=$1 sentence=$2
    shift 2
    list "$files" | tr '\n' '\0' | xargs -0 -r grep -I -n -H "$@" /dev/null | tell "$sentence"
}

tab=$(printf '\t')
find_in '\.[ch]$' 'a tab; indent with four spaces' -e "$tab"
find_in '.' 'blanks at the end of the line' -e "[ $tab]\$"
find_in '\.[ch]$' 'code that is switched off; remove it' -E -e '^[ ]*#[ ]*if[ ]+0'
# Split, so that this file does not find itself.
find_in '.' 'work that is left over; do it or open an issue' -w -e 'TO''DO' -e 'FIX''ME' -e 'X''XX' -e 'HA''CK'
find_in '.' 'a place that only the authors know' -F -e '/wo''rk/'
find_in '.' 'a word that does not belong here' -w -i -e 'age''nts' -e 'subage''nts*' -e 'C''EO' -e 'fa''rm-[a-z0-9-]*'
finish
