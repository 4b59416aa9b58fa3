-- The generator, the shrinker and what tells a divergence: without a CPython.

package.path = "tests/verify/?.lua;tests/support/?.lua;" .. package.path

local lu = require "luaunit"
local lab = require "lab"
local machine = require "machine"
local program = require "program"
local generate = require "generate"
local proof = require "proof"
local shrink = require "shrink"

-- Stands for an interpreter: this heap itself, as another profile, or whatever `results`
-- makes of the text of a recorded trace.
local function recorder(folder, profile, results)
  return {
    folder = folder.name,
    record = function(_, paths, to, seed)
      for _, path in ipairs(paths) do
        local text, good = machine.output_of(("%s replay --profile %s --print %s 2>&1"):format(
          machine.quote(program.path), profile, machine.quote(path)))
        if good then
          text = text:gsub("^([^\n]*\n)[^\n]*", "%1profile 3.8\n# recorded on something else")
          machine.write(to .. "/" .. path:match "[^/]*$", results and results(text, seed) or text)
        end
      end
      return "", true
    end,
  }
end

local lua = program.path:gsub("refchain$", "tests/lua")      -- the one that runs this

local function count_lines(text) return select(2, text:gsub("\n", "\n")) end

TestGenerator = {}

function TestGenerator:test_a_seed_gives_the_same_trace_again()
  lu.assertEquals(generate(7, 500), generate(7, 500))
end

function TestGenerator:test_another_seed_gives_another()
  lu.assertNotEquals(generate(7, 500):gsub("#[^\n]*", ""), generate(8, 500):gsub("#[^\n]*", ""))
end

function TestGenerator:test_a_trace_has_the_length_that_it_is_given()
  local lines = count_lines(generate(3, 2000))
  lu.assertTrue(lines >= 2003 and lines < 2600, lines)
end

-- Every operation comes, and every error; the heap's own checks find nothing.
function TestGenerator:test_a_reader_takes_all_of_it()
  local files, text = {}, {}
  for seed = 1, 60 do
    files[seed .. ".trace"] = generate(seed, 400)
    text[seed] = files[seed .. ".trace"]
  end
  local folder <close> = program.folder(files)
  local printed = folder:shell [[for f in *.trace; do "$REFCHAIN" replay --print $f || exit; done]]
  lu.assertEquals(printed.err, "")
  lu.assertEquals(printed.status, 0)
  local seen, errors = {}, {}
  for line in table.concat(text):gmatch "[^\n]+" do seen[line:gsub("^repeat %d+ ", ""):match "^%S+"] = true end
  for name in printed.out:gmatch " => error (%a+)\n" do errors[name] = true end
  for word in ("int float str intern none true false list tuple set dict object finobject weakref let del append "
    .. "insert setitem delitem pop item put remove lookup add discard setattr delattr getattr clear deref enable "
    .. "disable threshold freeze unfreeze collect refcnt same place tracked gen count alive finalized stats len")
    :gmatch "%S+" do
    lu.assertTrue(seen[word], word)
  end
  for word in ("NameError TypeError IndexError KeyError AttributeError ValueError"):gmatch "%S+" do
    lu.assertTrue(errors[word], word)
  end
end

TestStrip = {}

function TestStrip:test_results_go_and_texts_stay()
  local head = "refchain-trace 1\nprofile 3.8\n"
  lu.assertEquals(proof.strip(head .. 'refcnt a => 1\nstr a "x => 1"\nstr b "=> \\" => 2" => error MemoryError\n'),
                  { "refcnt a", 'str a "x => 1"', 'str b "=> \\" => 2"' })
end

TestShrink = {}

-- What is needed is kept, in order, and nothing else.
function TestShrink:test_only_the_lines_that_matter_are_left()
  local lines, needed = {}, { ["line 17"] = true, ["line 480"] = true, ["line 481"] = true }
  for i = 1, 500 do lines[i] = "line " .. i end
  local function first_diverging(candidates)
    for i, candidate in ipairs(candidates) do
      local found = 0
      for _, line in ipairs(candidate) do if needed[line] then found = found + 1 end end
      if found == 3 then return i end
    end
    return nil
  end
  lu.assertEquals(shrink(lines, first_diverging), { "line 17", "line 480", "line 481" })
end

-- Repetitions are as few, and operands as few, as they can be.
function TestShrink:test_lines_get_simpler()
  local function first_diverging(candidates)
    for i, candidate in ipairs(candidates) do
      local times = 0
      for _, line in ipairs(candidate) do times = tonumber(line:match "^repeat (%d+) list a.* b") or times end
      if times >= 81 then return i end
    end
    return nil
  end
  lu.assertEquals(shrink({ "int b 1", "repeat 2000 list a a b c", "del a" }, first_diverging),
                  { "repeat 81 list a b" })
end

TestProof = {}

-- 3.13 has another threshold, and immortal objects: whichever shows first.
function TestProof:test_a_divergence_shrinks_to_a_few_lines_that_diverge()
  local folder <close> = program.folder { ["t/a.trace"] = generate(11, 3000) }
  local fake = recorder(folder, "3.13")
  local outcome = proof.record(fake, { folder.name .. "/t/a.trace" }, { 1, 2 })
  lu.assertEquals(outcome.good, { "a.trace" })
  local diverged = proof.replay(outcome.folder)
  lu.assertNotNil(diverged["a.trace"])
  local smallest, said = proof.shrink(fake, folder:read "recorded1/a.trace", { 1, 2 })
  lu.assertTrue(count_lines(smallest) <= 8, smallest)
  lu.assertStrContains(said, "expected: ")
  folder:write("smallest.trace", smallest)
  lu.assertEquals(folder:run("replay smallest.trace").status, 1)
end

function TestProof:test_nothing_diverges_from_itself()
  local folder <close> = program.folder { ["t/a.trace"] = generate(11, 3000) }
  local outcome = proof.record(recorder(folder, "3.8"), { folder.name .. "/t/a.trace" }, { 1 })
  local diverged, operations = proof.replay(outcome.folder)
  lu.assertNil(next(diverged))
  lu.assertTrue(operations >= 3000)
end

-- As the order of a set does.
function TestProof:test_results_that_differ_between_seeds_are_not_used()
  local folder <close> = program.folder { ["t/a.trace"] = "refchain-trace 1\nprofile 3.8\nlist a\nrefcnt a\n" }
  local fake = recorder(folder, "3.8", function(text, seed) return (text:gsub("=> 1", "=> " .. seed)) end)
  local path = folder.name .. "/t/a.trace"
  lu.assertEquals(proof.record(fake, { path }, { 1, 2, 3 }).differ, { "a.trace" })
  lu.assertEquals(proof.record(fake, { path }, { 4, 4, 4 }).good, { "a.trace" })
  lu.assertNil(proof.shrink(fake, folder:read "recorded1/a.trace", { 5, 6 }))
end

function TestProof:test_a_trace_that_cannot_be_recorded_is_told_apart()
  local folder <close> = program.folder { ["t/a.trace"] = "refchain-trace 1\nprofile 3.8\nfrobnicate a\n" }
  local outcome = proof.record(recorder(folder, "3.8"), { folder.name .. "/t/a.trace" }, { 1, 2 })
  lu.assertEquals(outcome.failed, { "a.trace" })
end

function TestProof:test_a_recorder_is_checked_against_known_traces()
  local folder <close> = program.folder {
    ["k/a.trace"] = "refchain-trace 1\nprofile 3.8\n# a comment\nlist a\nrefcnt a => 1\n",
    ["k/b.trace"] = "refchain-trace 1\nprofile 3.8\nlist a\nrefcnt a => 2\n",
  }
  folder:shell "gzip k/a.trace"
  local number, wrong = proof.check_recorder(recorder(folder, "3.8"), folder.name .. "/k")
  lu.assertEquals(number, 2)
  lu.assertEquals(wrong, { "b.trace" })
end

TestSettings = {}

-- Up to 3.11 None stands in a set where its address has it: in this trace beside 9.999 or in
-- its place, which decides what is released last.
function TestSettings:test_a_trace_is_replayed_with_the_hash_that_none_has_there()
  local trace = [[
refchain-trace 1
profile 3.7
# recorded on CPython 3.7.16, cold
float c2 0.5
place c2 => 0
float c2 9.999
float b5 9.999
none a3
set c0 a3 b5
float r0 0.95176606494657223
tuple d3 c0
del b5
add c0 r0
int c0 -298113115905561772
float r0 0.45873092695716555
float d3 0.5
float a0 0.54584841734272938
place a0 => 0
]]
  local folder <close> = program.folder { ["a.trace"] = trace }
  lu.assertEquals(proof.replay(folder.name, "--set none_hash=7"), {})
  lu.assertEquals(proof.replay(folder.name, "--set none_hash=8")["a.trace"].line, 18)
end

TestDriver = {}

-- The driver runs where the sources are, whatever the folder.
local DRIVE = "cd " .. machine.quote(os.getenv "PWD") .. " && " .. machine.quote(lua) .. " tests/verify/verify.lua "

-- Answers as an interpreter does: this heap itself as profile 3.14, of which there are no
-- known traces.  In one trace, and in what it is shrunk to, `wrong` is true or false of the
-- hash seed and has the counts come out otherwise.
local function fake_python(wrong)
  return ([[#!/bin/sh
case "$*" in *platform*) cat "${0%/*}/answer"; exit ;; esac
to=$(echo "$*" | sed 's/.*record("\([^"]*\)".*/\1/')
list=$(echo "$*" | sed 's/.*open("\([^"]*\)".*/\1/')
{ cat "$list"; echo; } | while read -r path; do
  [ "$path" ] || continue
  name=${path##*/} change=
  case $name in seed_18.trace | 0*) if WRONG; then change='s/^refcnt .* => [0-9]*$/&0/'; fi ;; esac
  "$REFCHAIN" replay --profile 3.14 --print "$path" |
    sed -e '2s/.*/profile 3.14/' -e '2a # recorded on something else' -e "$change" > "$to/$name"
done
]]):gsub("WRONG", (wrong:gsub("SEED", '"$PYTHONHASHSEED"')))
end

-- Drive with that script as PYTHON, which answers so; the compiler does nothing.
local function drive(script, version, special, numbers, compiler)
  local folder <close> = program.folder { python = script, ["Python.h"] = "" }
  local answer = { version:match "^%d+%.%d+", version, "CPython", special, folder.name, "17", "" }
  folder:write("answer", table.concat(answer, "\n"))
  folder:shell "chmod +x python"
  return folder:shell(("export CC=%s; %s %s %s %s"):format(machine.quote(compiler or "true"), DRIVE,
    machine.quote(folder.name), machine.quote(folder.name .. "/python"), numbers))
end

function TestDriver:test_a_python_that_was_asked_for_and_is_none_is_an_error()
  local folder <close> = program.folder()
  local result = folder:shell(DRIVE .. machine.quote(folder.name) .. " /bin/ls,/bin/true,no_such_python 1 '' 1")
  lu.assertEquals(result.out, "/bin/ls: no Python answers there\n/bin/true: no Python answers there\n"
    .. "no_such_python: no Python answers there\n")
  lu.assertNotEquals(result.status, 0)
end

function TestDriver:test_a_python_that_the_recorder_is_not_for_is_an_error()
  for version, says in pairs {
    ["2.7.18"] = "CPython 2.7.18: the recorder needs 3.7 or later\n",
    ["3.6.15"] = "CPython 3.6.15: the recorder needs 3.7 or later\n",
    ["3.10.1"] = "CPython 3.10.1: the recorder needs an ordinary build: no debug, no free threading\n",
  } do
    local result = drive(fake_python "false", version, version == "3.10.1" and "True" or "False", "1 '' 1")
    lu.assertEquals(result.out, says)
    lu.assertNotEquals(result.status, 0)
  end
end

function TestDriver:test_a_recorder_that_cannot_be_built_is_an_error_of_one_line()
  local folder <close> = program.folder {
    cc = "#!/bin/sh\necho 'x.c: In function f:'\necho 'x.c:1:2: error: no such thing'\necho '  1 | thing'\nexit 1\n",
  }
  folder:shell "chmod +x cc"
  local result = drive(fake_python "false", "3.14.0", "False", "1 '' 1", folder.name .. "/cc")
  lu.assertStrMatches(result.out, "CPython 3%.14%.0: no recorder can be built: no such thing %(%S+/compiler%.txt%)\n")
  lu.assertNotEquals(result.status, 0)
end

function TestDriver:test_what_is_no_number_is_refused_before_anything_runs()
  for numbers, says in pairs {
    ["1 abc 1"] = "OPERATIONS=abc is no number\n",
    ["1x '' 1"] = "SECONDS=1x is no number\n",
    ["'' '' 1"] = "SECONDS= is no number\n",
    ["1 '' one"] = "SEED=one is no number\n",
    ["1 -5 1"] = "OPERATIONS=-5 is no whole number that can be used\n",
    ["1 '' 99999999999999999999"] = "SEED=99999999999999999999 is no whole number that can be used\n",
  } do
    local result = drive(fake_python "false", "3.14.0", "False", numbers)
    lu.assertEquals(result.out, says)
    lu.assertNotEquals(result.status, 0)
  end
end

function TestDriver:test_what_does_not_diverge_is_counted()
  local result = drive(fake_python "false", "3.14.0", "False", "1 1 1")
  lu.assertStrMatches(result.out, ".*SEED=1\n\ninterpreter[^\n]*\nCPython 3%.14%.0 +24 .* 0 +0 +0\n")
  lu.assertEquals(result.status, 0)
end

function TestDriver:test_a_divergence_is_shrunk_and_an_error()
  local result = drive(fake_python "true", "3.14.0", "False", "1 1 1")
  lu.assertStrContains(result.out, "diverged: ")
  lu.assertStrContains(result.out, "seed_18.minimal.trace")
  lu.assertStrMatches(result.out, ".* 0 +0 +1\n")
  lu.assertNotEquals(result.status, 0)
end

-- Three seeds agree, one of sixteen more does not: one line, and nothing of a divergence.
function TestDriver:test_what_depends_on_the_hash_seed_is_left_out()
  local result = drive(fake_python "[ SEED -lt 4000 ]", "3.14.0", "False", "1 1 1")
  lu.assertStrContains(result.out,
    "SEED=1\nCPython 3.14.0: seed_18.trace left out: its results depend on the hash seed\n\ninterpreter")
  lu.assertStrContains(result.out, " seed-dependent ")
  lu.assertStrMatches(result.out, ".* 1 +0 +0\n")
  lu.assertEquals(result.status, 0)
end

function TestDriver:test_without_a_python_it_says_so_and_skips()
  local folder <close> = program.folder()
  -- a PATH with what the driver needs, and no python3
  local result = folder:shell([[here=$PWD; mkdir bin; for tool in sh mkdir rm ls cat cp; do
ln -s "$(command -v $tool)" bin/$tool; done; export PATH=$here/bin; ]] .. DRIVE .. [["$here" "" 1 "" 1]])
  lu.assertStrContains(result.out, "No CPython to verify against: skipped.")
  lu.assertEquals(result.status, 0)
end

lab.finish()
