#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual pages are well formed: lint.sh PAGE...
command -v mandoc >/dev/null || { echo "mandoc is not installed"; exit 77; }
# scdoc puts a paragraph macro where none is needed; that harms nobody.
if mandoc -Tlint -Wwarning "$@" | grep -v 'WARNING: skipping paragraph macro: PP'; then
    exit 1
fi
echo "$# pages"
