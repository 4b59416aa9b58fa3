-- The shell, and scripts on standard input.

local lu = require "luaunit"
local lab = require "lab"
local program = require "program"

local function script(input, arguments)
  local folder <close> = program.folder()
  return folder:run(arguments or "", input)
end

TestScript = {}

function TestScript:test_on_standard_input_is_run()
  local result = script 'v1 = list{1, 2}\nexpect_refcnt(v1, 1)\nprint(repr(v1))'
  lu.assertEquals(result.out, "[1, 2]\n")
  lu.assertEquals(result.err, "")
  lu.assertEquals(result.status, 0)
end

function TestScript:test_that_fails_says_where_and_ends_with_1()
  local result = script "local x\nlist{1}[5]= 1"
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.err, "stdin:2: IndexError: ")
end

function TestScript:test_with_a_syntax_error_ends_with_1()
  local result = script "x = = 1"
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.err, "syntax error: stdin:1: unexpected symbol near '='")
end

function TestScript:test_that_is_binary_ends_with_2()
  lu.assertEquals(script("x = 1\0").status, 2)
end

function TestScript:test_may_be_empty()
  lu.assertEquals(script("").status, 0)
end

function TestScript:test_can_leave_with_exit()
  local result = script "print(1)\nexit()\nprint(2)"
  lu.assertEquals(result.out, "1\n")
  lu.assertEquals(result.status, 0)
end

function TestScript:test_runs_on_the_profile_named()
  lu.assertEquals(script("print(heap.profile.name)", "--profile 3.13").out, "3.13\n")
  local wrong = script("", "--profile 3.99")
  lu.assertEquals(wrong.status, 2)
  lu.assertStrContains(wrong.err, "no profile is called '3.99'")
  for _, several in ipairs { "3.8,3.9", "all" } do
    wrong = script("", "--profile " .. several)
    lu.assertEquals(wrong.status, 2)
    lu.assertStrContains(wrong.err, ("the shell takes one profile, not '%s'\n"):format(several))
  end
end

function TestScript:test_reports_an_error_in_a_finalizer_and_goes_on()
  local result = script [[
local C = class("C", {__del__ = function() error "lost" end})
c = C()
c = nil
print "on"]]
  lu.assertEquals(result.out, "on\n")
  lu.assertStrContains(result.err, "Exception ignored in")
  lu.assertEquals(result.status, 0)
end

TestFile = {}

function TestFile:test_is_run_before_what_comes_from_standard_input()
  local folder <close> = program.folder { ["a.lua"] = 'scenario "the file" x = list{5}' }
  local result = folder:run("-i a.lua", "print(repr(x))")
  lu.assertEquals(result.out, "the file\n[5]\n")
  lu.assertEquals(result.status, 0)
end

function TestFile:test_that_is_missing_is_exit_status_2()
  local result = script("", "-i none.lua")
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "none.lua: No such file or directory")
end

function TestScript:test_that_cannot_be_read_ends_with_2()
  local folder <close> = program.folder()
  for _, input in ipairs { "<.", "<&-" } do
    local result = folder:shell('"$REFCHAIN" ' .. input)
    lu.assertEquals(result.status, 2)
    lu.assertStrMatches(result.err, "refchain: stdin: [^\n]+\n")
  end
end

function TestScript:test_that_raises_a_table_shows_no_address()
  lu.assertStrMatches(script("error({})").err, ".*error: table #%d+\n")
end

function TestScript:test_that_raises_what_cannot_be_shown_ends_with_1()
  local result = script "error(setmetatable({}, {__tostring = function() error 'no' end}))"
  lu.assertStrContains(result.err, "error: a table")
  lu.assertEquals(result.status, 1)
end

-- What is typed, a line each; it is given time between, as a person would.
local function type_lines(lines, arguments, history_before)
  local folder <close> = program.folder { ["a.lua"] = "x = list{5}" }
  if history_before then folder:write(".state/refchain/history", history_before) end
  local commands = { "sleep 0.3" }
  for _, line in ipairs(lines) do
    commands[#commands + 1] = ("printf '%%b' '%s'; sleep 0.2"):format((line:gsub("'", "'\\''")))
  end
  local result = folder:terminal(arguments or "", table.concat(commands, "; "))
  result.out = result.out:gsub("\27%[[%d;?]*%a", ""):gsub("\r", "")
  local _, history = pcall(folder.read, folder, ".state/refchain/history")
  result.history = history
  result.history_mode = folder:shell("stat -c %a .state/refchain").out
  return result
end

TestTerminal = {}

function TestTerminal:setUp()
  lu.skipIf(not program.has_terminal, "no tool that makes a terminal")
end

function TestTerminal:test_prints_values_and_leaves_on_ctrl_d()
  local result = type_lines { "1 + 1\\n", "x = list{1, 2}\\n", "x\\n", "refcnt(x)\\n", "\\004" }
  lu.assertStrContains(result.out, "\n2\n")
  lu.assertStrContains(result.out, "[1, 2]   list #")
  lu.assertStrContains(result.out, "\n1\n")
  lu.assertEquals(result.status, 0)
end

function TestTerminal:test_shows_a_text_of_several_lines_whole()
  local result = type_lines {
    "setmetatable({}, {__tostring = function() return string.rep(\"long \", 100) .. \"\\\\nlast line\" end})\\n",
    "\\004",
  }
  lu.assertStrContains(result.out, ("long "):rep(100) .. "\nlast line\n")
end

function TestTerminal:test_keeps_the_history()
  local result = type_lines { "1 + 41\\n", "\\004" }
  lu.assertStrContains(result.history, "41")
  lu.assertEquals(result.history_mode, "700\n")         -- what was typed is nobody else's
end

function TestTerminal:test_takes_chunks_of_several_lines()
  local result = type_lines { "for i = 1, 2 do\\n", "print(i * 111)\\n", "end\\n", "\\004" }
  lu.assertStrContains(result.out, "\n111\n222\n")
  lu.assertStrContains(result.out, "... ")
end

function TestTerminal:test_completes_words_and_methods()
  local result = type_lines { "exp\\t_refc\\t(1, 1)\\n", "y = list{}\\n", "y:app\\t(7)\\n", "y\\n", "\\004" }
  lu.assertStrContains(result.out, "expect_refcnt(")
  lu.assertStrContains(result.out, "[7]   list #")
end

function TestTerminal:test_ctrl_c_interrupts_the_line_and_not_the_shell()
  local result = type_lines { "while true do end\\n", "\\003", "6 * 7\\n", "\\004" }
  lu.assertStrContains(result.out, "interrupted at shell:1")
  lu.assertStrContains(result.out, "\n42\n")
  lu.assertEquals(result.status, 0)
end

function TestTerminal:test_ctrl_c_clears_the_line()
  local result = type_lines { "this is nothing", "\\003", "6 * 7\\n", "\\004" }
  lu.assertStrContains(result.out, "\n42\n")
  lu.assertNotStrContains(result.out, "syntax error")
end

function TestTerminal:test_errors_take_a_line_and_the_shell_goes_on()
  local result = type_lines { "set{list{}}\\n", "x = = 1\\n", "6 * 7\\n", "\\004" }
  lu.assertStrContains(result.out, "\nTypeError: unhashable type: 'list'")
  lu.assertStrContains(result.out, "\nsyntax error: unexpected symbol near '='")
  lu.assertStrContains(result.out, "\n42\n")
end

function TestTerminal:test_has_help()
  local result = type_lines { 'help "expect_refcn"\\n', 'help "expect_refcnt"\\n', "exit()\\n" }
  lu.assertStrContains(result.out, "did you mean 'expect_refcnt'?")
  lu.assertStrContains(result.out, "expect_refcnt(x, n)")
  lu.assertEquals(result.status, 0)
end

function TestTerminal:test_helps_with_a_word_itself()
  local result = type_lines { "help(why)\\n", "help(list)\\n", "help(gc.collect)\\n", "help(gc)\\n", "help(print)\\n",
                              "exit()\\n" }
  for _, signature in ipairs { "\nwhy(x)", "\nlist{", "\ngc.collect(", "gc.get_threshold()" } do
    lu.assertStrContains(result.out, signature)
  end
  lu.assertStrContains(result.out, "\nhelp takes a word or its name: help(list), help \"list\"")
  lu.assertNotStrContains(result.out, "0x")
end

function TestTerminal:test_lets_go_at_each_line()
  local result = type_lines { "list{1}\\n", "heap.live('list')\\n", "\\004" }
  lu.assertStrContains(result.out, "\n0\n")
end

function TestTerminal:test_a_file_is_run_and_the_shell_stays()
  local result = type_lines({ "x\\n", "\\004" }, "-i a.lua")
  lu.assertStrContains(result.out, "[5]   list #")
end

function TestTerminal:test_errors_while_printing_do_not_end_it()
  local result = type_lines {
    "setmetatable({}, {__tostring = function() error(\"bad\") end})\\n",
    "setmetatable({}, {__tostring = function() return 5 end})\\n",
    "error(setmetatable({}, {__tostring = function() error(\"bad\") end}))\\n", "6 * 7\\n", "\\004",
  }
  lu.assertStrContains(result.out, "\nbad\n")
  lu.assertStrContains(result.out, "'__tostring' must return a string")
  lu.assertStrContains(result.out, "\nerror: a table\n")
  lu.assertStrContains(result.out, "\n42\n")
  lu.assertEquals(result.status, 0)
end

function TestTerminal:test_shows_objects_of_other_heaps()
  local result = type_lines {
    "h = heap.new{profile = \"3.7\"}\\n", "h.v = h.list{11}\\n", "h.v\\n", "t = {h}; h = nil\\n", "t[1].v\\n",
    "\\004",
  }
  lu.assertStrMatches(result.out, ".*\n%[11%]   list #%d+  id 0x%x+  refcnt 1.*")
  lu.assertStrMatches(result.out, ".*\nlist #%d+ of another heap\n.*")
  lu.assertEquals(result.status, 0)
end

function TestTerminal:test_ctrl_c_interrupts_printing_and_letting_go()
  local result = type_lines {
    "setmetatable({}, {__tostring = function() while true do end end})\\n", "\\003",
    "C = class(\"C\", {__del__ = function() while true do end end})\\n", "C()\\n", "6 * 7\\n", "\\003",
    "6 * 8\\n", "\\004",
  }
  local _, count = result.out:gsub("interrupted at shell:", "")
  lu.assertEquals(count, 2)
  lu.assertStrContains(result.out, "\n48\n")
  lu.assertEquals(result.status, 0)
end

function TestTerminal:test_completion_calls_nothing()
  local result = type_lines {
    "t = setmetatable({}, {__index = function() while true do end end})\\n", "t.a.b\\t\\003", "6 * 7\\n", "\\004",
  }
  lu.assertStrContains(result.out, "\n42\n")
  lu.assertEquals(result.status, 0)
end

-- What the second Tab shows after `text`.
local function offered(lines, text)
  lines[#lines + 1] = text .. "\\t\\t"
  lines[#lines + 1] = "\\003"
  lines[#lines + 1] = "\\004"
  return type_lines(lines).out
end

function TestTerminal:test_completion_knows_what_there_is()
  lu.assertStrContains(offered({}, "assertEq"), "assertEquals")
  lu.assertStrContains(offered({ "h = heap.new{}\\n" }, "h.expect_"), "expect_refcnt")
  lu.assertStrMatches(offered({}, "gc.callbacks:"), ".*append +remove.*")
  lu.assertStrContains(offered({}, "gc.garbage:"), "gc.garbage:clear")
  lu.assertStrContains(offered({}, "heap.profile.float_"), "heap.profile.float_free")
end

function TestTerminal:test_completion_offers_nothing_where_nothing_is_known()
  for _, text in ipairs { "list{}:", "l[0]:", "f().", "1." } do
    lu.assertNotStrContains(offered({ "l = list{}\\n" }, text), "expect_refcnt")
  end
end

function TestTerminal:test_completion_fits_the_terminal()
  local folder <close> = program.folder()
  local typing = [[{ sleep 0.3; printf 'expect\t\t'; sleep 0.3; printf '\003\004'; sleep 0.2; }]]
  local out = folder:shell(typing .. [[ | TERM=xterm script -qec "stty cols 40; $REFCHAIN" /dev/null]]).out
  lu.assertStrContains(out, "expect_alive")
  for line in out:gsub("\r", ""):gmatch "[^\n]+" do
    if line:find "^expect" then lu.assertTrue(#line <= 40, line) end
  end
end

function TestTerminal:test_does_not_offer_what_belongs_to_environments()
  local result = type_lines { "clos\\t\\n", "exit()\\n" }
  lu.assertNotStrContains(result.out, "close")
end

function TestTerminal:test_goes_on_while_an_expression_is_unfinished()
  local result = type_lines { "#{1,\\n", "2}\\n", "40 +\\n", "5\\n", "\\004" }
  lu.assertStrContains(result.out, "\n2\n")
  lu.assertStrContains(result.out, "\n45\n")
  lu.assertNotStrContains(result.out, "syntax error")
end

function TestTerminal:test_does_not_wait_for_the_end_of_a_string()
  local result = type_lines { "x = \"abc\\n", "6 * 7\\n", "\\004" }
  lu.assertStrContains(result.out, "syntax error: unfinished string")
  lu.assertStrContains(result.out, "\n42\n")
end

function TestTerminal:test_errors_keep_places_that_say_something()
  local result = type_lines {
    "function f()\\n", "  error \"lost\"\\n", "end\\n", "f()\\n", "error \"here\"\\n", "error({})\\n", "\\004",
  }
  lu.assertStrContains(result.out, "\nshell:2: lost\n")
  lu.assertStrContains(result.out, "\nhere\n")
  lu.assertStrMatches(result.out, ".*\nerror: table #%d+\n.*")
end

function TestTerminal:test_says_what_a_word_is()
  local result = type_lines { "refcnt\\n", "gc.collect\\n", "heap.profile\\n", "\\004" }
  lu.assertStrContains(result.out, "refcnt(x)")
  lu.assertStrContains(result.out, "gc.collect(")
  lu.assertStrMatches(result.out, ".*\nprofile 3%.8\n.*float_free +100\n.*")
end

function TestTerminal:test_takes_a_character_after_an_invalid_byte()
  local result = type_lines { "print(\"<\\0303x>\")\\n", "\\004" }
  lu.assertStrContains(result.out, "\n<x>\n")
end

function TestTerminal:test_the_banner_fits()
  for _, profile in ipairs(require("refchain").profiles()) do
    for line in type_lines({ "\\004" }, "--profile " .. profile.name).out:gmatch "[^\n]+" do
      lu.assertTrue(utf8.len(line) <= 80, line)
    end
  end
end

TestHistory = {}
TestHistory.setUp = TestTerminal.setUp

function TestHistory:test_is_kept_when_the_shell_is_killed()
  local result = type_lines { "1 + 41\\n", "os.exit\\n", "string.find(string.rep(\"a\", 50000), \".-.-.-.-b\")\\n",
                              "\\003", "\\003", "\\003" }
  lu.assertEquals(result.status, 130)
  lu.assertStrContains(result.history, "41\nos.exit\nstring.find(")
end

function TestHistory:test_is_shared_by_shells_side_by_side()
  local folder <close> = program.folder()
  local function shell(line, from, to)
    return ('{ sleep %s; echo "%s"; sleep %s; } | TERM=xterm script -qec "$REFCHAIN" /dev/null & '):format(
      from, line, to)
  end
  folder:write(".state/refchain/history", "_HiStOrY_V2_\nfirst\n")
  folder:shell(shell("1001", 0.3, 0.8) .. shell("1002", 0.6, 0.2) .. "wait")
  lu.assertEquals(folder:read ".state/refchain/history", "_HiStOrY_V2_\nfirst\n1001\n1002\n")
end

function TestHistory:test_comes_back()
  local result = type_lines({ "\\020\\n", "\\004" }, "", "_HiStOrY_V2_\nprint(6\\040*\\0407)\n")
  lu.assertStrContains(result.out, "\n42\n")
end

function TestHistory:test_keeps_special_characters()
  local line = "x = \"\\\\\\\\ é #\""        -- printf and the shell take a half each
  local folder <close> = program.folder()
  folder:terminal("", "sleep 0.3; printf '%b' '" .. line .. "\\n'; sleep 0.2; printf '\\004'")
  local result = type_lines({ "\\020\\n", "#x\\n", "\\004" }, "", folder:read ".state/refchain/history")
  lu.assertStrContains(result.out, "\n6\n")
end

function TestHistory:test_that_is_long_is_shortened()
  local lines = { "_HiStOrY_V2_\n" }
  for i = 1, 5000 do lines[#lines + 1] = i .. "\n" end
  local history = type_lines({ "\\004" }, "", table.concat(lines)).history
  local _, count = history:gsub("\n", "")
  lu.assertEquals(count, 2001)
  lu.assertStrMatches(history, ".*\n4999\n5000\n")
end

function TestHistory:test_of_another_kind_is_left_alone()
  local bytes = "\1\2\255 no history\n"
  local result = type_lines({ "6 * 7\\n", "\\004" }, "", bytes)
  lu.assertStrContains(result.out, "history: not a history of lines; lines are not kept")
  lu.assertStrContains(result.out, "\n42\n")
  lu.assertEquals(result.history, bytes)
end

lab.finish()
