# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# What building and testing need, and how it comes onto a Debian 12; sourced by run and demo.

# CHECK PACKAGE: a check is a command, or a pkg-config module behind `lib:`, or a file behind `file:`.
needs_build='
meson meson
ninja ninja-build
pkg-config pkg-config
gcc gcc
file:/usr/include/stdlib.h libc6-dev
lib:libcurl libcurl4-openssl-dev
lib:yaml-0.1 libyaml-dev
lib:libcjson libcjson-dev
lib:libsystemd libsystemd-dev
lib:libmicrohttpd libmicrohttpd-dev
lib:cmocka libcmocka-dev
lib:openssl libssl-dev
curl curl
jq jq
openssl openssl
'
needs_tests='
/usr/bin/python3 python3-minimal
file:/usr/lib/python3/dist-packages/yaml/__init__.py python3-yaml
file:/usr/lib/python3/dist-packages/jsonschema/__init__.py python3-jsonschema
scdoc scdoc
mandoc mandoc
systemd-analyze systemd
strace strace
file:/usr/share/zoneinfo/right/Europe/Berlin tzdata
'
needs_clang='
clang clang
file:/usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.tsan-* libclang-rt-14-dev
'
needs_system='
systemd-nspawn systemd-container
mmdebstrap mmdebstrap
'

need_is_met() { # CHECK
    case $1 in
        lib:*) pkg-config --exists "${1#lib:}" 2>/dev/null ;;
        file:*) compgen -G "${1#file:}" >/dev/null ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

# The packages of LIST that are missing, one per line.
needs_missing() { # LIST
    local check package
    while read -r check package; do
        [ -z "$check" ] || need_is_met "$check" || echo "$package"
    done <<<"$1"
}

# Installs what is missing; says what, or what to do where it cannot.
needs_install() { # LIST
    local missing as_root=() log
    mapfile -t missing < <(needs_missing "$1")
    [ ${#missing[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "Missing here: ${missing[*]}" >&2
        echo "These are Debian 12's names. There is no apt-get; install them in your system's way." >&2
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "Missing here: ${missing[*]}" >&2
            echo "You are not root and there is no sudo. Have root run: apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "Installing with apt-get: ${missing[*]}"
    log=$(mktemp)
    if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}"; } </dev/null >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        echo "apt-get could not install: ${missing[*]}" >&2
        return 1
    fi
    rm -f "$log"
}
