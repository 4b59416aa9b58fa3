#!/bin/sh
# What the ledger costs: the six statements of a cycle of two lists, in a loop, with
# automatic collection, without it and with it.  $1 is the program; $2, if given, one of
# before, to be compared with this one when the ledger is off.
#
# User time is the median of interleaved runs.  Where there is valgrind, instructions are
# counted, too: they do not depend on what else the machine does.
set -eu

program=$1
before=${2:-}
ROUNDS=11
LOOPS=60000

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

scenario() {
    cat <<END
local begun = os.clock()
for _ = 1, $1 do
  v1 = list{}
  v2 = list{}
  v1:append(v2)
  v2:append(v1)
  v1 = nil
  v2 = nil
end
print("nanoseconds", (os.clock() - begun) * 1e9 // $1)
END
}

# Nanoseconds of one pass through the six statements.
pass() { "$@" run "$folder/loop.lua" | sed -n "s/^nanoseconds[^0-9]*\([0-9]*\).*/\1/p"; }

with_ledger() {
    shift
    "$program" run --ledger "$@"
}

median() { sort -n "$1" | sed -n "$(((ROUNDS + 1) / 2))p"; }

ratio() { awk "BEGIN { printf \"%.2f\", $1 / $2 }"; }

scenario $LOOPS >"$folder/loop.lua"
round=0
while [ $round -lt $ROUNDS ]; do
    pass "$program" >>"$folder/off"
    pass with_ledger >>"$folder/on"
    [ -z "$before" ] || pass "$before" >>"$folder/before"
    round=$((round + 1))
done
off=$(median "$folder/off")
on=$(median "$folder/on")
echo "user time of a pass: off $off ns, on $on ns; on/off $(ratio "$on" "$off")"
if [ -n "$before" ]; then
    was=$(median "$folder/before")
    echo "                     before $was ns; off/before $(ratio "$off" "$was")"
fi

command -v valgrind >/dev/null 2>&1 || exit 0

# Instructions of a script on standard input, which runs in the program's own process.
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 \
        | sed -n 's/.*Collected : //p'
}

instructions() {
    scenario 1000 >"$folder/short.lua"
    scenario 6000 >"$folder/long.lua"
    echo $((($(count "$@" <"$folder/long.lua") - $(count "$@" <"$folder/short.lua")) / 5000))
}

off=$(instructions "$program")
on=$(instructions "$program" --ledger)
echo "instructions of a pass: off $off, on $on; on/off $(ratio "$on" "$off")"
if [ -n "$before" ]; then
    was=$(instructions "$before")
    echo "                        before $was; off/before $(ratio "$off" "$was")"
fi
