-- `refchain run`: what it finds, runs, says, and returns.

local lu = require "luaunit"
local lab = require "lab"
local program = require "program"

local GOOD = 'scenario "all is well"\nx = list{1}\nexpect_refcnt(x, 1)\n'
local BAD = 'scenario "it fails"\nstep "a list with one name"\nx = list{1}\nexpect_refcnt(x, 7)\n'

local function run(files, arguments)
  local folder <close> = program.folder(files)
  return folder:run(arguments)
end

TestStatus = {}

function TestStatus:test_is_0_when_all_pass()
  local result = run({ ["a.lua"] = GOOD }, "run a.lua")
  lu.assertEquals(result.status, 0)
  lu.assertEquals(result.err, "")
  lu.assertStrContains(result.out, "ok    a.lua: all is well\n\n1 passed, 0 failed\n")
end

function TestStatus:test_is_1_when_one_fails_whatever_the_number()
  local result = run({ ["a.lua"] = BAD, ["b.lua"] = BAD, ["c.lua"] = GOOD }, "run a.lua b.lua c.lua")
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.out, "1 passed, 2 failed\n")
end

function TestStatus:test_is_2_for_a_missing_file_and_the_rest_runs()
  local result = run({ ["a.lua"] = GOOD }, "run a.lua b.lua")
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "b.lua: No such file or directory")
  lu.assertStrContains(result.out, "1 passed")
end

function TestStatus:test_is_2_for_compiled_lua_and_other_binary_files()
  local compiled = run({ ["a.lua"] = string.dump(function() end) }, "run a.lua")
  lu.assertEquals(compiled.status, 2)
  lu.assertStrContains(compiled.err, "a.lua: compiled Lua")
  local binary = run({ ["a.lua"] = "x = 1\0\1\2" }, "run a.lua")
  lu.assertEquals(binary.status, 2)
  lu.assertStrContains(binary.err, "a.lua: binary, not a scenario's text (a zero byte at 5)")
end

-- What only a bug can do, a trusted scenario can play.
local BROKEN = [[
local lab = require("refchain").inside(_G).lab
debug.getmetatable(lab).__index.check = function() return "a count is wrong" end
]]

function TestStatus:test_is_4_when_a_heap_invariant_is_broken()
  local result = run({ ["a.lua"] = BROKEN, ["b.lua"] = GOOD }, "run --trusted a.lua b.lua")
  lu.assertEquals(result.status, 4)
  lu.assertStrContains(result.out, "a heap invariant is broken: a count is wrong; this is a bug in refchain; "
                                   .. "please report it")
  lu.assertStrContains(result.out, "1 passed, 1 failed\n")
end

function TestStatus:test_is_5_when_there_is_nothing_to_run()
  lu.assertEquals(run({ ["sub/readme.txt"] = "" }, "run sub").status, 5)
  local filtered = run({ ["a.lua"] = GOOD }, "run --filter nothing-is-called-so a.lua")
  lu.assertEquals(filtered.status, 5)
  lu.assertStrContains(filtered.err, "nothing to run")
end

function TestStatus:test_is_130_after_ctrl_c_and_what_ran_is_summed_up()
  local folder <close> = program.folder { ["a.lua"] = GOOD, ["b.lua"] = "while true do end" }
  local result = folder:shell [["$REFCHAIN" run a.lua b.lua & pid=$!; sleep 1; kill -INT $pid; wait $pid]]
  -- A shell without job control starts background processes deaf to Ctrl-C; ours asks for it.
  lu.assertEquals(result.status, 130)
  lu.assertStrContains(result.out, "1 passed, 0 failed")
  lu.assertStrContains(result.err, "interrupted while running b.lua")
end

function TestStatus:test_is_2_when_the_results_cannot_be_written()
  local folder <close> = program.folder { ["a.lua"] = GOOD, ["a.trace"] = "refchain-trace 1\nprofile 3.8\nlist a\n" }
  for _, arguments in ipairs { "run a.lua", "run -o json a.lua", "run --list a.lua", "profiles", "--version",
                               "replay --print a.trace", "replay a.trace" } do
    local result = folder:run(arguments .. " >/dev/full")
    lu.assertEquals(result.status, 2, arguments)
    lu.assertStrContains(result.err, "refchain: cannot write to standard output")
  end
end

TestLack = {}

-- A sanitizer wants address space of its own.
local function starved(command)
  local folder <close> = program.folder { ["a.lua"] = GOOD, ["b.lua"] = GOOD, ["c.lua"] = "assertEquals(1, 1)" }
  local result = folder:shell(command)
  lu.skipIf(result.err:find "Sanitizer" ~= nil or result.out:find "Sanitizer" ~= nil, "not with a sanitizer")
  lu.assertNotStrContains(result.err, "traceback")
  return result
end

function TestLack:test_of_address_space_is_a_clear_failure()
  local result = starved [[ulimit -v 2000000; "$REFCHAIN" run a.lua]]
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.out, "FAIL  a.lua\n      no memory for a heap (address space is limited?)\n")
end

function TestLack:test_of_descriptors_is_wrong_use()
  for _, command in ipairs { "run a.lua", "run a.lua b.lua" } do
    local result = starved([[ulimit -n 8; "$REFCHAIN" ]] .. command)
    lu.assertEquals(result.status, 2)
    lu.assertStrContains(result.err, "refchain: cannot start a process: Too many open files\n")
  end
end

function TestLack:test_of_descriptors_for_all_jobs_means_fewer_jobs()
  local result = starved [[ulimit -n 14; "$REFCHAIN" run -j 8 a.lua b.lua a.lua b.lua]]
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(result.out, "4 passed, 0 failed")
end

function TestLack:test_of_a_lua_module_names_its_package()
  local result = starved [[LUA_PATH=/none/?.lua "$REFCHAIN" run a.lua]]
  lu.assertEquals(result.status, 2)
  lu.assertEquals(result.err, "refchain: the Lua module 'argparse' is not installed; on Debian: "
                              .. "apt-get install lua-argparse\n")
end

function TestLack:test_of_luaunit_is_told_to_who_uses_it()
  local result = starved [[
mkdir lib && for name in argparse dkjson; do
  for folder in /usr/share/lua/5.4 /usr/local/share/lua/5.4; do cp $folder/$name.lua lib; done
done 2>/dev/null
LUA_PATH="$PWD/lib/?.lua" "$REFCHAIN" run a.lua c.lua]]
  lu.assertStrContains(result.out, "LuaUnit is not installed (Debian: apt install lua-unit)")
  lu.assertStrContains(result.out, "1 passed, 1 failed")
end

TestFiles = {}

function TestFiles:test_are_run_in_sorted_order_below_a_folder_and_hidden_ones_are_not()
  local result = run({
    ["s/b.lua"] = GOOD, ["s/a/z.lua"] = GOOD, ["s/.hidden.lua"] = BAD, ["s/.h/x.lua"] = BAD,
    ["s/note.txt"] = "no Lua", ["s/c.lua"] = GOOD,
  }, "run --list s")
  lu.assertEquals(result.out, "s/a/z.lua\ns/b.lua\ns/c.lua\n")
  lu.assertEquals(result.status, 0)
end

function TestFiles:test_keep_the_order_in_which_they_are_given()
  local result = run({ ["a.lua"] = GOOD, ["b.lua"] = GOOD }, "run b.lua a.lua")
  lu.assertStrMatches(result.out, "ok    b%.lua: all is well\nok    a%.lua: all is well\n.*")
end

function TestFiles:test_may_begin_with_a_mark_and_a_line_for_the_loader()
  local result = run({ ["a.lua"] = "\xEF\xBB\xBF#!/usr/bin/refchain\nerror 'here'" }, "run a.lua")
  lu.assertStrContains(result.out, "a.lua:2: here")
end

function TestFiles:test_a_link_that_leads_back_is_not_followed_twice()
  local folder <close> = program.folder { ["s/a/x.lua"] = GOOD }
  folder:shell "ln -s .. s/a/up; ln -s . s/here"
  lu.assertEquals(folder:run("run --list s").out, "s/a/x.lua\n")
end

function TestFiles:test_a_pipe_or_a_device_is_wrong_use()
  local folder <close> = program.folder {}
  folder:shell "mkfifo pipe"
  for _, arguments in ipairs { "run pipe", "run /dev/zero", "replay pipe", "replay --print pipe" } do
    local result = folder:run(arguments)
    lu.assertEquals(result.status, 2)
    lu.assertStrContains(result.err, "not a file but a pipe or a device")
  end
end

TestTests = {}

local TESTS = [[
scenario "several"
count = 0
function setup() print "setup" end
function teardown() print "teardown" end
function test_one() count = count + 1 expect_eq(count, 1) end
function test_another() count = count + 1 expect_eq(count, 1) end
function test_bad() error "no" end
]]

function TestTests:test_run_each_by_itself_in_order_of_definition()
  local result = run({ ["t.lua"] = TESTS }, "run t.lua")
  lu.assertEquals(result.status, 1)
  lu.assertStrMatches(result.out, "ok    t.lua::test_one: several\nok    t.lua::test_another: several\n"
                                  .. "FAIL  t.lua::test_bad: several\n.*2 passed, 1 failed\n")
end

function TestTests:test_have_setup_and_teardown_even_when_they_fail()
  local result = run({ ["t.lua"] = TESTS }, "run t.lua --filter test_bad")
  lu.assertStrContains(result.out, "| setup\n      | teardown\n")
  lu.assertStrContains(result.out, "0 passed, 1 failed")
end

function TestTests:test_are_listed()
  local result = run({ ["t.lua"] = TESTS }, "run --list t.lua")
  lu.assertEquals(result.out, "t.lua::test_one\nt.lua::test_another\nt.lua::test_bad\n")
end

function TestTests:test_need_not_run_to_list_a_file_without_any()
  local result = run({ ["a.lua"] = "while true do end", ["b.lua"] = "function test_x() end error 'why'" },
                     "run --list --timeout 5 a.lua b.lua")
  lu.assertEquals(result.out, "a.lua\nb.lua\n")
  lu.assertEquals(result.err, "refchain: b.lua:1: why\n")
end

function TestTests:test_too_many_are_a_failure()
  local result = run({ ["a.lua"] = "for i = 1, 200000 do _G['test_' .. i] = print end" }, "run a.lua")
  lu.assertStrContains(result.out, "too many tests: 200000")
end

TestFilter = {}

local OTHER = 'print "test_ here"\nfunction test_other() end\nerror "not asked for"'

function TestFilter:test_a_file_without_a_match_is_not_reported()
  local files = { ["a.lua"] = TESTS, ["b.lua"] = OTHER }
  local result = run(files, "run --filter test_one a.lua b.lua")
  lu.assertEquals(result.out, "ok    a.lua::test_one: several\n\n1 passed, 0 failed\n")
  lu.assertEquals(result.status, 0)
  lu.assertEquals(run(files, "run --filter nothing a.lua b.lua").status, 5)
end

function TestFilter:test_a_file_that_fails_before_its_match_is_reported()
  local result = run({ ["b.lua"] = OTHER }, "run --filter test_other b.lua")
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.out, "FAIL  b.lua\n      b.lua:3: not asked for\n")
end

function TestFilter:test_finds_tests_with_computed_names()
  local result = run({ ["a.lua"] = "for i = 1, 3 do _G['test_' .. i] = function() end end" },
                     "run --filter test_2 a.lua")
  lu.assertStrContains(result.out, "ok    a.lua::test_2\n\n1 passed, 0 failed\n")
end

function TestFilter:test_takes_patterns()
  local result = run({ ["a.lua"] = TESTS }, "run --filter '::test_o.e$' a.lua")
  lu.assertStrContains(result.out, "1 passed, 0 failed\n")
end

function TestFilter:test_a_malformed_pattern_is_wrong_use()
  for text, problem in pairs {
    ["a%"] = "it ends with '%'", ["[a"] = "a ']' is missing", ["[]"] = "a ']' is missing",
    ["(a"] = "a ')' is missing", ["a.)"] = "a '(' is missing", ["%1"] = "there is no capture %1",
    ["(a%1)"] = "there is no capture %1", ["%f"] = "'%f' needs a set", ["%bx"] = "'%b' needs two characters",
  } do
    local result = run({ ["a.lua"] = GOOD }, ("run --filter '%s' a.lua"):format(text))
    lu.assertEquals(result.status, 2, text)
    lu.assertStrContains(result.err, problem)
    lu.assertFalse((pcall(string.find, "aaaa", text)), text)
  end
  for _, text in ipairs { "[]a]", "[^]a]", "(a)%1", "%f[%]a]b", "%bxy", "[%a-z]", "()", "((a)b)" } do
    lu.assertEquals(run({ ["a.lua"] = GOOD }, ("run --filter '%s' a.lua"):format(text)).status ~= 2, true, text)
  end
end

TestOptions = {}

function TestOptions:test_profile_runs_on_each_named()
  local result = run({ ["a.lua"] = 'print(heap.profile.name)\nerror "x"' }, "run --profile 3.7,3.13 a.lua")
  lu.assertStrContains(result.out, "FAIL  a.lua [3.7]")
  lu.assertStrContains(result.out, "| 3.13\n")
end

function TestOptions:test_profile_all_runs_on_all()
  local result = run({ ["a.lua"] = GOOD }, "run --profile all a.lua")
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(result.out, "ok    a.lua [3.8]: all is well\n")
end

function TestOptions:test_several_profiles_end_with_a_matrix()
  local result = run({
    ["a.lua"] = GOOD, ["b.lua"] = 'needs "gc.is_finalized"\n',
    ["c.lua"] = 'function test_one() end\nfunction test_two() expect_eq(gc.get_threshold(), 700) end\n',
  }, "run --profile 3.7,3.8,3.13 a.lua b.lua c.lua")
  lu.assertStrContains(result.out, [[

                 3.7
                 | 3.8
                 | | 3.13
a.lua            + + +
b.lua            s s +
c.lua::test_one  + + +
c.lua::test_two  + + F

+ passed  F failed  s skipped  . not run

9 passed, 1 failed, 2 skipped
]])
end

function TestOptions:test_a_setting_stands_once_above_the_matrix()
  local result = run({ ["a.lua"] = GOOD }, "run --profile 3.7,3.13 --set float_free=3 a.lua")
  lu.assertStrContains(result.out, [[

with float_free = 3

       3.7
       | 3.13
a.lua  + +
]])
end

function TestOptions:test_the_matrix_fits_on_a_screen_and_shows_the_worst_round()
  local folder, long = "a/folder/with/a/rather/long/name/", ("scenario_"):rep(8)
  local result = run({ [folder .. long .. ".lua"] = GOOD }, "run --profile all --repeat 2 " .. folder)
  local matrix = result.out:match "\n\n(.*)\n\n%+ passed"
  for line in matrix:gmatch "[^\n]+" do lu.assertEquals(utf8.len(line) <= 80, true, line) end
  lu.assertStrMatches(matrix, ".*\n…[^\n]*scenario_%.lua  %+ [+ ]*")
end

function TestOptions:test_the_matrix_is_for_text_and_for_several_profiles()
  local files = { ["a.lua"] = GOOD, ["b.lua"] = GOOD }
  for _, arguments in ipairs { "a.lua b.lua", "--profile 3.7 a.lua b.lua", "-o tap --profile all a.lua",
                               "-o json --profile all a.lua", "--list --profile all a.lua" } do
    lu.assertNotStrContains(run(files, "run " .. arguments).out, "+ passed")
  end
end

function TestOptions:test_with_fail_fast_what_was_not_run_is_a_dot()
  local result = run({ ["a.lua"] = BAD }, "run -x --jobs 1 --profile 3.7,3.8,3.13 a.lua")
  lu.assertStrContains(result.out, "\na.lua  F . .\n")
end

function TestOptions:test_profiles_named_twice_run_once()
  local all = run({ ["a.lua"] = GOOD }, "run --profile all a.lua").out
  local _, count = all:gsub("ok  ", "")
  local result = run({ ["a.lua"] = GOOD }, "run --profile 3.13,all,3.13 a.lua")
  lu.assertStrContains(result.out, ("%d passed, 0 failed\n"):format(count))
  lu.assertStrMatches(result.out, "ok    a.lua %[3.13%].*")
end

function TestOptions:test_the_path_of_lua_has_no_empty_entry()
  local result = run({ ["a.lua"] = "expect(not (';' .. package.path .. ';'):find(';;', 1, true))" },
                     "run --trusted a.lua")
  lu.assertEquals(result.status, 0)
end

function TestOptions:test_an_unknown_profile_names_the_nearest()
  local result = run({ ["a.lua"] = GOOD }, "run --profile 3.133 a.lua")
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "no profile is called '3.133'; did you mean '3.13'?")
end

function TestOptions:test_repeat_runs_so_often()
  local result = run({ ["a.lua"] = GOOD }, "run --repeat 3 a.lua")
  lu.assertStrContains(result.out, "ok    a.lua [run 3]: all is well\n\n3 passed, 0 failed\n")
end

function TestOptions:test_fail_fast_stops_at_the_first_failure()
  local result = run({ ["a.lua"] = GOOD, ["b.lua"] = BAD, ["c.lua"] = GOOD }, "run -x a.lua b.lua c.lua")
  lu.assertStrContains(result.out, "1 passed, 1 failed\n")
  lu.assertEquals(result.status, 1)
end

function TestOptions:test_shuffle_with_a_seed_is_the_same_order_again()
  local files = {}
  for i = 1, 9 do files["s/" .. i .. ".lua"] = GOOD end
  local once = run(files, "run --shuffle --seed 5 s").out
  lu.assertEquals(run(files, "run --shuffle --seed 5 s").out, once)
  lu.assertNotEquals(run(files, "run s").out, once)
end

function TestOptions:test_seed_decides_random_numbers()
  local files = { ["a.lua"] = "print(math.random(1000000))" }
  lu.assertEquals(run(files, "run --seed 5 a.lua").out, run(files, "run --seed 5 a.lua").out)
  lu.assertNotEquals(run(files, "run --seed 6 a.lua").out, run(files, "run --seed 5 a.lua").out)
end

function TestOptions:test_trusted_gives_the_libraries_back()
  local files = { ["a.lua"] = "expect(io and os.execute and debug.getinfo and require)" }
  lu.assertEquals(run(files, "run a.lua").status, 1)
  lu.assertEquals(run(files, "run --trusted a.lua").status, 0)
end

function TestOptions:test_wrong_ones_are_exit_status_2_with_the_nearest()
  local cases = {
    { "run --filtr x a.lua", "unknown option '--filtr'; did you mean '--filter'?" },
    { "rnu a.lua", "unknown command 'rnu'; did you mean 'run'?" },
    { "a.lua", "to run a scenario: refchain run a.lua" },
    { "run --jobs none a.lua", "'none' is not a whole number of at least 1" },
    { "run --timeout=-1 a.lua", "not a number of seconds" },
    { "run --max-memory much a.lua", "'much' is not a size such as 512M or 1G" },
    { "run --output xml a.lua", "must be one of" },
    { "run --profile", "requires an argument" },
  }
  for _, case in ipairs(cases) do
    local result = run({ ["a.lua"] = GOOD }, case[1])
    lu.assertEquals(result.status, 2, case[1])
    lu.assertEquals(result.out, "", case[1])
    lu.assertStrContains(result.err, case[2])
  end
end

TestText = {}

function TestText:test_a_failure_says_step_place_and_holders()
  local result = run({ ["a.lua"] = BAD, ["b.lua"] = GOOD }, "run a.lua b.lua")
  lu.assertStrContains(result.out, "FAIL  a.lua: it fails\n      after the step: a list with one name\n")
  lu.assertStrContains(result.out, "a.lua:4: ")
  lu.assertStrContains(result.out, "held by")
end

function TestText:test_one_scenario_tells_its_story()
  local result = run({ ["a.lua"] = 'scenario "one" step "first" print "said" step "second"' }, "run a.lua")
  lu.assertEquals(result.out, "one\n-- first\nsaid\n-- second\nok    a.lua: one\n\n1 passed, 0 failed\n")
end

function TestText:test_a_skipped_one_gives_its_reason()
  local result = run({ ["a.lua"] = 'skip "not today"', ["b.lua"] = GOOD }, "run a.lua b.lua")
  lu.assertStrContains(result.out, "skip  a.lua (not today)\n")
  lu.assertStrContains(result.out, "1 passed, 0 failed, 1 skipped\n")
  lu.assertEquals(result.status, 0)
end

function TestText:test_syntax_errors_name_file_and_line()
  local result = run({ ["a.lua"] = "x = 1\ny = = 2", ["b.lua"] = "for i = 1, 2 do" }, "run a.lua b.lua")
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.out, "syntax error: a.lua:2: unexpected symbol near '='")
  lu.assertStrContains(result.out, "syntax error: b.lua:1: 'end' expected near <eof>")
end

function TestText:test_an_error_without_a_place_gets_one()
  local result = run({ ["a.lua"] = "local x\nerror({})", ["b.lua"] = "error('bare', 0)" }, "run a.lua b.lua")
  lu.assertStrContains(result.out, "a.lua:2: an error that is no text but a table")
  lu.assertStrContains(result.out, "b.lua:1: bare")
end

function TestText:test_an_error_object_speaks_for_itself()
  local result = run({
    ["a.lua"] = "error(setmetatable({}, { __tostring = function() return 'my words' end }))",
    ["b.lua"] = "error(setmetatable({}, { __tostring = error }))",
  }, "run a.lua b.lua")
  lu.assertStrContains(result.out, "a.lua:1: my words")
  lu.assertStrContains(result.out, "b.lua:1: an error that is no text but a table")
end

function TestText:test_no_place_but_one_of_the_scenario_is_given()
  local result = run({
    ["a.lua"] = "local t = setmetatable({}, { __tostring = function(t) return tostring(t) end })\nprint(t)",
    ["b.lua"] = "error('key:3: odd', 0)",
    ["c.lua"] = "\nload('\\nerror \"deep\"', '=told')()",
    ["d.lua"] = "local t, u = {}, 1\nfor i = 1, 200000 do t = { t } end\nassertEquals(t, u)",
  }, "run a.lua b.lua c.lua d.lua")
  lu.assertStrMatches(result.out, ".*\n      a%.lua:[12]: [^\n]*overflow.*")
  lu.assertStrContains(result.out, "\n      b.lua:1: key:3: odd\n")
  lu.assertStrContains(result.out, "\n      told:2: deep\n")
  lu.assertStrContains(result.out, "\n      d.lua:3: ")
  lu.assertNotStrContains(result.out, "[refchain]")
  lu.assertNotStrContains(result.out, "luaunit.lua")
end

function TestText:test_what_a_finalizer_raised_is_shown_under_a_test_that_passed()
  local code = 'local A = class("A", { __del__ = function() error "lost" end })\nx = A()\nx = nil\n'
  for _, files in ipairs { "a.lua", "a.lua b.lua" } do
    local result = run({ ["a.lua"] = code, ["b.lua"] = GOOD }, "run " .. files)
    lu.assertStrMatches(result.out, ".*ok    a.lua\n      | Exception ignored in.*\n      | a.lua:1: lost\n.*")
    lu.assertEquals(result.err, "")
  end
end

function TestText:test_gives_no_orders_to_a_terminal()
  local code = 'scenario "a\\27[31mb" step "s\\127" print("\\27]0;x\\7\\t\\u{9b}2J") error "\\27[1mboom"'
  for _, files in ipairs { "a.lua", "a.lua b.lua" } do
    local out = run({ ["a.lua"] = code, ["b.lua"] = GOOD }, "run " .. files).out
    lu.assertNil(out:find "[\0-\8\11-\31\127]")
    lu.assertNotStrContains(out, "\u{9b}")
    lu.assertStrContains(out, "FAIL  a.lua: a\\x1B[31mb\n")
    lu.assertStrContains(out, "\\x1B]0;x\\x07\t\\u{9B}2J\n")
    lu.assertStrContains(out, "a.lua:1: \\x1B[1mboom\n")
  end
end

function TestText:test_is_the_same_bytes_on_each_run_and_for_any_number_of_jobs()
  local files = {}
  for i = 1, 12 do files["s/" .. i .. ".lua"] = GOOD .. "y = list{x} show(y) error(repr(y) .. id(y))" end
  local once = run(files, "run -j 1 s").out
  lu.assertEquals(run(files, "run -j 4 s").out, once)
  lu.assertEquals(run(files, "run -j 3 s").out, once)
end

function TestText:test_has_no_escapes_and_no_progress_in_a_pipe()
  local result = run({ ["a.lua"] = BAD, ["b.lua"] = GOOD }, "run a.lua b.lua")
  lu.assertNotStrContains(result.out .. result.err, "\27")
  lu.assertEquals(result.err, "")
end

function TestText:test_long_output_is_cut_and_says_so()
  local result = run({
    ["a.lua"] = "for i = 1, 40000 do print(('x'):rep(99)) end error 'end'", ["b.lua"] = GOOD,
  }, "run a.lua b.lua")
  local _, lines = result.out:gsub("\n      | x", "")
  lu.assertEquals(lines, 50)
  lu.assertStrMatches(result.out, ".*its output %(%d+ bytes and %d+ lines more before%):\n.*")
end

function TestText:test_of_long_output_the_last_lines_are_shown()
  local result = run({ ["a.lua"] = "for i = 1, 60 do print(i) end error 'end'", ["b.lua"] = GOOD },
                     "run a.lua b.lua")
  lu.assertStrContains(result.out, "its output (10 lines more before):\n      | 11\n")
  lu.assertStrContains(result.out, "      | 60\n")
end

TestHeaps = {}

-- The first heap of a state is found in another way than a second one.
function TestHeaps:test_two_heaps_of_a_scenario_are_told_apart()
  local result = run({ ["a.lua"] = [[
    local other = heap.new{}
    other.x, a = other.list{}, list{}
    local y = other.list{}
    other.x:append(y) a:append(a)
    local append = a.append
    expect_error("another heap", function() append(other.x, y) end)
    expect_error("another heap", function() a:append(y) end)
    expect_error("another heap", function() b = y end)
    coroutine.wrap(function() c = list{} c:append(a) other.z = other.list{} end)()
    other:close()
    expect_error("closed", function() other.list{} end)
    expect_eq(#a, 1) expect_eq(refcnt(a), 3) expect_eq(#c, 1)
]] }, "run a.lua")
  lu.assertEquals(result.status, 0, result.out)
end

TestTerminal = {}

function TestTerminal:setUp()
  lu.skipIf(not program.has_terminal, "no tool that makes a terminal")
end

function TestTerminal:test_has_colours_times_and_progress()
  local folder <close> = program.folder { ["a.lua"] = GOOD, ["b.lua"] = GOOD }
  local result = folder:terminal("run a.lua b.lua", "true")
  lu.assertStrContains(result.out, "\27[32mok  ")
  lu.assertStrMatches(result.out, ".*%d%.%d%d s.*")
  lu.assertStrContains(result.out, " done, 0 failed, ")
end

function TestTerminal:test_progress_is_cut_by_columns_and_names_what_runs()
  local name = ("\u{6F22}"):rep(30) .. ".lua"
  local folder <close> = program.folder { [name] = "while true do end" }
  local out = folder:shell([[TERM=xterm script -qec "stty cols 60; $REFCHAIN run --timeout 0.5 *.lua" /dev/null]]).out
  -- 33 columns before the name; 13 wide characters and the ellipsis fill 60 but one or two
  lu.assertStrContains(out, "0 done, 0 failed, 0 waiting  " .. ("\u{6F22}"):rep(14) .. "…\r")
end

function TestTerminal:test_no_color_is_obeyed()
  local folder <close> = program.folder { ["a.lua"] = GOOD }
  local result = folder:shell [[NO_COLOR=1 TERM=xterm script -qec "$REFCHAIN run a.lua" /dev/null]]
  lu.assertStrContains(result.out, "ok    a.lua: all is well")
  lu.assertNotStrContains(result.out, "\27[3")
end

lab.finish()
