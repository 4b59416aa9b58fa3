-- The generator, the shrinker and what tells a divergence: without a CPython.

package.path = "tests/verify/?.lua;" .. package.path

local lu = require "luaunit"
local lab = require "lab"
local program = require "program"
local generate = require "generate"
local proof = require "proof"
local python = require "python"
local shrink = require "shrink"

-- Stands for an interpreter: this heap itself, as another profile, or whatever `results`
-- makes of the text of a recorded trace.
local function recorder(folder, profile, results)
  return {
    folder = folder.name,
    record = function(_, paths, to, seed)
      for _, path in ipairs(paths) do
        local text, good = python.output_of(("%s replay --profile %s --print %s 2>&1"):format(
          python.quote(program.path), profile, python.quote(path)))
        if good then
          text = text:gsub("^([^\n]*\n)[^\n]*", "%1profile 3.8\n# recorded on something else")
          python.write(to .. "/" .. path:match "[^/]*$", results and results(text, seed) or text)
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

TestDriver = {}

-- The driver runs where the sources are, whatever the folder.
local DRIVE = "cd " .. python.quote(os.getenv "PWD") .. " && " .. python.quote(lua) .. " tests/verify/verify.lua "

function TestDriver:test_a_python_that_was_asked_for_and_is_none_is_an_error()
  local folder <close> = program.folder()
  local result = folder:shell(DRIVE .. python.quote(folder.name) .. " /bin/true 1 '' 1")
  lu.assertStrContains(result.out, "/bin/true: no python that runs")
  lu.assertNotEquals(result.status, 0)
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
