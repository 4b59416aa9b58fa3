#!/bin/sh
# The picture book in Chromium, with the program in the build folder given.  Needs chromium,
# chromium-driver and curl (Debian), and npm, which brings axe-core.
set -eu

build=$1
folder=$(mkdir -p "$build/browser" && cd "$build/browser" && pwd)
root=$(cd "$build" && pwd)
export REFCHAIN="$root/refchain"
export LUA_PATH="$root/lua/?.lua;$root/lua/?/init.lua;tests/support/?.lua;/usr/share/lua/5.4/?.lua;;"
export LUA_CPATH="$root/lua/?.so;;"

axe=$folder/node_modules/axe-core/axe.min.js
[ -f "$axe" ] || npm install --silent --no-save --no-package-lock --ignore-scripts --prefix "$folder" axe-core@4
rm -f "$folder"/*.png
exec "$build/tests/lua" tests/browser/test_book.lua "$folder" "$axe"
