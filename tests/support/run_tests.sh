#!/bin/sh
# Run every test below tests/ with what stands in the build folder given, each program
# of tests by itself; close with one line that sums up.
set -u

build=$1
passed=0
failed=0
skipped=0
log=$build/tests/log
failures=$build/tests/failures
mkdir -p "$build/tests"
: >"$failures"

# Keep what a program that failed has said, to be shown again at the end.
keep() {
    { echo "== $*"; tail -n 60 "$log"; } >>"$failures"
}

# The last line of the log of one program: "N passed, N failed[, N skipped]".
count() {
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -n 1)
    if [ -z "$line" ]; then
        echo "    did not end as tests do"
        failed=$((failed + 1))
        return
    fi
    set -- $line
    passed=$((passed + $1))
    failed=$((failed + $3))
    [ $# -gt 4 ] && skipped=$((skipped + $5))
    [ "$1$3${5:-0}" = 000 ] && failed=$((failed + 1))
    return 0
}

run() {
    echo "== $*"
    "$@" >"$log" 2>&1 </dev/null
    status=$?
    grep -vE '^[0-9]+ passed, [0-9]+ failed$' "$log"
    before=$failed
    count
    if [ $status -ne 0 ] && [ $failed -eq $before ]; then
        echo "    exit status $status"
        failed=$((failed + 1))
    fi
    [ $failed -eq $before ] || keep "$@"
    tail -n 1 "$log" | sed 's/^/   /'
}

# A command that is one test: it passes when it succeeds.
must() {
    echo "== $*"
    if "$@" >"$log" 2>&1 </dev/null; then
        passed=$((passed + 1))
        tail -n 1 "$log" | sed 's/^/   /'
    else
        failed=$((failed + 1))
        tail -n 30 "$log"
        keep "$@"
    fi
}

export REFCHAIN=$build/refchain
case $build in /*) root=$build ;; *) root=$(pwd)/$build ;; esac
export LUA_PATH="$root/lua/?.lua;$root/lua/?/init.lua;tests/support/?.lua;/usr/share/lua/5.4/?.lua;;"
export LUA_CPATH="$root/lua/?.so;;"

for program in "$build"/tests/test_*; do
    [ -x "$program" ] && run "$program"
done
for script in tests/lua/test_*.lua tests/cli/test_*.lua tests/conformance/test_*.lua \
    tests/verify/test_*.lua tests/bench/test_*.lua tests/mutants/test_*.lua; do
    [ -f "$script" ] && run "$build/tests/lua" "$script"
done
run sh tests/support/test_readme.sh "$build"
must "$build/refchain" replay --check tests/conformance
if [ -d ../shared/conformance ]; then   # every trace there is, beside the checkout
    must "$build/refchain" replay ../shared/conformance
fi
run "$build/refchain" run scenarios

if [ -s "$failures" ]; then
    echo
    echo "What failed:"
    cat "$failures"
fi
echo
if [ $skipped -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ] && [ $passed -gt 0 ]
