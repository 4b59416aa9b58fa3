-- `refchain replay`: what it reports and returns.

local lu = require "luaunit"
local lab = require "lab"
local program = require "program"

local GOOD = 'refchain-trace 1\nprofile 3.8\nlist a\nrefcnt a => 1\n'
local BAD = 'refchain-trace 1\nprofile 3.8\nlist a\nrefcnt a => 3\nrefcnt a => 4\n'

local function run(files, arguments)
  local folder <close> = program.folder(files)
  return folder:run("replay " .. arguments)
end

TestReplay = {}

function TestReplay:test_is_0_without_a_divergence()
  local result = run({ ["a.trace"] = GOOD }, "a.trace")
  lu.assertEquals(result.out, "1 trace, 2 operations, 0 divergences\n")
  lu.assertEquals(result.status, 0)
end

function TestReplay:test_shows_file_line_operation_expected_and_got()
  local result = run({ ["a.trace"] = BAD }, "a.trace")
  lu.assertStrContains(result.out, "a.trace:4: refcnt a\n    expected: 3\n    got:      1\n")
  lu.assertStrContains(result.out, " 1 divergence\n")
  lu.assertEquals(result.status, 1)
end

function TestReplay:test_goes_on_when_asked_to()
  local result = run({ ["a.trace"] = BAD }, "--keep-going a.trace")
  lu.assertStrContains(result.out, "a.trace:5: refcnt a\n")
  lu.assertStrContains(result.out, " 2 divergences\n")
end

function TestReplay:test_shows_at_most_so_many()
  local result = run({ ["a.trace"] = BAD }, "--keep-going --max 1 a.trace")
  lu.assertNotStrContains(result.out, "a.trace:5: refcnt a")
  lu.assertStrContains(result.out, "a.trace: and 1 more divergence\n")
end

function TestReplay:test_takes_folders_and_compressed_traces_in_order()
  local folder <close> = program.folder { ["t/b.trace"] = BAD, ["t/a.trace"] = BAD, ["t/c.txt"] = "x" }
  folder:shell "gzip t/a.trace"
  local result = folder:run "replay t"
  lu.assertStrMatches(result.out, "t/a.trace.gz:4: .*t/b.trace:4: .*2 traces, .*")
end

function TestReplay:test_prints_a_trace_with_this_heaps_results()
  local result = run({ ["a.trace"] = BAD }, "--print a.trace")
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(result.out, "refchain-trace 1\nprofile 3.8\nlist a\nrefcnt a => 1\nrefcnt a => 1\n")
end

function TestReplay:test_another_profile_can_be_asked_for()
  lu.assertEquals(run({ ["a.trace"] = GOOD }, "--profile 3.13 a.trace").status, 0)
  local wrong = run({ ["a.trace"] = GOOD }, "--profile 3.133 a.trace")
  lu.assertEquals(wrong.status, 2)
  lu.assertStrContains(wrong.err, "did you mean '3.13'?")
end

function TestReplay:test_takes_one_profile()
  for _, profiles in ipairs { "all", "3.8,3.9" } do
    local result = run({ ["a.trace"] = GOOD }, "--profile " .. profiles .. " a.trace")
    lu.assertEquals(result.status, 2)
    lu.assertEquals(result.err, ("refchain: replay takes one profile, not '%s'\n"):format(profiles))
  end
end

function TestReplay:test_checks_invariants_when_asked_to()
  lu.assertEquals(run({ ["a.trace"] = GOOD }, "--check a.trace").status, 0)
end

-- On another profile the results differ, but no profile may break the heap: that would
-- be 4.
function TestReplay:test_random_operations_keep_the_invariants_of_every_profile()
  local traces = "tests/conformance/3.8/random_*"
  for _, name in ipairs { "textbook", "2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13",
                          "3.14", "3.15" } do
    local _, _, status = os.execute(program.path .. " replay --check --keep-going --max 1 --profile "
                                    .. name .. " " .. traces .. " >/dev/null 2>&1")
    lu.assertTrue(status == 0 or (status == 1 and name ~= "3.8"), name .. ": " .. status)
  end
end

TestMemory = {}

local GROWING = "refchain-trace 1\nprofile 3.8\nlist a\nrepeat %d append a a\nlen a => %d\n"

function TestMemory:test_a_trace_that_needs_more_than_its_limit_is_2_with_its_line()
  local result = run({ ["a.trace"] = GROWING:format(1000000, 1000000) }, "--max-memory 2M a.trace")
  lu.assertEquals(result.status, 2)
  lu.assertEquals(result.err, "refchain: a.trace:4: not enough memory\n")
  local print = run({ ["a.trace"] = GROWING:format(1000000, 1000000) }, "--max-memory 2M --print a.trace")
  lu.assertEquals(print.status, 2)
  lu.assertEquals(print.err, "refchain: a.trace:4: not enough memory\n")
end

function TestMemory:test_what_fits_is_replayed()
  lu.assertEquals(run({ ["a.trace"] = GROWING:format(100000, 100000) }, "--max-memory 2M a.trace").status, 0)
  lu.assertEquals(run({ ["a.trace"] = GROWING:format(1000000, 1000000) }, "a.trace").status, 0)
end

function TestMemory:test_a_trace_is_limited_without_being_asked_to()
  local result = run({ ["a.trace"] = "refchain-trace 1\nprofile 3.8\nlist a\nlet l a\nrepeat 10000 list l l"
                                     .. (" a"):rep(100000) .. "\n" }, "a.trace")
  lu.assertEquals(result.status, 2)
  lu.assertEquals(result.err, "refchain: a.trace:5: not enough memory\n")
end

function TestMemory:test_a_limit_is_a_size()
  local result = run({ ["a.trace"] = GOOD }, "--max-memory much a.trace")
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "'much' is not a size such as 512M or 1G")
end

TestUnreadable = {}

function TestUnreadable:test_more_repetitions_than_a_trace_may_ask_for_are_2_with_their_line()
  local result = run({ ["a.trace"] = GOOD .. "repeat 9223372036854775807 list a\n" }, "a.trace")
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err,
    "a.trace:5: 9223372036854775807 repetitions; there can be at most 100000000\n")
end

function TestUnreadable:test_missing_is_2_and_the_rest_is_replayed()
  local result = run({ ["a.trace"] = GOOD }, "none.trace a.trace")
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "none.trace: No such file or directory")
  lu.assertEquals(result.out, "1 trace, 2 operations, 0 divergences, 1 could not be read\n")
end

function TestUnreadable:test_what_is_refused_is_no_trace_that_was_replayed()
  local result = run({ ["t/a.trace"] = GOOD, ["t/b.trace"] = "print(1)\n", ["t/c.trace"] = GOOD .. "what\n",
                       ["t/d.trace"] = GOOD }, "t none.trace")
  lu.assertEquals(result.status, 2)
  lu.assertEquals(result.out, "2 traces, 6 operations, 0 divergences, 3 could not be read\n")
end

function TestUnreadable:test_what_is_no_trace_is_2()
  local result = run({ ["a.trace"] = "print(1)\n" }, "a.trace")
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "a.trace:1: not a heap trace")
end

function TestUnreadable:test_an_unknown_operation_is_2_with_its_line()
  local result = run({ ["a.trace"] = GOOD .. "frobnicate a\n" }, "a.trace")
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "a.trace:5: ")
end

function TestUnreadable:test_an_expected_result_that_cannot_be_is_2_with_its_line()
  local result = run({ ["a.trace"] = GOOD .. "count => 1 0\n" }, "a.trace")
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "a.trace:5: the result of 'count' is three numbers, not '1 0'\n")
end

function TestUnreadable:test_a_slot_that_no_line_before_fills_is_2_with_its_line()
  local result = run({ ["a.trace"] = GOOD .. "len q => 1\n" }, "a.trace")
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "a.trace:5: slot 'q' is never filled before\n")
  lu.assertEquals(run({ ["a.trace"] = GOOD .. "len q => 1\n" }, "--print a.trace").status, 0)
end

function TestUnreadable:test_a_compressed_file_that_is_cut_off_is_2_with_the_last_line_before()
  local lines = {}
  for i = 1, 20000 do lines[i] = ("int a %d\n"):format(i * i) end
  local folder <close> = program.folder { ["a.trace"] = GOOD .. table.concat(lines) }
  folder:shell "gzip a.trace; head -c 50000 a.trace.gz > b.trace.gz"
  local whole = folder:shell "gzip -dc b.trace.gz | wc -l"
  lu.assertTrue(tonumber(whole.out) > 10000)
  for _, arguments in ipairs { "b.trace.gz", "--print b.trace.gz" } do
    local result = folder:run("replay " .. arguments)
    lu.assertEquals(result.status, 2)
    lu.assertEquals(result.err, ("refchain: b.trace.gz: cut off after line %d\n"):format(tonumber(whole.out)))
  end
end

function TestUnreadable:test_a_compressed_file_that_is_cut_off_in_its_first_line_is_2()
  local folder <close> = program.folder { ["a.trace"] = GOOD }
  folder:shell "gzip -n a.trace; head -c 14 a.trace.gz > b.trace.gz"
  local result = folder:run "replay b.trace.gz"
  lu.assertEquals(result.status, 2)
  lu.assertEquals(result.err, "refchain: b.trace.gz: cut off\n")
end

function TestUnreadable:test_a_compressed_file_that_is_broken_is_named_once_and_no_line_is_blamed()
  local folder <close> = program.folder { ["a.trace"] = GOOD }
  folder:shell [[gzip -n a.trace; size=$(wc -c <a.trace.gz)
{ head -c $((size - 8)) a.trace.gz; printf 12345678; } >b.trace.gz]]
  for _, arguments in ipairs { "b.trace.gz", "--print b.trace.gz" } do
    local result = folder:run("replay " .. arguments)
    lu.assertEquals(result.status, 2)
    lu.assertEquals(result.err, "refchain: b.trace.gz: incorrect data check\n")
  end
end

function TestUnreadable:test_a_file_for_print_that_is_missing_is_2()
  lu.assertEquals(run({}, "--print none.trace").status, 2)
end

function TestUnreadable:test_nothing_to_replay_is_5()
  local result = run({ ["t/x.txt"] = "" }, "t")
  lu.assertEquals(result.status, 5)
  lu.assertStrContains(result.err, "nothing to replay")
end

function TestUnreadable:test_no_file_at_all_is_2()
  lu.assertEquals(run({}, "").status, 2)
end

lab.finish()
