#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A check that cannot fail is worth nothing: each rule is shown a small bad tree, and a good one.
# shellcheck disable=SC2016
set -u
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree" "$tree.failed"' EXIT
spdx='/* SPDX-License-Identifier: Apache-2.0 */'

plant() { # PATH, content on standard input
    rm -rf "${tree:?}"/*
    mkdir -p "$tree/$(dirname "$1")"
    cat >"$tree/$1"
}

bad() { # RULE PATH LINE WORDS, content on standard input: the rule must tell just that line.
    plant "$2"
    said=$("$here/$1.sh" "$tree") && said="(nothing) $said"
    case $said in
    "$2:$3: "*"$4"*) ;;
    *)
        echo "$1.sh: of $2 it should say '$2:$3: ...$4...' but it said: $said"
        : >"$tree.failed"
        ;;
    esac
}

good() { # RULE PATH, content on standard input
    plant "$2"
    said=$("$here/$1.sh" "$tree") && return
    echo "$1.sh: should have nothing to say of $2, but it said: $said"
    : >"$tree.failed"
}

include() { printf '%s\n' "$spdx" "#include $1"; }

include '"schema/field.h"' | bad layers daemon/value/a.c 2 'value/ may not include schema/'
include '"cli/cli.h"' | bad layers daemon/reconcile/a.h 2 'reconcile/ may not include cli/'
include '"schema/kind.h"' | bad layers daemon/http/a.c 2 'http/ may not include schema/'
include '"http/http.h"' | bad layers daemon/schema/a.c 2 'schema/ may not include http/'
include '"provider/provider.h"' | bad layers daemon/state/a.c 2 'state/ may not include provider/'
include '"state/settings.h"' | bad layers daemon/provider/a.c 2 'provider/ may not include state/'
include '"serve/serve.h"' | bad layers daemon/cli/a.c 2 'cli/ may not include serve/'
include '"cli/cli.h"' | bad layers daemon/serve/a.c 2 'serve/ may not include cli/'
include '"provider/sps/sps.h"' | bad layers daemon/provider/ics/a.c 2 'provider/ics may not include provider/sps'
include '"provider/ics/ics.h"' | bad layers daemon/provider/sps/a.c 2 'provider/sps may not include provider/ics'
include '"buf.h"' | bad layers daemon/base/a.c 2 'FOLDER/NAME'
include '"base/buf.h"' | bad layers daemon/extra/a.c 2 'no folder of the design'
include '<yaml.h>' | bad layers daemon/state/a.c 2 'belongs to value/'
include '<cjson/cJSON.h>' | bad layers daemon/provider/a.c 2 'belongs to value/'
include '<curl/curl.h>' | bad layers daemon/provider/a.c 2 'belongs to http/'
include '<systemd/sd-bus.h>' | bad layers daemon/reconcile/a.c 2 'belongs to base serve/'
include '<microhttpd.h>' | bad layers daemon/cli/a.c 2 'belongs to serve/'
include '<openssl/evp.h>' | bad layers daemon/http/a.c 2 'belongs to base provider/'
include '<libxml/tree.h>' | bad layers daemon/base/a.c 2 'does not name'
include '<yaml.h>' | good layers daemon/value/a.c
include '<sys/stat.h>' | good layers daemon/base/a.c
include '"provider/ics/ics.h"' | good layers daemon/provider/provider.c
include '"cli/cli.h"' | good layers tests/unit/a.c
echo 'int x = ics_login;' | bad layers daemon/reconcile/a.c 1 'only through their table'
echo 'if (strcmp(t->system->name, "sps") == 0)' | bad layers daemon/cli/a.c 1 'which system it is'
echo 'topics_of(metrics_all); /* ics_login */' | good layers daemon/cli/a.c

for call in strcpy strcat sprintf vsprintf gets strtok atoi system popen alloca cJSON_Compare cJSON_GetErrorPtr \
    cJSON_GetObjectItem curl_easy_perform setlocale; do
    printf '\n    x = (%s(a, b));\n' "$call" | bad calls daemon/base/a.c 2 "$call()"
done
for call in printf fprintf vfprintf dprintf puts fputs putchar perror; do
    echo "    $call(a);" | bad calls daemon/state/a.c 1 'only cli/ and serve/ speak'
    echo "    $call(a);" | good calls daemon/cli/a.c
    echo "    $call(a);" | good calls tests/unit/a.c
done
echo 'usleep(9);' | bad calls daemon/base/a.c 1 'usleep()'
echo 'strcpy(a, b);' | bad calls tests/emulator/a.c 1 'strcpy()'
echo 'strcpy(a, b);' | good calls tests/unit/a.c
echo 'sleep(1);' | bad calls tests/unit/a.c 1 'sleep()'
echo 'curl_easy_setopt(c, CURLOPT_VERBOSE, 1L);' | bad calls daemon/http/a.c 1 'prints secrets'
echo 'curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);' | bad calls daemon/http/a.c 1 'never off'
echo 'curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);' | bad calls daemon/http/a.c 1 'never off'
echo 'curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);' | good calls daemon/http/peer.c
echo 'exit(1);' | bad calls daemon/cli/plan.c 1 'two mains'
echo '_exit(1);' | bad calls daemon/base/a.c 1 'two mains'
echo 'exit(1);' | good calls daemon/cli/main.c
echo 'assert(n++ < 3);' | bad calls daemon/base/a.c 1 'this assert'
echo 'assert(r = take(x));' | bad calls tests/unit/a.c 1 'this assert'
echo 'assert(n <= 3 && n != 2 && n == 1);' | good calls daemon/base/a.c
echo 'getenv("HOME");' | bad calls daemon/http/a.c 1 'environment'
echo 'getenv("HOME");' | good calls daemon/state/a.c
echo 'my_sprintf(a); snprintf(b); /* strcpy(a, b) */ x = "system(y)"; s->systems(z);' | good calls daemon/base/a.c

lines() { awk -v n="$1" -v text="$2" 'BEGIN { for (i = 0; i < n; i++) print text }'; }
lines 351 'int x;' | bad sizes daemon/base/a.c 1 '351 lines'
{ lines 350 'int x;'; lines 50 ''; } | good sizes daemon/base/a.c
{ echo 'static int long_one(int a,'; echo '                    int b)'; echo '{'; lines 61 '    x++;'; echo '}'; } |
    bad sizes daemon/base/a.c 3 'long_one() has 61 lines'
{ echo 'int f(void)'; echo '{'; lines 60 '    x++;'; echo '}'; } | good sizes daemon/base/a.c
lines 400 'int x;' | good sizes tests/unit/a.c

wide() { awk -v n="$1" -v c="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", c; print "" }'; }
wide 121 x | bad columns tests/unit/a.c 1 '121 columns'
wide 120 x | good columns tests/unit/a.c
wide 120 é | good columns daemon/base/a.c
wide 121 x | bad columns tests/unit/meson.build 1 '121 columns'

for path in daemon/base/a.c daemon/base/a.h tests/a.sh tests/a.awk tests/a.py meson.build units/a.service man/a.1.scd \
    config/a.yaml; do
    echo 'nothing' | bad words "$path" 1 'no SPDX line'
    printf '%s\n' '#!' 'SPDX-License-Identifier: Apache-2.0' | good words "$path"
done
printf '#!/bin/sh\n:\n' | bad words tests/run 1 'no SPDX line'
printf 'plain words\n' | good words README
c() { printf '%s\n' "$spdx" "$@"; }
c '	int x;' | bad words daemon/base/a.c 2 'a tab'
c 'int x; ' | bad words daemon/base/a.c 2 'blanks at the end'
echo 'a word ' | bad words README.md 1 'blanks at the end'
c '#if 0' | bad words daemon/base/a.c 2 'switched off'
for word in TO'DO' FIX'ME' X'XX' HA'CK'; do
    c "/* $word: later */" | bad words daemon/base/a.c 2 'left over'
done
c '/* mkostemp of path.XXXXXX */' | good words daemon/base/a.c
echo 'see /wo''rk/main' | bad words README.md 1 'only the authors know'
for word in age'nts' C'EO' fa'rm-7' Subage'nt'; do
    echo "the $word said" | bad words README.md 1 'does not belong'
done
echo 'the agent of Check Point, ida-agent, and a User-Agent' | good words README.md
if [ -e "$tree.failed" ]; then exit 1; fi
echo "each rule tells what it is there for"
