-- `refchain compare`: what it shows, finds out, and returns.

local json = require "dkjson"
local lu = require "luaunit"
local lab = require "lab"
local program = require "program"
local refchain = require "refchain"

-- Compare `code`, the scenario a.lua.
local function compare(code, arguments)
  local folder <close> = program.folder { ["a.lua"] = code }
  return folder:run("compare a.lua " .. arguments)
end

local function compare_json(code, arguments)
  local result = compare(code, "--output json " .. arguments)
  lu.assertEquals(result.err, "")
  return json.decode(result.out), result
end

-- The difference that a report has at a line, in a word.
local function difference(report, line, word, time)
  for _, each in ipairs(report.scenarios[1].differences) do
    if each.place == "a.lua:" .. line and each.word == word and each.time == (time or 1) then return each end
  end
end

-- What each profile says: a table of results.
local function results(found)
  local texts = {}
  for i, said in ipairs(found.said) do texts[i] = said.comes and said.result or false end
  return texts
end

local REUSE = [[
v = float(1.5)
local address = id(v)
v = nil
v = float(2.5)
expect_eq(id(v), address)
show(v)
]]

TestText = {}

function TestText:test_an_identical_run_says_so()
  local result = compare("x = list{1}\nexpect_refcnt(x, 1)\n", "--profile 3.8,3.13")
  lu.assertEquals(result.out, "a.lua: no difference between 3.8 and 3.13 (2 observations)\n\n")
  lu.assertEquals(result.err, "")
  lu.assertEquals(result.status, 0)
end

function TestText:test_shows_line_results_reason_and_source()
  local result = compare(REUSE, "--profile 3.8 --set float_free=0")
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(result.out, "differ between 3.8 and 3.8 with float_free = 0\n")
  lu.assertStrContains(result.out, [[
a.lua:5  expect_eq(id(v), address)
    id(2.5)
        3.8                      the id shown at line 2, from: free list
        3.8 with float_free = 0  the id shown at line 2, from: reused block
    because of float_free
]])
  lu.assertStrContains(result.out, [[
float_free: dead floats that are kept for the next; -1: no limit
  3.8                      100 objects  [M]
  3.8 with float_free = 0  0 objects    [yours]
]])
end

function TestText:test_profiles_that_agree_share_a_line()
  local code = "local a = gc.get_threshold()"
  local out = compare(code, "--profile 3.7,3.8,3.13").out
  lu.assertStrContains(out, [[
        3.7, 3.8  700, 10, 10
        3.13      2000, 10, 10
    because of thresholds
]])
  lu.assertStrContains(compare(code, "--profile 3.7,3.9,3.10,3.11,3.12,3.13").out,
                       "        3.7, 3.9 to 3.12  700, 10, 10\n")
end

function TestText:test_in_a_loop_the_first_is_shown_and_the_others_are_counted()
  local out = compare("for i = 1, 30 do\n  local a = gc.get_threshold()\nend", "--profile 3.8,3.13").out
  lu.assertStrContains(out, "30 of 31 observations differ")
  lu.assertStrContains(out, "        and 29 more times\n")
end

function TestText:test_exit_code_is_1_only_when_asked_for()
  lu.assertEquals(compare(REUSE, "--profile 3.8 --set float_free=0").status, 0)
  lu.assertEquals(compare(REUSE, "--profile 3.8 --set float_free=0 --exit-code").status, 1)
  lu.assertEquals(compare(REUSE, "--profile 3.8 --set list_free=0 --exit-code").status, 0)
end

function TestText:test_all_profiles_are_compared_if_none_is_named()
  local code = "local a = gc.get_threshold()"
  lu.assertEquals(compare(code, "").out, compare(code, "--profile all").out)
  lu.assertEquals(compare(REUSE, "--set float_free=0").out, compare(REUSE, "--profile 3.8 --set float_free=0").out)
end

function TestText:test_is_the_same_on_every_run()
  local first = compare(REUSE, "--profile all").out
  lu.assertEquals(compare(REUSE, "--profile all --jobs 1").out, first)
end

TestFindings = {}

function TestFindings:test_nothing_but_reuse_of_ids_shows()
  -- 3.13 makes fewer objects before: addresses and births differ, what happens does not.
  local report = compare_json([[
Node = class "Node"
n = Node{name = "x"}
a = list{}
local first = id(a)
a = nil
b = list{}
expect_eq(id(b), first)
print(first, b, id(b))
]], "--profile 3.8,3.13")
  lu.assertEquals(report.scenarios[1].differences, {})
end

function TestFindings:test_a_failing_expectation_is_recorded_and_the_run_goes_on()
  local report = compare_json([[
expect_eq(gc.get_threshold(), 700)
expect_eq({gc.get_threshold()}, {2000, 10, 10})
print(1 + gc.get_threshold())
]], "--profile 3.8,3.13")
  lu.assertEquals(results(difference(report, 1, "expect_eq")), { "holds", "fails: expected 700, found 2000" })
  lu.assertEquals(results(difference(report, 2, "expect_eq")),
                  { "fails: at [1]: expected 2000, found 700", "holds" })
  lu.assertEquals(results(difference(report, 3, "output")), { "701", "2001" })
  for _, run in ipairs(report.scenarios[1].runs) do lu.assertEquals(run.status, "passed") end
end

function TestFindings:test_assertions_of_luaunit_are_expectations()
  local code = "assertEquals((gc.get_threshold()), 700)\nassertTrue(gc.get_threshold() == 2000)\n"
  local report = compare_json(code, "--profile 3.8,3.13")
  lu.assertEquals(results(difference(report, 1, "assertEquals")), { "holds", "fails: expected: 700, actual: 2000" })
  lu.assertEquals(results(difference(report, 2, "assertTrue")), { "fails: expected: true, actual: false", "holds" })
end

function TestFindings:test_an_automatic_collection_shows_where_and_what()
  local code = "keep = list{}\nfor i = 1, 1500 do\n  keep:append(list{})\nend\n"
  local report = compare_json(code, "--profile 3.8,3.13")
  local found = difference(report, 3, "collection")
  lu.assertEquals(results(found), { "generation 0, found 0, after 701 objects made", false })
  lu.assertEquals(found.because, { "thresholds" })
end

function TestFindings:test_counts_and_sizes()
  local code = 'local a = sys.getrefcount(None)\nlocal b = sys.getsizeof(str "a")\n'
  local report = compare_json(code, "--profile 3.8,3.13")
  lu.assertEquals(difference(report, 1, "sys.getrefcount").because, { "immortal_refcount" })
  lu.assertEquals(results(difference(report, 2, "sys.getsizeof")), { "50", "42" })
  lu.assertEquals(difference(report, 2, "sys.getsizeof").because, { "str_head_size" })
end

-- 60 nested instances: the trashcan of 3.7 puts some aside.
local NESTED = [[
Node = class("Node", {__del__ = function() end})
chain = Node{}
for i = 1, 60 do
  chain = Node{next = chain}
end
del "chain"
]]

function TestFindings:test_the_order_of_finalizers()
  local report = compare_json(NESTED, "--profile 3.7,3.8")
  local first = report.scenarios[1].differences[1]
  lu.assertEquals(first.word, "finalizer")
  lu.assertEquals(results(first), { "Node 25", "Node 61" })
  lu.assertEquals(first.because, { "trashcan" })
  lu.assertEquals(report.fields[1].values[2],
                  { profile = "3.8", value = "50 levels", source = "M; S Py_TRASHCAN_BEGIN" })
end

function TestFindings:test_what_finalizers_do_at_the_end_of_a_test()
  local code = [[
Node = class("Node", {__del__ = function(self) print(gc.get_threshold()) end})
n = Node{}
]]
  local report = compare_json(code, "--profile 3.8,3.13")
  lu.assertEquals(results(difference(report, 1, "output")), { "700\t10\t10", "2000\t10\t10" })
  code = "Node = class('Node', {__del__ = function() end})\na = list{Node{}}\na:append(Node{})\n"
  local out = compare(code .. "if gc.get_threshold() == 700 then a:reverse() end", "--profile 3.8,3.13").out
  lu.assertStrContains(out, [[
at the end
    finalizer
        3.8   Node 1
        3.13  Node 2
]])
end

function TestFindings:test_what_is_missing_is_skipped_on_one_profile()
  local report = compare_json('needs "gc.is_finalized"\nlocal a = gc.is_finalized(list{})\n', "--profile 3.8,3.13")
  local statuses = {}
  for i, run in ipairs(report.scenarios[1].runs) do statuses[i] = run.status end
  lu.assertEquals(statuses, { "skipped", "passed" })
  lu.assertEquals(#report.scenarios[1].differences, 1)
  local ending = report.scenarios[1].differences[1]
  lu.assertEquals(ending.word, "the end")
  lu.assertEquals(ending.said[1].result, "skipped at a.lua:1: profile 3.8 has no gc.is_finalized")
  lu.assertEquals(ending.because, { "has_is_finalized" })
end

function TestFindings:test_an_error_ends_one_run_and_what_others_see_later_is_no_difference()
  local report = compare_json([[
if gc.get_threshold() == 2000 then error "too many" end
expect_eq(1, 1)
]], "--profile 3.8,3.13")
  lu.assertEquals(#report.scenarios[1].differences, 2)
  lu.assertEquals(report.scenarios[1].differences[2].said[2].result, "failed: a.lua:1: too many")
end

function TestFindings:test_a_line_that_only_some_come_to_is_a_difference()
  local report = compare_json("if gc.get_threshold() == 2000 then\n  expect_eq(1, 1)\nend\n", "--profile 3.8,3.13")
  lu.assertEquals(results(difference(report, 2, "expect_eq")), { false, "holds" })
  lu.assertEquals(difference(report, 2, "expect_eq").because, { "thresholds" })
end

function TestFindings:test_what_no_field_makes_has_no_reason()
  local report = compare_json("print(heap.profile.name)\n", "--profile 3.8,3.13")
  lu.assertEquals(results(difference(report, 1, "output")), { "3.8", "3.13" })
  lu.assertEquals(difference(report, 1, "output").because, {})
  lu.assertStrContains(compare("print(heap.profile.name)\n", "--profile 3.8,3.13").out, "(no single field makes it)")
end

function TestFindings:test_two_fields_that_work_together_are_both_reasons()
  -- The second float comes off a free list only where both profiles' fields let it.
  local code = 'local r = heap.profile.float_free > 0 and heap.profile.list_free > 0\nexpect_eq(r, true)\n'
  local report = compare_json(code, "--profile 3.8 --set float_free=0 --set list_free=0")
  lu.assertEquals(difference(report, 2, "expect_eq").because, { "float_free", "list_free" })
end

function TestFindings:test_tests_are_compared_one_by_one()
  local code = [[
x = list{}
local limits = gc.get_threshold()
function test_same() expect_refcnt(x, 1) end
function test_other() expect_eq(gc.get_threshold(), 700) end
]]
  local out = compare(code, "--profile 3.8,3.13").out
  lu.assertStrContains(out, "a.lua: 1 of 2 observations differ")
  lu.assertStrContains(out, "a.lua::test_same: no difference between 3.8 and 3.13 (2 observations)\n")
  lu.assertStrContains(out, "a.lua::test_other: 2 of 3 observations differ")
end

function TestFindings:test_folders_are_searched()
  local folder <close> = program.folder { ["s/a.lua"] = REUSE, ["s/t/b.lua"] = REUSE, ["s/c.txt"] = "" }
  local out = folder:run("compare s --profile all").out
  lu.assertStrMatches(out, "s/a%.lua: .*s/t/b%.lua: .*")
end

TestTrouble = {}

function TestTrouble:test_wrong_use_is_2()
  for arguments, message in pairs {
    ["--profile 3.8"] = "compare needs two profiles at least",
    ["--profile 3.8,3.8"] = "compare needs two profiles at least",
    ["--profile 3.8,3.133"] = "no profile is called '3.133'; did you mean '3.13'?",
    ["--profile all --set float_fre=1"] = "did you mean 'float_free'?",
    ["--profile all --set float_free=x"] = "float_free: 'x' is not possible",
    ["--profile all --output tap"] = "must be one of 'text', 'json'",
    ["--profile all missing.lua"] = "missing.lua: No such file or directory",
    ["--exitcode"] = "did you mean '--exit-code'?",
  } do
    local result = compare("x = 1", arguments)
    lu.assertEquals(result.status, 2, arguments)
    lu.assertStrContains(result.err, message)
  end
  local folder <close> = program.folder {}
  lu.assertEquals(folder:run("compare").status, 2)
  lu.assertEquals(folder:run("compare .").status, 5)
end

function TestTrouble:test_a_file_that_cannot_be_compiled_is_2()
  local result = compare("x = = 1", "--profile 3.8,3.9")
  lu.assertEquals(result.out, [[
a.lua: no difference between 3.8 and 3.9 (1 observation)

    failed: syntax error: a.lua:1: unexpected symbol near '='

]])
  lu.assertEquals(result.status, 2)
  local report, plain = compare_json("x = = 1", "--profile 3.8,3.9")
  lu.assertEquals(report.scenarios[1].runs[2].message, "syntax error: a.lua:1: unexpected symbol near '='")
  lu.assertEquals(plain.status, 2)
end

function TestTrouble:test_what_fails_on_every_profile_is_told_once()
  local result = compare("expect_eq(1, 1)\nerror 'no'", "--profile all")
  lu.assertEquals(result.out, "a.lua: no difference between all profiles (2 observations)\n\n"
                              .. "    failed: a.lua:2: no\n\n")
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(compare("while true do end", "--profile 3.8,3.13 --timeout 1").out,
                       "(1 observation)\n\n    timed out: timed out after 1 s")
  lu.assertStrContains(compare("local a = gc.get_threshold()\nerror 'no'", "--profile 3.8,3.13").out,
                       "a.lua: 1 of 2 observations differ between 3.8 and 3.13\n\n    failed: a.lua:2: no\n\na.lua:1")
  lu.assertStrContains(compare("skip 'later'", "--profile 3.8,3.13").out, "    skipped: later\n")
  lu.assertStrContains(compare("function test_one() error 'no' end", "--profile 3.8,3.13").out,
                       "a.lua::test_one: no difference between 3.8 and 3.13 (1 observation)\n\n"
                       .. "    failed: a.lua:1: no\n")
end

function TestTrouble:test_messages_that_begin_alike_are_told_with_their_profiles()
  local out = compare("error('no\\n' .. heap.profile.name)", "--profile 3.8,3.13").out
  lu.assertStrContains(out, "    3.8  failed: a.lua:1: no\n         3.8\n")
  lu.assertStrContains(out, "    3.13  failed: a.lua:1: no\n          3.13\n")
end

function TestTrouble:test_endless_loops_are_results()
  local code = "if gc.get_threshold() == 700 then while true do end end"
  local report = compare_json(code, "--profile 3.8,3.13 --timeout 1")
  lu.assertEquals(report.scenarios[1].runs[1].status, "timed out")
  lu.assertEquals(report.scenarios[1].runs[2].status, "passed")
end

function TestTrouble:test_long_journals_are_cut_and_it_is_said()
  local result = compare("x = list{}\nfor i = 1, 20100 do local n = refcnt(x) end\n", "--profile 3.8,3.13")
  lu.assertStrContains(result.out, "no difference")
  lu.assertStrContains(result.out, "only the first were compared")
end

function TestTrouble:test_ctrl_c_ends_it()
  local folder <close> = program.folder { ["a.lua"] = "while true do end" }
  local result = folder:shell [["$REFCHAIN" compare a.lua --profile all & pid=$!; sleep 1; kill -INT $pid; wait $pid]]
  lu.assertEquals(result.status, 130)
  lu.assertStrContains(result.err, "interrupted while running a.lua on ")
end

-- A journal changes nothing of what a scenario sees: neither its output, ids and counts
-- included, nor whether it passes.
TestJournal = {}

local function told(path, journal, profile)
  local output, file = {}, assert(io.open(path))
  local text = file:read "a"
  file:close()
  local py = refchain.new {
    profile = profile, output = function(line) output[#output + 1] = line end, journal = journal,
  }
  local done, problem = pcall(assert(load(text, "@" .. path, "t", py)))
  refchain.inside(py).lab:finish()
  output.failed = not done and not refchain.skipped(problem)
  for _, kind in ipairs { "list", "float", "tuple", "dict" } do
    output[#output + 1] = ("%d %d"):format(py.heap.live(kind), (py.heap.freelist(kind == "tuple" and "list" or kind)))
  end
  py:close()
  return output
end

function TestJournal:test_changes_nothing_of_what_a_scenario_sees()
  local pipe <close> = io.popen "find scenarios -name '*.lua' ! -name lru_cache.lua | sort"
  local count = 0
  for path in pipe:lines() do
    for _, profile in ipairs { "3.8", "3.13" } do
      local records = 0
      local function journal() records = records + 1 end
      local with, without = told(path, journal, profile), told(path, nil, profile)
      if not without.failed then              -- which with a journal goes on
        lu.assertEquals(with, without, path)
        count = count + (records > 0 and 1 or 0)
      end
    end
  end
  lu.assertEquals(count > 100, true)
end

lab.finish()
