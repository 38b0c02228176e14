#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How wide lines may be: columns.sh ROOT
# shellcheck disable=SC2016
. "$(dirname "$0")/files.sh"

# Columns are characters: bytes that go on a character do not count.
list '(\.([ch]|sh|awk|py)|(^|/)meson\.build)$' | tr '\n' '\0' | xargs -0 -r awk '
{ line = $0; gsub(/[\200-\277]/, "", line) }
length(line) > 120 { print FILENAME ":" FNR ": " length(line) " columns, 120 at most" }' >>"$found"
finish
