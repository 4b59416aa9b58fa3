-- What a scenario does never depends on when Lua's own collector runs: the course and
-- the example of every word give the same bytes, ids and counts included, with that
-- collector stopped, incremental, and with a full collection before every word and at
-- every instruction.

local json = require "dkjson"
local lu = require "luaunit"
local lab = require "lab"
local machine = require "machine"
local program = require "program"
local words = require "refchain.words"

-- Shown after each example: every object with its place, count and generation.
local SNAPSHOT = [[

for _, o in ipairs(heap.snapshot()) do print(o.birth, o.type, o.id, o.refcount, o.generation) end
print(gc.get_count())
print(heap.freelist("list"), heap.freelist("dict"), heap.freelist("float"), heap.freelist("tuple", 2))
]]

local examples = {}
for i, word in ipairs(words) do
  if word.example then
    examples[("%03d.lua"):format(i)] = "do\n" .. word.example .. "\nend\n" .. SNAPSHOT
  end
end

-- The report of a run with Lua's collector driven so, without its times.
local function report(folder, mode, arguments)
  local result = folder:shell(("REFCHAIN_STRESS_LUA_GC=%s \"$REFCHAIN\" run --timeout 600 --output json %s")
    :format(mode, arguments))
  local found = assert(json.decode(result.out), result.err)
  for _, test in ipairs(found.tests) do test.seconds = nil end
  return found.summary, json.encode(found.tests, { keyorder = { "file", "status", "title", "step", "output" } })
end

local function compare(files, arguments, modes)
  local folder <close> = program.folder(files)
  local summary, expected = report(folder, "none", arguments)
  lu.assertTrue(summary.total > 20)
  lu.assertEquals(summary.failed, 0)
  for _, mode in ipairs(modes) do
    local _, found = report(folder, mode, arguments)
    lu.assertTrue(found == expected, mode)
  end
end

local function course(sections)
  return "--filter 'scenarios/" .. sections .. "' '" .. machine.here .. "/scenarios'"
end

TestLuaCollector = {}

function TestLuaCollector:test_the_examples_do_not_depend_on_it()
  compare(examples, "--ledger .", { "stop", "incremental", "word", "instruction" })
end

function TestLuaCollector:test_the_course_does_not_depend_on_it()
  compare({}, course "", { "stop", "incremental", "word" })
end

function TestLuaCollector:test_the_first_sections_do_not_depend_on_it_at_any_instruction()
  compare({}, course "0[1-4]", { "instruction" })
end

lab.finish()
