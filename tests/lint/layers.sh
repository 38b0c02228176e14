#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who may include whom: layers.sh ROOT
# shellcheck disable=SC2016
. "$(dirname "$0")/files.sh"

list '^daemon/.*\.[ch]$' | tr '\n' '\0' | xargs -0 -r awk '
BEGIN {
    n = split("base value schema http state provider reconcile serve cli", order, " ")
    for (i = 1; i <= n; i++)
        rank[order[i]] = i
    apart["schema http"] = apart["http schema"] = 1
    apart["state provider"] = apart["provider state"] = 1
    apart["serve cli"] = apart["cli serve"] = 1
    home["yaml.h"] = home["cjson/"] = "value"
    home["curl/"] = "http"
    home["systemd/"] = "base serve"
    home["microhttpd.h"] = "serve"
    home["openssl/"] = "base provider"
    split("sys/ arpa/ net/ netinet/ linux/", libc, " ")
}
function tell(text) {
    print FILENAME ":" FNR ": " text
}
function check_own(path, to) {
    to = path
    sub("/.*", "", to)
    if (path !~ "/" || !(to in rank))
        tell("\"" path "\" must be written as FOLDER/NAME with a folder of the design")
    else if (to != from && (rank[to] > rank[from] || (from " " to) in apart))
        tell(from "/ may not include " to "/")
    if (path ~ "^provider/[^/]+/" && FILENAME ~ "^daemon/provider/[^/]+/") {
        split(path, there, "/")
        split(FILENAME, mine, "/")
        if (there[2] != mine[3])
            tell("provider/" mine[3] " may not include provider/" there[2])
    }
}
function check_foreign(path, key, i) {
    key = path
    sub("/.*", "/", key)
    if (key in home) {
        if ((" " home[key] " ") !~ (" " from " "))
            tell("<" path "> belongs to " home[key] "/, not to " from "/")
        return
    }
    if (path !~ "/")
        return
    for (i in libc)
        if (libc[i] == key)
            return
    tell("<" path "> belongs to a library that the design does not name")
}
{
    if ($0 !~ "^[ \t]*#[ \t]*include")
        next
    from = FILENAME
    sub("^daemon/", "", from)
    sub("/.*", "", from)
    if (!(from in rank)) {
        tell("daemon/" from " is no folder of the design")
        next
    }
    path = $0
    sub("^[^<\"]*[<\"]", "", path)
    sub("[>\"].*", "", path)
    if ($0 ~ "\"")
        check_own(path)
    else
        check_foreign(path)
}' >>"$found"

upper='^daemon/(reconcile|serve|cli)/.*\.[ch]$'
code "$upper" | grep -E '(^|[^A-Za-z0-9_])(ics|sps|checkpoint)_' |
    tell 'the engine and what is above it know providers only through their table'
code "$upper" -v strings=1 | grep -E 'str(n?case|n)?(cmp|eq|str)' | grep -E '"(ics|sps|checkpoint)["/]' |
    tell 'nothing here asks which system it is; make it an attribute or a hook of the row'
finish
