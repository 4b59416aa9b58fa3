-- `refchain step`: by lines of text, and on a terminal's screen.

local lu = require "luaunit"
local lab = require "lab"
local program = require "program"

local CYCLE = [[
scenario "a cycle"
step "made"
v1 = list{}
v2 = list{v1}
v1:append(v2)
print "linked"
del("v1", "v2")
step "collected"
gc.collect()
]]

-- What is answered to these commands, a line each; the state at the beginning comes first.
local function answers(commands, text, arguments)
  local folder <close> = program.folder { ["a.lua"] = text or CYCLE }
  local result = folder:run("step " .. (arguments or "--plain") .. " a.lua", table.concat(commands, "\n"))
  lu.assertEquals(result.err, "")
  lu.assertEquals(result.status, 0)
  return result.out
end

-- The state that the last command leads to.
local function state_after(commands, text)
  local out = answers(commands, text)
  return out:match ".*(step %d+ of .*)$"
end

TestPlain = {}

function TestPlain:test_shows_the_first_step()
  lu.assertEquals(answers {}, [[
a.lua: a cycle, profile 3.8; ? for help
step 1 of 8, before line 1
  scenario "a cycle"
refchain: what start-up made
generation 0: count 0 of 700, 0 objects
generation 1: count 0 of 10, 0 objects
generation 2: count 0 of 10, 0 objects
collector enabled, 0 collections so far; long-lived: 0 pending of 0
caches: small-int pool: 262
]])
end

function TestPlain:test_shows_names_objects_refchain_and_generations_with_what_has_changed()
  lu.assertEquals(state_after { "n", "n", "n", "n" }, [=[
step 5 of 8, before line 6
  print "linked"
story:
  made
since step 4:
  counts: list #2 1→2
names:
  v1: list #1
  v2: list #2
objects:
  changed: list #1 (v1): [[[...]]], count 2, generation 0
  changed: list #2 (v2): [[[...]]], count 2 (was 1), generation 0
refchain: list #2, list #1, what start-up made
generation 0: count 2 of 700, 2 objects
generation 1: count 0 of 10, 0 objects
generation 2: count 0 of 10, 0 objects
collector enabled, 0 collections so far; long-lived: 0 pending of 0
caches: small-int pool: 262
]=])
end

function TestPlain:test_says_what_is_gone_and_by_whom()
  local state = state_after { "7" }
  lu.assertStrContains(state, "collection of generation 2 begins\n")
  lu.assertStrContains(state, "destroyed by the collector: list #2, list #1\n")
  lu.assertStrContains(state, "gone: list #1, destroyed by the collector\n")
  lu.assertStrContains(state_after { "6" }, "list #1, garbage: [[[...]]], count 1 (was 2), generation 0\n")
  lu.assertStrContains(state_after { "6" }, "names gone: v1, v2\n")
  lu.assertStrContains(state_after { "6" }, "printed:\n  linked\n")
end

function TestPlain:test_going_back_shows_the_past_as_it_was()
  lu.assertEquals(state_after { "n", "n", "n", "last", "goto 3", "p", "p", "n", "n" }, state_after { "n", "n" })
  lu.assertEquals(state_after { "last", "first" }, state_after { "show" })
  lu.assertEquals(state_after { "n 5", "p 2" }, state_after { "4" })
end

function TestPlain:test_an_empty_line_is_the_next_step_and_every_long_name_works()
  lu.assertStrContains(state_after { "", "show" }, "step 2 of 8, at line 2")
  lu.assertStrContains(state_after { "next" }, "step 2 of 8")
  lu.assertStrContains(state_after { "next 3", "back" }, "step 3 of 8")
  lu.assertStrContains(state_after { "g 4" }, "step 4 of 8")
  lu.assertStrContains(state_after { "go 5", "b" }, "step 4 of 8")
end

function TestPlain:test_goes_to_lines_and_steps_of_the_story()
  lu.assertStrContains(state_after { "line 5" }, "step 4 of 8, before line 5")
  lu.assertStrContains(state_after { ":5" }, "step 4 of 8, before line 5")
  lu.assertStrContains(state_after { "last", "goto line 5" }, "step 4 of 8, before line 5")
  lu.assertStrContains(state_after { "s" }, "step 2 of 8, at line 2")
  lu.assertStrContains(state_after { "s 2" }, "step 6 of 8, at line 8")
  lu.assertStrContains(state_after { "last", "S 2" }, "step 2 of 8, at line 2")
end

function TestPlain:test_finds_the_next_change_of_an_object()
  local at = {}
  for number in answers({ "#1", "#1", "#1", "#1", "#1" }):gmatch "\nstep (%d)" do at[#at + 1] = tonumber(number) end
  lu.assertEquals(at, { 1, 3, 4, 5, 6, 7 })
  lu.assertStrContains(answers { "last", "#1" }, "#1 does not change after this step\n")
  lu.assertStrContains(state_after { "/list #2" }, "step 4 of 8")
  lu.assertStrContains(state_after { "/list #2", "." }, "step 5 of 8")
  lu.assertStrContains(state_after { "last", "\\#2" }, "step 7 of 8")
end

function TestPlain:test_finds_the_next_change_of_a_name_and_a_line_with_a_text()
  lu.assertStrContains(state_after { "/v2" }, "step 4 of 8")
  lu.assertStrContains(state_after { "/v2", "again", "again" }, "step 6 of 8")
  lu.assertStrContains(state_after { "/APPEND" }, "step 4 of 8, before line 5")
  lu.assertStrContains(answers { "/nothing like it" }, "'nothing like it' is no name, and in no line after this step\n")
end

function TestPlain:test_has_views()
  lu.assertStrContains(answers { "source" }, '\n>   1  scenario "a cycle"\n    2  step "made"\n')
  lu.assertStrContains(answers { "3", "events" }, "\ncreated: list #1 (fresh block)\nmoved to generation 0: list #1\n")
  lu.assertStrContains(answers { "3", "objects" },
    "\nlist #1: [], count 1, generation 0, id 0x200000001040, 56 bytes, fresh block; name v1\n")
  lu.assertStrContains(answers { "4", "refchain" }, "\nnewest first:\n  list #2\n  list #1\n  what start-up made\n")
  lu.assertStrContains(answers { "caches" }, "\nfree list of lists: 0 of 80; used again 0, found empty 0\n")
  lu.assertStrContains(answers { "5", "output" }, "\nnothing has been printed yet\n")
  lu.assertStrContains(answers { "last", "output" }, "\nlinked\n")
  lu.assertStrContains(answers { "?" }, "  goto, go, g N    step N; so does N alone\n")
end

function TestPlain:test_says_what_is_wrong_with_a_command()
  for command, problem in pairs {
    ["jump"] = "no command is called 'jump'; ? shows them all", ["n x"] = "'x' is not a number of steps",
    ["goto 9"] = "there is no step 9; there are 1 to 8", ["goto"] = "write goto 5 for a step, line 12 for a line",
    ["line 99"] = "there is no step at line 99", ["p"] = "this is the first step", ["last 2"] = "'last' takes nothing",
    ["/"] = "what is to be looked for? #3, a name, or some text of a line",
    ["#77"] = "#77 does not change after this step", ["S"] = "the scenario has no step before",
    ["!"] = "no command is called '!'; ? shows them all",
  } do
    lu.assertStrContains(answers { command }, "\n" .. problem .. "\n")
  end
  lu.assertStrContains(answers { "last", "n" }, "\nthis is the last step\n")
end

function TestPlain:test_is_what_there_is_without_a_terminal()
  lu.assertEquals(answers({ "n", "q", "n" }, nil, ""), answers { "n" })
end

function TestPlain:test_shows_a_scenario_that_fails_up_to_its_message()
  local state = state_after({ "last" }, "v = list{}\nexpect_refcnt(v, 2)")
  lu.assertStrMatches(state, ".*\nfailed: a.lua:2: AssertionError: expected 2 references to list #1.*")
end

function TestPlain:test_says_how_many_steps_are_not_shown()
  local state = state_after({ "last" }, "l = list{}\nfor i = 1, 100 do\n  l:append(1)\nend")
  lu.assertStrContains(state, "\nnot shown: 83 steps, of lines that ran again and again or beyond the 1000th\n")
end

function TestPlain:test_makes_control_characters_plain()
  local out = answers({ "last", "output", "source" }, "print '\27[2J'")
  lu.assertNotStrContains(out, "\27")
  lu.assertStrContains(out, "\\x1B[2J")
end

function TestPlain:test_of_frames_and_temporaries()
  local text = "frame(function()\n  a = list{1}\n  local b = list{2}\n  local c = 1\nend)\n"
  local state = state_after({ "line 4" }, text)
  lu.assertStrContains(state, "a (frame 1): list #1")
  lu.assertStrContains(state, "list #2, temporary: [2], count 1")
end

function TestPlain:test_shows_collections_as_phases_print()
  local text = "a = list{}\na:append(a)\na = nil\n"
  local printed = answers({ "last", "output" }, text .. "for phase in gc.steps() do print(phase) end")
  local shown = answers({ "last", "p", "collections" }, text .. "gc.collect()")
  local rows = "  object   value    refcount  refs  inside  verdict\n"
    .. "  list #1  [[...]]         1     0       1  unreachable\n"
  for _, out in ipairs { printed, shown } do lu.assertStrContains(out, rows) end
end

-- Whatever else holds an object is named as why names it.
function TestPlain:test_says_who_holds_what_has_no_name()
  local text = [[
d = dict{k = list{}}
local C = class("C", {__del__ = function(self) print "dying" end})
c = C()
c.me = list{d}
gc.set_debug(gc.DEBUG_SAVEALL)
l = list{} l:append(l)
del "l"
gc.collect()
]]
  local out = answers({ "step 9", "last", "p", "objects" }, text)
  lu.assertStrContains(out, '; held by dict #3 value of "k"\n')
  lu.assertStrContains(out, "; held by list #8 [0] and the interpreter\n")
  lu.assertStrContains(out, "; held by attributes of C #4\n")
  lu.assertNotStrContains(out, "kept by a cache")
  lu.assertNotStrContains(out, "held by others")
  text = "frame(function()\n  a = list{1}\n  local c = 1\n  c = 2\nend)\n"
  lu.assertStrContains(answers({ "line 3", "objects" }, text), "; name a of frame 1\n")
end

function TestPlain:test_keeps_a_name_on_its_line()
  local state = state_after({ "last", "p" }, '_ENV["we ird\\nname\\27"] = list{}')
  lu.assertStrContains(state, "we ird\\nname\\x1B: list #1\n")
  lu.assertStrContains(state, "(we ird\\nname\\x1B)")
end

-- An object has one title, whether the step shows it or not.
function TestPlain:test_the_refchain_names_the_type_of_each()
  local text = "all = list{}\nfor i = 1, 200 do\n  all:append(list{})\nend\n"
  local out = answers({ "last", "p", "refchain" }, text)
  lu.assertStrContains(out, "\n  list #201\n  list #200\n")
  lu.assertNil(out:find "\n  #")
end

TestUse = {}

function TestUse:test_takes_one_profile()
  local folder <close> = program.folder { ["a.lua"] = "" }
  for _, given in ipairs { "all", "3.8,3.9" } do
    local result = folder:run("step --plain --profile " .. given .. " a.lua")
    lu.assertEquals({ result.status, result.err },
                    { 2, ("refchain: step takes one profile, not '%s'\n"):format(given) })
  end
  local help = folder:run("step --help").out
  lu.assertStrContains((help:gsub("%s+", " ")), "one name, such as 3.12")
  lu.assertNotStrContains(help, "'all'")
end

function TestUse:test_a_name_that_no_test_has_is_said()
  local folder <close> = program.folder { ["a.lua"] = "function test_x() v = list{} end" }
  local result = folder:run "step a.lua::nope"
  lu.assertEquals({ result.status, result.err },
                  { 2, "refchain: a.lua: no test is called 'nope'; there are:\n  a.lua::test_x\n" })
end

function TestUse:test_a_file_of_tests_asks_for_one_of_them()
  local folder <close> = program.folder { ["a.lua"] = "function test_x() v = list{} end\nfunction test_y() end" }
  local result = folder:run "step a.lua"
  lu.assertEquals({ result.status, result.err },
                  { 2, "refchain: a.lua: name one of its tests:\n  a.lua::test_x\n  a.lua::test_y\n" })
  lu.assertStrContains(folder:run("step a.lua::test_x", "last\np\n").out, "\n  new: v: list #1\n")
end

function TestUse:test_a_file_that_is_missing_or_no_lua_is_said()
  local folder <close> = program.folder { ["b.lua"] = "v = = 1" }
  local missing = folder:run "step a.lua"
  lu.assertEquals({ missing.status, missing.err }, { 2, "refchain: a.lua: No such file or directory\n" })
  local wrong = folder:run "step b.lua"
  lu.assertEquals(wrong.status, 1)
  lu.assertStrContains(wrong.err, "syntax error: b.lua:1")
end

function TestUse:test_a_wrong_profile_is_said()
  local folder <close> = program.folder { ["a.lua"] = "" }
  local result = folder:run "step --profile 3.99 a.lua"
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "no profile is called '3.99'")
end

-- ------------------------------------------------------------------------- the screen --

-- Shell code that waits until the screen is there.
local READY = "for i in $(seq 300); do grep -q 1049h .out && break; sleep 0.1; done"

-- The frames that a screen of this size shows while `typing` (shell code) types; each a
-- sequence of lines without escape sequences.  With `before` (shell code) things are done on
-- the terminal before the program starts.
local function frames(width, height, typing, text, environment, before)
  local folder <close> = program.folder { ["a.lua"] = text or CYCLE }
  local result = folder:shell(([[
{ %s; %s; } | TERM=xterm %s script -qec "stty cols %d rows %d; %s exec $REFCHAIN step a.lua" /dev/null]]):format(
    READY, typing, environment or "", width, height, before or ""))
  local found, raw = {}, result.out
  for frame in raw:gmatch "\27%[%?25l\27%[H(.-)\27%[J" do
    local lines = {}
    for line in (frame:gsub("\27%[[%d;?]*%a", "") .. "\r\n"):gmatch "(.-)\r\n" do lines[#lines + 1] = line end
    found[#found + 1] = lines
  end
  return found, raw, result.status
end

local function keys(...)
  local typed = {}
  for i, key in ipairs { ... } do typed[i] = ("printf '%%b' '%s'; sleep 0.1"):format((key:gsub("'", "'\\''"))) end
  return table.concat(typed, "; ")
end

local function last_of(all) return table.concat(all[#all], "\n") end

TestScreen = {}

function TestScreen:setUp()
  lu.skipIf(not program.has_terminal, "no tool that makes a terminal")
end

function TestScreen:test_of_80_by_24_shows_everything_at_once()
  local all, _, status = frames(80, 24, keys("n", "n", "n", "n", "q"))
  lu.assertEquals(status, 0)
  local shown = last_of(all)
  for _, part in ipairs {
    "before line 6 · step 5 of 8 · 3.8", "-- made", ">  6 print \"linked\"", "── since step 4 ──",
    "counts: list #2 1→2", "── names and objects ──", "* list #2 v2    1→2   0   [[[...]]]",
    "generation 0: 2/700 (2)  1: 0/10 (0)  2: 0/10 (0)",
    "refchain   list #2 → list #1 → what start-up made", "caches     small-int pool 262", "? help  q quit",
  } do
    lu.assertStrContains(shown, part)
  end
end

function TestScreen:test_fits_its_size()
  for _, size in ipairs { { 80, 24 }, { 40, 12 }, { 132, 40 }, { 20, 6 }, { 10, 3 } } do
    for _, lines in ipairs(frames(size[1], size[2], keys("n", "n", "n", "n", "e", "x", "?", "x", "o", "x", "q"))) do
      lu.assertEquals(#lines, size[2])
      for _, line in ipairs(lines) do lu.assertTrue(utf8.len(line) <= size[1], size[1] .. line) end
    end
  end
end

-- What is too long for a view goes on in the next line.
function TestScreen:test_views_wrap_their_lines()
  local text = "a_name_that_is_long = list{}\n"
  local function is_shown(wanted, all)
    for _, lines in ipairs(all) do
      if table.concat(lines, " "):gsub("%s+", " "):find(wanted, 1, true) then return true end
    end
    return false
  end
  lu.assertTrue(is_shown("fresh block; name a_name_that_is_long", (frames(80, 24, keys("n", "O", "x", "q"), text))))
  lu.assertTrue(is_shown("or the next line with TEXT", (frames(80, 40, keys("?", "x", "q")))))
end

function TestScreen:test_of_40_by_12_has_the_line_the_objects_and_the_heap()
  local all = frames(40, 12, keys("n", "n", "n", "n", "q"))
  local shown = last_of(all)
  for _, part in ipairs {
    " 5 of 8", ">  6 print", "counts: list #2", "* list #1 v1", "gen 0: 2/700  1: 0/10  2: 0/10", "refchain   list #2",
    "? help  q quit",
  } do
    lu.assertStrContains(shown, part)
  end
end

function TestScreen:test_goes_by_keys()
  local all = frames(80, 24, keys("n", " ", "\\033[C", "\\r", "\\033[D", "p", "s", "S", "\\033[F", "\\033[H", "q"))
  local at = {}
  for i, lines in ipairs(all) do at[i] = tonumber(lines[1]:match "step (%d)") end
  lu.assertEquals(at, { 1, 2, 3, 4, 5, 4, 3, 6, 2, 8, 1 })
end

function TestScreen:test_takes_typed_searches_and_commands()
  local all = frames(80, 24, keys("/#2\\r", ".", "g2\\r", "g:5\\r", ":goto 7\\r", ":nonsense\\r", "q"))
  local at, message = {}, last_of(all)
  for _, lines in ipairs(all) do
    local number = tonumber(lines[1]:match "step (%d)")
    if number ~= at[#at] then at[#at + 1] = number end
  end
  lu.assertEquals(at, { 1, 4, 5, 2, 4, 7 })
  lu.assertStrContains(message, "no command is called 'nonsense'")
end

function TestScreen:test_a_typed_line_can_be_corrected_and_given_up()
  local all = frames(80, 24, keys("g99", "\\0177\\0177", "3\\r", "/abc", "\\033", "n", "q"))
  lu.assertStrContains(all[#all][1], "step 4 of 8")
end

function TestScreen:test_has_help_and_views()
  local all = frames(80, 24, keys("?", "x", "3", ":3\\r", "e", "x", "q"))
  local seen = ""
  for _, lines in ipairs(all) do seen = seen .. table.concat(lines, "\n") .. "\n" end
  lu.assertStrContains(seen, "n, right, space  the next step")
  lu.assertStrContains(seen, "created: list #1 (fresh block)\n")
  lu.assertStrContains(all[#all][1], "step 3 of 8")
end

function TestScreen:test_follows_a_change_of_size()
  local all = frames(80, 24, "sleep 1; " .. keys("n", "q"), nil, nil,
                     "(" .. READY:gsub("%$", "\\%0") .. "; sleep 0.3; stty cols 40 rows 12 </dev/tty) &")
  lu.assertEquals({ #all[1], #all[#all] }, { 24, 12 })
  lu.assertStrContains(all[#all - 1][1], "1 of 8")            -- drawn anew before any key
  lu.assertEquals(#all[#all - 1], 12)
end

function TestScreen:test_without_colour_keeps_its_signs()
  local all, raw = frames(80, 24, keys("n", "n", "q"), nil, "NO_COLOR=1")
  lu.assertNil(raw:find "\27%[3%d?m")
  lu.assertStrContains(last_of(all), "+ list #1 v1")
  local _, coloured = frames(80, 24, keys("n", "n", "q"))
  lu.assertNotNil(coloured:find "\27%[32m")
end

function TestScreen:test_is_lines_where_the_cursor_cannot_be_moved()
  local folder <close> = program.folder { ["a.lua"] = CYCLE }
  local result = folder:shell [[
{ sleep 0.5; printf 'n\nq\n'; sleep 0.3; } | TERM=dumb script -qec "exec $REFCHAIN step a.lua" /dev/null]]
  lu.assertNotStrContains(result.out, "\27")
  lu.assertStrContains(result.out, "step> ")
  lu.assertStrContains(result.out, "step 2 of 8, at line 2")
end

function TestScreen:test_leaves_the_terminal_as_it_was()
  for _, ending in ipairs { keys "q", keys "\\003", "kill $(cat pid); sleep 0.3", "kill -HUP $(cat pid); sleep 0.3" } do
    local folder <close> = program.folder { ["a.lua"] = CYCLE }
    local command = "stty -g >before; sh -c 'echo \\$\\$ >pid; exec $REFCHAIN step a.lua'; stty -g >after"
    local result = folder:shell(('{ %s; %s; } | TERM=xterm script -qec "%s" /dev/null'):format(READY, ending, command))
    lu.assertEquals(folder:read "before", folder:read "after")
    lu.assertStrContains(result.out, "\27[?1049h")
    lu.assertStrMatches(result.out, ".*\27%[%?25h\27%[%?1049l.*")
  end
end

function TestScreen:test_ctrl_c_ends_with_130()
  local _, _, status = frames(80, 24, keys("n", "\\003"))
  lu.assertEquals(status, 130)
end

function TestScreen:test_more_objects_than_fit_can_be_scrolled()
  local text = "local x\nfor i = 1, 40 do _G['v' .. i] = list{} end\nlocal y\nlocal z = refcnt(v1)\nlocal a"
  local all = frames(80, 24, keys("\\033[F", "p") .. "; " .. keys(("\\033[B"):rep(60)) .. "; " .. keys "q", text)
  lu.assertStrContains(last_of(all), "list #40")
end

lab.finish()
