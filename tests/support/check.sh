#!/bin/sh
# What `make check` adds to the tests: the order of layers, the manual in the headers, linters,
# instructions per object, sanitizers over the whole suite, valgrind over a part, a little
# fuzzing. With `all` as second argument, valgrind over all of the heap's tests, the suite in
# the stress build, long fuzzing, a mutant of each documented fact, and the picture book in a
# browser.
# A step that lacks its tool is skipped, and said.
set -u

jobs=$1
all=${2:-}
passed=0
failed=0
skipped=0

step() {
    name=$1
    shift
    echo "== $name"
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "    failed: $name"
        failed=$((failed + 1))
    fi
}

skip() {
    echo "== $1: skipped, $2 is not installed"
    skipped=$((skipped + 1))
}

build() {
    make --no-print-directory -j "$jobs" "$@" all tests >build/check.log 2>&1 || {
        grep -E 'error|warning|\*\*\*' build/check.log | head -n 20
        return 1
    }
}

# The suite in a build of its own; its counts are added.
suite() {
    folder=$1
    shift
    build BUILD="$folder" "$@" || return 1
    env "$@" sh tests/support/run_tests.sh "$folder" >"$folder/suite.log" 2>&1
    tail -n 1 "$folder/suite.log" | sed 's/^/   /'
    grep -qE '^[0-9]+ passed, 0 failed' "$folder/suite.log" && return
    cat "$folder/tests/failures"
    return 1
}

under_valgrind() {
    build BUILD=build/valgrind CFLAGS="-O1 -g -DRC_VALGRIND" || return 1
    for program in build/valgrind/tests/test_*; do
        case $program in
        *.d | *.log) continue ;;
        # minutes under valgrind, and nothing in them that others have not
        */test_death | */test_arena | */test_profile | */test_reach | */test_sweep) [ -n "$all" ] || continue ;;
        esac
        echo "$program"
    done | xargs -n 1 -P "$jobs" sh -c '
        valgrind --quiet --error-exitcode=99 "$0" >"$0.log" 2>&1 || {
            echo "    $0"
            tail -n 20 "$0.log"
            exit 1
        }'
}

# Valgrind reports a use after free inside a pool and on a free list, and nothing else.
valgrind_sees() {
    for what in pool freelist nothing; do
        valgrind --quiet --error-exitcode=99 build/valgrind/tests/use_after_free $what \
            >build/valgrind/one.log 2>&1
        seen=$?
        [ $what = nothing ] && expected=0 || expected=99
        [ $seen -eq $expected ] || {
            echo "    $what: exit status $seen, not $expected"
            return 1
        }
    done
}

# The short run from one seed always, so that a check finds today what it found yesterday;
# the long one from another each time.
fuzzing() {
    make --no-print-directory -j "$jobs" "$@" fuzz >build/check.log 2>&1
    result=$?
    [ $result -eq 0 ] || tail -n 60 build/check.log
    return $result
}

# Instructions per object, against what is recorded for this compiler; 77: nothing is, or
# there is no valgrind.
instructions() {
    echo "== no object takes more instructions than recorded"
    make --no-print-directory -j "$jobs" BUILD=build/instructions CFLAGS="-O3 -g" SAN= benchmark \
        >build/check.log 2>&1 || {
        tail -n 20 build/check.log
        failed=$((failed + 1))
        return
    }
    build/instructions/tests/lua tests/bench/instructions.lua --build build/instructions --check
    case $? in
    0) passed=$((passed + 1)) ;;
    77) skipped=$((skipped + 1)) ;;
    *) failed=$((failed + 1)) ;;
    esac
}

mutants() {
    make --no-print-directory -j "$jobs" mutants >build/check.log 2>&1
    result=$?
    [ $result -eq 0 ] || grep -A 1 '^FAILED' build/check.log
    return $result
}

# The picture book in Chromium; its pictures are in build/browser.
browser() {
    build || return 1
    sh tests/browser/run.sh build >build/check.log 2>&1
    result=$?
    [ $result -eq 0 ] || tail -n 60 build/check.log
    return $result
}

# Cppcheck does not know that Lua's error functions never return, takes hexadecimal floats
# for integers, and loses sight of memory that goes into a table.
CPPCHECK_BLIND="--suppress=nullPointerRedundantCheck
    --suppress=incorrectLogicOperator:src/heap/int.c
    --suppress=incorrectLogicOperator:src/heap/hash.c --suppress=memleak:src/trace/map.c
    --suppress=memleak:src/trace/recorder.c"

mkdir -p build
step "the order of layers" sh tests/support/layers.sh
step "the manual in the headers" sh tests/support/documented.sh
if command -v luacheck >/dev/null; then
    step "luacheck" luacheck --quiet --codes lua scenarios tests
else
    skip "luacheck" luacheck
fi
if command -v cppcheck >/dev/null; then
    step "cppcheck" cppcheck --quiet --enable=warning,portability --error-exitcode=1 \
        --suppress=missingIncludeSystem --inline-suppr $CPPCHECK_BLIND -Iinclude -D__x86_64__ -D__GNUC__ \
        -j "$jobs" src/heap src/trace src/binding src/lab
else
    skip "cppcheck" cppcheck
fi
instructions
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=halt_on_error=1
step "the suite with AddressSanitizer and UndefinedBehaviorSanitizer" \
    suite build/sanitized SAN=address,undefined CFLAGS="-O1 -g"
if command -v valgrind >/dev/null; then
    step "the heap's tests under valgrind" under_valgrind
    step "valgrind reports a use after free" valgrind_sees
else
    skip "valgrind" valgrind
fi
if [ -n "$all" ]; then
    step "the suite in the stress build" suite build/stress CFLAGS="-O1 -g -DRC_STRESS"
    step "fuzzing, ten minutes each" fuzzing SECONDS=600
    step "each documented fact is noticed" mutants
    missing=
    for tool in chromium chromedriver npm curl; do
        command -v $tool >/dev/null || missing="$missing $tool"
    done
    if [ -z "$missing" ]; then
        step "the picture book in a browser" browser
    else
        skip "the picture book in a browser" "$(echo $missing)"
    fi
else
    step "fuzzing, ten seconds each" fuzzing SECONDS=10 SEED=1
fi

echo
if [ $skipped -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ]
