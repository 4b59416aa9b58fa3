#!/bin/sh
# Headers point one way, downward: a source file includes only headers of its own layer
# and of those below it; the heap knows neither Lua nor stdio.
set -u
status=0

complain() {
    echo "    $1"
    status=1
}

# The rank of the layer that a path belongs to; higher ones may include lower ones.
rank() {
    case $1 in
    include/*) echo 0 ;;
    src/heap/*) echo 1 ;;
    src/trace/*) echo 2 ;;
    src/binding/*) echo 3 ;;
    src/lab/*) echo 4 ;;
    esac
}

for file in include/refchain/*.h src/*/*.c src/*/*.h; do
    own=$(rank "$file")
    for header in $(sed -n 's/^#include "\(.*\)"$/\1/p' "$file"); do
        target=$(dirname "$file")/$header
        case $header in */*) target=$(realpath --relative-to=. "$target") ;; esac
        other=$(rank "$target")
        if [ -n "$other" ] && [ "$other" -gt "$own" ]; then
            complain "$file includes $target, which stands above it"
        fi
        if [ -n "$other" ] && [ "$other" -ne "$own" ] && [ "$other" -gt 0 ]; then
            complain "$file includes $target, an inner header of another layer"
        fi
    done
    case $file in
    include/* | src/heap/* | src/trace/*)
        grep -qE '#include *[<"](lua|lauxlib|lualib)\.h' "$file" &&
            complain "$file includes Lua"
        ;;
    esac
    case $file in
    src/heap/format.c) ;;
    include/* | src/heap/*)
        grep -qE '#include *<stdio\.h>' "$file" && complain "$file includes stdio.h"
        ;;
    esac
done
exit $status
