#!/bin/sh
# Install the Debian packages named as arguments of which we miss what they provide; where
# that cannot be done, say what is missing and what to type.
set -u

# What a package provides, in words.
provides() {
    case $1 in
    liblua5.4-dev) echo "Lua 5.4 with headers" ;;
    libedit-dev) echo "libedit with headers" ;;
    libmd-dev) echo "libmd with headers" ;;
    zlib1g-dev) echo "zlib with headers" ;;
    libsqlite3-dev) echo "SQLite with headers" ;;
    lua-unit) echo "luaunit.lua for Lua 5.4" ;;
    lua-argparse) echo "argparse.lua for Lua 5.4" ;;
    lua-dkjson) echo "dkjson.lua for Lua 5.4" ;;
    lua-check) echo "luacheck" ;;
    *) echo "$1" ;;
    esac
}

on_path() {
    [ -e "/usr/share/lua/5.4/$1" ] || [ -e "/usr/local/share/lua/5.4/$1" ]
}

# Whether what a package provides is there, whoever installed it.
usable() {
    case $1 in
    liblua5.4-dev) pkg-config --exists lua5.4 2>/dev/null ;;
    libedit-dev) pkg-config --exists libedit 2>/dev/null ;;
    libsqlite3-dev) pkg-config --exists sqlite3 2>/dev/null ;;
    libmd-dev) pkg-config --exists libmd 2>/dev/null ;;
    zlib1g-dev) pkg-config --exists zlib 2>/dev/null ;;
    lua-unit) on_path luaunit.lua ;;
    lua-argparse) on_path argparse.lua ;;
    lua-dkjson) on_path dkjson.lua ;;
    lua-check) command -v luacheck >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

installed() {
    status=$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)
    [ "$status" = "install ok installed" ]
}

missing=
for package in "$@"; do
    usable "$package" || installed "$package" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=sudo
else
    as_root=none
fi
if ! command -v apt-get >/dev/null || [ "$as_root" = none ]; then
    echo "Missing packages:$missing" >&2
    echo "They cannot be installed from here. On Debian 12, type:" >&2
    echo "    sudo apt-get update && sudo apt-get install --yes$missing" >&2
    echo "On another system install what they provide:" >&2
    for package in $missing; do echo "    $(provides "$package")" >&2; done
    exit 1
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends $missing \
    >/dev/null && exit 0
echo "Installing failed. To try by hand:" >&2
echo "    sudo apt-get update && sudo apt-get install --yes$missing" >&2
exit 1
