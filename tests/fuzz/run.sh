#!/bin/sh
# Run every fuzz target of a build folder for some seconds, from a seed; what it fails on
# is left in the folder.  To run that input once more, give its path to the target.
set -u

build=$1
seconds=$2
seed=$3
status=0
export UBSAN_OPTIONS=halt_on_error=1

for target in "$build"/fuzz_*; do
    case $target in
    *.*) continue ;;
    *fuzz_replay) seeds=tests/conformance/3.8 ;;
    *) seeds=$build/empty ;;
    esac
    mkdir -p "$build/empty"
    log=$target.log
    echo "$(basename "$target"): $seconds seconds, SEED=$seed"
    # libFuzzer adds what it finds to its first folder; inputs may be long at once
    rm -rf "$target.found"
    mkdir -p "$target.found"
    if "$target" -max_total_time="$seconds" -seed="$seed" -len_control=0 -max_len=8192 \
        -artifact_prefix="$target." "$target.found" "$seeds" >"$log" 2>&1; then
        grep -E '^    |^Done|^stat::number_of' "$log"
    else
        tail -n 60 "$log"
        status=1
    fi
done
exit $status
