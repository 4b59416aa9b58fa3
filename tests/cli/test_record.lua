-- `refchain run --record`: every recording replays to the same results, and what cannot
-- be recorded is refused with its reason.

local lu = require "luaunit"
local lab = require "lab"
local machine = require "machine"
local program = require "program"
local words = require "refchain.words"

local PROFILES = "all"

local function record(text, arguments)
  local folder = program.folder { ["a.lua"] = text }
  return folder, folder:run("run --record a.trace " .. (arguments or "") .. " a.lua")
end

-- The trace of a scenario, which replays; without its comments.
local function trace_of(text, arguments)
  local folder <close>, result = record(text, arguments)
  lu.assertEquals(result.err, "")
  lu.assertEquals(result.status, 0)
  local replayed = folder:run "replay --check a.trace"
  lu.assertStrContains(replayed.out, " 0 divergences\n")
  lu.assertEquals(replayed.status, 0)
  return (folder:read("a.trace"):gsub("#[^\n]*\n", ""))
end

local function files_in(folder, path, pattern)
  local pipe <close> = io.popen(("ls -A '%s' | grep -c '%s'"):format(folder.name .. "/" .. path, pattern or ""))
  return pipe:read "n"
end

-- --------------------------------------------------------------------- what is said --

TestTrace = {}

function TestTrace:test_has_a_slot_for_each_name_and_temporary()
  lu.assertEquals(trace_of [[
v1 = list{}
v2 = list{v1}
v1:append(v2)
del("v1", "v2")
expect_collect(2)]], [[
refchain-trace 1
profile 3.8
list t0
let v1 t0
del t0
list t0 v1
let v2 t0
del t0
append v1 v2
del v1
del v2
count => 2 0 0
collect 2 => 2
count => 0 0 0
stats => 0 0 0 0 0 0 1 2 0
]])
end

function TestTrace:test_observes_what_the_scenario_looks_at()
  local trace = trace_of [[
l = list{}
m = l
s = set{1}
w = weakref.ref(s)
refcnt(l) is(l, m) id(l) gc.is_tracked(l) heap.generation(l)
w()
local n = #l
gc.get_count()]]
  lu.assertStrContains(trace, "refcnt l => 2\nsame l m => 1\nplace l => 0\ntracked l => 1\ngen l => 0\n"
                              .. "alive w => 1\nlen l => 0\n")
  lu.assertStrContains(trace, "count => 3 0 0\n")
end

function TestTrace:test_looks_at_the_end_even_if_the_scenario_does_not()
  lu.assertStrContains(trace_of "l = list{1, 2}", "count => 1 0 0\nrefcnt l => 1\ngen l => 0\nlen l => 2\ndel l\n")
end

function TestTrace:test_says_errors()
  local trace = trace_of [[
l = list{}
pcall(function() l:delitem(3) end)
pcall(function() return set{l} end)
pcall(function() gc.collect(7) end)
pcall(function() l:remove(3) end)]]
  lu.assertStrContains(trace, "delitem l 3 => error IndexError\nset t0 l => error TypeError\n"
                              .. "collect 7 => error ValueError\n")
end

function TestTrace:test_puts_words_together_from_operations()
  local trace = trace_of [[
l = list{3, 1, 2}
l:sort()
l:extend(tuple{4, 5})
d = dict{a = 1}
d:update(dict{b = 2})
expect_eq(d:pop("a"), 1)
c = l:copy()]]
  lu.assertStrContains(trace, "setitem l 0 ")
  lu.assertStrContains(trace, "append l ")
  lu.assertStrContains(trace, "lookup ")
  lu.assertStrContains(trace, "remove d ")
end

function TestTrace:test_shows_where_a_finalizer_saves_its_object()
  local trace = trace_of [[
local Phoenix = class("Phoenix", {__del__ = function(self) saved = self end})
p = Phoenix{}
del "p"
expect_refcnt(saved, 1)]]
  lu.assertStrContains(trace, "finobject t0 rescue saved\n")
  lu.assertStrContains(trace, "finalized => 1\n")
end

function TestTrace:test_finalizers_that_only_look_are_recorded()
  lu.assertStrContains(trace_of [[
local log = {}
local Node = class("Node", {__del__ = function(self) log[#log + 1] = value(self.name) .. refcnt(self.name) end})
n = Node{name = "n"}
del "n"
expect_eq(#log, 1)]], "finalized => 1\n")
end

function TestTrace:test_calling_a_type_takes_nothing_from_the_free_list()
  lu.assertStrContains(trace_of [[
a = list{}
b = list{}
del("a", "b")
c = list()
expect_eq(heap.freelist("list"), 2)
d = list{}
id(d)]], "list t0\nlist t3\nlist t4\ndel t3\ndel t0\nlet c t4\n")
end

function TestTrace:test_lets_go_before_the_allocation_that_collects()
  for _, profile in ipairs { "3.8", "3.13" } do
    trace_of([[
gc.set_threshold(50)
for i = 1, 400 do
  local l = list{i}
  if i % 7 == 0 then keep = list{l, l} end
  local d = dict{a = l}
end
expect(gc.get_count() >= 0)]], "--profile " .. profile)
  end
end

function TestTrace:test_may_be_compressed()
  local folder <close> = program.folder { ["a.lua"] = "l = list{}" }
  lu.assertEquals(folder:run("run --record a.trace.gz a.lua").status, 0)
  lu.assertEquals(folder:read("a.trace.gz"):sub(1, 2), "\x1F\x8B")
  lu.assertStrContains(folder:run("replay a.trace.gz").out, " 0 divergences\n")
end

function TestTrace:test_of_a_failing_scenario_says_what_it_did()
  local folder <close>, result = record "l = list{}\nexpect_refcnt(l, 7)"
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(folder:read "a.trace", "refcnt l => 1\n")
end

function TestTrace:test_does_not_change_what_a_scenario_prints()
  local text = [[
for i = 1, 900 do local l = list{i} end
l = list("abc")
s = sys.intern("word")
show(l, s)
print(birth(l), id(l), gc.get_count())]]
  local folder <close> = program.folder { ["a.lua"] = text }
  local plain = folder:run "run a.lua"
  local recorded = folder:run "run --record a.trace a.lua"
  lu.assertEquals(recorded.out, plain.out)
  lu.assertEquals(recorded.err, "")
end

-- ------------------------------------------------------------------------- refusals --

TestRefusal = {}

local function refused(text, reason, arguments)
  local folder <close>, result = record(text, arguments)
  lu.assertStrContains(result.err, reason)
  lu.assertStrContains(result.out, "1 passed, 0 failed")
  lu.assertEquals(result.status, 2)
  lu.assertNil(io.open(folder.name .. "/a.trace"))
  lu.assertNil(io.open(folder.name .. "/a.trace.part"))
end

function TestRefusal:test_frozensets()
  refused("\nf = frozenset{1}", "not recorded: a.lua:2: frozenset: a heap trace has no frozensets")
end

function TestRefusal:test_weak_references_with_a_callback()
  refused("s = set{}\nw = weakref.ref(s, print)", "a.lua:2: weakref.ref: a heap trace has no weak references")
end

function TestRefusal:test_finalizers_that_act()
  refused("local A = class('A', {__del__ = function() x = list{} end})\na = A{}\na = nil",
          "a.lua:1: list: it runs in a finalizer")
end

function TestRefusal:test_garbage()
  refused("gc.set_debug(gc.DEBUG_SAVEALL)", "a heap trace has no gc.garbage")
end

function TestRefusal:test_what_no_operation_leads_to()
  refused("s = set{1.5}\nfor x in iter(s) do l = list{x} end", "a.lua:2: list: no operation of a heap trace leads")
end

function TestRefusal:test_classes_that_share_no_room_for_names()
  local text = "local A, B = class 'A', class 'B'\nfor i = 1, 40 do a = A{} a.x = 1 b = B{} b.y = 1 end"
  refused(text, "run out of room", "--profile 3.13")
  trace_of(text, "--profile 3.8")
end

function TestRefusal:test_of_classes_that_meet_names_in_different_orders()
  local text = "local A, B = class 'A', class 'B'\na = A{} a.x = 1 a.y = 1\nb = B{} b.y = 1 b.x = 1"
  refused(text, "different orders", "--profile 3.13")
  trace_of(text, "--profile 3.8")
end

function TestRefusal:test_one_file_for_several_scenarios()
  local folder <close> = program.folder { ["a.lua"] = "", ["b.lua"] = "" }
  local result = folder:run "run --record a.trace a.lua b.lua"
  lu.assertStrContains(result.err, "there are several tests: give a folder, a.trace/")
  lu.assertEquals(result.status, 2)
end

function TestRefusal:test_one_file_for_several_tests()
  local folder <close> = program.folder { ["a.lua"] = "function test_a() end function test_b() end" }
  local result = folder:run "run --record a.trace a.lua"
  lu.assertStrContains(result.err, "give a folder")
  lu.assertEquals(result.status, 2)
  lu.assertNil(io.open(folder.name .. "/a.trace"))
end

function TestRefusal:test_a_profile_of_ones_own()
  local folder <close> = program.folder { ["a.lua"] = "" }
  local result = folder:run "run --record a.trace --set float_free=0 a.lua"
  lu.assertStrContains(result.err, "--record does not go with --set")
  lu.assertEquals(result.status, 2)
end

function TestRefusal:test_a_file_that_cannot_be_written()
  local folder <close> = program.folder { ["a.lua"] = "" }
  local result = folder:run "run --record no/such/a.trace a.lua"
  lu.assertStrContains(result.err, "no/such/a.trace: No such file or directory")
  lu.assertEquals(result.status, 2)
end

function TestRefusal:test_a_scenario_that_does_not_end()
  local folder <close>, result = record("while true do end", "--timeout 0.2")
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "not recorded: timed out")
  lu.assertEquals(files_in(folder, ".", "a.trace"), 0)
end

-- --------------------------------------------------------------------- many at once --

TestFolder = {}

function TestFolder:test_gets_a_trace_for_each_test_and_profile()
  local folder <close> = program.folder {
    ["a.lua"] = "l = list{}", ["d/b.lua"] = "function test_x() end function test_y() l = list{} end",
  }
  local result = folder:run "run --record out/ --profile 3.7,3.8 a.lua d"
  lu.assertEquals(result.err, "")
  lu.assertEquals(result.status, 0)
  lu.assertEquals(files_in(folder, "out"), 6)
  for _, name in ipairs { "a.3.7", "a.3.8", "d-b-test_x.3.7", "d-b-test_y.3.8" } do
    lu.assertNotNil(io.open(folder.name .. "/out/" .. name .. ".trace"), name)
  end
end

function TestFolder:test_a_skipped_test_has_none()
  local folder <close> = program.folder { ["a.lua"] = "needs 'gc.is_finalized'" }
  local result = folder:run "run --record out/ --profile 3.8 a.lua"
  lu.assertEquals(result.status, 0)
  lu.assertEquals(files_in(folder, "out"), 0)
end

-- What became of all tests in `path`, recorded on all profiles, failing ones too: how many
-- are recorded, and the reasons of the others.
local function record_all(folder, path)
  local result = folder:run(("run --record out/ --profile %s '%s'"):format(PROFILES, path))
  local passed, failed = result.out:match "(%d+) passed, (%d+) failed[^\n]*\n$"
  lu.assertNotNil(passed, result.out:sub(-300))
  local reasons = {}
  for reason in result.err:gmatch "not recorded: ([^\n]*)" do reasons[#reasons + 1] = reason end
  local replayed = folder:run "replay out"
  local traces = tonumber(replayed.out:match "^(%d+) traces, %d+ operations, 0 divergences\n$")
  lu.assertEquals(traces, passed + failed - #reasons, replayed.out:sub(-300))
  for _, reason in ipairs(reasons) do lu.assertNotStrContains(reason, "does not replay") end
  return traces, reasons
end

function TestFolder:test_the_course_is_recorded()
  local folder <close> = program.folder()
  local traces, reasons = record_all(folder, machine.here .. "/scenarios")
  print(("    the course on all profiles: %d recorded, %d refused"):format(traces, #reasons))
  lu.assertTrue(traces > 6 * #reasons)
end

-- One that is refused uses what a trace does not have.
local REFUSED = { frozenset = true, set_debug = true, DEBUG_SAVEALL = true }

function TestFolder:test_every_words_example_is_recorded()
  local folder <close> = program.folder()
  local examples, refusals = 0, 0
  for i, word in ipairs(words) do
    folder:write(("words/%03d_%s.lua"):format(i, (word.name:gsub("[^%w_]", "_"))), word.example .. "\n")
    examples = i
  end
  local traces, reasons = record_all(folder, "words")
  for _, reason in ipairs(reasons) do
    local known = false
    for name in pairs(REFUSED) do known = known or reason:find(name, 1, true) ~= nil end
    lu.assertTrue(known, reason)
    refusals = refusals + 1
  end
  print(("    %d words' examples on all profiles: %d recorded, %d refused"):format(examples, traces, refusals))
end

-- Words at random, on names at random: recorded, or refused for what a trace lacks.
function TestFolder:test_words_at_random_are_recorded()
  local folder <close> = program.folder { ["random.lua"] = machine.read "tests/cli/record/random.lua" }
  local traces = 0
  local profiles = { "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13" }
  for seed = 1, 21 do
    local profile = profiles[seed % #profiles + 1]
    local result = folder:run(("run --record a.trace --seed %d --profile %s random.lua"):format(seed, profile))
    lu.assertStrContains(result.out, "1 passed, 0 failed")
    lu.assertNotStrContains(result.err, "does not replay", false, ("seed %d, profile %s"):format(seed, profile))
    if result.status == 0 then traces = traces + 1 end
    lu.assertEquals(result.status, result.err == "" and 0 or 2)
  end
  lu.assertTrue(traces >= 10, traces)
end

lab.finish()
