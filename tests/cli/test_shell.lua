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

-- What is typed, a line each; it is given time between, as a person would.
local function type_lines(lines, arguments)
  local folder <close> = program.folder { ["a.lua"] = "x = list{5}" }
  local commands = { "sleep 0.3" }
  for _, line in ipairs(lines) do
    commands[#commands + 1] = ("printf '%%b' '%s'; sleep 0.2"):format((line:gsub("'", "'\\''")))
  end
  local result = folder:terminal(arguments or "", table.concat(commands, "; "))
  result.out = result.out:gsub("\27%[[%d;?]*%a", ""):gsub("\r", "")
  local _, history = pcall(folder.read, folder, ".state/refchain/history")
  result.history = history
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

function TestTerminal:test_keeps_the_history()
  lu.assertStrContains(type_lines({ "1 + 41\\n", "\\004" }).history, "41")
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

function TestTerminal:test_lets_go_at_each_line()
  local result = type_lines { "list{1}\\n", "heap.live('list')\\n", "\\004" }
  lu.assertStrContains(result.out, "\n0\n")
end

function TestTerminal:test_a_file_is_run_and_the_shell_stays()
  local result = type_lines({ "x\\n", "\\004" }, "-i a.lua")
  lu.assertStrContains(result.out, "[5]   list #")
end

lab.finish()
