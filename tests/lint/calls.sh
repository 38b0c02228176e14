#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Calls that are not made here: calls.sh ROOT
. "$(dirname "$0")/files.sh"

lines=$(mktemp)
trap 'rm -f "$found" "$lines"' EXIT
code '^(daemon|tests)/.*\.[ch]$' >"$lines"
start='^[^:]*:[0-9]+:(.*[^A-Za-z0-9_])?'

# ban WHERE REGEX SENTENCE [EXCEPT]: lines of the files that match WHERE but not EXCEPT.
ban() {
    grep -E "^$1[^:]*:" "$lines" | grep -E -v "^(${4:-/})" | grep -E "$start$2" | tell "$3"
}

product='(daemon/|tests/emulator/)'
for name in strcpy strcat sprintf vsprintf gets strtok atoi system popen alloca; do
    ban "$product" "$name *\(" "$name() is not called here"
done
ban "$product" 'cJSON_GetObjectItem *\(' 'cJSON_GetObjectItem() ignores case; use cJSON_GetObjectItemCaseSensitive()'
ban "$product" 'cJSON_Compare *\(' 'cJSON_Compare() calls different numbers equal'
ban "$product" 'cJSON_GetErrorPtr *\(' 'cJSON_GetErrorPtr() is shared by all threads'
ban "$product" 'curl_easy_perform *\(' 'curl_easy_perform() cannot be cancelled; hand the request to the client' \
    'daemon/http/local\.c:'
ban "$product" 'CURLOPT_VERBOSE' 'CURLOPT_VERBOSE prints secrets'
ban "$product" 'CURLOPT_SSL_VERIFY(PEER|HOST) *, *(0|false)' 'verification is never off' 'daemon/http/peer\.c:'
ban '(daemon|tests)/' 'u?sleep *\(' 'sleep() and usleep() can be neither cancelled nor made fast in a test'
speakers='daemon/(cli|serve)/'
ban 'daemon/' '(v?f?printf|v?dprintf|f?puts|f?putchar|putc|perror) *\(' 'only cli/ and serve/ speak' "$speakers"
ban 'daemon/' '(_?exit|_Exit|quick_exit) *\(' 'only the two mains end the process' 'daemon/(cli|serve)/main\.c:'
ban '(daemon|tests)/' 'assert *\(.*(\+\+|--|[^=!<>]=[^=])' 'this assert does something that a release would not'
ban '(daemon|tests)/' 'setlocale *\(' 'setlocale() is shared by all threads'
ban 'daemon/' '(secure_)?getenv *\(' 'the environment is read in state/, cli/ and serve/' 'daemon/(state|cli|serve)/'
finish
