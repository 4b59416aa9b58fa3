#!/bin/sh
# The README's examples do what it says: each is taken out of it, run, and its output
# compared with the block that follows.
set -u

build=$1
case $build in /*) ;; *) build=$(pwd)/$build ;; esac
include=$(pwd)/include
readme=$(pwd)/README.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
passed=0
failed=0

# The n-th fenced block whose fence is ```$1 exactly.
block() {
    awk -v fence="\`\`\`$1" -v wanted="$2" '
        $0 == fence && !inside { inside = 1; if (++n == wanted) show = 1; next }
        /^```/ { inside = !inside; show = 0; next }
        show' "$readme"
}

same() {
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        echo "FAILED the README's $1: expected"
        echo "$2"
        echo "got"
        echo "$3"
        failed=$((failed + 1))
    fi
}

cd "$folder" || exit 1
block lua 1 >cycle.lua
same "first scenario" "$(block '' 1 | tail -n +2)" "$("$build/refchain" run cycle.lua 2>&1)"

block lua 2 >leak.lua
same "leak" "$(block '' 2 | tail -n +2)" "$("$build/refchain" run leak.lua 2>&1)"

block c 1 >example.c
${CC:-cc} ${SAN:+-fsanitize=$SAN} -I"$include" example.c "$build/librefchain.a" -lm -o example
same "C example" "$(block '' 3)" "$(./example 2>&1)"

block lua 3 >module.lua
same "Lua module" 1 "$("$build/tests/lua" module.lua 2>&1)"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
