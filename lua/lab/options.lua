-- The command line.

local argparse = require "argparse"
local host = require "lab.host"
local nearest = require "refchain.nearest"
local ledger = require "refchain.ledger"
local pattern = require "lab.pattern"
local output = require "lab.output"

local options = {}

options.SUMMARY = "A laboratory for CPython's memory management: reference counts, the cycle collector, "
  .. "pools and free lists, for real."

local EXIT_STATUS = [[
Exit status: 0 good; 1 a scenario failed or a trace diverged; 2 wrong use or
unreadable input; 4 a heap invariant is broken (a bug in refchain); 5 nothing
to run; 130 Ctrl-C.]]

-- ---------------------------------------------------------------- kinds of arguments --

local function whole(least)
  return function(text)
    local number = math.tointeger(tonumber(text))
    if number and number >= least then return number end
    return nil, ("'%s' is not a whole number of at least %d"):format(text, least)
  end
end

local function seconds(text)
  local number = tonumber(text)
  if number and number >= 0 and number <= 1e6 then return number end
  return nil, ("'%s' is not a number of seconds (0 for no limit)"):format(text)
end

local function lua_pattern(text)
  local problem = pattern.problem(text)
  if not problem then return text end
  return nil, ("'%s' is not a Lua pattern: %s (%% makes a character plain)"):format(text, problem)
end

local UNITS = { [""] = 1, k = 1 << 10, m = 1 << 20, g = 1 << 30 }

local function size_from(least, examples)
  return function(text)
    local number, unit = text:lower():match "^(%d+%.?%d*)([kmg]?)b?$"
    local bytes = number and math.floor(tonumber(number) * UNITS[unit])
    if bytes and bytes >= least and bytes <= 1 << 42 then return bytes end
    return nil, ("'%s' is not a size such as %s"):format(text, examples)
  end
end

local size = size_from(1 << 20, "512M or 1G (from 1M on)")
local ledger_size = size_from(ledger.LEAST, "512K or 16M (from 64K on)")

-- ------------------------------------------------------------------------- the parser --

local function add_set(parser)
  parser:option("--set", "Give a field of the profile another value, as --set float_free=0 or "
                         .. "--set thresholds=2000,10,10; may be repeated."):argname "FIELD=VALUE":count "*"
end

local function add_scenario_options(parser, profiles)
  parser:option("--profile", "The CPython release that the heap behaves like: "
                             .. (profiles or "a name, a list of them separated by commas, or 'all'") .. ".")
        :argname "NAME"
  add_set(parser)
  parser:option("--seed", "Where math.random (and --shuffle) start from."):argname "N"
        :convert(whole(0))
  parser:option("--max-memory", "Memory of a scenario: a number with k, M or G."):argname "SIZE"
        :convert(size)
  parser:flag("--trusted", "Give scenarios all of Lua's libraries: files, processes, debug.")
end

-- Its SIZE comes after '=' only: what follows `--ledger` alone is a scenario's name.
local function add_ledger(parser, when)
  parser:option("--ledger", "Keep a ledger of all changes of reference counts, for the words 'ledger' and 'at'"
                            .. when .. " --ledger=SIZE: in so much memory, a number with k, M or G; else 4M.")
        :argname "SIZE":convert(ledger_size)
end

local function with_ledger_size(arguments)
  local given = {}
  for i, argument in ipairs(arguments) do
    given[i] = argument == "--ledger" and "--ledger=" .. ledger.SIZE or argument
  end
  return given
end

local function add_run(parser)
  local run = parser:command("run", "Run scenarios: files, or folders of them.")
  run:argument("file", "A scenario, or a folder; the current folder's 'scenarios' if left out.")
     :args "*":argname "FILE|DIR"
  add_scenario_options(run)
  run:option("--filter", "Only tests whose name (FILE or FILE::test_…) contains this text, or "
                         .. "matches it as a Lua pattern."):argname "PATTERN":convert(lua_pattern)
  run:option("-j --jobs", "How many processes at a time; as many as there are cores."):argname "N"
     :convert(whole(1))
  run:option("-o --output", "How results are written: text, tap, junit or json.")
     :choices { "text", "tap", "junit", "json" }:default "text":argname "FORMAT"
  run:option("--timeout", "Seconds for one test; 0 for no limit."):argname "S":convert(seconds)
     :default "60"
  run:option("--record", "Write what a test did as a heap trace, for 'refchain replay'; several "
                         .. "tests: a folder, which gets a trace for each.")
     :argname "FILE|DIR/"
  run:option("--out", "A folder for the pictures that heap.dot and heap.svg make: FOLDER/TEST-1.svg "
                      .. "and so on.")
     :argname "DIR"
  run:option("--events", "Write what happens in the heap, event by event, as JSON lines: about "
                         .. "1 KB for each object that is made; several tests: a folder."):argname "FILE|DIR/"
  run:option("--perfetto", "Write it as a trace for ui.perfetto.dev or chrome://tracing; a "
                           .. "microsecond there is an event, but --trusted has the clock."):argname "FILE|DIR/"
  run:option("--snapshot", "Write the heap at the end of the test as JSON, or (FILE.sqlite) as an SQLite "
                           .. "database."):argname "FILE|DIR/"
  add_ledger(run, ".")
  run:flag("--shuffle", "Run in random order (--seed tells which).")
  run:option("--repeat", "Run each test so often."):target "times":argname "N":convert(whole(1))
     :default "1"
  run:flag("-x --fail-fast", "Stop at the first failure.")
  run:flag("-l --list", "Name the tests. (A file is run once to find those that it defines.)")
end

local function add_replay(parser)
  local replay = parser:command("replay", "Replay heap traces and report each divergence.")
  replay:argument("file", "A trace (.trace or .trace.gz), or a folder of them."):args "*"
        :argname "FILE|DIR"
  replay:option("--profile", "Replay on this profile instead of the trace's own."):argname "NAME"
  add_set(replay)
  replay:flag("-k --keep-going", "Go on after a divergence.")
  replay:option("--max", "Show at most so many divergences of a trace."):argname "N"
        :convert(whole(0)):default "20"
  replay:option("--max-memory", "Memory of a trace's heap: a number with k, M or G."):argname "SIZE"
        :convert(size)
  replay:option("-j --jobs", "How many processes at a time; as many as there are cores.")
        :argname "N":convert(whole(1))
  replay:option("--print", "Write this trace again, with this heap's results."):argname "FILE"
  replay:flag("--check", "Check all of the heap's invariants while replaying.")
end

local function add_compare(parser)
  local compare = parser:command("compare", "Run a scenario on several profiles and show only what differs, and why.")
  compare:argument("file", "A scenario, or a folder of them."):args "+":argname "FILE|DIR"
  add_scenario_options(compare)
  compare:option("-j --jobs", "How many processes at a time; as many as there are cores.")
         :argname "N":convert(whole(1))
  compare:option("-o --output", "How the differences are written: text or json.")
         :choices { "text", "json" }:default "text":argname "FORMAT"
  compare:option("--timeout", "Seconds for one run; 0 for no limit."):argname "S":convert(seconds):default "60"
  compare:flag("-e --exit-code", "Exit with 1 if anything differs.")
end

local function add_step(parser)
  local step = parser:command("step", "Go through a scenario step by step, forward and back.")
  step:argument("file", "A scenario, or one of its tests: FILE::test_name."):argname "FILE"
  add_scenario_options(step, "one name, such as 3.12")
  step:option("--timeout", "Seconds for the run; 0 for no limit."):argname "S":convert(seconds):default "60"
  step:flag("--plain", "Lines of text instead of a screen: for screen readers, and for scripts on standard input.")
  step:option("-o --output", "Write the whole chronicle instead: json."):choices { "json" }:argname "FORMAT"
end

local function add_report(parser)
  local report = parser:command("report", "Run scenarios and write their picture book: pages to step through.")
  report:argument("file", "A scenario, or a folder of them."):args "+":argname "FILE|DIR"
  report:option("-o --output", "The page to write; a folder (FOLDER/): one with a page for each scenario.")
        :argname "FILE.html|DIR/":count(1)
  add_scenario_options(report)
  report:option("--timeout", "Seconds for one scenario; 0 for no limit."):argname "S":convert(seconds):default "60"
end

local function make()
  local parser = argparse("refchain", options.SUMMARY, EXIT_STATUS)
  parser:require_command(false):command_target "command"
  parser:help_max_width(78):help_description_margin(27)
  parser:flag("--version", "Show the version."):action(function()
    print("refchain " .. host.version)
    os.exit(output.finish(0), true)
  end)
  parser:option("-i", "Run a scenario and stay in the shell."):argname "FILE":target "interactive"
  add_scenario_options(parser)
  add_ledger(parser, "; the shell always does.")
  add_run(parser)
  add_replay(parser)
  add_compare(parser)
  add_step(parser)
  add_report(parser)
  parser:command("profiles", "Show all profiles, one in full, or where several differ.")
        :argument("name", "A profile, or several separated by commas, or 'all'."):args "*":argname "NAME"
  parser:command("help", "Help on the program, or on any of the lab's words.")
        :argument("word", "A word such as 'list', 'gc.collect' or 'expect_refcnt'."):args "?"
        :argname "WORD"
  return parser
end

-- ---------------------------------------------------------------------------- mistakes --

options.COMMANDS = { "run", "replay", "compare", "step", "report", "profiles", "help" }

local LONG = {
  [""] = { "--help", "--version", "--profile", "--set", "--seed", "--max-memory", "--trusted", "--ledger" },
  run = { "--help", "--profile", "--set", "--seed", "--max-memory", "--trusted", "--filter", "--jobs",
          "--output", "--timeout", "--record", "--out", "--events", "--perfetto", "--snapshot", "--ledger",
          "--shuffle", "--repeat", "--fail-fast", "--list" },
  replay = { "--help", "--profile", "--set", "--keep-going", "--max", "--max-memory", "--jobs", "--print",
             "--check" },
  compare = { "--help", "--profile", "--set", "--seed", "--max-memory", "--trusted", "--jobs", "--output",
              "--timeout", "--exit-code" },
  step = { "--help", "--profile", "--set", "--seed", "--max-memory", "--trusted", "--timeout", "--plain",
           "--output" },
  report = { "--help", "--output", "--profile", "--set", "--seed", "--max-memory", "--trusted", "--timeout" },
  profiles = { "--help" },
  help = { "--help" },
}

-- The command among the arguments: options here take their values with '=' or next.
local function command_of(arguments)
  for _, argument in ipairs(arguments) do
    if LONG[argument] and argument ~= "" then return argument end
  end
  return ""
end

local function explain(message, arguments)
  message = message:match "^[^\n]*"
  local what, name = message:match "^unknown (%a+) '(.*)'"
  if what == "option" then
    return message .. nearest.hint(name, LONG[command_of(arguments)])
  elseif what == "command" then
    if host.kind(name) then return ("%s; to run a scenario: refchain run %s"):format(message, name) end
    return message .. nearest.hint(name, options.COMMANDS)
  end
  return message
end

-- The options in a table, or nil and what is wrong with them.
function options.parse(arguments)
  local right, result = make():pparse(with_ledger_size(arguments))
  if right then return result end
  return nil, explain(result, arguments)
end

return options
