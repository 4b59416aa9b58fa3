#!/bin/sh
# Which part of its lines the tests run of each source file, the least covered first, and
# of all; the build folder given was compiled with gcc's --coverage.
set -u

build=$1

find "$build" -name '*.gcda' -delete
sh tests/support/run_tests.sh "$build" >"$build/suite.log" 2>&1 ||
    echo "The suite has failures: $build/suite.log"
tail -n 1 "$build/suite.log"

# gcov says "File 'src/heap/gc.c'", then "Lines executed:97.50% of 200".
find "$build/obj/src" -name '*.gcda' | while read -r data; do
    gcov --no-output "$data" 2>/dev/null
done | awk -F "[':% ]+" '
    /^File / { file = $2 }
    /^Lines executed/ && file ~ /^(src|include)/ {
        if (!(file in part) || $3 > part[file]) { part[file] = $3; lines[file] = $5 }
        file = ""
    }
    END {
        for (file in part) {
            printf "%7.2f%% of %4d  %s\n", part[file], lines[file], file | "sort -n"
            covered += part[file] * lines[file] / 100
            all += lines[file]
        }
        close("sort -n")
        if (all > 0)
            printf "%7.2f%% of %d lines\n", 100 * covered / all, all
    }'
